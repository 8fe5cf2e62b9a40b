//! 3.8: three broken services; the faults are drawn from a word of the learner's own. systemctl(1),
//! status.

use std::fs;
use std::thread;
use std::time::Duration;

use check::{
    Explain, Failure, Result, Signal, Text, Unit, file_text, in_lab, proc_of, put_program,
    systemctl, text, wait_until,
};

use super::shared::restarts::{has_no_limit_of_its_own, no_signal_is_left_out};
use super::shared::vendor_units;

const PROGRAM: &str = "/usr/local/bin/serve";
/// What ends a service that is well.
const ENDS: [(&str, &str); 3] = [
    ("RuntimeMaxUSec", "RuntimeMaxSec="),
    ("WatchdogUSec", "WatchdogSec="),
    ("LimitCPU", "LimitCPU="),
];
/// Whose end is its own.
const BONDS: [(&str, &str); 3] =
    [("BindsTo", "BindsTo="), ("PartOf", "PartOf="), ("StopPropagatedFrom", "StopPropagatedFrom=")];
/// It writes nothing, so that it runs under any account.
const SERVE: &str = "#!/bin/sh\nwhile :; do sleep 60 & wait $!; done\n";
const STATUS: &str = "systemctl(1), status; systemd.exec(5), Process Exit Codes";

const API: Unit = Unit::named("api.service");
const QUEUE: Unit = Unit::named("queue.service");
const MAIL: Unit = Unit::named("mail.service");

/// A service, and the three ways in which it can be broken: lines for `[Unit]`, lines for
/// `[Service]`.
const FAULTS: [(&str, [(&str, &str); 3]); 3] = [
    (
        "api",
        [
            ("", "ExecStart=/usr/local/bin/server api"),
            ("", "ExecStart=/usr/local/bin/serve api\nUser=api-account"),
            ("", "ExecStart=/usr/local/bin/serve api\nWorkingDirectory=/srv/api/current"),
        ],
    ),
    (
        "queue",
        [
            ("ConditionPathExists=/etc/queue/enabled", "ExecStart=/usr/local/bin/serve queue"),
            ("", "ExecStart=/usr/local/bin/serve queue\nType=notify\nTimeoutStartSec=300ms"),
            ("", "ExecStartPre=/bin/false\nExecStart=/usr/local/bin/serve queue"),
        ],
    ),
    (
        "mail",
        [
            ("", "ExecStart=/usr/local/bin/serve mail"),
            ("", "ExecStart=/usr/local/bin/serve mail\nRestart=on-failure\nRuntimeMaxSec=250ms"),
            (
                "StartLimitIntervalSec=1h\nStartLimitBurst=1",
                "ExecStart=/usr/local/bin/serve mail\nRestart=on-failure",
            ),
        ],
    ),
];

#[test]
fn api_is_at_work() -> Result {
    at_work(
        API,
        "the exit status of a process says why it ended, and from 200 on it is systemd's own, \
         before the program ran",
    )?;
    starts_once_more(API)
}

#[test]
fn queue_is_at_work() -> Result {
    at_work(QUEUE, "failed, timed out, or skipped: the state tells which, and the log why")?;
    starts_once_more(QUEUE)
}

/// Whether the repair holds for more than one start.
fn starts_once_more(unit: Unit<'static>) -> Result {
    unit.stop()?;
    let _ = unit.begin_start();
    is_at_work(unit, "the first start worked, and the second did not: does the repair hold once?")
}

#[test]
fn mail_stays_at_work_and_comes_back() -> Result {
    at_work(MAIL, "it does not even start")?;
    let run = MAIL.property("InvocationID")?;
    // Longer than it lived before.
    thread::sleep(Duration::from_millis(600));
    // On a busy machine the end may come late: the limit itself says that it will.
    let has_limit = MAIL.property("RuntimeMaxUSec")? != "infinity";
    if has_limit || MAIL.property("InvocationID")? != run || MAIL.property("SubState")? != "running"
    {
        return Err(broken(MAIL, "the same run, half a second later")?.say(
            "somebody ends it after a while, and it is not the program: the log says who, or \
             RuntimeMaxSec= when",
        ));
    }
    for _ in 0..4 {
        let before = MAIL.property("InvocationID")?;
        MAIL.kill(Signal::SIGKILL)?;
        let back = wait_until("mail to come back", || {
            let [state, now] = MAIL.properties(["SubState", "InvocationID"])?;
            let is_new = now != before && state == "running";
            Ok((is_new || state == "failed").then_some(is_new))
        })
        .say("RestartSec= is how long systemd waits before it starts it again")
        .journal_of(MAIL)?;
        if !back {
            return Err(broken(MAIL, "a new run after each kill, of four")?.say(
                "it was killed and stayed dead: nobody told systemd to start it again, or systemd \
                 was told to give up after so many starts",
            ));
        }
    }
    no_signal_is_left_out(MAIL, "mail.conf")?;
    has_no_limit_of_its_own(MAIL, "mail.conf")
}

#[test]
fn the_word_is_your_own() -> Result {
    word().map(drop)
}

mod after_reboot {
    use super::{API, MAIL, QUEUE, Result, is_at_work};

    #[test]
    fn all_three_are_at_work_again() -> Result {
        for unit in [API, QUEUE, MAIL] {
            is_at_work(
                unit,
                "it was at work before the boot, and is not after it: does the repair rest on \
                 something that the boot took away?",
            )?;
        }
        Ok(())
    }
}

/// The learner's word, from which all is drawn.
fn word() -> Result<String> {
    let text = file_text("word")?;
    let word = text.trim();
    if !word.is_empty() && word != "change me" && !word.starts_with('#') && word.len() <= 64 {
        return Ok(word.to_owned());
    }
    Err(Failure::new("a word of your own in the file word", Text::quoted(word))
        .say("any word will do; what is wrong with your services is drawn from it"))
}

/// Which of three faults a service has: by a hash of the word and its name; FNV-1a.
fn draw(word: &str, service: &str) -> usize {
    let bytes = word.bytes().chain([b'/']).chain(service.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    ((hash >> 17) % 3) as usize
}

/// The three broken services, with the learner's drop-ins, enabled and started.
fn prepare() -> Result {
    let word = word()?;
    put_program("serve", SERVE)?;
    let unit = |service: &str, (unit, lines): (&str, &str)| {
        let text = format!(
            "[Unit]\nDescription=The \
             {service}\n{unit}\n[Service]\n{lines}\n[Install]\nWantedBy=multi-user.target\n"
        );
        (format!("{service}.service"), text)
    };
    let units: Vec<(String, String)> = FAULTS
        .iter()
        .map(|(service, faults)| unit(service, faults[draw(&word, service)]))
        .collect();
    let borrowed: Vec<(&str, &str)> =
        units.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    vendor_units(&borrowed)?;
    for (file, directory) in [("api.conf", "api"), ("queue.conf", "queue"), ("mail.conf", "mail")] {
        let directory = in_lab(format!("/etc/systemd/system/{directory}.service.d"));
        fs::create_dir_all(&directory)?;
        fs::write(directory.join("repair.conf"), file_text(file)?)?;
    }
    systemctl(&["daemon-reload"])?;
    systemctl(&["enable", "--quiet", "--no-reload", API.name(), QUEUE.name(), MAIL.name()])
        .map(drop)
}

fn at_work(unit: Unit<'static>, say: &'static str) -> Result {
    prepare()?;
    // A unit with two programs, or none, can't be started at all; its state says more than the
    // refusal.
    let _ = unit.begin_start();
    is_at_work(unit, say)
}

/// Waits until the vendor's program is the main process of a unit that has started.
fn is_at_work(unit: Unit<'static>, say: &'static str) -> Result {
    let name = unit.name().trim_end_matches(".service");
    let mut has_settled = 0;
    let is_there = wait_until("the service to be at work, or to have failed", || {
        let [active, sub, pid] = unit.properties(["ActiveState", "SubState", "MainPID"])?;
        if active == "active" && sub == "running" && serves(&pid, name) {
            return Ok(Some(true));
        }
        // Seen twice, with no job in between, it is no moment on the way.
        let is_down = active == "failed" || active == "inactive" || sub == "exited";
        has_settled = if is_down && systemctl(&["list-jobs", "--no-legend"])?.is_empty() {
            has_settled + 1
        } else {
            0
        };
        Ok((has_settled > 1).then_some(false))
    })
    .explain(|failure| {
        failure.add_say(
            "it runs with another program than the vendor's, or its start is not over: then it \
             waits for something that never comes",
        )
    })
    .journal_of(unit)?;
    // The mail's own time limit is one of its faults, and has a promise of its own.
    let of_all = if unit.name() == MAIL.name() { &ENDS[1..] } else { &ENDS };
    for (property, setting) in of_all.iter().filter(|_| is_there) {
        if !["infinity", "0"].contains(&unit.property(property)?.as_str()) {
            return Err(broken(unit, "a service that nobody ends")?
                .say(text!("{setting} ends it after a while", setting)));
        }
    }
    for (property, setting) in BONDS.iter().filter(|_| is_there) {
        let other = unit.property(property)?;
        if !other.is_empty() {
            return Err(broken(unit, "a service that nobody ends")?.say(text!(
                "{setting}{other} ends it when that one ends",
                setting,
                other
            )));
        }
    }
    // What one requires goes along when the other is started anew, after a kill as well.
    let needs = if is_there { unit.property("Requires")? } else { String::new() };
    let other = [API, QUEUE, MAIL].into_iter().find(|other| needs.contains(other.name()));
    if let Some(other) = other {
        return Err(broken(unit, "a service that nobody ends")?.say(text!(
            "{setting}{other} ends it when that one ends",
            setting = "Requires=",
            other
        )));
    }
    if is_there {
        return Ok(());
    }
    Err(broken(unit, "the vendor's program at work")?.say(say))
}

/// Whether a process is the vendor's program, with its name and nothing else.
fn serves(pid: &str, name: &str) -> bool {
    let line = fs::read(proc_of(pid).join("cmdline")).unwrap_or_default();
    // A script is run by the program in its first line; execve(2).
    line == format!("/bin/sh\0{PROGRAM}\0{name}\0").as_bytes()
}

/// What a colleague would look at first: the state, the command line's end, and the unit.
fn broken(unit: Unit<'static>, expected: &'static str) -> Result<Failure> {
    let show = systemctl(&[
        "show",
        "--property=ActiveState,SubState,Result,ExecMainStatus,ConditionResult,LoadState",
        unit.name(),
    ])?;
    let cat = systemctl(&["cat", unit.name()]).unwrap_or_default();
    let got = text!("{show}\n{cat}", show = show.replace('\n', " "), cat);
    Ok(Failure::new(text!("{unit}: {expected}", unit, expected = Text::from(expected)), got)
        .man(STATUS)
        .journal_of(unit))
}
