//! 2.2: back after a crash, not after the work is done; systemd.service(5), `Restart=`.

use std::time::Duration;

use check::{Explain, Failure, Result, Signal, Text, Unit, text, wait_until};

use super::shared::{
    PROGRAM, Run, Settings, Worker, Written, is_alive, is_running, runs, settle, tell_to_exit,
};

const FILE: &str = "worker.service";
const WORKER: Unit = Unit::named(FILE);
const RESTART: &str = "systemd.service(5), Restart= (the table)";
/// How long the worker may be down.
const DOWN_MAX: Duration = Duration::from_secs(1);

#[test]
fn comes_back_after_exit_status_1() -> Result {
    let worker = install()?;
    let first = worker.start()?;
    is_main_process(&first)?;
    tell_to_exit(1)?;
    let second = comes_back(&worker, &first)?;
    tell_to_exit(1)?;
    let third = comes_back(&worker, &second).say("it came back once, and not again")?;
    is_main_process(&third)
}

#[test]
fn comes_back_after_sigkill() -> Result {
    let worker = install()?;
    let first = worker.start()?;
    WORKER.kill(Signal::SIGKILL)?;
    comes_back(&worker, &first).map(drop)
}

#[test]
fn neither_ends_nor_gives_up_by_itself() -> Result {
    let worker = install()?;
    worker.start()?;
    Written::as_named(FILE).lasts()
}

#[test]
fn stays_down_after_a_clean_exit() -> Result {
    let worker = install()?;
    let run = worker.start()?;
    tell_to_exit(0)?;
    let stayed = WORKER.property("RemainAfterExit")? == "yes";
    let otherwise = if stayed {
        "RemainAfterExit= has the unit active when nothing of it runs any more"
    } else {
        "it ended well, and systemd started it again"
    };
    rests(&run, &["dead"], otherwise)
}

#[test]
fn stays_down_after_systemctl_stop() -> Result {
    let worker = install()?;
    let run = worker.start()?;
    WORKER.stop()?;
    // What a stop by another signal than SIGTERM leaves behind has failed, and is down all the
    // same.
    rests(&run, &["dead", "failed"], "it was stopped on purpose, and came back")?;
    if !is_alive(&run.pid) {
        Ok(())
    } else {
        Err(Failure::new("no worker after systemctl stop", "a process that works on")
    .say("KillMode= says whom a stop reaches: the worker went on, and nobody watches it any more")
    .man("systemd.kill(5), KillMode=")
    .at_setting(FILE, "Kill"))
    }
}

fn install() -> Result<Worker> {
    Worker::install(FILE, &[], |written| written.runs_only(PROGRAM, ""))
}

/// A worker of which systemd knows nothing could not be started again by it.
fn is_main_process(run: &Run) -> Result {
    let mut seen = Text::default();
    wait_until("an active unit, with the worker as its main process", || {
        let [state, main] = WORKER.properties(["ActiveState", "MainPID"])?;
        let is_it = state == "active" && main == run.pid;
        seen = text!("{state}, with the main process {main}", state, main);
        Ok(is_it.then_some(()))
    })
    .explain(|failure| failure.set_got(seen))
    .say("with this Type=, systemctl start waits for something else than the worker's start")
    .man("systemd.service(5), Type=")
    .at_setting(FILE, "Type=")?;
    is_running(&run.pid, PROGRAM).at_setting(FILE, "ExecStart=")
}

/// The proof is a new InvocationID: "active" alone could still be the old run.
fn comes_back(worker: &Worker, before: &Run) -> Result<Run> {
    let delay = Settings::of(WORKER)?;
    if delay.span("RestartUSec").is_some_and(|delay| delay > DOWN_MAX) {
        let late = text!("RestartSec={late}", late = delay.get("RestartUSec"));
        return Err(Failure::new("a new run within a second", late)
            .say("systemd will start it again, but keeps it waiting")
            .man("systemd.service(5), RestartSec=")
            .at_setting(FILE, "RestartSec="));
    }
    let new = wait_until("a new run", || {
        match runs().pop().filter(|run| run.invocation != before.invocation) {
            Some(run) => Ok(Some(run)),
            None => given_up(worker).map(|()| None),
        }
    });
    new.say("it does not come back").man(RESTART).at_setting(FILE, "Restart=").journal_of(WORKER)
}

/// Fails if systemd has done with the unit.
fn given_up(worker: &Worker) -> Result {
    let settings = Settings::of(worker.unit())?;
    let (state, restart) = (settings.get("SubState"), settings.get("Restart"));
    let is_over = ["failed", "dead"].contains(&state) && !settings.has_job();
    if !is_over {
        return Ok(());
    }
    let say = match restart {
        "no" => "nobody told systemd to start it again: Restart=no is the default",
        "on-success" => {
            "on-success is the other way round: again after a clean exit, never after a crash"
        }
        "on-abnormal" => {
            "exit status 1 is an unclean exit, not an abnormal one; abnormal are signals and \
             time-outs"
        }
        "on-abort" => "on-abort means signals that the program did not catch, no exit status",
        "on-watchdog" => "on-watchdog means a missed WatchdogSec=, and nothing else",
        _ => "systemd would start it again, but has been told to make an exception, or to give up",
    };
    Err(Failure::new("a new run", text!("{state}, with Restart={restart}", state, restart))
        .say(say))
}

/// Waits until systemd has made up its mind, and fails unless that is to leave the worker alone, in
/// one of the states that are `fine`.
fn rests(run: &Run, fine: &[&str], otherwise: &'static str) -> Result {
    let is_new = || runs().pop().is_some_and(|new| new != *run);
    let mut state = wait_until("systemd to leave the worker alone, or not", || {
        let state = WORKER.property("SubState")?;
        let is_decided =
            is_new() || ["auto-restart", "dead", "failed", "exited"].contains(&state.as_str());
        Ok(is_decided.then_some(state))
    })?;
    // What its end has set off may be on its way.
    settle()?;
    if fine.contains(&state.as_str()) {
        state = WORKER.property("SubState")?;
    }
    if fine.contains(&state.as_str()) && !is_new() {
        return Ok(());
    }
    let got = if is_new() { "a new start".into() } else { Text::verbatim(state) };
    Err(Failure::new("inactive, and no new start", got)
        .say(otherwise)
        .man(RESTART)
        .at_setting(FILE, "Restart=")
        .journal_of(WORKER))
}
