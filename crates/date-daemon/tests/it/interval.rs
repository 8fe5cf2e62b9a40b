//! What is taken for an interval, and what is refused.

use date_daemon::{BadInterval, Interval};
use std::time::Duration;

#[track_caller]
fn check(text: &str, expected: Result<u64, BadInterval>) {
    let got = text.parse::<Interval>().map(Interval::as_duration);
    assert_eq!(got, expected.map(Duration::from_millis), "{text:?}");
}

#[test]
fn reads_one_number_and_one_unit() {
    check("5s", Ok(5_000));
    check("5", Ok(5_000));
    check("50ms", Ok(50));
    check("1min", Ok(60_000));
    check("1h", Ok(3_600_000));
    check("007s", Ok(7_000));
}

#[test]
fn keeps_to_the_range_that_it_names() {
    check("1ms", Ok(1));
    check("24h", Ok(86_400_000));
    check("0", Err(BadInterval::Range));
    check("0ms", Err(BadInterval::Range));
    check("25h", Err(BadInterval::Range));
    check("86401s", Err(BadInterval::Range));
    check("3155760000s", Err(BadInterval::Range));
    check("18446744073709551615h", Err(BadInterval::Range));
    check("99999999999999999999999999s", Err(BadInterval::Range));
}

#[test]
fn refuses_what_is_not_an_interval() {
    for text in [
        "", "s", "5 s", " 5s", "5s ", "-5s", "+5s", "0.5s", "5S", "5m", "5us", "1h 30min", "five",
        "infinity", "٥s", "5s\n",
    ] {
        check(text, Err(BadInterval::Form));
    }
}
