//! 6.2: a report that holds the right lines; systemd.unit(5), `OnFailure=`.

mod journald;

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use check::{
    Explain, Failure, Result, Text, Unit, file_text, install, systemctl, text, wait_until,
};

use self::journald::Journald;
use super::shared::{needed, put_program, random_word};

const WEST: Mill = Mill { name: "mill", unit: Unit::named("mill.service") };
const EAST: Mill = Mill { name: "mill-east", unit: Unit::named("mill-east.service") };
/// One that the learner knows nothing of.
const NORTH: Mill = Mill { name: "mill-north", unit: Unit::named("mill-north.service") };
const TEMPLATE: &str = "report@.service";
const SCRIPT: &str = "report";
const REPORTS: &str = "/var/log/failures";
/// Where the mills take their orders.
const MILLS: &str = "/run/mills";
/// How many lines a report has at least.
const LAST: usize = 10;
/// How many lines a report may have at most, however many it chooses to have: more is no report.
const REPORT_MAX: u64 = 1 << 24;
/// How often two fail at once.
const TIMES: usize = 2;
/// How many words are one long line.
const LONG: usize = 15;
/// All the ways in which the mills here end; a report that names all of them knows none.
const ENDS: [&str; 6] = ["91", "92", "93", "95", "97", "KILL"];
const FIELDS: &str = "systemd.exec(5), $MONITOR_INVOCATION_ID; systemd.journal-fields(7)";

/// A service that says what it is told to, and ends as it is told to.
#[derive(Clone, Copy)]
struct Mill {
    name: &'static str,
    unit: Unit<'static>,
}

/// What a mill said in one run.
type Words = Vec<String>;

#[test]
fn each_failure_leaves_a_report_of_its_own_run() -> Result {
    begin()?;
    let mut earlier = Words::new();
    // One says too little to push the run before it out of the last lines; one says a long line, and
    // says it twice.
    let mut last = say(LAST);
    last.extend(vec![say(LONG).concat(); 2]);
    for (status, words) in [("93", say(LAST + 2)), ("1", say(3)), ("97", last)] {
        WEST.run(&words, &format!("exit {status}"))?;
        WEST.report(&words, status, &earlier)?;
        earlier.extend(words);
    }
    Ok(())
}

#[test]
fn of_two_thousand_lines_the_last_ones_are_there() -> Result {
    begin()?;
    let words = say(LAST);
    let many: Words = say(500).into_iter().cycle().take(2_000).chain(words.clone()).collect();
    EAST.run(&many, "exit 95")?;
    EAST.report(&words, "95", &[])
}

#[test]
fn says_by_which_signal_a_mill_was_killed() -> Result {
    begin()?;
    let words = say(LAST);
    EAST.run(&words, "kill KILL")?;
    EAST.report(&words, "KILL", &[])
}

#[test]
fn two_that_fail_at_once_have_a_report_each() -> Result {
    // What is right by chance is not right each time.
    for _ in 0..TIMES {
        two_at_once()?;
    }
    Ok(())
}

fn two_at_once() -> Result {
    begin()?;
    let [west, east, north] = [(); 3].map(|()| say(LAST + 3));
    // All three are at work before the first of them is told to fail.
    let mills = [(NORTH, &north, "exit 0"), (WEST, &west, "exit 91"), (EAST, &east, "exit 92")];
    let mut at_work = Vec::new();
    for (mill, words, end) in mills {
        at_work.push((mill.start()?, words, end));
    }
    // What the mills say now reaches the journal when both handlers are at work.
    let journald = Journald::stop(&[WEST.unit, EAST.unit])?;
    for (order, words, end) in &mut at_work {
        tell(order, words, end)?;
    }
    journald.wait_for_handlers();
    drop(journald);
    WEST.report(&west, "91", &[&east[..], &north].concat())?;
    EAST.report(&east, "92", &[&west[..], &north].concat())
}

#[test]
fn who_ends_well_or_is_stopped_leaves_no_report() -> Result {
    begin()?;
    WEST.run(&say(3), "exit 0")?;
    EAST.start()?;
    EAST.unit.stop()?;
    for mill in [WEST, EAST] {
        mill.unit.wait_for("ActiveState", "inactive")?;
    }
    settle()?;
    let found = fs::read_dir(REPORTS).into_iter().flatten().flatten().next();
    match found {
        None => Ok(()),
        Some(file) => Err(Failure::new(
            "no report, as nothing has failed",
            Text::verbatim(file.path().display()),
        )
        .say(
            "ExecStopPost= runs at every end; OnFailure= starts a unit when a service has \
                 failed, and only then",
        )
        .man("systemd.unit(5), OnFailure=")
        .at_setting(WEST.unit.name(), "[Service]")),
    }
}

/// What the learner wrote, installed; no mill runs, and there is no report.
fn begin() -> Result {
    for program in ["mill", SCRIPT] {
        put_program(program, &file_text(program)?)?;
    }
    fs::create_dir_all(MILLS)?;
    let north = file_text("mill.service")?
        .replace("ExecStart=/usr/local/bin/mill mill", "ExecStart=/usr/local/bin/mill mill-north");
    // Nobody is told how this one ends.
    let north: String = north
        .lines()
        .filter(|line| line.starts_with("Exec") || line.starts_with('['))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write("/run/systemd/system/mill-north.service", north)?;
    needed(|| install(&[WEST.unit.name(), EAST.unit.name(), TEMPLATE]))?;
    systemctl(&["daemon-reload"])?;
    let _ = systemctl(&["stop", WEST.unit.name(), EAST.unit.name(), NORTH.unit.name(), "report@*"]);
    let _ = systemctl(&["reset-failed"]);
    match fs::remove_dir_all(REPORTS) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// So many lines that nobody could know.
fn say(count: usize) -> Words {
    (0..count).map(|_| random_word()).collect()
}

/// Tells a mill what to say, and how to end.
fn tell(order: &mut File, words: &[String], end: &str) -> Result {
    Ok(order.write_all(format!("{}\n{end}\n", words.join("\n")).as_bytes())?)
}

/// Waits until systemd has begun all that it was asked to begin, and what it began has ended.
fn settle() -> Result {
    wait_until("all handlers to be done", || {
        let jobs = systemctl(&["list-jobs", "--no-legend"])?;
        let handlers = systemctl(&[
            "list-units",
            "--no-legend",
            "--plain",
            "--state=activating,deactivating",
            "report*",
        ])?;
        Ok((!jobs.contains("report") && handlers.is_empty()).then_some(()))
    })
}

impl Mill {
    /// Where its report belongs.
    fn file(self) -> PathBuf {
        Path::new(REPORTS).join(self.unit.name())
    }

    /// Starts it, and returns where it takes its orders. The journal knows its run by then: of a
    /// process that has ended before journald looked, it could not say which run that was.
    fn start(self) -> Result<File> {
        let path = format!("{MILLS}/{}", self.name);
        let _ = fs::remove_file(&path);
        Command::new("mkfifo").arg("--mode=644").arg(&path).status()?;
        // For reading as well: so the mill need not be there yet, see fifo(7).
        let order = OpenOptions::new().read(true).write(true).open(&path)?;
        self.unit.start()?;
        let run = format!("_SYSTEMD_INVOCATION_ID={}", self.unit.property("InvocationID")?);
        wait_until(text!("{unit} at work", unit = self.unit), || {
            let said =
                Command::new("journalctl").args(["--quiet", "--output=cat", &run]).output()?;
            Ok((!said.stdout.is_empty()).then_some(()))
        })
        .journal_of(self.unit)?;
        Ok(order)
    }

    /// Has it run to its end.
    fn run(self, words: &[String], end: &str) -> Result {
        let mut order = self.start()?;
        tell(&mut order, words, end)?;
        wait_until(text!("{unit} to be over", unit = self.unit), || {
            let state = self.unit.property("ActiveState")?;
            Ok(["failed", "inactive"].contains(&state.as_str()).then_some(()))
        })
        .say("it is started once and fails: does something start it again?")
        .man("systemd.unit(5), OnFailure=; systemd.service(5), Restart=")
        .at_setting(self.unit.name(), "Restart=")
        .journal_of(self.unit)
    }

    /// Fails unless there is a report with the last of these `words`, the `end`, and none of
    /// `others`.
    fn report(self, words: &[String], end: &str, others: &[String]) -> Result {
        let last = &words[words.len().saturating_sub(LAST)..];
        let mut missing = Text::default();
        wait_until("a report", || {
            let size = fs::metadata(self.file()).map_or(0, |file| file.len());
            missing = match self.text() {
                None if size > REPORT_MAX => text!("a file of {size} bytes", size),
                None => "no such file".into(),
                Some(text) => match missing_in(&text, last, end) {
                    None => return Ok(Some(())),
                    Some(what) => what,
                },
            };
            Ok(None)
        })
        .explain(|failure| {
            failure.set_got(missing);
        })
        .explain(is_not_waited_for)
        .map_err(|failure| failure.say(self.why_missing()))
        .man(FIELDS)
        .at_setting(SCRIPT, "journalctl")
        .journal_of(Unit::named("report*"))?;
        settle()?;
        let text = self.text().unwrap_or_default();
        match others.iter().find(|word| text.contains(word.as_str())) {
            None => Ok(()),
            Some(word) => {
                let line =
                    text.lines().find(|line| line.contains(word.as_str())).unwrap_or_default();
                Err(Failure::new(
                    text!("nothing but the failed run in {file}", file = self.file().display()),
                    Text::verbatim(line),
                )
                .say(
                    "that was said in another run, or by another service: a unit's name \
                         stands for all its runs, and the journal for all of the machine",
                )
                .man(FIELDS)
                .at_setting(SCRIPT, "journalctl"))
            }
        }
    }

    fn text(self) -> Option<String> {
        let file = self.file();
        let size = fs::symlink_metadata(&file).ok().filter(fs::Metadata::is_file)?.len();
        let bytes = fs::read(&file).ok().filter(|_| size <= REPORT_MAX)?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn why_missing(self) -> Text {
        let handlers = self.unit.property("OnFailure").unwrap_or_default();
        if handlers.is_empty() {
            return text!(
                "nobody is told when {unit} fails: OnFailure= belongs to [Unit]",
                unit = self.unit
            );
        }
        let failed = handlers.split_whitespace().find_map(|name| {
            let handler = Unit::named(name);
            let [state, load] = handler.properties(["ActiveState", "LoadState"]).ok()?;
            match (state.as_str(), load.as_str()) {
                ("failed", _) => Some(text!("{name} has failed: what does its journal say?", name)),
                ("active", _) => Some(text!(
                    "{name} is active still, and what is active is not started again",
                    name
                )),
                (_, "loaded") => None,
                _ => Some(text!(
                    "there is no {name}: which instance of which template is meant?",
                    name
                )),
            }
        });
        failed.unwrap_or_else(|| {
            text!(
                "{handlers} was started: which file does it write, and which lines of which run?",
                handlers
            )
        })
    }
}

/// What goes wrong when the journal is read before all of it is there.
fn is_not_waited_for(failure: &mut Failure) {
    let waits = |file| file_text(file).is_ok_and(|text| text.contains("--sync"));
    if failure.got().contains("without the line") && !waits(SCRIPT) && !waits(TEMPLATE) {
        failure.add_say(
            "nobody waits for journald, which may be late: journalctl --sync does, and what \
             was said before it is in the files then",
        );
    }
}

/// What a report lacks, if anything.
fn missing_in(text: &str, last: &[String], end: &str) -> Option<Text> {
    let mut rest = text;
    for word in last {
        match rest.split_once(word.as_str()) {
            Some((_, after)) => rest = after,
            None if text.contains(word.as_str()) => {
                return Some(text!("a report in which the line {word} is out of order", word));
            }
            None => {
                return Some(text!(
                    "a report without the line {word}, one of the last {count}",
                    word,
                    count = LAST
                ));
            }
        }
    }
    // As words: a long report has all sorts of numbers in others.
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric());
    if ENDS.iter().all(|end| words.clone().any(|word| word.trim_start_matches("SIG") == *end)) {
        return Some(
            "a report that names every way to end, and so does not say how it ended".into(),
        );
    }
    (!text.contains(end))
        .then(|| text!("a report that does not say how it ended: there is no {end} in it", end))
}
