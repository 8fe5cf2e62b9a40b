//! 4.6: no line is lost at a rotation; inode(7), rename(2).

mod log;

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use check::{Clock, Explain, Failure, PATIENCE, Result, Running, Signal, Text, text};

use log::Log;

use super::shared::compare;

const ROTATE: &str = "whoever still has the old file open can read it to its end, whatever it is \
                      called now; only then comes the next one";
const TWICE: &str = "between two looks there may be more than one rotation: archived-2 comes \
                     between archived-1 and current";
const PARTIAL: &str =
    "a line is a line when its newline is there; what is left over waits for the rest";
const SOON: &str =
    "somebody sits in front of it: wait a few milliseconds between two looks, or for inotify(7)";
const ASLEEP: &str =
    "it runs for weeks: between two looks it sleeps, and leaves the processor to others";
const GAP: &str =
    "between the two steps of a rotation there is no current: that is no end, and no error";
const ANY_MOMENT: &str = "what was written between your last read and the rotation is in the old \
                          file: read it once more, after you have seen that it is the old one";
const WEEKS: &str =
    "it goes on for as long as somebody writes, however often it has looked by then";
const START: &str = "what is in the file already comes first, and what is written later follows; \
                     what was archived before does not belong to it";

#[test]
fn copies_what_is_there_and_what_comes() -> Result {
    let mut log = Log::new()?;
    log.write(3)?;
    let mut running = log.follow()?;
    log.expect_all(&mut running, START)?;
    for count in [1, 4, 20] {
        log.write(count)?;
        log.expect_all(&mut running, START)?;
    }
    Ok(())
}

#[test]
fn waits_for_the_end_of_a_line() -> Result {
    let mut log = Log::new()?;
    log.write(1)?;
    let mut running = log.follow()?;
    log.expect_all(&mut running, START)?;
    log.current.append("message 1 of ")?;
    // Something else has to be seen by it in the meantime, so that it has looked: it is stopped,
    // and goes on.
    for _ in 0..3 {
        running.freeze()?;
        running.signal(Signal::SIGCONT)?;
        std::thread::yield_now();
    }
    // It has read the half line by then, or does not want to.
    let read = bytes_read(&running)?;
    let limit = Instant::now() + Duration::from_millis(60);
    while bytes_read(&running)? < read + 13 && Instant::now() < limit {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(20));
    let early = log.out.text()?;
    log.current.append("this night\n")?;
    log.lines.push("message 1 of this night".to_owned());
    log.write(1)?;
    compare(&early.lines().collect::<Vec<_>>(), &log.lines[..1])
        .say(PARTIAL)
        .in_function("follow")?;
    log.expect_all(&mut running, PARTIAL)
}

/// How many bytes a program has read; see `rchar` in proc_pid_io(5).
fn bytes_read(running: &Running) -> Result<u64> {
    let io = fs::read_to_string(format!("/proc/{}/io", running.pid()))?;
    Ok(io.lines().find_map(|line| line.strip_prefix("rchar: ")?.parse().ok()).unwrap_or_default())
}

#[test]
fn writes_a_line_as_soon_as_it_is_there() -> Result {
    let mut log = Log::new()?;
    log.write(1)?;
    let mut running = log.follow()?;
    log.expect_all(&mut running, START)?;
    let mut shortest = Duration::MAX;
    // A busy machine makes some of them wait, and not all.
    for _ in 0..3 {
        let begin = Instant::now();
        log.write(1)?;
        log.expect_all(&mut running, SOON)?;
        shortest = shortest.min(begin.elapsed());
        if shortest < Duration::from_millis(250) {
            return Ok(());
        }
    }
    let got = text!("{shortest} at best", shortest = Text::quoted(shortest));
    Err(Failure::new("a line as soon as it is there", got).say(SOON).in_function("follow"))
}

#[test]
fn keeps_each_byte_of_a_line() -> Result {
    let log = Log::new()?;
    let mut running = log.follow()?;
    let long = [&b"long "[..], &vec![b'x'; 300_000], b"\n"].concat();
    let mut wanted = Vec::new();
    for (line, what) in [
        (&b"plain\n"[..], "a plain line"),
        (b"\n\n", "two empty lines"),
        (b" \t blanks \t \n", "blanks at both ends"),
        (b"carriage return\r\n", "a line with a carriage return"),
        (b"not UTF-8: \xff\xfe \xc3\n", "a line that is not UTF-8"),
        (b"\0nul\0\x1b[31m\n", "control characters"),
        (&long, "a line of 300000 bytes"),
        (b"and on\n", "a plain line"),
    ] {
        fs::OpenOptions::new().append(true).open(log.current.path())?.write_all(line)?;
        wanted.extend_from_slice(line);
        let is_there = running.wait_until(what, |_| {
            let found = fs::read(log.out.path()).unwrap_or_default();
            Ok((found.len() >= wanted.len() || !wanted.starts_with(&found)).then_some(found))
        });
        let say = "a line is bytes up to a newline, and comes out as it went in";
        let found = is_there.say(say).in_function("follow")?;
        if found != wanted {
            let expected = text!("{what}, unchanged", what = Text::from(what));
            let end = found.len().saturating_sub(60);
            let got = text!(
                "OUT ends with {end}",
                end = Text::quoted(String::from_utf8_lossy(&found[end..]))
            );
            return Err(Failure::new(expected, got).say(say).in_function("follow"));
        }
    }
    Ok(())
}

#[test]
fn lets_go_of_what_it_is_done_with() -> Result {
    let mut log = Log::new()?;
    let mut running = log.follow()?;
    log.write(1)?;
    log.expect_all(&mut running, START)?;
    // Three at a time: who looks too seldom is another promise's matter, and has to get here.
    for _ in 0..4 {
        for _ in 0..3 {
            log.write(1)?;
            log.rotate()?;
        }
        log.write(1)?;
        log.expect_all(&mut running, ROTATE)?;
    }
    let open = fs::read_dir(format!("/proc/{}/fd", running.pid()))?.flatten();
    let old = open.filter_map(|fd| fs::read_link(fd.path()).ok());
    let count = old.filter(|path| path.to_string_lossy().contains("/archived-")).count();
    if count <= 4 {
        return Ok(());
    }
    Err(Failure::new(
        "the old files closed, after twelve rotations",
        text!("{count} are open", count),
    )
    .say(
        "it runs for weeks: what is open takes a descriptor, of which there are 1024, and the \
         room on the disk",
    )
    .in_function("follow"))
}

#[test]
fn goes_on_with_the_new_file() -> Result {
    let mut log = Log::new()?;
    log.write(2)?;
    let mut running = log.follow()?;
    for count in [1, 3, 9] {
        log.expect_all(&mut running, ROTATE)?;
        log.rotate()?;
        log.write(count)?;
        log.expect_all(&mut running, ROTATE)?;
    }
    Ok(())
}

#[test]
fn when_there_is_no_file_for_a_moment_it_goes_on() -> Result {
    let mut log = Log::new()?;
    log.write(2)?;
    let mut running = log.follow()?;
    log.expect_all(&mut running, START)?;
    for _ in 0..3 {
        log.rotations += 1;
        log.current.rename_to(format!("archived-{}", log.rotations))?;
        // Long enough to be seen.
        std::thread::sleep(Duration::from_millis(25));
        log.current.append("")?;
        log.write(1)?;
        log.expect_all(&mut running, GAP)?;
    }
    Ok(())
}

#[test]
fn writes_each_line_of_hundreds_of_rotations() -> Result {
    let mut log = Log::new()?;
    log.write(1)?;
    // In a hurry it hardly sleeps: stopped at any moment, it is often between two of its steps.
    let clock = Clock::new()?;
    clock.hurry(1000)?;
    let mut running = log.follow_by(&clock)?;
    log.expect_all(&mut running, START)?;
    for _ in 0..60 {
        running.freeze()?;
        log.write(1)?;
        log.rotate()?;
        running.signal(Signal::SIGCONT)?;
        log.write(1)?;
        log.expect_all(&mut running, ANY_MOMENT)?;
    }
    Ok(())
}

#[test]
fn works_for_weeks_and_sleeps_meanwhile() -> Result {
    let mut log = Log::new()?;
    log.write(1)?;
    // For the submission a second is a quarter of an hour: it looks as often as else in minutes.
    let clock = Clock::new()?;
    clock.hurry(1000)?;
    let mut hurried = log.follow_by(&clock)?;
    log.expect_all(&mut hurried, START)?;
    std::thread::sleep(Duration::from_millis(300));
    log.write(1)?;
    log.rotate()?;
    log.write(1)?;
    log.expect_all(&mut hurried, WEEKS)?;
    drop(hurried);
    sleeps(&mut Log::new()?.follow()?)
}

/// Whether it sleeps when nothing comes. Who waits for an event takes no nap, and no time either.
fn sleeps(running: &mut Running) -> Result {
    let (begin, naps, ticks) = (Instant::now(), running.naps()?, ticks(running)?);
    let mut busy = 0;
    while busy < 10 {
        std::thread::sleep(Duration::from_millis(20));
        busy = self::ticks(running)? - ticks;
        let is_quiet = begin.elapsed() > Duration::from_millis(400) && busy < 3;
        // Whoever waits for its turn on a busy machine has not slept; after a while it is let off.
        if running.naps()? > naps + 20 || is_quiet || begin.elapsed() > PATIENCE {
            return Ok(());
        }
    }
    let got = text!("{busy} hundredths of a second of work, and hardly a nap", busy);
    Err(Failure::new("a program that sleeps when nothing comes", got)
        .say(ASLEEP)
        .in_function("follow"))
}

/// Hundredths of a second on a processor; proc_pid_stat(5), utime and stime.
fn ticks(running: &Running) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", running.pid()))?;
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields = after_name.split_whitespace().skip(11).take(2);
    Ok(fields.filter_map(|ticks| ticks.parse::<u64>().ok()).sum())
}

#[test]
fn goes_to_the_end_of_the_old_file() -> Result {
    let mut log = Log::new()?;
    log.write(2)?;
    let mut running = log.follow()?;
    log.expect_all(&mut running, START)?;
    for count in [1, 5, 30] {
        // While it looks away, lines are written before and after the rotation.
        running.freeze()?;
        log.write(count)?;
        log.rotate()?;
        log.write(count * 4)?;
        running.signal(Signal::SIGCONT)?;
        log.expect_all(&mut running, ROTATE)?;
    }
    Ok(())
}

#[test]
fn leaves_out_no_file_when_there_are_several_rotations() -> Result {
    let mut log = Log::new()?;
    log.write(2)?;
    let mut running = log.follow()?;
    log.expect_all(&mut running, START)?;
    for rotations in [2, 3, 12] {
        running.freeze()?;
        for count in 0..rotations {
            log.write(1 + count % 3)?;
            log.rotate()?;
        }
        log.write(2)?;
        running.signal(Signal::SIGCONT)?;
        log.expect_all(&mut running, TWICE)?;
    }
    Ok(())
}
