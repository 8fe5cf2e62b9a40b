//! 1.4: end at once, well, and with the last line whole; signal(7).

use std::os::unix::process::ExitStatusExt;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use check::{Explain, Failure, Folder, Result, Running, Signal, Text, text};

use super::shared::{LONG_MS, all_dates, daemon, wait_for_dates};

const SIGNALS: &str = "signal(7), Standard signals";

/// "At once", on a machine that is busy.
const AT_ONCE: Duration = Duration::from_secs(1);

#[test]
fn ends_well_and_at_once_on_sigint() -> Result {
    ends_between_two_lines(Signal::SIGINT)
}

#[test]
fn ends_well_and_at_once_on_sigterm() -> Result {
    ends_between_two_lines(Signal::SIGTERM)
}

#[test]
fn leaves_whole_lines_at_any_moment() -> Result {
    let folder = Folder::new()?;
    let file = folder.file("dates.log");
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.subsec_nanos());
    for round in 0..16 {
        let signal = [Signal::SIGTERM, Signal::SIGINT][round % 2];
        let lines = file.lines()?.len();
        let mut daemon = daemon(&file, 1)?;
        wait_for_dates(&mut daemon, &file, lines + 1).in_function("signals")?;
        daemon.expect_signal(signal)?;
        thread::sleep(Duration::from_micros(u64::from(seed.rotate_left(2 * round as u32) % 3000)));
        ends(daemon, signal)?;
        let text = file.text()?;
        let last = text.split_inclusive('\n').next_back().unwrap_or_default();
        if !last.ends_with('\n') {
            return Err(Failure::new(
                "a last line that ends with a newline",
                Text::quoted(last),
            )
            .say("what is begun when the signal comes has to be finished, and nothing else begun")
            .man("write(2)")
            .in_function("signals"));
        }
        all_dates(&file.lines()?).in_function("signals")?;
    }
    Ok(())
}

/// The usual moment: nearly all of its life, a daemon waits.
fn ends_between_two_lines(signal: Signal) -> Result {
    let folder = Folder::new()?;
    let file = folder.file("dates.log");
    let mut daemon = daemon(&file, LONG_MS)?;
    wait_for_dates(&mut daemon, &file, 1).in_function("signals")?;
    daemon.expect_signal(signal)?;
    ends(daemon, signal)
}

/// Sends `signal` and judges the end.
fn ends(mut daemon: Running, signal: Signal) -> Result {
    daemon.signal(signal)?;
    let ended = daemon
        .end(AT_ONCE)
        .say(text!(
            "nothing wakes it when {signal} comes: a flag is looked at when the sleep is over, and \
             sleep goes on after a signal; wait for both in one place",
            signal,
        ))
        .man(SIGNALS)
        .in_function("signals")?;
    let say: Text = match (ended.status.code(), ended.status.signal()) {
        (Some(0), _) => return Ok(()),
        (_, Some(_)) => text!(
            "{signal} had its default action, which ends a program wherever it is; take it with \
             signal_hook",
            signal,
        ),
        (Some(101), _) => "it panicked on its way out".into(),
        _ => "it did what it was asked to do: that is success, exit status 0; systemd calls the \
              unit failed otherwise"
            .into(),
    };
    Err(Failure::new(
        text!("exit status: 0 after {signal}", signal),
        Text::verbatim(format!("{} {}", ended.status, ended.stderr.trim())),
    )
    .say(say)
    .man(SIGNALS)
    .in_function("signals"))
}
