//! 3.3: await a job, without the race; org.freedesktop.systemd1(5), JobRemoved.

mod manager;

use std::time::Duration;

use check::{Clock, Ended, Explain, Failure, Result, Text, text};
use manager::{JOB, Script, run_and_ask};

const JOB_REMOVED: &str = "org.freedesktop.systemd1(5), JobRemoved";
/// Less than that between two questions is no silence at all: it is a loop that asks.
const SILENCE: Duration = Duration::from_millis(30);
/// More than a busy machine makes silences where six hundred signals come at once.
const QUESTIONS: usize = 50;
const ASKED_WHEN_QUIET: &str = "has_job asked when it has been quiet for a while";
const COSTLY: &str = "each question costs the manager time, which has the whole machine to look \
                      after: let next_signal wait, half a second is enough";

#[test]
fn a_job_that_ends_is_heard_of() -> Result {
    for (result, status) in [
        ("done", 0),
        ("skipped", 0),
        ("failed", 1),
        ("canceled", 1),
        ("timeout", 1),
        ("dependency", 1),
        ("new-word", 1),
    ] {
        let script = Script {
            after: vec![(100, removed(JOB, "web.service", result))],
            has_job: vec![true],
            state: "active",
            ..Script::default()
        };
        let ended = run(script, "web.service")?;
        expect(
            &ended,
            result,
            status,
            "the signal's third value is the result of the job; done and skipped are successes, \
             and nothing else",
        )?;
    }
    Ok(())
}

#[test]
fn hears_of_a_job_that_was_over_before_the_answer() -> Result {
    for result in ["failed", "done"] {
        // What a look at the unit would say is wrong on purpose.
        let state = if result == "done" { "failed" } else { "active" };
        let script = Script {
            before: vec![removed(JOB, "web.service", result)],
            has_job: vec![false],
            state,
            ..Script::default()
        };
        let ended = run(script, "web.service")?;
        expect(
            &ended,
            result,
            i32::from(result == "failed"),
            "the job was over before the answer came: whoever asks to be told after the call has \
             missed it",
        )?;
    }
    Ok(())
}

#[test]
fn knows_its_job_among_others() -> Result {
    // A boot has hundreds of jobs, and they end while ours is waited for.
    let boot = (1000..1600).map(|job| (0, removed(&format!("/job/{job}"), "a.mount", "done")));
    let mut after: Vec<(u64, String)> = boot.collect();
    after.extend([
        (0, removed("/job/421", "web.service", "failed")),
        (0, removed("/job/24", "web.service", "failed")),
        (0, removed("/other/job/42", "web.service", "failed")),
        (0, removed("/job/142", "web.service", "failed")),
        (10, removed("/job/8", "mail.service", "done")),
        (20, removed(JOB, "web.service", "dependency")),
    ]);
    let script = Script {
        // An older job of the same unit is replaced by ours; others end meanwhile.
        before: vec![
            removed("/job/7", "web.service", "canceled"),
            removed("/job/4", "db.service", "failed"),
        ],
        after,
        has_job: vec![true],
        state: "active",
        ..Script::default()
    };
    let (ended, asked) = run_and_ask(script, "web.service", None)?;
    expect(
        &ended,
        "dependency",
        1,
        "other jobs end too, hundreds of them, of other units and of the same: wait for yours, \
         and compare the job's whole name",
    )?;
    if asked.questions <= QUESTIONS {
        return Ok(());
    }
    let got = text!("{count} questions, and no silence", count = asked.questions);
    Err(Failure::new(ASKED_WHEN_QUIET, got).say(COSTLY).in_function("start_and_wait"))
}

#[test]
fn knows_its_job_when_the_unit_has_another_name() -> Result {
    let script = Script {
        after: vec![(10, removed(JOB, "httpd.service", "failed"))],
        has_job: vec![true],
        state: "active",
        ..Script::default()
    };
    let ended = run(script, "web.service")?;
    expect(
        &ended,
        "failed",
        1,
        "web.service is another name of httpd.service, and the signal has the unit's own: only \
         the job's name is the same in both",
    )
}

#[test]
fn notices_that_a_signal_was_lost() -> Result {
    for (state, result) in [("active", "done"), ("failed", "failed"), ("inactive", "done")] {
        let script = Script { has_job: vec![false], state, ..Script::default() };
        let ended = run(script, "web.service").explain(|failure| {
            failure.add_say(
                "a signal can be lost, and then no time is long enough: ask has_job when it has \
                 been quiet",
            )
        })?;
        expect(
            &ended,
            result,
            i32::from(result == "failed"),
            "the job is gone, so it is over; the unit's state says how",
        )?;
    }
    Ok(())
}

#[test]
fn waits_as_long_as_the_job_is_there() -> Result {
    let script = Script {
        after: vec![(1400, removed(JOB, "web.service", "failed"))],
        has_job: vec![true],
        state: "active",
        ..Script::default()
    };
    let (ended, asked) = run_and_ask(script, "web.service", None)?;
    expect(&ended, "failed", 1, GO_ON)?;
    if let Some(shortest) = asked.silences.iter().min().filter(|silence| **silence < SILENCE) {
        let got = text!("asked again after {shortest}", shortest = Text::quoted(shortest));
        return Err(Failure::new(ASKED_WHEN_QUIET, got).say(COSTLY).in_function("start_and_wait"));
    }
    // Asked once, it is there; asked again, it is gone.
    let script = Script { has_job: vec![true, false], state: "failed", ..Script::default() };
    const AGAIN: &str = "ask again each time that it has been quiet";
    let (ended, asked) =
        run_and_ask(script, "web.service", None).explain(|failure| failure.add_say(AGAIN))?;
    expect(&ended, "failed", 1, AGAIN)?;
    match asked.starts {
        1 => Ok(()),
        count => {
            Err(Failure::new("one request to start the unit", text!("{count} requests", count))
                .say(
                    "whoever waits does nothing but wait: a second start is another job, and \
                     perhaps another start",
                )
                .in_function("start_and_wait"))
        }
    }
}

const GO_ON: &str = "it was quiet for a while, and that means nothing as long as the manager has \
                     the job: go on waiting";

#[test]
fn waits_for_hours_too() -> Result {
    // For whoever looks at a clock, half a second is an hour; for whoever counts, it is quiet a
    // hundred times.
    let clock = Clock::new()?;
    clock.hurry(7200)?;
    let script = Script {
        after: vec![(1100, removed(JOB, "web.service", "failed"))],
        has_job: vec![true],
        noise: 100,
        state: "active",
        ..Script::default()
    };
    let (ended, _) = run_and_ask(script, "web.service", Some(&clock))?;
    expect(&ended, "failed", 1, GO_ON)
}

#[test]
fn says_so_when_the_connection_ends() -> Result {
    let other = || vec![removed("/job/7", "web.service", "done")];
    for (before, closes, has_job) in [
        (vec![], "start", true),
        (other(), "start", true),
        (vec![], "has-job", false),
        (other(), "state", false),
    ] {
        let script = Script {
            before,
            closes: Some(closes),
            has_job: vec![has_job],
            state: "active",
            ..Script::default()
        };
        let ended = run(script, "web.service")?;
        let is_right = ended.status.code() == Some(1)
            && ended.stdout.is_empty()
            && !ended.stderr.trim().is_empty();
        if !is_right {
            let got = text!(
                "{status}, {printed}, {stderr}",
                status = ended.status,
                printed = Text::quoted(&ended.stdout),
                stderr = ended.stderr.trim()
            );
            return Err(Failure::new("a line on standard error, and exit status 1", got)
                .say("nobody knows how the job ended: say that, and no result")
                .in_function("start_and_wait"));
        }
    }
    Ok(())
}

fn removed(job: &str, unit: &str, result: &str) -> String {
    format!("removed {job} {unit} {result}")
}

/// Runs the submission against a manager with a script.
fn run(script: Script, unit: &str) -> Result<Ended> {
    run_and_ask(script, unit, None).map(|(ended, _)| ended)
}

fn expect(ended: &Ended, result: &str, status: i32, say: &'static str) -> Result {
    if ended.stdout == format!("{result}\n") && ended.status.code() == Some(status) {
        return Ok(());
    }
    let got = text!(
        "{printed}, {status} {stderr}",
        printed = Text::quoted(&ended.stdout),
        status = ended.status,
        stderr = ended.stderr.trim()
    );
    Err(Failure::new(text!("{result}, and exit status {status}", result, status), got)
        .say(say)
        .man(JOB_REMOVED)
        .in_function("start_and_wait"))
}
