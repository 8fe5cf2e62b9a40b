//! The grid of deadlines, and the kernel's count of them.

use super::{Grid, SECOND, Ticker, now};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::os::fd::AsFd;

#[track_caller]
fn check(interval: &str, start: i64, now: i64, expected: i64) {
    let grid = Grid::new(interval.parse().unwrap(), start);
    assert_eq!(grid.last_at(now), expected, "{interval} from {start} at {now}");
}

#[test]
fn deadlines_stay_on_the_grid_of_the_starting_second() {
    let start = 1000 * SECOND + 700_000_000;
    check("5s", start, start, 1000 * SECOND);
    check("5s", start, 1004 * SECOND + 999_999_999, 1000 * SECOND);
    check("5s", start, 1005 * SECOND, 1005 * SECOND);
    check("50ms", start + 49_999_999, start + 49_999_999, start);
    check("700ms", start, 1001 * SECOND, start);
    // The clock was set back, to before the start.
    check("5s", start, 999 * SECOND, 995 * SECOND);
}

#[test]
fn ticks_at_once_and_then_names_each_deadline_once() {
    let mut ticker = Ticker::start("20ms".parse().unwrap()).unwrap();
    let mut expected = None;
    for _ in 0..10 {
        let mut fds = [PollFd::new(ticker.as_fd(), PollFlags::POLLIN)];
        assert_eq!(poll(&mut fds, PollTimeout::from(10_000u16)), Ok(1));
        let tick = ticker.tick().unwrap().expect("poll said so");
        let due = tick.due.timestamp_nanos_opt().unwrap();
        assert_eq!(due % 20_000_000, 0);
        if let Some(expected) = expected {
            assert_eq!(due, expected + 20_000_000 * tick.missed as i64);
        }
        expected = Some(due + 20_000_000);
    }
    // Drained: no tick is due until the next deadline.
    assert!(ticker.tick().unwrap().is_none_or(|tick| tick.missed == 0));
}

#[test]
fn after_a_jump_of_the_clock_the_grid_is_the_clocks_again() {
    let hour = 3600 * SECOND;
    let mut ticker = Ticker::start("1h".parse().unwrap()).unwrap();

    // Set forward by three hours and a bit, which is to say: the next deadline lies that far back.
    ticker.next = ticker.grid.last_at(now()) - 3 * hour;
    let tick = ticker.clock_was_set().unwrap().expect("a deadline has passed");
    assert_eq!(tick.missed, 3);
    assert_eq!(tick.due.timestamp_nanos_opt(), Some(ticker.grid.last_at(now())));

    // Set back by a day: nothing is due, and the next line is not a day away.
    ticker.next += 24 * hour;
    assert_eq!(ticker.clock_was_set(), Ok(None));
    assert!(ticker.next > now() && ticker.next <= now() + hour);
}
