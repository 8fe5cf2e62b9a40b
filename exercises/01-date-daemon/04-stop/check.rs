//! 1.4: end at once, well, and with the last line whole; signal(7).

use std::os::unix::process::ExitStatusExt;
use std::thread;
use std::time::{Duration, Instant};

use check::{
    Clock, Directory, Ended, Explain, Failure, LogFile, PATIENCE, Result, Running, Signal, Text,
    text,
};

use super::shared::{
    LINE, LONG_MS, all_dates, by, daemon, first_line, goes_on, kernel, needs_first_line,
    program_on, some, wait_for_dates,
};

const SIGNALS: &str = "signal(7), Standard signals";

/// "At once", on a machine that is busy.
const AT_ONCE: Duration = Duration::from_millis(300);
/// How long we wait before we say that it never ends.
const NEVER: Duration = Duration::from_millis(1300);
/// How often a daemon may be slow to end before it is its own fault.
const TRIES: usize = 3;

/// What the kernel sends now and then, and does nothing where nobody takes it.
const ASK_NOTHING: [Signal; 4] =
    [Signal::SIGCHLD, Signal::SIGCONT, Signal::SIGURG, Signal::SIGWINCH];

#[test]
fn ends_well_and_at_once_on_sigint() -> Result {
    needs_first_line()?;
    ends_between_two_lines(Signal::SIGINT)
}

#[test]
fn ends_well_and_at_once_on_sigterm() -> Result {
    needs_first_line()?;
    ends_between_two_lines(Signal::SIGTERM)
}

#[test]
fn leaves_whole_lines_at_any_moment() -> Result {
    needs_first_line()?;
    let directory = Directory::new()?;
    let file = directory.file("dates.log");
    let mut slow = 0;
    for round in 0..16 {
        let signal = [Signal::SIGTERM, Signal::SIGINT][round % 2];
        let lines = file.lines()?.len();
        let mut daemon = daemon(&file, 1)?;
        wait_for_dates(&mut daemon, &file, lines + 1).in_function("run")?;
        daemon.expect_signal(signal)?;
        thread::sleep(Duration::from_micros(some(0..3000)));
        let before = file.text()?;
        let (ended, time) = end(daemon, signal)?;
        well(&ended, signal)?;
        whole(&file, &before)?;
        // Another promise says so, and there is no time for sixteen rounds.
        slow += usize::from(time > AT_ONCE);
        if slow == TRIES {
            return Err(Failure::later());
        }
    }
    Ok(())
}

#[test]
fn sleeps_until_something_happens() -> Result {
    needs_first_line()?;
    let directory = Directory::new()?;
    let file = directory.file("dates.log");
    let mut daemon = daemon(&file, LONG_MS)?;
    wait_for_dates(&mut daemon, &file, 1).in_function("run")?;
    // What belongs to the start is done.
    thread::sleep(Duration::from_millis(20));
    let (begin, before) = (Instant::now(), kernel::time_on_processors(&daemon));
    let (took, busy) = loop {
        thread::sleep(Duration::from_millis(60));
        let (took, after) = (begin.elapsed(), kernel::time_on_processors(&daemon));
        let busy = after.0.saturating_sub(before.0);
        if daemon.has_ended() || busy < took / 50 {
            return Ok(());
        }
        // On a busy machine it takes longer to see who would be always at work.
        if took > Duration::from_millis(400) {
            // That it had to wait for a processor is not its fault.
            let had = took.saturating_sub(after.1.saturating_sub(before.1));
            if busy < had / 4 {
                return Ok(());
            }
            break (took, busy);
        }
    };
    let got =
        text!("{busy} of work in {took}", busy = Text::quoted(busy), took = Text::quoted(took));
    Err(Failure::new("a daemon that sleeps, an hour before the next line", got)
        .say(
            "it asks again and again whether a signal has come: forever() and wait() sleep until \
             one does",
        )
        .man("the docs of signal_hook::iterator")
        .in_function("signals"))
}

#[test]
fn writes_on_until_it_is_asked() -> Result {
    needs_first_line()?;
    let directory = Directory::new()?;
    let (file, clock) = (directory.file("dates.log"), Clock::new()?);
    // Ten seconds pass in a moment, and hundreds of lines.
    clock.hurry(100)?;
    let mut daemon = by(&clock, program_on(&file, 10)?).start()?;
    goes_on(&mut daemon, &file, usize::MAX / LINE, Duration::from_millis(100))?;
    let lines = file.lines()?.len();
    for signal in ASK_NOTHING {
        daemon.signal(signal)?;
    }
    thread::sleep(Duration::from_millis(20));
    let go_on = daemon.wait_for_lines(&file, lines + 100).map(drop);
    go_on.say(
        "a window has another size, a process goes on, a child has ended: such signals ask nothing \
         of a daemon, and end none; take SIGTERM and SIGINT",
    )?;
    let before = file.text()?;
    let (ended, _) = end(daemon, Signal::SIGTERM)?;
    well(&ended, Signal::SIGTERM)?;
    whole(&file, &before)?;
    // And for hours: at twenty thousand times the speed, until one and a half have passed. Who
    // waits in poll(2) does not see this clock, and writes less meanwhile.
    clock.hurry(20_000)?;
    let file = directory.file("hours.log");
    let mut daemon = by(&clock, program_on(&file, 60_000)?).start()?;
    wait_for_dates(&mut daemon, &file, 1).in_function("run")?;
    daemon.expect_signal(Signal::SIGTERM)?;
    thread::sleep(Duration::from_millis(300));
    let before = file.text()?;
    let (ended, _) = end(daemon, Signal::SIGTERM)?;
    well(&ended, Signal::SIGTERM)?;
    whole(&file, &before)
}

#[test]
fn writes_the_first_line_at_once() -> Result {
    first_line("signals")
}

/// The usual moment: nearly all of its life, a daemon waits. It has just begun to, so that whoever
/// looks now and then whether somebody asked has looked already.
fn ends_between_two_lines(signal: Signal) -> Result {
    let mut took = Duration::ZERO;
    for _ in 0..TRIES {
        let directory = Directory::new()?;
        let file = directory.file("dates.log");
        file.append("2026-03-01 09:05:07\n")?;
        let mut daemon = daemon(&file, LONG_MS)?;
        wait_for_dates(&mut daemon, &file, 2).in_function("run")?;
        settles(&mut daemon);
        let before = file.text()?;
        let (ended, time) = end(daemon, signal)?;
        well(&ended, signal)?;
        whole(&file, &before)?;
        if file.text()? != before {
            return Err(Failure::new("the file as it was when the signal came", "one more line")
                .say(
                    "no line was due: a line says that its time has come, and not that the daemon \
                     ends",
                )
                .in_function("run"));
        }
        if time < AT_ONCE {
            return Ok(());
        }
        took = time;
    }
    Err(Failure::new(
        text!("a program that ends at once after {signal}", signal),
        text!("it ended after {took}", took = Text::quoted(took)),
    )
    .say(
        "something is waited for, or looked at too rarely: systemd, and whoever restarts the \
        unit, waits for it",
    )
    .man("systemd.kill(5)")
    .in_function("signals"))
}

/// Waits until nothing moves in the daemon any more: whoever listens for a signal does so by now.
/// One that is always awake is not waited for.
fn settles(daemon: &mut Running) {
    let deadline = Instant::now() + PATIENCE / 10;
    let mut still = 0;
    while still < 5 && !daemon.has_ended() && Instant::now() < deadline {
        still = if kernel::sleeps(daemon) { still + 1 } else { 0 };
        thread::sleep(Duration::from_millis(1));
    }
}

/// Sends `signal` to a daemon that runs, and waits for its end. Also says how long that took.
fn end(mut daemon: Running, signal: Signal) -> Result<(Ended, Duration)> {
    if daemon.has_ended() {
        let ended = daemon.end(NEVER)?;
        return Err(Failure::new("a daemon that runs until it is asked to stop", seen(&ended))
            .say(
                "it ended by itself, before any signal: the loop in run goes on until a message \
                comes, or nobody is left to send one",
            )
            .in_function("run"));
    }
    let begin = Instant::now();
    daemon.signal(signal)?;
    let caught = kernel::catches(daemon.pid(), signal);
    let say = if caught {
        text!(
            "{signal} arrives, and nothing wakes the main loop: a flag is looked at when the sleep \
         is over, and sleep goes on after a signal; send a message, and wait for it and for the \
         deadline in one place",
            signal,
        )
    } else {
        text!("{signal} is ignored or blocked: take it with signal_hook", signal)
    };
    let ended = daemon.end(NEVER).say(say).man(SIGNALS).in_function("signals")?;
    Ok((ended, begin.elapsed()))
}

/// Whether it ended as somebody does who did what was asked for.
fn well(ended: &Ended, signal: Signal) -> Result {
    let say: Text = match (ended.status.code(), ended.status.signal()) {
        (Some(0), _) => return Ok(()),
        (_, Some(number)) if number == signal as i32 => text!(
            "{signal} had its default action, which ends a program wherever it is; take it with \
             signal_hook",
            signal,
        ),
        (_, Some(_)) => {
            "it was ended by another signal than the one that was sent: abort() and its \
             like are for programs that are broken"
                .into()
        }
        (Some(101), _) => "it panicked on its way out".into(),
        _ => "it did what it was asked to do: that is success, exit status 0; systemd calls the \
              unit failed otherwise"
            .into(),
    };
    Err(Failure::new(text!("exit status: 0 after {signal}", signal), seen(ended))
        .say(say)
        .man(SIGNALS)
        .in_function("signals"))
}

fn seen(ended: &Ended) -> Text {
    Text::verbatim(format!("{} {}", ended.status, ended.stderr.trim()).trim_end())
}

/// Whether the file still has all that was in it, and ends with a whole line.
fn whole(file: &LogFile, before: &str) -> Result {
    let text = file.text()?;
    if !text.starts_with(before) {
        let got =
            text!("{now} bytes, where {before} were", now = text.len(), before = before.len());
        return Err(Failure::new("a file with all its lines, after the end", got)
            .say(
                "a daemon that ends leaves its file as it is: the lines are for those who come \
                later",
            )
            .in_function("run"));
    }
    let last = text.split_inclusive('\n').next_back().unwrap_or_default();
    if !last.ends_with('\n') {
        return Err(Failure::new("a last line that ends with a newline", Text::quoted(last))
            .say("what is begun when the signal comes has to be finished, and nothing else begun")
            .man("write(2)")
            .in_function("signals"));
    }
    all_dates(&file.lines()?).in_function("run")
}
