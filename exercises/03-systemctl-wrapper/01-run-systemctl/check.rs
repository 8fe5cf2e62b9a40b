//! 3.1: run systemctl, and believe its exit status; systemctl(1), EXIT STATUS.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use check::{
    Clock, Directory, Ended, Explain, Failure, PATIENCE, Result, Text, Unit, program, text,
};

use super::shared::random;

const STATUS: &str = "systemctl(1), EXIT STATUS";
/// A directory with a program of the name systemctl, which writes down how it was called and ends
/// as it is told to.
const STANDIN: &str = "/usr/local/lib/standin";

/// What the stand-in does: it writes its words down, and an empty line; prints what SAYS names, on
/// both of its streams; takes its time; and ends with STATUS. The learner's clock is not its own.
const SCRIPT: &str = "#!/bin/sh\nunset LD_PRELOAD\n{ printf '%s\\0' \"$@\"; printf '\\n\\0'; } >> \
                      \"$LOG\"\nif [ -n \"$FLOOD\" ]; then head -c 3000000 /dev/zero | tr '\\0' x \
                      >&2; head -c 3000000 /dev/zero | tr '\\0' '\\377'; fi\nif [ -n \"$SLOW\" ]; \
                      then sleep \"$SLOW\"; fi\nif [ \"$STATUS\" = signal ]; then kill -KILL $$; \
                      fi\nprintf '%b\\n' \"$SAYS\"; printf '%b\\n' \"$SAYS\" >&2\nexit \
                      \"$STATUS\"\n";

/// What systemctl says in all the cases that there are, and a byte that is no UTF-8: no word of it
/// may count.
const MISLEADING: &str = "active\ninactive\nfailed\nok\nUnit web.service could not be \
                          found.\nFailed to start web.service: Unit web.service not \
                          found.\nFailed to start web.service: Access denied\nJob for web.service \
                          failed because the control process exited with error code.\n\\0377";

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
    let ended = program()?.env("PATH", "/nowhere").arg("start").arg("web.service").output()?;
    let lines = ended.stderr.trim().lines().count();
    if ended.status.code() == Some(1)
        && ended.stdout.is_empty()
        && lines == 1
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

/// How the stand-in behaves.
struct Standin<'a> {
    status: &'a str,
    says: &'a str,
    flood: &'a str,
    /// How long it takes, for sleep(1).
    slow: &'a str,
    /// The clock of the submission.
    clock: Option<&'a Clock>,
}

const LYING: Standin<'_> =
    Standin { status: "0", says: MISLEADING, flood: "", slow: "", clock: None };

/// Runs the submission with the stand-in in its PATH; the second value is how the stand-in was
/// called, each time.
fn run(verb: &str, unit: &str, standin: &Standin<'_>) -> Result<(Ended, Vec<Vec<String>>)> {
    let program_file = format!("{STANDIN}/systemctl");
    if !fs::exists(&program_file)? {
        fs::create_dir_all(STANDIN)?;
        fs::write(&program_file, SCRIPT)?;
        fs::set_permissions(&program_file, Permissions::from_mode(0o755))?;
    }
    let directory = Directory::new()?;
    let log = directory.file("words");
    let mut program = program()?
        .env("PATH", format!("{STANDIN}:/usr/bin:/bin"))
        .env("LOG", log.path())
        .env("STATUS", standin.status)
        .env("SAYS", standin.says)
        .env("FLOOD", standin.flood)
        .env("SLOW", standin.slow)
        .arg(verb)
        .arg(unit);
    for (name, value) in standin.clock.into_iter().flat_map(Clock::env) {
        program = program.env(name, value);
    }
    let ended = program.start()?.end(PATIENCE)?;
    let words = if log.exists() { log.text()? } else { String::new() };
    // A line of its own ends a call.
    let words: Vec<String> = words.split_terminator('\0').map(str::to_owned).collect();
    let calls = words.split(|word| word == "\n").map(<[String]>::to_vec);
    let count = words.iter().filter(|word| *word == "\n").count();
    Ok((ended, calls.take(count).collect()))
}
