//! 1.5: READY=1 when the file is open, to a socket of the check's own, and to a real systemd;
//! sd_notify(3), and systemd.service(5), `Type=`.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::thread;
use std::time::{Duration, Instant};

use check::{
    Clock, Directory, Explain, Failure, LogFile, PATIENCE, Result, Running, Service, Signal, Text,
    Unit, proc_of, stretched, text, wait_until,
};

mod socket;
mod untold;

use super::shared::timetable::{Attempt, until_clear};
use super::shared::{
    LONG_MS, daemon, goes_on, kernel, needs_first_line, program_on, some, wait_for_dates,
};
use socket::{Socket, says_ready, why_not_told};
use untold::tells_nobody;

const NOTIFY: &str = "sd_notify(3), READY=1";
const LIE: &str = "you said READY=1 before the file was open, and units that were ordered after \
    yours believed it";

/// How long an answer may take on a machine that is busy. Who waits for time instead of the file is
/// later.
const AT_ONCE: Duration = Duration::from_millis(100);
/// How fast time passes for a daemon that waits under systemd: a lie or an end that comes after a
/// while comes soon.
const HURRY: u32 = 1000;

#[test]
fn asks_the_environment_for_the_socket() -> Result {
    needs_first_line()?;
    for _ in 0..2 {
        let directory = Directory::new()?;
        let (file, socket) = (directory.file("dates.log"), Socket::new(&directory)?);
        let program = program_on(&file, 1)?.env("NOTIFY_SOCKET", &socket.path);
        let mut daemon = program.start()?;
        let mut heard = String::new();
        let ready = daemon.wait_until("READY=1 on the socket that NOTIFY_SOCKET names", |_| {
            heard += &socket.hear();
            Ok(says_ready(&heard).then_some(()))
        });
        if let Err(mut failure) = ready {
            let said = daemon.said() + &daemon.printed();
            if !heard.is_empty() {
                failure.set_got(text!(
                    "the message {message}",
                    message = Text::quoted(heard.trim_end())
                ));
            }
            return Err(failure
                .say(why_not_told(&said, !heard.is_empty()))
                .man(NOTIFY)
                .in_function("open_and_tell"));
        }
        // And it goes on, as before.
        goes_on(&mut daemon, &file, 50, AT_ONCE)?;
    }
    Ok(())
}

#[test]
fn is_active_when_the_file_is_open_and_not_before() -> Result {
    needs_first_line()?;
    tells_at_once()?;

    let directory = Directory::new()?;
    let (file, clock) = (directory.file("dates.log"), Clock::new()?);
    file.make_fifo()?;
    clock.hurry(HURRY)?;
    let settings = clock.env().map(|(name, path)| format!("Environment={name}={}", path.display()));
    let service = notify_service("date-daemon-slow", &file, &settings.join("\n"))?;
    let unit = service.unit();
    unit_waits(unit)?;
    // What comes after some seconds comes now.
    lets_time_pass(unit)?;
    let (state, open) = state_and_file(unit, &file)?;
    if state == "active" && !open {
        let failure = Failure::new("activating, until somebody reads the FIFO", "active at once");
        return Err(failure.say(LIE).man(NOTIFY).journal_of(unit).in_function("open_and_tell"));
    }
    let reader = file.read_fifo()?;
    unit.wait_for("ActiveState", "active").map_err(|failure| why_not_active(failure, unit))?;
    // And so does an end that comes after some seconds.
    lets_time_pass(unit)?;
    let (state, open) = state_and_file(unit, &file)?;
    if state != "active" || !open {
        let got = if open {
            text!("ActiveState={state}", state)
        } else {
            text!("ActiveState={state}, without its file", state)
        };
        return Err(gone(got, unit));
    }
    unit.stop()?;
    drop(reader);
    match unit.property("Result")?.as_str() {
        "success" => Ok(()),
        result => {
            let got = text!("Result={result}", result);
            Err(Failure::new("Result=success after systemctl stop", got)
                .say("it has to stop as well as before")
                .journal_of(unit))
        }
    }
}

/// Lets time pass until the daemon waits for more: on a busy machine what it does after a while may
/// be still under way.
fn lets_time_pass(unit: Unit<'_>) -> Result {
    thread::sleep(Duration::from_millis(some(10..20)));
    let (mut looks, pid) = (0, unit.property("MainPID")?);
    let process = proc_of(&pid);
    wait_until("a daemon that waits, or has ended", || {
        // systemd takes it away as soon as it has ended.
        if pid == "0" || !process.exists() {
            return Ok(Some(()));
        }
        let threads = fs::read_dir(process.join("task")).into_iter().flatten().flatten();
        let states: Vec<_> = threads
            .filter_map(|thread| fs::read_to_string(thread.path().join("status")).ok())
            .map(|status| status.contains("State:\tS"))
            .collect();
        let waits = !states.is_empty() && states.iter().all(|sleeps| *sleeps);
        // Twice in a row: it may have only just begun.
        looks = if waits { looks + 1 } else { 0 };
        Ok((looks == 2).then_some(()))
    })
}

/// The unit's state, and whether its daemon has `file` open just then.
fn state_and_file(unit: Unit<'_>, file: &LogFile) -> Result<(String, bool)> {
    let [state, pid] = unit.properties(["ActiveState", "MainPID"])?;
    // A process that has ended meanwhile has nothing open.
    let mut open = fs::read_dir(proc_of(&pid).join("fd")).into_iter().flatten().flatten();
    let is_open = open.any(|fd| fs::read_link(fd.path()).is_ok_and(|path| path == file.path()));
    Ok((state, is_open))
}

#[test]
fn never_claims_a_file_that_cannot_be_opened() -> Result {
    needs_first_line()?;
    let directory = Directory::new()?;
    // A file is no directory, and whoever runs the daemon, nothing can be opened in it.
    directory.file("not-a-directory").append("")?;
    let file = directory.file("not-a-directory/dates.log");
    // Who waits in vain is not waited for; who only gets no processor is.
    let limit = stretched(PATIENCE / 2).as_millis();
    let limit = format!("TimeoutStartSec={limit}ms");
    let service = notify_service("date-daemon-lost", &file, &limit)?;
    let unit = service.unit();
    unit.wait_for("ActiveState", "failed").man(NOTIFY).in_function("open_and_tell").say(
        "a daemon that cannot open its file returns the error, and main ends with exit status 1",
    )?;
    let [was_active, result] = unit.properties(["ActiveEnterTimestampMonotonic", "Result"])?;
    if was_active != "0" {
        return Err(Failure::new(
            "activating, then failed: the file cannot be opened",
            "active for a moment, then failed",
        )
        .say(LIE)
        .man(NOTIFY)
        .journal_of(unit)
        .in_function("open_and_tell"));
    }
    match result.as_str() {
        "exit-code" => Ok(()),
        result => Err(Failure::new("Result=exit-code", text!("Result={result}", result))
            .say(
                "a daemon that cannot open its file says so with its exit status: return the \
                error, as before",
            )
            .journal_of(unit)
            .in_function("open_and_tell")),
    }
}

#[test]
fn runs_by_hand_as_before() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("dates.log");
    let before = "2026-03-01 09:05:07\n";
    file.append(before)?;
    let mut by_hand = daemon(&file, LONG_MS)?;
    let kept = |failure: Failure| {
        if file.text()?.starts_with(before) {
            Err(failure)
        } else {
            Err(Failure::new("a file that keeps what was in it", "another text")
                .say("open it once, as before, with open: File::create empties a file")
                .in_function("open_and_tell"))
        }
    };
    if let Err(failure) = by_hand.wait_for_lines(&file, 2) {
        let (other, socket) = (directory.file("other.log"), Socket::new(&directory)?);
        let mut told = program_on(&other, LONG_MS)?.env("NOTIFY_SOCKET", &socket.path).start()?;
        let needs_it = told.wait_for_lines(&other, 1).is_ok();
        let failure = if needs_it {
            failure
                .say("by hand, nobody sets NOTIFY_SOCKET and nobody listens; that is no error")
                .man("sd_notify(3), NOTES")
        } else {
            wait_for_dates(&mut by_hand, &file, 2).err().unwrap_or(failure)
        };
        return kept(failure.in_function("open_and_tell"));
    }
    wait_for_dates(&mut by_hand, &file, 2).in_function("open_and_tell")?;
    by_hand.expect_signal(Signal::SIGTERM)?;
    by_hand.signal(Signal::SIGTERM)?;
    let ended = by_hand.end(PATIENCE).say("it has to stop as well as before").in_function("run")?;
    if ended.status.code() == Some(0) && file.text()?.starts_with(before) {
        return tells_nobody();
    }
    let expected = "exit status: 0 after SIGTERM, as before";
    kept(
        Failure::new(expected, Text::verbatim(ended.status))
            .say("it has to stop as well as before")
            .in_function("run"),
    )
}

/// Lets the daemon open a FIFO that somebody reads after a moment, and hears whether it tells then:
/// not before that, and not later.
fn tells_at_once() -> Result {
    let mut never = None;
    until_clear(|| {
        let directory = Directory::new()?;
        let (file, socket) = (directory.file("dates.log"), Socket::new(&directory)?);
        file.make_fifo()?;
        let program = program_on(&file, LONG_MS)?.env("NOTIFY_SOCKET", &socket.path);
        let mut daemon = program.start()?;
        // So far it comes before it opens the file.
        daemon.expect_signal(Signal::SIGTERM)?;
        let begin = Instant::now();
        let hold = Duration::from_millis(some(15..40));
        while begin.elapsed() < hold {
            if says_ready(&socket.hear()) {
                return told_early(&daemon, &file).map(|()| Attempt::Kept);
            }
            thread::sleep(Duration::from_millis(1));
        }
        let _reader: File = file.read_fifo()?;
        let open = Instant::now();
        let ready = daemon.wait_until("READY=1 when the file is open", |_| {
            Ok(says_ready(&socket.hear()).then_some(()))
        });
        let late = ready.is_ok().then(|| open.elapsed()).filter(|late| *late > AT_ONCE);
        never = ready.err();
        match late {
            None => Ok(Attempt::Kept),
            Some(late) => Err(Failure::new(
                "READY=1 as soon as the file is open",
                text!("it came {late} later", late = Text::quoted(late)),
            )
            .say(
                "whoever is ordered after this unit waits for it: say READY=1 when the file is \
                open, not after a time that seems long enough",
            )
            .man(NOTIFY)
            .in_function("open_and_tell")),
        }
    })?;
    // One that says it whatever the file is for has been heard elsewhere, or that was the failure.
    let Some(failure) = never else { return Ok(()) };
    Err(failure
        .say("say it when the file is open, whenever the next line is due")
        .man(NOTIFY)
        .in_function("open_and_tell")
        .into_later())
}

/// READY=1 came while nobody read the FIFO. That is true of a daemon that opens it for reading as
/// well.
fn told_early(daemon: &Running, file: &LogFile) -> Result {
    if kernel::descriptors(daemon).iter().any(|open| open.is(file.path())) {
        return Ok(());
    }
    let expected = "no READY=1 before the file is open";
    Err(Failure::new(expected, "READY=1 while the file could not be opened yet")
        .say(LIE)
        .man(NOTIFY)
        .in_function("open_and_tell"))
}

/// Waits until the unit's daemon takes SIGTERM, which it does just before it opens the file.
fn unit_waits(unit: Unit<'_>) -> Result {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE / 2 {
        let [pid, state] = unit.properties(["MainPID", "ActiveState"])?;
        if kernel::catches(&pid, Signal::SIGTERM) || state != "activating" {
            break;
        }
    }
    Ok(())
}

/// Starts the daemon as a service of `Type=notify`.
fn notify_service(name: &str, file: &LogFile, settings: &str) -> Result<Service> {
    let interval = LONG_MS.to_string();
    let settings = format!("Type=notify\n{settings}");
    let args = [file.path().as_os_str(), OsStr::new(&interval)];
    let service = Service::of_submission(name, &args, &settings)?;
    service.unit().begin_start()?;
    Ok(service)
}

/// What a readiness is worth that ends by itself.
fn gone(got: Text, unit: Unit<'_>) -> Failure {
    Failure::new("a service that stays active until it is stopped", got)
        .say(
            "READY=1 is a promise to go on: a daemon that says it and ends, or lets go of its \
            file, has misled everybody who waited for it",
        )
        .man(NOTIFY)
        .journal_of(unit)
        .in_function("open_and_tell")
}

/// What the journal tells of a readiness that did not arrive.
fn why_not_active(failure: Failure, unit: Unit<'_>) -> Failure {
    // A daemon of Type=notify that ends before it is ready has failed, and was never active.
    let was_active = unit.property("ActiveEnterTimestampMonotonic").is_ok_and(|time| time != "0");
    let state = failure.got();
    if was_active || ["=inactive", "=deactivating"].iter().any(|end| state.ends_with(end)) {
        return gone(text!("active for a moment, then {state}", state), unit);
    }
    let failure = failure.journal_of(unit);
    let say = if failure.journal_has("reception only permitted for main PID") {
        "a child process said it; NotifyAccess=main, which is the default here, listens to the \
            main process alone"
    } else {
        why_not_told(&unit.journal().join("\n"), false)
    };
    failure.say(say).man(NOTIFY).in_function("open_and_tell")
}
