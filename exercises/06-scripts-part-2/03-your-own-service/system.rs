//! The learner's system as the check has it: installed, brought into a known state, called, and
//! looked at. It judges nothing but whether there is something to judge.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use check::{
    Explain, Failure, Result, Signal, Text, Unit, file_text, in_lab, properties, systemctl, text,
    wait_until,
};

use crate::l06::shared::{Caller, put_program};

pub(super) const TARGET: Unit = Unit::named("recorder.target");
pub(super) const SOCKET: Unit = Unit::named("recorder.socket");
pub(super) const SERVICE: Unit = Unit::named("recorder.service");
pub(super) const TIMER: Unit = Unit::named("recorder-report.timer");
pub(super) const REPORT: Unit = Unit::named("recorder-report.service");
pub(super) const UNITS: [Unit; 5] = [TARGET, SOCKET, SERVICE, TIMER, REPORT];
pub(super) const PROGRAM: &str = "recorder";
const PROGRAMS: [&str; 2] = [PROGRAM, "recorder-report"];

pub(super) const SOCKET_PATH: &str = "/run/recorder.sock";
pub(super) const RECORDS: &str = "/var/lib/recorder/records";
pub(super) const SETTINGS: &str = "/etc/recorder.conf";
/// What the place is called, unless a promise says otherwise.
pub(super) const PLACE: &str = "attic";
/// The records as they were when the last promise had been tried; no unit writes there.
const BEFORE_REBOOT: &str = "/root/records-before-the-reboot";
/// Not to wait for a reader; see open(2).
const O_NONBLOCK: i32 = 0o4000;
/// Priorities as the journal has them; see syslog(3).
pub(super) const ERR: &str = "3";
pub(super) const WARNING: &str = "4";
pub(super) const NOTICE: &str = "5";
pub(super) const INFO: &str = "6";

/// The system in a known state; its records are put aside when it is dropped.
pub(super) struct System;

/// One line that the program has said in its present run.
pub(super) struct Said {
    pub(super) priority: String,
    pub(super) text: String,
}

impl System {
    /// Installed, and nothing of it runs.
    pub(super) fn stopped() -> Result<Self> {
        static IS_INSTALLED: AtomicBool = AtomicBool::new(false);
        for program in PROGRAMS {
            put_program(program, &file_text(program)?)?;
        }
        if !IS_INSTALLED.swap(true, Ordering::Relaxed) {
            for unit in UNITS {
                fs::write(format!("/etc/systemd/system/{unit}"), file_text(unit.name())?)?;
            }
            systemctl(&["daemon-reload"])?;
            let _ = TARGET.enable();
        }
        let system = System;
        system.stop();
        settings(PLACE)?;
        Ok(system)
    }

    /// Installed and started, as it is at its target.
    pub(super) fn started() -> Result<Self> {
        let system = System::stopped()?;
        system.start()?;
        Ok(system)
    }

    /// Starts what belongs to its target.
    pub(super) fn start(&self) -> Result {
        told_once(|| {
            systemctl(&["start", TARGET.name(), SOCKET.name(), SERVICE.name()])
                .say("the system does not start: what does the journal say?")
                .at_setting(SERVICE.name(), "ExecStart=")
                .journal_of(SERVICE)
                .map(drop)
        })
    }

    /// Has the socket listen, and nobody run.
    pub(super) fn listen(&self) -> Result {
        told_once(|| {
            SOCKET
                .start()
                .say("nobody can call before the socket is there")
                .at_setting(SOCKET.name(), "Listen")
        })?;
        // One that goes when nobody needs it is there as long as its target is.
        if SOCKET.property("StopWhenUnneeded")? == "yes" {
            self.start()?;
            SERVICE.stop()?;
        }
        Ok(())
    }

    fn stop(&self) {
        let all = |words: &[&'static str]| {
            let names = UNITS.iter().map(|unit| unit.name());
            systemctl(&words.iter().copied().chain(names).collect::<Vec<_>>())
        };
        // A service that does not end by itself is another promise's matter: here it is made short.
        if all(&["stop"]).is_ok() {
            let _ = all(&["reset-failed"]);
            return;
        }

        let is_down = || {
            let states = properties("ActiveState", &UNITS)?;
            let is_down = |state: &String| ["inactive", "failed"].contains(&state.as_str());
            Ok(states.iter().all(is_down).then_some(()))
        };
        let _ = SERVICE.kill(Signal::SIGKILL);
        let _ = wait_until("everything to be down", is_down);
        let _ = all(&["reset-failed"]);
    }
}

impl Drop for System {
    fn drop(&mut self) {
        // It stays as it is: the next promise stops it, or the reboot does.
        if fs::metadata(RECORDS).is_ok_and(|file| file.len() > 0) {
            let _ = fs::copy(RECORDS, BEFORE_REBOOT);
        }
    }
}

/// Does what several promises need. A failure is told by the first of them; the others try again,
/// and say that it has been told.
pub(super) fn told_once<T>(attempt: impl FnOnce() -> Result<T>) -> Result<T> {
    static IS_TOLD: AtomicBool = AtomicBool::new(false);
    attempt().map_err(|failure| {
        if IS_TOLD.swap(true, Ordering::Relaxed) { failure.into_later() } else { failure }
    })
}

/// A text that means something in each of the three services, and that was never sent before.
pub(super) fn new_text() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed) + std::process::id() % 1000 * 100;
    format!("{}.{:04}", 11 + count / 10_000, count % 10_000)
}

/// Calls, and sends one new text that is taken; returns it with the answer.
#[track_caller]
pub(super) fn record() -> Result<(String, String)> {
    let text = new_text();
    let mut caller = Caller::at(SOCKET_PATH)?;
    caller.say(&format!("{text}\n"));
    taken(&mut caller, &text).map(|answer| (text, answer))
}

/// Waits for the answer to `text`, which is to be taken.
#[track_caller]
pub(super) fn taken(caller: &mut Caller, text: &str) -> Result<String> {
    let answer = caller.hear().journal_of(SERVICE).at_setting(PROGRAM, "#!")?;
    if answer.starts_with("ok") {
        return Ok(answer);
    }
    let expected = text!("an answer to {text} that begins with ok", text);
    Err(Failure::new(expected, Text::quoted(&answer)).journal_of(SERVICE).at_setting(PROGRAM, "#!"))
}

/// Calls, and sends what is nothing; returns once it was refused.
#[track_caller]
pub(super) fn send_nothing() -> Result {
    let mut caller = Caller::at(SOCKET_PATH)?;
    caller.say("\n");
    refused(&mut caller)
}

/// Waits for an answer that refuses.
#[track_caller]
pub(super) fn refused(caller: &mut Caller) -> Result {
    let answer = caller.hear().journal_of(SERVICE).at_setting(PROGRAM, "#!")?;
    if answer.starts_with("error") {
        Ok(())
    } else {
        Err(Failure::new("an answer that begins with error", Text::quoted(&answer))
            .journal_of(SERVICE)
            .at_setting(PROGRAM, "#!"))
    }
}

/// The texts that were recorded, in their order. Each whole line ends with one.
pub(super) fn records() -> Result<Vec<String>> {
    texts_in(RECORDS)
}

/// The texts that were recorded when the last promise had been tried.
pub(super) fn records_before_the_reboot() -> Result<Vec<String>> {
    texts_in(BEFORE_REBOOT)
}

fn texts_in(path: &'static str) -> Result<Vec<String>> {
    let bytes = fs::read(in_lab(path)).map_err(|error| {
        Failure::new(text!("a file {path}", path), Text::verbatim(error))
            .say("each text that was answered with ok stands there, a line each")
            .at_setting(SERVICE.name(), "StateDirectory=")
    })?;
    let text = String::from_utf8_lossy(&bytes);
    if !text.is_empty() && !text.ends_with('\n') {
        let torn = text.lines().last().unwrap_or_default();
        return Err(Failure::new(text!("whole lines in {path}", path), Text::quoted(torn))
            .say("the last line has no end: it was written in pieces, or only in part"));
    }
    Ok(text.lines().map(|line| line.rsplit(' ').next().unwrap_or_default().to_owned()).collect())
}

/// Fails unless each of `texts` was recorded, once, and in this order.
pub(super) fn are_recorded(texts: &[String]) -> Result {
    let records = records()?;
    let found: Vec<&String> = records.iter().filter(|record| texts.contains(record)).collect();
    if found.iter().copied().eq(texts) {
        return Ok(());
    }
    let lost = texts.iter().find(|text| !found.contains(text));
    let twice = texts.iter().find(|text| found.iter().filter(|found| found == &text).count() > 1);
    let got = match (lost, twice) {
        (Some(text), _) => text!("{text} was answered with ok, and is not there", text),
        (None, Some(text)) => text!("{text} is there more than once", text),
        (None, None) => "another order".into(),
    };
    Err(Failure::new(
        text!("each of {count} texts in {file}, once", count = texts.len(), file = RECORDS),
        got,
    )
    .at_setting(PROGRAM, "#!"))
}

/// Writes the settings as a file. A check outside of the lab has an `/etc` of its own.
fn settings(place: &str) -> Result {
    let path = in_lab(SETTINGS);
    let _ = fs::remove_file(&path);
    Ok(fs::write(path, format!("{place}\n"))?)
}

/// The settings as something that can be read only when the check says what is in it.
pub(super) struct HeldSettings;

impl HeldSettings {
    /// Puts a FIFO in their place; see fifo(7).
    pub(super) fn hold() -> Result<Self> {
        let files = SERVICE.property("EnvironmentFiles")?;
        if files.contains(SETTINGS) {
            return Err(Failure::new(
                "a program that reads its settings itself",
                text!("EnvironmentFile={files}", files),
            )
            .say(
                "systemd reads that before it starts the program; here it is the program \
                     that is to be ready only when it knows its settings",
            )
            .at_setting(SERVICE.name(), "EnvironmentFile="));
        }
        let path = in_lab(SETTINGS);
        fs::remove_file(&path)?;
        Command::new("mkfifo").arg("--mode=644").arg(path).status()?;
        Ok(HeldSettings)
    }

    /// Waits until somebody wants to read them. None if the service is ready without.
    pub(super) fn wait_for_reader(&self) -> Result<Option<File>> {
        wait_until(text!("somebody who reads {path}", path = SETTINGS), || {
            let state = SERVICE.property("ActiveState")?;
            let mut write = OpenOptions::new();
            let open = write.write(true).custom_flags(O_NONBLOCK).open(in_lab(SETTINGS));
            Ok(match (open, state.as_str()) {
                (Ok(file), _) => Some(Some(file)),
                (Err(_), "active" | "failed") => Some(None),
                (Err(_), _) => None,
            })
        })
        .say(
            "the first line of this file is the name of the place, and the program reads it \
             when it starts",
        )
        .at_setting(PROGRAM, "#!")
        .journal_of(SERVICE)
    }
}

impl Drop for HeldSettings {
    fn drop(&mut self) {
        // Whoever waits for it still is let go.
        let mut both = OpenOptions::new();
        let held = both.read(true).write(true).custom_flags(O_NONBLOCK).open(in_lab(SETTINGS));
        let _ = settings(PLACE);
        drop(held);
    }
}

/// What the service has said in its present run so far, once journald has heard all of it.
pub(super) fn said() -> Result<Vec<Said>> {
    let run = format!("_SYSTEMD_INVOCATION_ID={}", SERVICE.property("InvocationID")?);
    said_in(&run)
}

/// What was said in the run that `field` names.
pub(super) fn said_in(field: &str) -> Result<Vec<Said>> {
    Command::new("journalctl").arg("--sync").output()?;
    let output = Command::new("journalctl")
        .args(["--quiet", "--no-pager", "--output=json", "--output-fields=PRIORITY,MESSAGE", field])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let field = |line: &str, name: &str| -> Option<String> {
        let (_, rest) = line.split_once(&format!("\"{name}\":\""))?;
        let mut end = 0;
        let bytes = rest.as_bytes();
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        rest.get(..end).map(str::to_owned)
    };
    let line = |line: &str| {
        Some(Said { priority: field(line, "PRIORITY")?, text: field(line, "MESSAGE")? })
    };
    Ok(text.lines().filter_map(line).collect())
}
