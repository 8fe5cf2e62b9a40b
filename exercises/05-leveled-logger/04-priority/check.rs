//! 5.4: the priority in front of a line, in the lab's journal; sd-daemon(3), and systemd.exec(5),
//! `$JOURNAL_STREAM`.

use std::ffi::OsStr;
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::process::Command;

use check::{Directory, Explain, Failure, Result, Service, Text, program, text, wait_until};
use serde_json::Value;

use super::shared::{run, same_lines};

const PREFIX: &str = "without a prefix each line has the priority of SyslogLevel=, 6; with one, \
                      the journal keeps it and strips it off";
const NAMED: &str = "DEBUG is 7, INFO is 6, WARNING is 4, ERROR is 3, CRITICAL is 2; 5 is a \
                     notice, which Python does not have";
const BETWEEN: &str = "a number between two names counts as the more serious one, and nothing is \
                       more serious than 2 here";
const EACH_LINE: &str = "each line is an entry of its own, so each line needs its priority";
const OWN_TEXT: &str = "what looks like a prefix is the message's own: yours stands before it, and \
                        the journal strips off the first";
const BY_HAND: &str = "the journal does not read this: nobody strips it off, and a person sees it";
const REDIRECTED: &str = "that the variable is there is not enough: it must name the device and \
                          the inode of standard error";
const FRONT: &str = "the prefix stands in front of everything, at the very beginning of the line";

#[test]
fn the_journal_has_the_priority_of_each_level() -> Result {
    let said = [("DEBUG", "7"), ("INFO", "6"), ("WARNING", "4"), ("ERROR", "3"), ("CRITICAL", "2")];
    let expected: Vec<(String, String)> = said
        .iter()
        .map(|(level, priority)| (format!("{level}:root:hello"), (*priority).to_owned()))
        .collect();
    let args: Vec<&str> = said.iter().flat_map(|(level, _)| [*level, "hello"]).collect();
    in_journal("leveled-names", &args, &expected, NAMED)
}

#[test]
fn the_numbers_between_count_as_the_more_serious() -> Result {
    let said = [
        ("5", "7"),
        ("11", "6"),
        ("25", "4"),
        ("35", "3"),
        ("45", "2"),
        ("60", "2"),
        ("20", "6"),
        // At each border, and far from all of them.
        ("9", "7"),
        ("19", "6"),
        ("21", "4"),
        ("29", "4"),
        ("31", "3"),
        ("39", "3"),
        ("41", "2"),
        ("51", "2"),
        ("0", "7"),
        ("1", "7"),
        ("-1", "7"),
        ("-300", "7"),
        ("300", "2"),
        ("2147483647", "2"),
    ];
    let expected: Vec<(String, String)> = said
        .iter()
        .map(|(level, priority)| {
            let name = if *level == "20" { "INFO".to_owned() } else { format!("Level {level}") };
            (format!("{name}:root:hello"), (*priority).to_owned())
        })
        .collect();
    let args: Vec<&str> = said.iter().flat_map(|(level, _)| [*level, "hello"]).collect();
    in_journal("leveled-numbers", &args, &expected, BETWEEN)
}

#[test]
fn each_line_of_a_message_has_its_priority() -> Result {
    let expected = [
        ("ERROR:root:one".to_owned(), "3".to_owned()),
        ("two".to_owned(), "3".to_owned()),
        ("three: <1>".to_owned(), "3".to_owned()),
        ("DEBUG:root:after".to_owned(), "7".to_owned()),
    ];
    in_journal(
        "leveled-lines",
        &["ERROR", "one\\ntwo\\nthree: <1>", "DEBUG", "after"],
        &expected,
        EACH_LINE,
    )?;
    let expected = [("ERROR:root:one", "3"), ("<1>two", "3"), ("  three", "3")]
        .map(|(message, priority)| (message.to_owned(), priority.to_owned()));
    in_journal("leveled-text", &["ERROR", "one\\n<1>two\\n  three"], &expected, OWN_TEXT)
}

#[test]
fn by_hand_there_is_no_prefix() -> Result {
    let ended = run(&["ERROR", "one\\ntwo", "INFO", "three"])?;
    plain(&ended.stderr, BY_HAND)
}

#[test]
fn names_of_another_stream_are_not_believed() -> Result {
    for stream in ["1:2", "", "nonsense", "8:", ":"] {
        let program = program()?.env("JOURNAL_STREAM", stream);
        let program = ["ERROR", "one\\ntwo", "INFO", "three"]
            .iter()
            .fold(program, |program, arg| program.arg(arg));
        plain(&program.output()?.stderr, REDIRECTED)?;
    }
    Ok(())
}

#[test]
fn standard_error_in_a_file_gets_plain_lines() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("stderr");
    file.append("")?;
    let to_file = format!(
        "Type=oneshot\nStandardOutput=journal\nStandardError=append:{}",
        file.path().display()
    );
    let args = ["ERROR", "one\\ntwo", "INFO", "three"].map(OsStr::new);
    let service = Service::of_submission("leveled-file", &args, &to_file)?;
    service.unit().start()?;
    plain(&file.text()?, REDIRECTED)?;
    drop(service);
    // Half of the name is right, and half of a name is none.
    let metadata = fs::metadata(file.path())?;
    let (device, inode) = (metadata.dev(), metadata.ino());
    for stream in
        [format!("{device}:1"), format!("{}:{inode}", device + 1), format!("{device}:{inode}0")]
    {
        fs::write(file.path(), "")?;
        let settings = format!("{to_file}\nEnvironment=JOURNAL_STREAM={stream}");
        let service = Service::of_submission("leveled-half", &args, &settings)?;
        service.unit().start()?;
        plain(&file.text()?, REDIRECTED)?;
    }
    Ok(())
}

#[test]
fn the_variable_may_name_another_socket() -> Result {
    // The journal reads it, and the variable says that another stream is the journal's.
    let args = ["ERROR", "one"].map(OsStr::new);
    // All sockets are on one device.
    let (socket, _peer) = UnixStream::pair()?;
    let device = fs::metadata(format!("/proc/self/fd/{}", socket.as_raw_fd()))?.dev();
    let settings = format!("Type=oneshot\nEnvironment=JOURNAL_STREAM={device}:1");
    let name = "leveled-socket";
    let service = Service::of_submission(name, &args, &settings)?;
    service.unit().start()?;
    let entry = wait_until("a line in the journal", || Ok(entries_of(name)?.pop()))?;
    if entry["PRIORITY"] == "6" && entry["MESSAGE"] == "ERROR:root:one" {
        return Ok(());
    }
    let got = text!(
        "PRIORITY={priority}, {message}",
        priority = entry["PRIORITY"].as_str().unwrap_or_default(),
        message = Text::quoted(entry["MESSAGE"].as_str().unwrap_or_default())
    );
    Err(Failure::new("no prefix, where $JOURNAL_STREAM names another stream", got)
        .say(REDIRECTED)
        .in_function("journal_reads_stderr"))
}

/// What the journal has of a service of ours.
fn entries_of(name: &str) -> Result<Vec<Value>> {
    let unit = format!("--unit={name}.service");
    let output = Command::new("journalctl")
        .args(["--output=json", "--no-pager", "_TRANSPORT=stdout", &unit])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// The same lines as ever, and nothing in front of them.
fn plain(got: &str, say: &'static str) -> Result {
    let expected = ["ERROR:root:one", "two", "INFO:root:three"].map(str::to_owned);
    let lines: Vec<&str> = got.lines().collect();
    same_lines(&lines, &expected, say, "journal_reads_stderr")
}

/// Runs the submission as a service, and compares what the journal has of it.
fn in_journal(
    name: &str,
    args: &[&str],
    expected: &[(String, String)],
    say: &'static str,
) -> Result {
    let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
    let service = Service::of_submission(name, &args, "Type=oneshot\nLogRateLimitIntervalSec=0")?;
    service.unit().start()?;
    let read = || {
        let entries = entries_of(name)?;
        Ok((entries.len() >= expected.len()).then_some(entries))
    };
    let waited = wait_until(text!("{count} lines in the journal", count = expected.len()), read);
    let entries = waited.say(EACH_LINE).in_function("prefixed")?;
    for (entry, (message, priority)) in entries.iter().zip(expected) {
        let of = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let got = text!(
            "PRIORITY={priority}, {message}",
            priority = of("PRIORITY"),
            message = Text::quoted(of("MESSAGE"))
        );
        let wanted =
            text!("PRIORITY={priority}, {message}", priority, message = Text::quoted(message));
        let why = match () {
            () if of("MESSAGE").contains('<') && of("MESSAGE") != *message => FRONT,
            () if say != BETWEEN && entries.iter().all(|entry| entry["PRIORITY"] == "6") => PREFIX,
            () => say,
        };
        if (of("MESSAGE"), of("PRIORITY")) != (message.clone(), priority.clone()) {
            return Err(Failure::new(wanted, got)
                .say(why)
                .man("sd-daemon(3)")
                .in_function("priority"));
        }
    }
    Ok(())
}
