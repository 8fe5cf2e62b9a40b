//! 1.2: append one whole line; open(2), `O_APPEND`, and write(2).

mod interval;
mod moment;
mod one_write;
mod others;

use std::process::Command;
use std::time::{Duration, Instant, UNIX_EPOCH};

use check::{Clock, Directory, Explain, Failure, PATIENCE, Result, Running, Text, text};

use interval::{SLOW, one_interval_apart, short_is_short};
use one_write::one_write_a_line;
use others::others_keep_their_lines;

use super::shared::fifo::in_one_piece;
use super::shared::timetable::{Watch, some_ms, until_clear};
use super::shared::{
    LEFT_OPEN, LINE, all_dates, by, daemon, first_line, goes_on, kernel, needs_first_line,
    program_on, some, wait_for_dates, why_no_line,
};

const OPEN: &str = "open(2), O_APPEND";
const DAY: Duration = Duration::from_secs(86_400);
/// How fast time passes for a daemon that has nothing to do for a day.
const HURRY: u32 = 20_000;

const EMPTIED: &str = "the file was emptied as it was opened: that is what File::create does";
const OVERWRITTEN: &str = "the line was written over the beginning of the file, where a file \
    that is opened for writing starts";
const WRITTEN_ANEW: &str = "the whole file is written anew for each line: what somebody else \
    adds meanwhile is lost, and so is all if the machine stops; open it with append(true), and \
    write the new line only";
const NOT_AT_THE_END: &str = "you write where your own last line ended, and somebody else has \
    written there since; O_APPEND finds the end anew each time";
const BUFFERED: &str = "lines wait for each other in a buffer; a line that is not in the file is \
    lost when the daemon dies";

#[test]
fn creates_the_file_if_it_is_missing() -> Result {
    first_line("run").man("open(2), O_CREAT")
}

#[test]
fn dates_each_line_anew() -> Result {
    needs_first_line()?;
    let directory = Directory::new()?;
    let (file, clock) = (directory.file("dates.log"), Clock::new()?);
    // Half an hour and more apart from everybody, east or west; and summer time in summer.
    let zone = format!("XXX{}:{}YYY,M4.1.0,M10.1.0", some(0..21) as i64 - 10, some(10..60));
    let mut daemon: Option<Running> = None;
    for count in 1..=3 {
        // Somebody sets the clock: what is written from now on has another date, in January, in
        // July and in January again.
        let season = [0, 182, 0][count - 1] * DAY.as_secs();
        let seconds = some(1..60) * (DAY.as_secs() * 1461 / 4) + season + some(0..2_500_000);
        let shown = UNIX_EPOCH + Duration::from_secs(seconds);
        clock.set(shown)?;
        let begin = Instant::now();
        let daemon = match &mut daemon {
            Some(daemon) => daemon,
            None => {
                let program = program_on(&file, 3)?.env("TZ", &zone);
                daemon.insert(by(&clock, program).start()?)
            }
        };
        // The line that is being written just now may still have the old one.
        let lines = file.lines()?.len() + if count == 1 { 1 } else { 2 };
        wait_for_dates(daemon, &file, lines).in_function("run")?;
        let lines = file.lines()?;
        let line = lines.last().map_or("", String::as_str);
        let possible = labels(seconds, begin.elapsed(), Some(&zone))?;
        if !possible.iter().any(|label| label == line) {
            let expected = text!(
                "line {number} with the date at which it is written, {label}",
                number = lines.len(),
                label = Text::quoted(&possible[0]),
            );
            let an_hour_off = labels(seconds + 3600, begin.elapsed(), Some(&zone))?
                .into_iter()
                .chain(labels(seconds - 3600, begin.elapsed(), Some(&zone))?)
                .any(|label| label == line);
            let say = match count {
                1 if labels(seconds, begin.elapsed(), Some("UTC0"))?
                    .iter()
                    .any(|utc| utc == line) =>
                {
                    "the label is the local time: where the machine is, not in Greenwich"
                }
                _ if an_hour_off => {
                    "summer time has begun or ended since the start: the offset is that of the \
                        instant, ask chrono::Local anew for each line"
                }
                _ => "the date is that of another moment: ask the clock anew for each line",
            };
            return Err(Failure::new(expected, Text::quoted(line))
                .say(say)
                .man("clock_gettime(2)")
                .in_function("run"));
        }
    }
    Ok(())
}

/// What date(1) says of an instant, and of the seconds that have passed since, in the machine's
/// zone or another.
fn labels(seconds: u64, passed: Duration, zone: Option<&str>) -> Result<Vec<String>> {
    let label = |seconds: u64| -> Result<String> {
        let instant = format!("-d@{seconds}");
        let zone = zone.map(|zone| ("TZ", zone));
        let output = Command::new("date").args([&instant, "+%F %T"]).envs(zone).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    };
    (seconds..=seconds + passed.as_secs() + 1).map(label).collect()
}

#[test]
fn goes_on_for_good() -> Result {
    needs_first_line()?;
    let directory = Directory::new()?;
    let (file, clock) = (directory.file("dates.log"), Clock::new()?);
    // As fast as a millisecond in half a microsecond; and no two lines can have the same second.
    clock.hurry(6_000_000)?;
    let program = program_on(&file, 3000)?.env("TZ", "UTC");
    let mut daemon = by(&clock, program).start()?;
    // Ten thousand intervals take a moment, where nothing else is going on.
    goes_on(&mut daemon, &file, 10_500, PATIENCE)?;
    let open = kernel::descriptors(&daemon).iter().filter(|open| open.is(file.path())).count();
    let lines = file.lines()?;
    if let Some(twice) = lines.windows(2).find(|pair| pair[0] == pair[1]) {
        let got = text!(
            "two of {count} lines with {line}",
            count = lines.len(),
            line = Text::quoted(&twice[0])
        );
        return Err(Failure::new(
            "another date on each line, where 3 seconds are between two",
            got,
        )
        .say("a line is written twice, or several at a time")
        .in_function("run"));
    }
    let lines = lines.len();
    if open <= DESCRIPTORS_MAX {
        // Who ends just now has nothing open.
        return wait_for_dates(&mut daemon, &file, lines + 1).in_function("run");
    }
    Err(Failure::new(
        "a file that is open once",
        text!("{open} times, after {lines} lines", open, lines),
    )
    .say(LEFT_OPEN)
    .man("close(2)")
    .in_function("run"))
}

/// How often the file may be open: one who opens it for each line may be about to close it.
const DESCRIPTORS_MAX: usize = 4;

#[test]
fn keeps_what_was_there() -> Result {
    needs_first_line()?;
    let directory = Directory::new()?;
    let file = directory.file("dates.log");
    // Years of lines: too much to be copied for each new one without anybody seeing it.
    let before =
        format!("a line of last year, or of the year before that, number {}\n", some(0..9999))
            .repeat(30_000);
    file.append(&before)?;
    let was = kernel::file_at(file.path());
    let size = before.len() as u64;
    let mut daemon = daemon(&file, 2)?;
    let mut least = size;
    let arrived = daemon.wait_until("three lines in dates.log", |_| {
        least = least.min(file.size());
        Ok((file.size() >= size + 3 * LINE as u64).then_some(()))
    });
    let text = file.text()?;
    let replaced = kernel::file_at(file.path()) != was;
    let rewritten = kernel::bytes_written(&daemon) > size;
    let say = if replaced {
        "another file was put in its place: who has the old one open, to read it or to write to \
            it, never sees a new line"
    } else if rewritten {
        WRITTEN_ANEW
    } else if text.len() < before.len() && text.starts_with("20") {
        EMPTIED
    } else if least < size {
        "lines that were there are gone"
    } else if !text.starts_with(&before) {
        OVERWRITTEN
    } else {
        let say = why_no_line(&mut daemon, &file)?;
        arrived.say(say).man(OPEN).in_function("run")?;
        let added = text[before.len()..].lines().map(str::to_owned).collect::<Vec<_>>();
        return all_dates(&added).in_function("run");
    };
    let first = Text::quoted(text.lines().next().unwrap_or_default());
    Err(Failure::new(
        text!(
            "the {count} bytes that were there, as they were, and new lines after them",
            count = size
        ),
        text!("{count} bytes that begin with {first}", count = text.len(), first),
    )
    .say(say)
    .man(OPEN)
    .in_function("run"))
}

#[test]
fn leaves_the_lines_of_others_alone() -> Result {
    needs_first_line()?;
    others_keep_their_lines()
}

#[test]
fn waits_for_the_interval() -> Result {
    needs_first_line()?;
    let directory = Directory::new()?;
    let (file, clock) = (directory.file("long.log"), Clock::new()?);
    // For this one, hours pass, and its next line is due after a day.
    let begin = Instant::now();
    clock.hurry(HURRY)?;
    let mut patient = by(&clock, program_on(&file, DAY.as_millis() as u64)?).start()?;
    let mut attempt = 0;
    until_clear(|| {
        let file = directory.file(&format!("dates-{}.log", begin.elapsed().as_micros()));
        // Where the machine is too busy to tell, a longer one may be clear.
        let interval = some_ms(12..17) * (1 << attempt.min(4));
        attempt += 1;
        let mut watch = Watch::new(&file);
        let mut daemon = daemon(&file, interval.as_millis() as u64)?;
        watch.until(&mut daemon, Instant::now() + PATIENCE, |lines| lines.len() > 3)?;
        let lines = watch.lines();
        if lines.len() <= 3 {
            wait_for_dates(&mut daemon, &file, 4).say(SLOW).in_function("run")?;
        }
        one_interval_apart(lines, interval)
    })?;
    short_is_short()?;
    wait_for_dates(&mut patient, &file, 1).in_function("run")?;
    let due = 2 + (begin.elapsed() * HURRY).as_millis() / DAY.as_millis();
    let lines = file.lines()?.len();
    if lines < due as usize {
        return Ok(());
    }
    Err(Failure::new("one line, and the next one in a day", text!("{lines} lines", lines))
        .say("one line at a time, and INTERVAL_MS between two: also if that is a day")
        .in_function("run"))
}

#[test]
fn writes_the_date_of_its_own_moment() -> Result {
    needs_first_line()?;
    moment::has_its_own_date()
}

#[test]
fn writes_each_line_with_one_write() -> Result {
    needs_first_line()?;
    one_write_a_line(in_one_piece()?)
}
