//! Which formats are taken, and what they make of a date.

use chrono::{DateTime, Local, TimeZone, Utc};
use date_daemon::{BadFormat, LineFormat};

fn due() -> DateTime<Utc> {
    let local = Local.with_ymd_and_hms(2026, 11, 22, 9, 5, 7).unwrap();
    local.with_timezone(&Utc)
}

#[track_caller]
fn check(format: &str, expected: Result<&str, BadFormat>) {
    let line = format.parse::<LineFormat>().map(|f| f.line(due()));
    assert_eq!(line.as_deref().map_err(|e| *e), expected, "{format:?}");
}

#[test]
fn writes_the_date_as_the_notes_do() {
    check("%Y-%m-%d %H:%M:%S", Ok("2026-11-22 09:05:07\n"));
    check("%H:%M:%S%.3f", Ok("09:05:07.000\n"));
    check("%d%%\té", Ok("22%\té\n"));
}

#[test]
fn refuses_at_start_what_would_panic_at_the_first_tick() {
    for format in ["%", "%Q", "date: %", "%#Z", "%5Y", "%Ey", "%Y-%"] {
        check(format, Err(BadFormat::Unknown));
    }
}

#[test]
fn refuses_what_is_not_one_line() {
    check("", Err(BadFormat::Empty));
    for format in ["%Y\n%m", "%Y%n", "\n", "%Y\r", "\u{1b}[1m%Y", "%Y\0"] {
        check(format, Err(BadFormat::Control));
    }
}

#[test]
fn bounds_the_line() {
    let widest = "x".repeat(255);
    check(&widest, Ok(&format!("{widest}\n")));
    check(&"x".repeat(256), Err(BadFormat::TooLong));
    check(&"%c".repeat(100), Err(BadFormat::TooLong));
}
