//! 2.2: back after a crash, not after the work is done; systemd.service(5), `Restart=`.

use check::{Explain, Failure, Result, Signal, Text, Unit, text, wait_until};

use super::shared::{Run, Worker, runs, tell_to_exit};

const FILE: &str = "worker.service";
const WORKER: Unit = Unit::named(FILE);
const RESTART: &str = "systemd.service(5), Restart= (the table)";

#[test]
fn comes_back_after_exit_status_1() -> Result {
    crash_then_expect_a_new_run(|_| tell_to_exit(1))
}

#[test]
fn comes_back_after_sigkill() -> Result {
    crash_then_expect_a_new_run(|_| WORKER.kill(Signal::SIGKILL))
}

#[test]
fn stays_down_after_a_clean_exit() -> Result {
    let worker = Worker::install(FILE, &[])?;
    worker.start()?;
    tell_to_exit(0)?;
    expect_rest(&worker, "it ended well, and systemd started it again")
}

#[test]
fn stays_down_after_systemctl_stop() -> Result {
    let worker = Worker::install(FILE, &[])?;
    worker.start()?;
    worker.unit().stop()?;
    expect_rest(&worker, "it was stopped on purpose, and came back")
}

/// The proof is a new InvocationID: "active" alone could still be the old run.
fn crash_then_expect_a_new_run(crash: fn(&Run) -> Result) -> Result {
    let worker = Worker::install(FILE, &[])?;
    let first = worker.start()?;
    crash(&first)?;
    let second = wait_until("a new run", || {
        let new = runs().into_iter().find(|run| run.invocation != first.invocation);
        match new {
            Some(run) => Ok(Some(run)),
            None => given_up(&worker).map(|()| None),
        }
    });
    second
        .map(drop)
        .say("it does not come back")
        .man(RESTART)
        .at_setting(FILE, "Restart=")
        .journal_of(WORKER)
}

/// Fails if systemd has done with the unit, or wants to wait for longer than a second.
fn given_up(worker: &Worker) -> Result {
    let unit = worker.unit();
    match unit.property("SubState")?.as_str() {
        "failed" | "dead" => {
            let restart = unit.property("Restart")?;
            let say = match restart.as_str() {
                "no" => "nobody told systemd to start it again: Restart=no is the default",
                "on-success" => {
                    "on-success is the other way round: again after a clean exit, never after a crash"
                }
                "on-abnormal" => {
                    "exit status 1 is an unclean exit, not an abnormal one; abnormal are signals and time-outs"
                }
                "on-abort" => {
                    "on-abort means signals that the program did not catch, no exit status"
                }
                "on-watchdog" => "on-watchdog means a missed WatchdogSec=, and nothing else",
                _ => {
                    "systemd would start it again, but has been told to make an exception, or to give up"
                }
            };
            let state = unit.property("SubState")?;
            let got = text!("{state}, with Restart={restart}", state, restart);
            Err(Failure::new("a new run", got).say(say))
        }
        "auto-restart" => match unit.property("RestartUSec")?.as_str() {
            soon if soon == "0" || soon == "1s" || soon.ends_with("ms") || soon.ends_with("us") => {
                Ok(())
            }
            late => {
                Err(Failure::new("a new run within a second", text!("RestartSec={late}", late))
                    .say("systemd will start it again, but keeps it waiting")
                    .man("systemd.service(5), RestartSec=")
                    .at_setting(FILE, "RestartSec="))
            }
        },
        _ => Ok(()),
    }
}

/// Waits until systemd has made up its mind, and fails unless that is to leave the worker alone.
fn expect_rest(worker: &Worker, otherwise: &'static str) -> Result {
    let unit = worker.unit();
    let state = wait_until("systemd to leave the worker alone, or not", || {
        let state = unit.property("SubState")?;
        let again =
            runs().len() > 1 || state == "auto-restart" || unit.property("NRestarts")? != "0";
        Ok((again || state == "dead" || state == "failed").then_some((state, again)))
    })?;
    match state {
        (state, false) if state == "dead" => Ok(()),
        (state, again) => {
            let got = if again { "a new start".into() } else { Text::verbatim(state) };
            Err(Failure::new("inactive, and no new start", got)
                .say(otherwise)
                .man(RESTART)
                .at_setting(FILE, "Restart=")
                .journal_of(WORKER))
        }
    }
}
