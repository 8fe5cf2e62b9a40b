//! 6.1: an upgrade that refuses no caller; systemd.socket(5).

mod crash;
mod many;
mod starting;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use check::{
    Explain, Failure, Result, Text, Unit, file_text, install, proc_of, systemctl, text, wait_until,
};

use self::crash::{crash_at_first, pauses_are_short, starts_are_not_rationed};
use self::many::twenty_call;
use self::starting::{comes_to_no_end, was_killed};
use super::shared::{Caller, closed_directory, needed, put_program, random_word, seconds};

const SOCKET: Unit = Unit::named("clerk.socket");
const SERVICE: Unit = Unit::named("clerk.service");
const PATH: &str = "/run/clerk.sock";
/// The line of the program that a new version differs in.
const VERSION: &str = "VERSION = \"1\"";
/// How often it is upgraded, in a row.
const UPGRADES: usize = 3;
/// How many may wait at a time.
const WAITING: u64 = 20;
/// How long a caller may take to the end, in microseconds as systemd counts.
const TALK: Duration = Duration::from_secs(5);
/// How long a caller lets `ExecStop=` work.
const COMMANDS: Duration = Duration::from_secs(1);
/// Callers come one after the other, as long as an upgrade takes, and not more than these.
const CALLS_MAX: usize = 5000;

#[test]
fn everybody_may_call_and_twenty_may_wait() -> Result {
    begin()?;
    let mode = SOCKET.property("SocketMode")?;
    let is_open = u32::from_str_radix(&mode, 8).is_ok_and(|mode| mode & 0o002 != 0);
    if !is_open {
        return Err(Failure::new(
            "a socket that everybody may write to",
            text!("SocketMode={mode}", mode),
        )
        .say(
            "whoever calls needs the right to write to the socket: 0666 is what it has if \
                 you say nothing",
        )
        .man("systemd.socket(5), SocketMode=; unix(7)")
        .at_setting(SOCKET.name(), "SocketMode="));
    }
    if let Some(directory) = closed_directory(PATH) {
        return Err(Failure::new(
            "a path that everybody may walk",
            text!("{directory} is closed to others", directory = directory.display()),
        )
        .say("whoever calls needs the right to pass each directory on the way to the socket")
        .man("systemd.socket(5), DirectoryMode=; path_resolution(7)")
        .at_setting(SOCKET.name(), "DirectoryMode="));
    }
    let backlog = SOCKET.property("Backlog")?;
    match backlog.parse::<u64>() {
        Ok(count) if count < WAITING => Err(Failure::new(
            text!("a socket at which {count} callers may wait", count = WAITING),
            text!("Backlog={backlog}", backlog),
        )
        .say(
            "who comes when the queue is full waits before the door, or is refused: connect(2) \
             says EAGAIN to a caller who doesn't wait",
        )
        .man("systemd.socket(5), Backlog=; listen(2)")
        .at_setting(SOCKET.name(), "Backlog=")),
        _ => twenty_call(),
    }
}

#[test]
fn nobody_is_refused_while_it_is_upgraded() -> Result {
    begin()?;
    let is_over = AtomicBool::new(false);
    let mut versions = Vec::new();
    thread::scope(|scope| {
        let calls = scope.spawn(|| {
            let calls = (0..CALLS_MAX).take_while(|_| !is_over.load(Ordering::Relaxed));
            calls.map(|_| call()).collect::<Vec<Result<String>>>()
        });
        let upgraded = (0..UPGRADES).try_for_each(|_| {
            let version = random_word();
            upgrade(&version, "import time; time.sleep(0.1)")?;
            let answered = call()?;
            versions.push((version, answered));
            Ok(())
        });
        is_over.store(true, Ordering::Relaxed);
        let calls = calls.join().unwrap_or_default();
        // The caller's own trouble first: it says more than what followed from it.
        for call in calls {
            call.journal_of(SERVICE)
                .explain(was_killed)
                .explain(goes_with_the_service)
                .say("this caller called while the service was upgraded")
                .man(DAEMON)
                .at_setting(SOCKET.name(), "[Socket]")?;
        }
        upgraded.journal_of(SERVICE)
    })?;
    for (version, answered) in versions {
        if version != answered {
            return Err(Failure::new(
                text!("the version {version} after its upgrade", version),
                text!("the version {answered}", answered),
            )
            .say(match SERVICE.property("KillMode")?.as_str() {
                "none" => {
                    "KillMode=none leaves the old version at the socket: it goes on to \
                         answer, and nobody watches it"
                }
                _ => {
                    "somebody else answers than what `systemctl restart clerk.service` has \
                         started"
                }
            })
            .at_setting(SERVICE.name(), "[Service]"));
        }
    }
    Ok(())
}

const DAEMON: &str = "daemon(7), Socket-Based Activation";

#[test]
fn versions_that_crash_at_first_cost_nobody_a_call() -> Result {
    begin()?;
    // Asked first: a caller on a quiet machine has gone before three long pauses are over.
    pauses_are_short()?;
    for _ in 0..2 {
        crash_at_first()?;
    }
    starts_are_not_rationed()
}

#[test]
fn whoever_is_being_served_is_served_to_the_end() -> Result {
    begin()?;
    nobody_is_watched_in_vain()?;
    let limit = SERVICE.property("TimeoutStopUSec")?;
    // A few of them, since what is right by chance is not right each time.
    for _ in 0..2 {
        serve_to_the_end()?;
    }
    match seconds(&limit) {
        Some(time) if time < TALK => Err(Failure::new(
            text!("{time} for a caller to finish", time = Text::quoted(TALK)),
            text!("TimeoutStopSec={limit}", limit),
        )
        .say("when that time is over, the old version is killed, and with it the call")
        .man("systemd.service(5), TimeoutStopSec=")
        .at_setting(SERVICE.name(), "Timeout")),
        _ => Ok(()),
    }
}

mod after_reboot {
    use super::{Explain, Result, SOCKET, call};

    #[test]
    fn callers_are_answered_again() -> Result {
        call()
            .say(
                "after the boot nobody listens: it is the socket that has to be there, and so \
             the socket that needs an [Install]",
            )
            .man("systemd.special(7), sockets.target")
            .at_setting(SOCKET.name(), "[Install]")
            .map(drop)
    }
}

/// Both units as the learner wrote them, and the first version of the program; the socket listens,
/// and no clerk is there.
fn begin() -> Result {
    put_program("clerk", &file_text("clerk")?)?;
    needed(|| install(&[SOCKET.name(), SERVICE.name()]))?;
    let _ = systemctl(&["stop", SOCKET.name(), SERVICE.name()]);
    SOCKET.reset_failed();
    SERVICE.reset_failed();
    needed(|| {
        SOCKET
            .start()
            .explain(accepts_by_itself)
            .say("the socket does not get as far as to listen")
            .man("systemd.socket(5), ListenStream=")
            .at_setting(SOCKET.name(), "Listen")?;
        let enabled = SOCKET.enable();
        call()
            .explain(accepts_by_itself)
            .explain(crash::closed_for_good)
            .say("nobody was greeted by the first version")
            .man("systemd.socket(5), ListenStream=")
            .at_setting(SOCKET.name(), "Listen")
            .journal_of(SERVICE)?;
        enabled
    })
}

/// What goes wrong when systemd accepts, and the clerk wants to.
fn accepts_by_itself(failure: &mut Failure) {
    if SOCKET.property("Accept").is_ok_and(|accept| accept == "yes") {
        failure.add_say(
            "with Accept=yes each caller gets a service of their own, \
             clerk@.service, and there is none; the clerk takes the listening socket, and \
             accepts by itself",
        );
    }
}

/// What goes wrong when the socket comes and goes with the service.
fn goes_with_the_service(failure: &mut Failure) {
    let bound = ["PartOf", "BindsTo", "Requires"].into_iter().find(|property| {
        SOCKET.property(property).is_ok_and(|units| units.contains(SERVICE.name()))
    });
    if let Some(property) = bound {
        failure.add_say(text!(
            "{property}= in the socket has it stopped whenever the service is, \
             and closed under whoever waits there",
            property
        ));
    }
}

/// The clerk gives no sign of life, so a watchdog would kill it, whomever it is talking with.
fn nobody_is_watched_in_vain() -> Result {
    let time = SERVICE.property("WatchdogUSec")?;
    if ["0", "infinity"].contains(&time.as_str()) {
        return Ok(());
    }
    Err(Failure::new("a clerk that stays as long as it is well", text!("WatchdogSec={time}", time))
        .say(
            "a watchdog waits for WATCHDOG=1, which the clerk never says: when that time is over, \
             it is killed, and with it the call",
        )
        .man("systemd.service(5), WatchdogSec=")
        .at_setting(SERVICE.name(), "WatchdogSec="))
}

/// Calls, is greeted, and says by which version.
fn call() -> Result<String> {
    let name = random_word();
    let mut caller = Caller::at(PATH)?;
    let version = asked(&mut caller)?;
    caller.say(&format!("{name}\n"));
    let greeted = greeted(&mut caller, &name);
    greeted.say(cut_off(&version)).map(|()| version)
}

/// Waits to be asked for a name, and returns by which version.
fn asked(caller: &mut Caller) -> Result<String> {
    let line = caller.hear()?;
    let version = line.strip_prefix("clerk ").and_then(|rest| rest.split(':').next());
    version.map(str::to_owned).ok_or_else(|| {
        Failure::new("a clerk that asks who is there", Text::quoted(&line)).say("this is no clerk")
    })
}

fn cut_off(version: &str) -> Text {
    text!(
        "version {version} was talking with this caller when the upgrade came, and was not left \
             the time to finish",
        version
    )
}

fn greeted(caller: &mut Caller, name: &str) -> Result {
    let (line, expected) = (caller.hear()?, format!("hello, {name}"));
    if line == expected {
        Ok(())
    } else {
        Err(Failure::new(Text::verbatim(expected), Text::quoted(&line)))
    }
}

/// Installs a version with `lines` of its own, and does what an upgrade does.
fn upgrade(version: &str, lines: &str) -> Result {
    install_version(version, lines)?;
    systemctl(&["restart", SERVICE.name()])
        .explain(comes_to_no_end)
        .say("this upgrade did not come to its end")
        .at_setting(SERVICE.name(), "[Service]")
        .map(drop)
}

fn install_version(version: &str, lines: &str) -> Result {
    let new = format!("VERSION = \"{version}\"\n{lines}");
    put_program("clerk", &file_text("clerk")?.replace(VERSION, &new))?;
    systemctl(&["daemon-reload"]).map(drop)
}

/// One is being served, and one waits at the door, when an upgrade comes.
fn serve_to_the_end() -> Result {
    let mut served = Caller::at(PATH)?;
    let old = asked(&mut served).journal_of(SERVICE)?;
    let pid = SERVICE.property("MainPID")?;
    let version = random_word();
    install_version(&version, "")?;
    systemctl(&["restart", "--no-block", SERVICE.name()])?;
    wait_until("an upgrade that has begun", || {
        let [state, main] = SERVICE.properties(["SubState", "MainPID"])?;
        Ok((state != "running" || main != pid).then_some(()))
    })
    .say("the service is not what systemd restarts")?;
    let mut waiting = Caller::at(PATH)
        .say("this caller came when the old version was told to end, and was still busy")?;
    // A command that stops it may kill it when it has waited for a while. One that waits for the
    // end of the call is not waited for.
    let told = Instant::now();
    wait_until("the commands of the stop to be over", || {
        let is_over = SERVICE.property("SubState")? != "stop" || told.elapsed() > COMMANDS;
        Ok(is_over.then_some(()))
    })?;
    served.say("Grace\n");
    greeted(&mut served, "Grace")
        .say(cut_off(&old))
        .man("systemd.kill(5), KillSignal=; systemd.service(5), TimeoutStopSec=")
        .at_setting(SERVICE.name(), "Kill")
        .journal_of(SERVICE)?;
    let answered = asked(&mut waiting).and_then(|answered| {
        waiting.say("Ada\n");
        greeted(&mut waiting, "Ada").map(|()| answered)
    });
    answered
        .explain(goes_with_the_service)
        .say(
            "this caller was waiting at the socket for the new version, and the socket was \
             closed or emptied under them",
        )
        .man("systemd.socket(5), FlushPending=; systemd.unit(5), PartOf=")
        .at_setting(SOCKET.name(), "[Socket]")
        .journal_of(SOCKET)?;
    wait_until("the old version to be gone", || Ok((!proc_of(&pid).exists()).then_some(())))
        .say("KillMode= says whom a stop reaches: the old version goes on, and nobody watches it")
        .man("systemd.kill(5), KillMode=")
        .at_setting(SERVICE.name(), "Kill")
}
