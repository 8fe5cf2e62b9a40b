//! Numbers go on, whatever happened to the file; and what is no register is not written to.

use std::fs;
use std::time::Duration;

use chrono::{DateTime, Utc};
use date_service::{Doubt, Entry, Error, Key, Register};

const DATE: &str = "2026-03-01T09:05:07+0000";

#[test]
fn numbers_go_on_after_a_restart_a_rotation_and_a_crash() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("dates.log");
    let enter = || Register::open(path.clone()).unwrap().enter(DATE).unwrap();
    assert_eq!((enter(), enter()), (1, 2));
    // Rotated away while nobody ran.
    fs::rename(&path, directory.path().join("dates.log.1")).unwrap();
    assert_eq!(enter(), 3);
    // A crash has left half a line, which was never told.
    fs::write(&path, format!("41 {DATE}\n42 2026-0")).unwrap();
    assert_eq!(enter(), 42);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.ends_with(&format!("42 {DATE}\n")), "{text}");
}

#[test]
fn a_file_that_is_no_register_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("dates.log");
    let lines =
        ["hello", "x 2026-03-01T09:05:07+0000", "5 yesterday", "-1 2026-03-01T09:05:07+0000"];
    for line in lines {
        fs::write(&path, format!("{line}\n")).unwrap();
        let Err(error) = Register::open(path.clone()) else { panic!("{line} was taken") };
        assert!(matches!(error, Error::NoRegister { .. }), "{error}");
        assert!(error.to_string().contains(line), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{line}\n"));
    }
    fs::write(&path, vec![b'x'; 100_000]).unwrap();
    // No line has ended yet, so none is the last.
    assert!(Register::open(path).is_ok());
}

#[test]
fn a_gap_and_a_clock_that_went_back_are_told_apart_from_a_restart() {
    let second = Duration::from_secs(1);
    let now: DateTime<Utc> = DATE.parse::<DateTime<chrono::FixedOffset>>().unwrap().into();
    let doubt = |age: i64| {
        let date = (now - chrono::TimeDelta::seconds(age)).fixed_offset();
        Entry { number: 1, date }.doubt(now, second)
    };
    assert_eq!(doubt(0), None);
    assert_eq!(doubt(4), None);
    assert_eq!(doubt(5), Some(Doubt::Gap(5 * second)));
    assert_eq!(doubt(-3600), Some(Doubt::ClockWentBack(3600 * second)));
}

#[test]
fn a_key_is_32_digits_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    let key = Key::random().unwrap();
    fs::write(&path, key.to_text() + "\n").unwrap();
    assert_eq!(Key::read(path.clone()).unwrap().seal("1 x"), key.seal("1 x"));
    assert_ne!(key.seal("1 x"), key.seal("2 x"));
    let wrong =
        ["", "abc", "+0010203040506070809000000000000f", "g00102030405060708090a0b0c0d0e0f"];
    for text in wrong.iter().map(|text| text.as_bytes()).chain([&[0xff_u8; 32][..]]) {
        fs::write(&path, text).unwrap();
        let error = Key::read(path.clone()).err().expect("no key").to_string();
        assert!(error.contains("holds no key"), "{error}");
        // It may be another secret.
        assert!(text.is_empty() || !error.contains(&*String::from_utf8_lossy(text)), "{error}");
    }
}
