//! 4.8: what is worth storing; systemd.exec(5), `LogLevelMax=` and `LogRateLimitIntervalSec=`.

use std::fs;
use std::process::Command;

use check::{Explain, Failure, Result, Text, Unit, install, install_program, text, wait_until};

const FILE: &str = "chatter.service";
const CHATTER: Unit = Unit::named(FILE);
/// How often in a row nothing new must have come.
const QUIET: usize = 12;
/// How many lines of each priority the program prints.
const COUNT: usize = 600;

const LOST_BY_LIMIT: &str = "the limit on lines in a time has dropped the rest, and whether they \
                             were important it has not asked";
const LOST_BY_LEVEL: &str = "these are not stored at all: somebody has set the limit of \
                             priorities too low, or taken the program's word away";
const TOO_MUCH: &str = "this is less urgent than a warning, and should not be stored";

/// Runs the program once; the lines of a kind that the journal has afterwards.
struct Night {
    word: String,
}

impl Night {
    #[track_caller]
    fn run() -> Result<Night> {
        install_program("chatter")?;
        install(&[FILE])?;
        CHATTER.runs_only("/usr/local/bin/chatter")?;
        // Each night has a word of its own.
        let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
        let word = format!("night-{}-{now}", std::process::id());
        fs::create_dir_all("/run/chatter")?;
        fs::write("/run/chatter/word", &word)?;
        CHATTER.start()?;
        let night = Night { word };
        night.settle()?;
        Ok(night)
    }

    /// Waits until journald has read all that was printed, which `journalctl --sync` does not wait
    /// for: until it has the last line, or until nothing comes any more.
    fn settle(&self) -> Result {
        let (mut before, mut quiet) = (0, 0);
        wait_until("journald to have read it all", || {
            Command::new("journalctl").arg("--sync").output()?;
            let (lines, last) = self.lines()?;
            quiet = if lines > before { 0 } else { quiet + 1 };
            before = lines;
            Ok((last || quiet == QUIET).then_some(()))
        })
    }

    /// How many lines of this night there are, and whether the program's last one is among them.
    fn lines(&self) -> Result<(usize, bool)> {
        let args = ["--unit", FILE, "--output", "cat", "--quiet", "--no-pager"];
        let output = Command::new("journalctl").args(args).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let ours = text.lines().filter(|line| line.starts_with(&self.word));
        let last = format!("{} error {COUNT}", self.word);
        Ok((ours.clone().count(), ours.clone().any(|line| line == last)))
    }

    /// The numbers of the lines of a kind, as they are in the journal with that priority.
    fn stored(&self, kind: &str, priority: usize) -> Result<Vec<usize>> {
        let priority = format!("PRIORITY={priority}");
        let args = ["--unit", FILE, "--output", "cat", "--quiet", "--no-pager", &priority];
        let output = Command::new("journalctl").args(args).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let start = format!("{} {kind} ", self.word);
        let numbers = text.lines().filter_map(|line| line.strip_prefix(&start)?.parse().ok());
        Ok(numbers.collect())
    }

    #[track_caller]
    fn expect_all(&self, kind: &'static str, priority: usize, lost: &'static str) -> Result {
        let stored = self.stored(kind, priority)?;
        if stored == (1..=COUNT).collect::<Vec<_>>() {
            return Ok(());
        }
        let (count, kind) = (stored.len(), Text::verbatim(kind));
        let say = if count == 0 { lost } else { LOST_BY_LIMIT };
        Err(Failure::new(
            text!("{count} lines of {kind}", count = COUNT, kind = &kind),
            text!("{count} of them", count),
        ))
        .say(say)
        .man("systemd.exec(5), LogLevelMax=, LogRateLimitIntervalSec=")
        .at_setting(FILE, if count == 0 { "LogLevelMax=" } else { "LogRateLimitIntervalSec=" })
    }

    #[track_caller]
    fn expect_none(&self, kind: &'static str, priorities: &[usize]) -> Result {
        for priority in priorities {
            let count = self.stored(kind, *priority)?.len();
            if count > 0 {
                let kind = Text::verbatim(kind);
                return Err(Failure::new(
                    text!("no line of {kind}", kind = &kind),
                    text!("{count} lines", count),
                ))
                .say(TOO_MUCH)
                .man("systemd.exec(5), LogLevelMax=")
                .at_setting(FILE, "LogLevelMax=");
            }
        }
        Ok(())
    }
}

#[test]
fn stores_each_error_and_each_warning() -> Result {
    // The second night begins before any interval is over.
    for lost in [LOST_BY_LEVEL, LOST_BY_LIMIT] {
        let night = Night::run()?;
        night.expect_all("error", 3, lost)?;
        night.expect_all("warning", 4, lost)?;
    }
    has_room_for_all()
}

/// Whether a limit on lines in a time is left that a program which goes mad would reach.
fn has_room_for_all() -> Result {
    let interval = CHATTER.property("LogRateLimitIntervalUSec")?;
    let burst = CHATTER.property("LogRateLimitBurst")?;
    let is_short = interval == "1s" || interval.ends_with("ms") || interval.ends_with("us");
    let is_large = burst.parse::<u64>().is_ok_and(|burst| burst >= 100_000);
    // 0 leaves it to journald.conf, and the lab's has no limit.
    if interval == "0" || burst == "0" || is_short && is_large {
        return Ok(());
    }
    Err(Failure::new(
        "no limit, or one that nobody reaches: 100000 lines in a second",
        text!("{burst} lines in {interval}", burst, interval),
    )
    .say(
        "it was enough for these two nights; in a worse one there are more errors, and a limit \
         drops them without a look",
    )
    .man("systemd.exec(5), LogRateLimitIntervalSec=")
    .at_setting(FILE, "LogRateLimitBurst="))
}

#[test]
fn stores_nothing_that_is_less_urgent() -> Result {
    let night = Night::run()?;
    night.expect_none("debug", &[7])?;
    night.expect_none("info", &[6])?;
    night.expect_none("notice", &[5])?;
    // What has no prefix is info, unless somebody makes more of it.
    night.expect_none("plain", &[0, 1, 2, 3, 4, 5, 6, 7])
}
