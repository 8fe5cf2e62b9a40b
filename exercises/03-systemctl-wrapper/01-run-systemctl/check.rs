//! 3.1: run systemctl, and believe its exit status; systemctl(1), EXIT STATUS.

mod standin;

use std::fs;
use std::time::Duration;

use check::{Clock, Directory, Explain, Failure, Result, Text, Unit, program, text};

use super::shared::random;
use standin::{LYING, MISLEADING, Standin, run, run_in};

const STATUS: &str = "systemctl(1), EXIT STATUS";
#[test]
fn each_exit_status_has_its_word() -> Result {
    for (status, word, says) in [
        ("0", "ok", MISLEADING),
        ("1", "failed", MISLEADING),
        ("3", "not-running", MISLEADING),
        ("4", "not-allowed-or-unknown", MISLEADING),
        ("5", "not-installed", MISLEADING),
        ("6", "status-6", MISLEADING),
        ("2", "status-2", MISLEADING),
        ("130", "status-130", MISLEADING),
        ("255", "status-255", MISLEADING),
        // One word alone, which says the opposite.
        ("0", "ok", "inactive"),
        ("0", "ok", "failed"),
        ("3", "not-running", "active"),
    ] {
        let (ended, calls) = run("start", "web.service", &Standin { status, says, ..LYING })?;
        if ended.stdout != format!("{word}\n") {
            return Err(Failure::new(
                text!("{word} for exit status {status}", word, status),
                Text::quoted(&ended.stdout),
            )
            .say("the exit status says how systemctl ended; what it prints is for people")
            .man(STATUS)
            .in_function("run"));
        }
        if ended.status.code().map(|code| code.to_string()).as_deref() != Some(status) {
            return Err(Failure::new(
                text!("exit status {status}", status),
                Text::verbatim(ended.status),
            )
            .say("whoever runs your program wants to know the same as you: hand the status on")
            .man(STATUS)
            .in_function("main"));
        }
        if calls.len() != 1 {
            let got = text!("{count} calls", count = calls.len());
            return Err(Failure::new(
                text!("one call of systemctl, which ends with {status}", status),
                got,
            )
            .say(
                "a call that failed may have done something all the same: only the one at the \
                 terminal knows whether to try again",
            )
            .in_function("run"));
        }
    }
    Ok(())
}

#[test]
fn lets_nothing_through_that_systemctl_prints() -> Result {
    for status in ["0", "1"] {
        let word = format!("said-{}", random(1 << 40));
        let (ended, _) = run("start", "web.service", &Standin { status, says: &word, ..LYING })?;
        for (stream, printed) in
            [("standard output", &ended.stdout), ("standard error", &ended.stderr)]
        {
            if printed.contains(&word) {
                let expected = text!("none of systemctl's own words on {stream}", stream);
                return Err(Failure::new(expected, Text::quoted(printed))
                    .say(
                        "whoever starts a program gives it three streams: what is not said is \
                         inherited",
                    )
                    .man("the docs of std::process::Stdio")
                    .in_function("run"));
            }
        }
    }
    Ok(())
}

#[test]
fn a_name_is_one_word_whatever_is_in_it() -> Result {
    let long = "x".repeat(5000);
    for unit in [
        "web.service",
        "two words.service",
        " a blank at both ends ",
        "two\nlines\n",
        "a;id",
        "$HOME",
        "$(id)",
        "`id`",
        "*",
        "%s%n",
        "it's",
        "\"quoted\"",
        "ends in \\",
        "--no-block",
        "-H evil",
        "--",
        "-",
        "UPPER",
        "ñ ☃",
        "",
        &long,
    ] {
        let (_, calls) = run("start", unit, &Standin { status: "0", says: "", ..LYING })?;
        let call: Vec<&str> = calls.first().into_iter().flatten().map(String::as_str).collect();
        let Some(say) = misunderstood(&call, unit) else { continue };
        let expected = text!("systemctl called with start and {unit}", unit = Text::quoted(unit));
        return Err(Failure::new(expected, Text::quoted(&call)).say(say).in_function("run"));
    }
    Ok(())
}

/// Options that change nothing but what is printed, or asked.
const HARMLESS: [&str; 9] = [
    "--full",
    "--no-ask-password",
    "--no-legend",
    "--no-pager",
    "--no-wall",
    "--plain",
    "--quiet",
    "--system",
    "-q",
];

/// What is wrong with a call, if anything. Options of your own in front, such as `--no-pager`, are
/// welcome if they change nothing of what systemctl does.
fn misunderstood(call: &[&str], unit: &str) -> Option<&'static str> {
    // A shell may have stumbled over another name.
    if call.is_empty() && unit == "web.service" {
        return Some(
            "nobody called systemctl: the one that is meant is the first in PATH, which \
             Command::new(\"systemctl\") finds",
        );
    }
    let (options, names) = match call.iter().position(|word| *word == "--") {
        Some(at) => (&call[..at], &call[at + 1..]),
        None => (call, &[][..]),
    };
    let is_option = |word: &&&str| word.starts_with('-') && **word != "-";
    let mut meant: Vec<&str> = options.iter().filter(|word| !is_option(word)).copied().collect();
    meant.extend(names);
    let mut own = options.iter().filter(is_option);
    let asks_for_more = own.any(|word| !HARMLESS.contains(word) && !word.starts_with("--output="));
    if meant == ["start", unit] {
        return asks_for_more.then_some(
            "an option of your own makes another order of it: --no-block, for instance, does not \
             wait for the end",
        );
    }
    Some(if call.last() == Some(&unit) && unit.starts_with('-') {
        "a name that begins with a dash is an option, unless -- stands before it and ends the \
         options"
    } else {
        "the name did not arrive as the one word that it is: give Command a list of words, and no \
         shell a line"
    })
}

#[test]
fn waits_as_long_as_systemctl_takes() -> Result {
    // Half an hour passes for the submission, and a third of a second for the rest of us.
    let clock = Clock::new()?;
    clock.hurry(5400)?;
    let slow = Standin { status: "3", slow: "0.33", clock: Some(&clock), ..LYING };
    let (ended, _) = run("start", "web.service", &slow)?;
    if ended.stdout == "not-running\n" {
        return Ok(());
    }
    let got =
        text!("{printed}, {status}", printed = Text::quoted(&ended.stdout), status = ended.status);
    Err(Failure::new("not-running, from a systemctl that takes half an hour", got)
        .say(
            "a service takes as long as it takes to start: whoever gives up before does not know \
             how it ended",
        )
        .in_function("run"))
}

#[test]
fn sleeps_while_systemctl_is_at_work() -> Result {
    let directory = Directory::new()?;
    let slow = Standin { status: "3", slow: "0.25", ..LYING };
    run_in(&directory, "start", "web.service", &slow)?;
    let [before, after] = ["words.1", "words.2"]
        .map(|name| Meter::read(&fs::read_to_string(directory.path().join(name)).ok()?));
    let (Some(before), Some(after)) = (before, after) else {
        // Nobody called it, or called it and went away: that is another promise.
        return Err(Failure::later());
    };
    let busy = after.busy.saturating_sub(before.busy);
    // That it had to wait for a processor is not its fault.
    let had = (after.time.saturating_sub(before.time))
        .saturating_sub(after.waited.saturating_sub(before.waited));
    // The uptime is told in hundredths of a second.
    if busy < Duration::from_millis(5) || busy < had / 4 {
        return Ok(());
    }
    let got = text!(
        "{busy} of work in {time}, and nothing to do",
        busy = Text::quoted(busy),
        time = Text::quoted(after.time.saturating_sub(before.time))
    );
    Err(Failure::new("a program that sleeps until systemctl has ended", got)
        .say("try_wait in a loop asks again and again: wait sleeps until there is an answer")
        .man("the docs of std::process::Child")
        .in_function("run"))
}

/// What the stand-in saw of the one who called it: the time, how long that one was at work on a
/// processor, and how long it waited for one.
struct Meter {
    time: Duration,
    busy: Duration,
    waited: Duration,
}

impl Meter {
    /// Reads a line of proc_uptime(5), and one of schedstat for each thread.
    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let time = lines.next()?.split(' ').next()?.parse().ok()?;
        let mut meter = Meter {
            time: Duration::try_from_secs_f64(time).ok()?,
            busy: Duration::ZERO,
            waited: Duration::ZERO,
        };
        for line in lines {
            let mut numbers = line.split(' ').filter_map(|word| word.parse().ok());
            meter.busy += Duration::from_nanos(numbers.next()?);
            meter.waited += Duration::from_nanos(numbers.next()?);
        }
        Some(meter)
    }
}

#[test]
fn takes_no_killed_systemctl_for_a_success() -> Result {
    let (ended, _) = run("start", "web.service", &Standin { status: "signal", ..LYING })?;
    if ended.stdout == "killed\n" && ended.status.code() == Some(1) {
        return Ok(());
    }
    let got =
        text!("{printed}, {status}", printed = Text::quoted(&ended.stdout), status = ended.status);
    Err(Failure::new("killed, and exit status 1", got)
        .say(if ended.stdout == "status-137\n" {
            "128 and the signal's number is what a shell says of it: with no shell in between, \
             code() is None"
        } else {
            "a program that a signal ended has no exit status: code() is None then"
        })
        .in_function("run"))
}

#[test]
fn reads_a_talkative_systemctl_to_its_end() -> Result {
    let (ended, _) = run("status", "web.service", &Standin { status: "3", flood: "yes", ..LYING })
        .explain(|failure| {
            failure.add_say(
                "a pipe holds 64 KiB; whoever waits for the end before reading waits for a \
                 program that waits for the reader",
            )
        })?;
    if ended.stdout == "not-running\n" {
        return Ok(());
    }
    let shown: String = ended.stdout.chars().take(60).collect();
    Err(Failure::new("not-running, and nothing else", Text::quoted(&shown))
        .say("what systemctl prints is not part of your answer")
        .in_function("run"))
}

#[test]
fn no_systemctl_is_an_error_in_one_line() -> Result {
    // What it says for its author's sake, it says where all is well, too.
    let (well, _) = run("start", "web.service", &Standin { status: "0", says: "", ..LYING })?;
    let own = well.stderr.trim().lines().count();
    let ended = program()?.env("PATH", "/nowhere").arg("start").arg("web.service").output()?;
    let lines = ended.stderr.trim().lines().count();
    if ended.status.code() == Some(1)
        && ended.stdout.is_empty()
        && (1..=own + 1).contains(&lines)
        && ended.stderr.contains("systemctl")
    {
        return Ok(());
    }
    let got = text!("{status}; {stderr}", status = ended.status, stderr = ended.stderr.trim());
    Err(Failure::new("one line that names systemctl, and exit status 1", got)
        .say("that a program can't be started is an io::Error: return it")
        .in_function("run"))
}

#[test]
fn it_works_with_the_real_one() -> Result {
    let journald = Unit::named("systemd-journald.service");
    let ended = program()?.arg("is-active").arg(journald.name()).output()?;
    if ended.stdout != "ok\n" || !ended.status.success() {
        return Err(
            Failure::new("ok for a unit that runs", Text::quoted(&ended.stdout)).in_function("run")
        );
    }
    let ended = program()?.arg("is-active").arg("nobody-knows-it.service").output()?;
    // Since systemd 253, a missing unit has a status of its own.
    if ["not-running\n", "not-allowed-or-unknown\n"].contains(&ended.stdout.as_str()) {
        return Ok(());
    }
    Err(Failure::new("not-running for a unit that is not there", Text::quoted(&ended.stdout))
        .man(STATUS)
        .in_function("run"))
}
