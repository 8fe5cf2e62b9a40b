//! 6.3: a service of one's own, from the boot to the last stop; systemd.service(5),
//! systemd.socket(5).

mod after_reboot;
mod disk;
mod leftovers;
mod limits;
mod nights;
mod older;
mod priorities;
mod restarts;
mod sandbox;
mod system;

use std::time::{Duration, Instant};

use check::{Explain, Failure, Result, Signal, Text, proc_of, systemctl, text, wait_until};

use self::disk::{Disk, fills_up};
use self::leftovers::{litter, nothing_is_left, nothing_runs};
use self::limits::{nobody_ends_it, room_to_wait, starts_are_not_rationed};
use self::nights::{is_nightly, report, warnings};
use self::older::knows_its_day;
use self::priorities::are_right;
use self::restarts::{
    answered_twice, answered_with, comes_back, finishes_a_line, is_told_of_each_crash, rests,
    stand_at_the_door, stream_of_callers, waits_while_it_starts,
};
use self::sandbox::is_in_a_sandbox;
use self::system::{
    HeldSettings, PROGRAM, REPORT, SERVICE, SETTINGS, SOCKET, SOCKET_PATH, System, TARGET, TIMER,
    are_recorded, new_text, record, records, send_nothing, taken,
};
use super::shared::{Caller, closed_directory, random_word};

/// How many callers at once are nothing unusual.
const CALLERS: usize = 10;
/// What is right by chance is not right each time, and a busy machine is not the learner's fault:
/// so often a caller's last word may come too late.
const TRIES: usize = 3;
const ON_THE_LINE: &str = "somebody is on the line and says nothing more, somebody else talks on \
                           and on: told to stop, the program waits for them without end";
/// How long somebody who talks on and on takes a breath.
const PAUSE: Duration = Duration::from_millis(50);

#[test]
fn answers_a_caller_from_the_first_moment() -> Result {
    let system = System::stopped()?;
    system.listen()?;
    record()
        .say("the socket is there and the service is not: whoever calls starts it, and waits")
        .man("systemd.socket(5), ListenStream=")
        .at_setting(SOCKET.name(), "Listen")?;
    // One is slow, and others come meanwhile.
    let (mut slow, text) = (Caller::at(SOCKET_PATH)?, new_text());
    slow.say(&text[..3]);
    for _ in 0..CALLERS {
        record().say("one caller takes their time, and all the others have to wait for them")?;
    }
    slow.say(&format!("{}\n", &text[3..]));
    taken(&mut slow, &text)?;
    let mut many = (0..CALLERS).map(|_| Caller::at(SOCKET_PATH)).collect::<Result<Vec<_>>>()?;
    for caller in many.iter_mut().rev() {
        let text = new_text();
        caller.say(&format!("{text}\n"));
        taken(caller, &text).say("ten callers at once, and this one was not answered")?;
    }
    if let Some(directory) = closed_directory(SOCKET_PATH) {
        return Err(Failure::new(
            "a path that everybody may walk",
            text!("{directory} is closed to others", directory = directory.display()),
        )
        .man("systemd.socket(5), DirectoryMode=; path_resolution(7)")
        .at_setting(SOCKET.name(), "DirectoryMode="));
    }
    let mode = SOCKET.property("SocketMode")?;
    if !u32::from_str_radix(&mode, 8).is_ok_and(|mode| mode & 0o002 != 0) {
        return Err(Failure::new(
            "a socket that everybody may write to",
            text!("SocketMode={mode}", mode),
        )
        .man("systemd.socket(5), SocketMode=")
        .at_setting(SOCKET.name(), "SocketMode="));
    }
    room_to_wait(CALLERS)?;
    waits_while_it_starts()
}

#[test]
fn cleans_up_after_itself() -> Result {
    let system = System::stopped()?;
    let before = litter();
    system.start()?;
    record()?;
    // Whether it can report is another promise.
    let _ = REPORT.start();
    systemctl(&["start", TIMER.name()])?;
    TARGET.stop()?;
    for unit in [SOCKET, SERVICE, TIMER] {
        wait_until(text!("{unit} to stop with {target}", unit, target = TARGET), || {
            let state = unit.property("ActiveState")?;
            Ok(["inactive", "failed"].contains(&state.as_str()).then_some(()))
        })
        .say("what the target starts does not stop with it by itself: PartOf= says that it does")
        .man("systemd.unit(5), PartOf=")
        .at_setting(unit.name(), "PartOf=")?;
    }
    nothing_runs()?;
    nothing_is_left(&before)
}

#[test]
fn comes_back_after_a_crash_and_not_after_a_clean_stop() -> Result {
    let _system = System::started()?;
    is_told_of_each_crash()?;
    for signal in [Signal::SIGKILL, Signal::SIGSEGV, Signal::SIGKILL] {
        let run = SERVICE.property("InvocationID")?;
        SERVICE.kill(signal)?;
        comes_back(&run)?;
    }
    starts_are_not_rationed()?;
    nobody_ends_it()?;
    // A stop that systemd did not ask for, and one that it did.
    let pid = SERVICE.property("MainPID")?;
    systemctl(&["kill", "--kill-who=main", "--signal=TERM", SERVICE.name()])?;
    rests(&pid, "it ended well, and systemd started it again")?;
    SERVICE.start()?;
    let pid = SERVICE.property("MainPID")?;
    SERVICE.stop()?;
    rests(&pid, "it was stopped on purpose, and came back")
}

#[test]
fn goes_on_with_a_full_disk_and_says_so_once() -> Result {
    let _system = System::started()?;
    record()?;
    SERVICE.stop()?;
    let disk = Disk::mount()?;
    let result = SERVICE.start().and_then(|()| fills_up(&disk));
    let _ = SERVICE.stop();
    result.at_setting(PROGRAM, "#!")
}

#[test]
fn is_exposed_by_two_at_most() -> Result {
    let _system = System::stopped()?;
    [SERVICE, REPORT].into_iter().try_for_each(is_in_a_sandbox)
}

#[test]
fn is_ready_when_it_is_and_not_before() -> Result {
    let _system = System::stopped()?;
    // A service need not ask for its socket: here it is there first, as at a boot. Whether it can
    // be started is another promise.
    let _ = SOCKET.start();
    for _ in 0..2 {
        // A name has blanks, and letters that are not in ASCII.
        let place = format!("{} ñ{}", random_word(), random_word());
        let held = HeldSettings::hold()?;
        SERVICE.begin_start()?;
        let reader = held.wait_for_reader()?;
        let state = SERVICE.property("ActiveState")?;
        let Some(reader) = reader.filter(|_| state == "activating") else {
            return Err(Failure::new(
                text!(
                    "a service that is still activating, as it does not \
                 know what {path} says",
                    path = SETTINGS
                ),
                Text::verbatim(state),
            )
            .say(
                "with Type=notify systemd waits for READY=1, and the program says it when \
                     it has its records open and has read its settings",
            )
            .man("systemd.service(5), Type=; sd_notify(3)")
            .at_setting(SERVICE.name(), "Type=")
            .journal_of(SERVICE));
        };
        answered_with(reader, &place)?;
        SERVICE
            .wait_for("ActiveState", "active")
            .say("it knows its settings, and does not say that it is ready")
            .at_setting(SERVICE.name(), "Type=")?;
        let answer = answered_twice()?;
        if !answer.ends_with(&format!(" {place}")) {
            return Err(Failure::new(
                text!("an answer that ends with {place}", place),
                Text::quoted(&answer),
            )
            .say(text!(
                "that is the first line of {path}, which the program reads when it starts",
                path = SETTINGS
            ))
            .at_setting(PROGRAM, "#!"));
        }
        SERVICE.stop()?;
    }
    Ok(())
}

#[test]
fn logs_at_the_right_priorities() -> Result {
    let _system = System::started()?;
    are_right()
}

#[test]
fn loses_no_line_by_a_restart_or_an_upgrade() -> Result {
    let _system = System::started()?;
    let earlier = record()?.0;
    // What was answered is kept, whatever happens then.
    let answered = record()?.0;
    SERVICE.kill(Signal::SIGKILL)?;
    are_recorded(&[earlier, answered])
        .say("it was answered with ok, and a crash has lost it: it was not written yet")?;
    // Whether it comes back by itself is another promise.
    SERVICE.reset_failed();
    systemctl(&["restart", SERVICE.name()])?;
    let stream = (1..TRIES).find_map(|_| stream_of_callers().ok());
    let mut texts = stream.map_or_else(stream_of_callers, Ok)?;
    let finished = (0..TRIES).find_map(|_| finishes_a_line().ok());
    match finished {
        Some(finished) => texts.extend(finished),
        None => texts.extend(finishes_a_line()?),
    }
    const ANSWERED: &str = "each was answered with ok, before a restart or after it";
    are_recorded(&texts).say(ANSWERED)?;
    // In whatever order.
    let mut texts = stand_at_the_door(&["restart", "--no-block"])?;
    texts.extend(stand_at_the_door(&["kill", "--signal=KILL"])?);
    texts.chunks(1).try_for_each(|text| are_recorded(text).say(ANSWERED))
}

#[test]
fn reports_every_night() -> Result {
    let _system = System::started()?;
    // That it is started with the target is another promise.
    let _ = TIMER.start();
    is_nightly()?;
    for _ in 0..2 {
        record()?;
        send_nothing()?;
    }
    let first = report()?;
    systemctl(&["restart", SERVICE.name()])?;
    record()?;
    for _ in 0..3 {
        send_nothing()?;
    }
    let second = report()?;
    let recorded = records()?.len();
    let got = text!(
        "records {records} and refused {refused}; before that {before}",
        records = second.0,
        refused = second.1,
        before = first.1
    );
    if second.1 > warnings()? {
        return Err(Failure::new("no more than the lines that the program refused", got)
            .say(
                "what systemd says of the service is no line that was refused, nor is an error: \
                 _SYSTEMD_UNIT= has only what its processes said, and warning..warning only that \
                 priority",
            )
            .man("systemd.journal-fields(7), _SYSTEMD_UNIT=; journalctl(1), --priority=")
            .at_setting("recorder-report", "#!")
            .journal_of(REPORT));
    }
    if second.0 != recorded || second.1 != first.1 + 3 || first.1 < 2 {
        return Err(Failure::new(
            text!("records {recorded}, and 3 more that were refused", recorded),
            got,
        )
        .say(
            "the file knows how much was recorded, and the journal what was refused: in all \
                 runs of the last day, not in this one alone",
        )
        .man("journalctl(1), --priority= and --since=")
        .at_setting("recorder-report", "#!")
        .journal_of(REPORT));
    }
    knows_its_day(second.1)
}

#[test]
fn stops_within_two_seconds() -> Result {
    let _system = System::started()?;
    let mut callers = (0..3).map(|_| Caller::at(SOCKET_PATH)).collect::<Result<Vec<_>>>()?;
    record()?;
    callers[0].say("12.");
    callers[1].say("13.5\n");
    let _ = callers[1].hear();
    let pid = SERVICE.property("MainPID")?;
    systemctl(&["stop", "--no-block", SERVICE.name()])?;
    let mut said = Instant::now();
    wait_until("the service to be down", || {
        // One of them goes on talking.
        if said.elapsed() > PAUSE {
            callers[2].say("\n");
            said = Instant::now();
        }
        let state = SERVICE.property("ActiveState")?;
        Ok(["inactive", "failed"].contains(&state.as_str()).then_some(()))
    })
    .say(ON_THE_LINE)
    .man("systemd.service(5), TimeoutStopSec=; systemd.kill(5)")
    .at_setting(PROGRAM, "#!")
    .journal_of(SERVICE)?;
    let [result, status, limit] =
        SERVICE.properties(["Result", "ExecMainStatus", "TimeoutStopUSec"])?;
    if result != "success" {
        return Err(Failure::new(
            "a stop that succeeds",
            text!("Result={result}, ExecMainStatus={status}", result = &result, status),
        )
        .say(if result == "timeout" {
            ON_THE_LINE
        } else {
            "it was killed, or failed as it ended: SIGTERM is how systemd asks"
        })
        .man("systemd.kill(5), KillSignal=")
        .at_setting(SERVICE.name(), "Kill")
        .journal_of(SERVICE));
    }
    wait_until("no process of it", || Ok((!proc_of(&pid).exists()).then_some(())))?;
    match limit.as_str() {
        "infinity" => Err(Failure::new("a stop that is bounded", "TimeoutStopSec=infinity")
            .say("a program that hangs one day would keep the machine from shutting down")
            .at_setting(SERVICE.name(), "TimeoutStopSec=")),
        _ => Ok(()),
    }
}
