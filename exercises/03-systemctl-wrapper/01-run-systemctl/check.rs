//! 3.1: run systemctl, and believe its exit status; systemctl(1), EXIT STATUS.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use check::{Ended, Explain, Failure, Folder, PATIENCE, Result, Text, Unit, program, text};

const STATUS: &str = "systemctl(1), EXIT STATUS";
/// A folder with a program of the name systemctl, which writes down how it was called and ends as it is told to.
const STANDIN: &str = "/usr/local/lib/standin";

/// What the stand-in does: it writes its words down, prints what PRINT names, and ends with STATUS.
const SCRIPT: &str = "#!/bin/sh\nfor word; do printf '%s\\0' \"$word\" >> \"$LOG\"; done\n\
    if [ -n \"$FLOOD\" ]; then head -c 300000 /dev/zero | tr '\\0' x >&2; head -c 300000 /dev/zero | tr '\\0' x; fi\n\
    if [ \"$STATUS\" = signal ]; then kill -KILL $$; fi\necho \"$SAYS\"\nexit \"$STATUS\"\n";

#[test]
fn each_exit_status_has_its_word() -> Result {
    for (status, word) in [
        ("0", "ok"),
        ("1", "failed"),
        ("3", "not-running"),
        ("4", "not-allowed-or-unknown"),
        ("5", "not-installed"),
        ("6", "status-6"),
        ("130", "status-130"),
    ] {
        // What it prints is made to mislead.
        let says = if status == "0" { "failed" } else { "active" };
        let (ended, _) = run("start", "web.service", status, says, "")?;
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
    }
    Ok(())
}

#[test]
fn a_name_is_one_word_whatever_is_in_it() -> Result {
    for unit in [
        "web.service",
        "two words.service",
        "a;id",
        "$HOME",
        "*",
        "it's",
        "\"quoted\"",
        "--no-block",
        "-H evil",
        "UPPER",
        "ñ ☃",
    ] {
        let (_, words) = run("start", unit, "0", "", "")?;
        let plain: Vec<&str> = words.iter().map(String::as_str).collect();
        let dashes = plain.iter().position(|word| *word == "--");
        let ends = plain.last() == Some(&unit);
        let is_safe = !unit.starts_with('-') || dashes.is_some_and(|at| at + 2 == plain.len());
        // Options of your own, such as --no-pager, are welcome.
        let names: Vec<&&str> = plain.iter().filter(|word| !word.starts_with('-')).collect();
        let count = if unit.starts_with('-') { 1 } else { 2 };
        if ends && is_safe && names.len() == count && *names[0] == "start" {
            continue;
        }
        let say = match (ends, is_safe) {
            (true, false) => {
                "a name that begins with a dash is an option, unless -- stands before it and ends the options"
            }
            _ => {
                "the name did not arrive as the one word that it is: give Command a list of words, and no shell a line"
            }
        };
        let expected = text!("systemctl called with start and {unit}", unit = Text::quoted(unit));
        return Err(Failure::new(expected, Text::quoted(&plain)).say(say).in_function("run"));
    }
    Ok(())
}

#[test]
fn takes_no_killed_systemctl_for_a_success() -> Result {
    let (ended, _) = run("start", "web.service", "signal", "", "")?;
    if ended.stdout == "killed\n" && ended.status.code() == Some(1) {
        return Ok(());
    }
    let got =
        text!("{printed}, {status}", printed = Text::quoted(&ended.stdout), status = ended.status);
    Err(Failure::new("killed, and exit status 1", got)
        .say("a program that a signal ended has no exit status: code() is None then")
        .in_function("run"))
}

#[test]
fn reads_a_talkative_systemctl_to_its_end() -> Result {
    let (ended, _) = run("status", "web.service", "3", "", "yes")
        .explain(|failure| failure.add_say("a pipe holds 64 KiB; whoever waits for the end before reading waits for a program that waits for the reader"))?;
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

/// Runs the submission with the stand-in in its PATH; the second value is how the stand-in was called.
fn run(
    verb: &str,
    unit: &str,
    status: &str,
    says: &str,
    flood: &str,
) -> Result<(Ended, Vec<String>)> {
    let standin = format!("{STANDIN}/systemctl");
    if !fs::exists(&standin)? {
        fs::create_dir_all(STANDIN)?;
        fs::write(&standin, SCRIPT)?;
        fs::set_permissions(&standin, Permissions::from_mode(0o755))?;
    }
    let folder = Folder::new()?;
    let log = folder.file("words");
    let ended = program()?
        .env("PATH", format!("{STANDIN}:/usr/bin:/bin"))
        .env("LOG", log.path())
        .env("STATUS", status)
        .env("SAYS", says)
        .env("FLOOD", flood)
        .arg(verb)
        .arg(unit)
        .start()?
        .end(PATIENCE)?;
    let words = if log.exists() { log.text()? } else { String::new() };
    Ok((ended, words.split_terminator('\0').map(str::to_owned).collect()))
}
