//! The service comes and goes, and callers call meanwhile.

use std::fs::File;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use check::{Explain, Failure, Result, Text, file_text, systemctl, text, wait_until};

use super::system::{
    HeldSettings, PLACE, PROGRAM, SERVICE, SOCKET, SOCKET_PATH, new_text, record, taken,
};
use crate::l06::shared::{Caller, put_program};

/// Callers come one after the other as long as a restart takes, and not more than these.
const CALLS_MAX: usize = 3000;
/// So many are in the queue when the service ends: whoever has room for one has room for these.
const AT_THE_DOOR: usize = 1;
/// How long a caller thinks before the end of the line.
const THINKS: Duration = Duration::from_millis(200);

/// Somebody calls while the service is still starting.
pub(super) fn waits_while_it_starts() -> Result {
    SERVICE.stop()?;
    // Settings that can't be held are another promise's matter.
    let Ok(held) = HeldSettings::hold() else { return Ok(()) };
    let called = Caller::at(SOCKET_PATH);
    let called =
        called.say("the service was stopped, and now nobody can call: the socket is to stay");
    let mut caller =
        called.man("systemd.unit(5), BindsTo= and PartOf=").at_setting(SOCKET.name(), "[Unit]")?;
    let text = new_text();
    caller.say(&format!("{text}\n"));
    if let Some(reader) = held.wait_for_reader()? {
        answered_with(reader, PLACE)?;
    }
    drop(held);
    taken(&mut caller, &text).say("this caller came while the service was starting").map(drop)
}

/// Lets whoever reads the settings go on.
pub(super) fn answered_with(mut reader: File, place: &str) -> Result {
    // In one piece: whoever wants the first line only may be gone by the second.
    Ok(reader.write_all(format!("{place}\n# opened in spring\n").as_bytes())?)
}

/// Somebody says two texts in one call. Each has one answer, and the last one is returned.
pub(super) fn answered_twice() -> Result<String> {
    let mut caller = Caller::at(SOCKET_PATH)?;
    let texts = [new_text(), new_text()];
    let mut answer = String::new();
    for text in &texts {
        caller.say(&format!("{text}\n"));
        answer = taken(&mut caller, text).say(
            "a line in, a line out, as often as the caller likes: an answer of two lines is taken \
             for two",
        )?;
    }
    Ok(answer)
}

/// A crash is an exit status as well as a signal: that of an exception that nobody caught is 1.
pub(super) fn is_told_of_each_crash() -> Result {
    let restart = SERVICE.property("Restart")?;
    if !["on-abnormal", "on-abort"].contains(&restart.as_str()) {
        return ["RestartPreventExitStatus", "SuccessExitStatus"]
            .into_iter()
            .try_for_each(is_crash);
    }
    Err(Failure::new("a restart after each crash", text!("Restart={restart}", restart))
        .say(
            "an exception that nobody catches ends the program with status 1, and that is no \
             signal: it stays down",
        )
        .man("systemd.service(5), Restart= (the table)")
        .at_setting(SERVICE.name(), "Restart="))
}

/// Fails if `setting` has the exit status of an exception in its list.
fn is_crash(setting: &'static str) -> Result {
    let list = SERVICE.property(setting)?;
    if !list.split_whitespace().any(|word| word == "1") {
        return Ok(());
    }
    Err(Failure::new("a restart after each crash", text!("{setting}={list}", setting, list))
        .say(
            "an exception that nobody catches ends the program with status 1, and here that is \
             said to be no failure: it stays down",
        )
        .man("systemd.service(5), Restart= (the table)")
        .at_setting(SERVICE.name(), setting))
}

/// The proof is a new InvocationID: "active" alone could still be the old run.
pub(super) fn comes_back(before: &str) -> Result {
    wait_until("a new run", || {
        let [run, state, job, restart] =
            SERVICE.properties(["InvocationID", "SubState", "Job", "Restart"])?;
        if state == "failed" && job.is_empty() {
            return Err(Failure::new(
                "a new run",
                text!("{state}, with Restart={restart}", state, restart),
            ));
        }
        Ok((run != before && state == "running").then_some(()))
    })
    .say("it has crashed, and nobody has called: systemd is to start it again, each time and soon")
    .man("systemd.service(5), Restart= (the table)")
    .at_setting(SERVICE.name(), "Restart=")
    .journal_of(SERVICE)
}

/// Waits until systemd has made up its mind about the run `pid`, and fails unless that is to leave
/// it.
pub(super) fn rests(pid: &str, otherwise: &'static str) -> Result {
    let state = wait_until("systemd to leave the service alone, or not", || {
        let [state, main] = SERVICE.properties(["SubState", "MainPID"])?;
        let is_decided = ["auto-restart", "dead", "failed"].contains(&state.as_str());
        Ok((is_decided || main != pid && main != "0").then_some(state))
    })?;
    if ["dead", "failed"].contains(&state.as_str()) {
        return Ok(());
    }
    Err(Failure::new("a service that stays down", Text::verbatim(state))
        .say(otherwise)
        .man("systemd.service(5), Restart= (the table)")
        .at_setting(SERVICE.name(), "Restart=")
        .journal_of(SERVICE))
}

/// Callers come one after the other, while the service is restarted and upgraded. Returns what they
/// sent.
pub(super) fn stream_of_callers() -> Result<Vec<String>> {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let calls = scope.spawn(|| {
            let calls = (0..CALLS_MAX).take_while(|_| !is_over.load(Ordering::Relaxed));
            calls.map(|_| record()).collect::<Result<Vec<_>>>()
        });
        let restarted = (1..=4).try_for_each(|number| {
            if number % 2 == 0 {
                // No language minds a blank line at the end; a comment would be one in some only.
                put_program(PROGRAM, &(file_text(PROGRAM)? + &"\n".repeat(number)))?;
                systemctl(&["daemon-reload"])?;
            }
            SERVICE.reset_failed();
            systemctl(&["restart", SERVICE.name()]).map(drop)
        });
        is_over.store(true, Ordering::Relaxed);
        let calls = calls.join().map_err(|_| Failure::later())?;
        let calls = calls
            .say(
                "this caller called while the service was restarted: it was cut off in the \
                 middle, or the socket went with the service",
            )
            .man("daemon(7), Socket-Based Activation")?;
        restarted?;
        Ok(calls.into_iter().map(|(text, _)| text).collect())
    })
}

/// Some call in the moment in which the service ends, by `verb` of systemctl(1): it stands still
/// until then. Returns what they sent.
pub(super) fn stand_at_the_door(verb: &[&str]) -> Result<Vec<String>> {
    let pid = SERVICE.property("MainPID")?;
    systemctl(&["kill", "--kill-who=main", "--signal=STOP", SERVICE.name()])?;
    let mut callers = Vec::new();
    for _ in 0..AT_THE_DOOR {
        let (mut caller, text) = (Caller::at(SOCKET_PATH)?, new_text());
        caller.say(&format!("{text}\n"));
        callers.push((caller, text));
    }
    SERVICE.reset_failed();
    // After SIGTERM systemd sends SIGCONT; systemd.kill(5).
    systemctl(&[verb, &[SERVICE.name()]].concat())?;
    if verb[0] != "restart" {
        wait_until("an end of the service", || {
            Ok((SERVICE.property("MainPID")? != pid).then_some(()))
        })?;
        // Whether it comes back by itself, and soon, is another promise.
        SERVICE.reset_failed();
        systemctl(&["restart", "--no-block", SERVICE.name()])?;
    }
    for (caller, text) in &mut callers {
        taken(caller, text)
            .say(
                "this caller called in the moment in which the service ended: whom it accepts it \
                 has to serve, and whom it does not, the next run will",
            )
            .man("systemd.socket(5), FlushPending=; accept(2)")?;
    }
    let texts = callers.into_iter().map(|(_, text)| text).collect();
    SERVICE.wait_for("SubState", "running")?;
    Ok(texts)
}

/// A caller has begun a line when the service is restarted, and ends it then; returns the texts.
pub(super) fn finishes_a_line() -> Result<[String; 2]> {
    let (mut caller, text) = (Caller::at(SOCKET_PATH)?, new_text());
    let first = new_text();
    caller.say(&format!("{first}\n{}", &text[..3]));
    taken(&mut caller, &first)?;
    let pid = SERVICE.property("MainPID")?;
    SERVICE.reset_failed();
    systemctl(&["restart", "--no-block", SERVICE.name()])?;
    wait_until("a restart that has begun", || {
        let [state, main] = SERVICE.properties(["SubState", "MainPID"])?;
        Ok((state != "running" || main != pid).then_some(()))
    })?;
    // Well within the half second that is theirs.
    thread::sleep(THINKS);
    caller.say(&format!("{}\n", &text[3..]));
    let answered = taken(&mut caller, &text).say(
        "this caller was in the middle of a line when the service was told to stop, and half a \
         second was theirs to finish it",
    );
    // Whoever waits for the end of the call need not wait for the check.
    drop(caller);
    SERVICE.wait_for("SubState", "running")?;
    answered.man("systemd.kill(5), KillSignal=").map(|_| [first, text])
}
