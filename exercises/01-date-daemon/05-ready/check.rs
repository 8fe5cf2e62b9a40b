//! 1.5: READY=1 when the file is open, under a real systemd; sd_notify(3), and systemd.service(5), `Type=`.

use std::ffi::OsStr;
use std::thread;
use std::time::{Duration, Instant};

use check::{Explain, Failure, Folder, LogFile, Result, Service, text};

use super::shared::{LONG_MS, daemon};

const NOTIFY: &str = "sd_notify(3), READY=1";
const LIE: &str = "you said READY=1 before the file was open, and units that were ordered after yours believed it";

/// How long a lie may take to show. A daemon that is quicker to lie than this is caught here, a slower one by the file
/// that cannot be opened.
const A_WHILE: Duration = Duration::from_millis(150);

#[test]
fn is_active_when_the_file_is_open_and_not_before() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("dates.log");
    file.make_fifo()?;
    let service = notify_service("date-daemon-slow", &file, "10s")?;
    let unit = service.unit();

    let deadline = Instant::now() + A_WHILE;
    while Instant::now() < deadline {
        if unit.property("ActiveState")? == "active" && !unit.has_open(&file)? {
            let failure =
                Failure::new("activating, until somebody reads the FIFO", "active at once");
            return Err(failure.say(LIE).man(NOTIFY).journal_of(unit).in_function("open_and_tell"));
        }
        thread::sleep(Duration::from_millis(10));
    }
    let _reader = file.read_fifo()?;
    unit.wait_for("ActiveState", "active").map_err(why_not_active)?;

    unit.stop()?;
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

#[test]
fn never_claims_a_file_that_cannot_be_opened() -> Result {
    let folder = Folder::new()?;
    // A file is no folder, and whoever runs the daemon, nothing can be opened in it.
    folder.file("not-a-folder").append("")?;
    let file = folder.file("not-a-folder/dates.log");
    let service = notify_service("date-daemon-lost", &file, "1s")?;
    let unit = service.unit();
    unit.wait_for("ActiveState", "failed").man(NOTIFY).in_function("open_and_tell").say(
        "a daemon that cannot open its file returns the error, and main ends with exit status 1",
    )?;
    match unit.property("ActiveEnterTimestampMonotonic")?.as_str() {
        "0" => Ok(()),
        _ => Err(Failure::new(
            "activating, then failed: the file cannot be opened",
            "active for a moment, then failed",
        )
        .say(LIE)
        .man(NOTIFY)
        .journal_of(unit)
        .in_function("open_and_tell")),
    }
}

#[test]
fn runs_by_hand_as_before() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("dates.log");
    let mut daemon = daemon(&file, LONG_MS)?;
    let lines = daemon.wait_for_lines(&file, 1);
    lines
        .say("by hand, nobody sets NOTIFY_SOCKET and nobody listens; that is no error")
        .man("sd_notify(3), NOTES")
        .in_function("open_and_tell")
        .map(drop)
}

/// Starts the daemon as a unit of `Type=notify`.
fn notify_service(name: &str, file: &LogFile, start_limit: &str) -> Result<Service> {
    let interval = LONG_MS.to_string();
    let settings = format!("Type=notify\nTimeoutStartSec={start_limit}");
    let args = [file.path().as_os_str(), OsStr::new(&interval)];
    let service = Service::of_submission(name, &args, &settings)?;
    service.unit().begin_start()?;
    Ok(service)
}

/// What the journal tells of a readiness that did not arrive.
fn why_not_active(failure: Failure) -> Failure {
    let say = if failure.journal_has("reception only permitted for main PID") {
        "a child process said it; NotifyAccess=main, which is the default here, listens to the main process alone"
    } else if failure.journal_has("READY=1") {
        "READY=1 was printed; it has to be sent, to the socket that NOTIFY_SOCKET names"
    } else if failure.journal_has("date-daemon-5: cannot") {
        "the message could not be sent: the socket is a datagram socket, neither a stream nor a file"
    } else {
        "READY=1 did not come to the socket that NOTIFY_SOCKET names: these seven characters, in one datagram"
    };
    failure.say(say).man(NOTIFY).in_function("open_and_tell")
}
