//! The command line: what is beyond journalctl, and what is said of what is wrong.

use crate::support::entries::Written;
use crate::support::writer::Format;
use crate::support::{file_in, journal, reader, run, text};

struct Place {
    _directory: tempfile::TempDir,
    file: String,
    written: Vec<Written>,
}

fn place(seed: u64, count: usize) -> Place {
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "system.journal");
    let written = journal(&path, seed, count, Format::USUAL);
    Place { file: format!("--file={}", path.display()), _directory: directory, written }
}

impl Place {
    fn entries(&self, args: &[&str]) -> usize {
        let all = [&[self.file.as_str(), "-o", "export"], args].concat();
        text(&reader(&all).stdout).matches("__CURSOR=").count()
    }

    fn expect(&self, test: impl Fn(&Written) -> bool) -> usize {
        self.written.iter().filter(|entry| test(entry)).count()
    }
}

#[test]
fn a_field_can_be_excluded_and_matched_by_a_pattern() {
    let place = place(61, 800);
    let priority = |entry: &Written| entry.has("PRIORITY", "6");
    assert_eq!(place.entries(&["PRIORITY!=6"]), place.expect(|it| !priority(it)));
    let both = place.expect(|it| !priority(it) && it.has("_UID", "0"));
    assert_eq!(place.entries(&["PRIORITY!=6", "_UID=0"]), both);
    let app = |it: &Written| it.get("_COMM").is_some_and(|it| it.starts_with(b"app1"));
    assert_eq!(place.entries(&["_COMM~^app1"]), place.expect(app));
    let starts =
        |it: &Written| it.get("SYSLOG_IDENTIFIER").is_some_and(|it| it.starts_with(b"app-2"));
    assert_eq!(place.entries(&["-t", "app-2*"]), place.expect(starts));
    let all = place.written.len();
    let with = place.entries(&["-u", "app-3"]);
    assert_eq!(place.entries(&["--exclude-unit", "app-3"]), all - with);
    assert_eq!(
        place.entries(&["-u", "app-*", "--exclude-unit", "app-3"]) + with,
        place.entries(&["-u", "app-*"])
    );
}

#[test]
fn a_summary_counts_each_message_once() {
    let place = place(62, 1000);
    let out = reader(&[place.file.as_str(), "--summary=json"]);
    let summary: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let units = summary["units"].as_array().unwrap();
    let sum: u64 = units.iter().map(|unit| unit["messages"].as_u64().unwrap()).sum();
    assert_eq!(sum, 1000);
    let restarts: u64 = units.iter().map(|unit| unit["restarts"].as_u64().unwrap()).sum();
    let scheduled = |it: &Written| it.has("MESSAGE_ID", "5eb03494b6584870a536b337290809b3");
    assert_eq!(restarts as usize, place.expect(scheduled));
    let errors: u64 = units
        .iter()
        .map(|unit| (0..4).map(|at| unit["by_priority"][at].as_u64().unwrap()).sum::<u64>())
        .sum();
    let is_error = |it: &Written| it.get("PRIORITY").is_some_and(|it| it[0] <= b'3');
    assert_eq!(errors as usize, place.expect(is_error));
    let page = text(&reader(&[place.file.as_str(), "--summary=html"]).stdout);
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(!page.contains("\x1b"), "no escape sequence of a log reaches the page");
    assert!(
        text(&reader(&[place.file.as_str(), "--summary"]).stdout).starts_with("1000 messages of ")
    );
}

#[test]
fn a_histogram_counts_each_message_once() {
    let place = place(63, 1000);
    let lines = text(&reader(&[place.file.as_str(), "--histogram"]).stdout);
    assert!(lines.starts_with("1000 messages: "), "{lines}");
    let count = |line: &str| -> u64 {
        let numbers = line.split(", ").next().unwrap();
        numbers.rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert_eq!(lines.lines().skip(1).map(count).sum::<u64>(), 1000);
    let picture = text(&reader(&[place.file.as_str(), "--histogram=svg"]).stdout);
    assert!(picture.starts_with("<svg ") && picture.trim_end().ends_with("</svg>"));
    assert!(picture.contains("prefers-color-scheme: dark"));
}

#[test]
fn dissect_shows_a_way_that_the_file_has() {
    let place = place(64, 50);
    let path = place.file.trim_start_matches("--file=");
    let out = text(&reader(&["dissect", path]).stdout);
    let bytes = std::fs::read(path).unwrap();
    let number = |label: &str| -> usize {
        let line = out.lines().find(|line| line.contains(label)).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    let at = number("which leads to DATA");
    assert!(bytes[at + 72..].starts_with(b"PRIORITY="), "{out}");
    let bucket: usize = out
        .lines()
        .find_map(|line| {
            line.trim().strip_prefix("so its bucket is")?.rsplit(' ').next()?.parse().ok()
        })
        .unwrap();
    assert!(u64::from_le_bytes(bytes[bucket..bucket + 8].try_into().unwrap()) > 0);
}

#[track_caller]
fn refused(args: &[&str], words: &str) {
    let out = reader(args);
    let said = text(&out.stderr);
    assert!(!out.status.success(), "{args:?}");
    assert_eq!(said.lines().count(), 1, "one line: {said}");
    assert!(said.contains(words), "{args:?}: {said}");
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_what_would_be_right() {
    let place = place(65, 20);
    let file = place.file.as_str();
    refused(&["--vacuum-size=10M", "-u", "a b"], "use: journalctl --vacuum-size=10M -u 'a b'");
    refused(&["--flush"], "use: journalctl --flush");
    refused(&[file, "-S", "2024-10-01 25:00"], "\"2024-10-01 25:00\" is no time");
    refused(&[file, "-S", "yesterdy"], "column 1: expected");
    refused(&[file, "-S", "2 fortnights ago"], "column 3");
    refused(&[file, "-p", "bad"], "emerg, alert, crit");
    refused(&[file, "-b", "-99"], "--list-boots");
    refused(&[file, "--boot=tomorrow"], "is no boot");
    refused(&[file, "-g", "a(b"], "column 2");
    refused(&[file, "lower=1"], "column 1");
    refused(&[file, "FIELD"], "column 6");
    refused(&[file, "FIELD!1"], "column 7");
    refused(&[file, "-F", "9FIELD"], "is no field name");
    refused(&[file, "--cursor=s=1"], "no cursor");
    refused(&[file, "+", "_PID=1"], "between terms");
    refused(&[file, "--lines=x"], "is no number of lines");
    refused(&[file, "-o", "xml"], "short-monotonic");
    refused(&[file, "-S", "tomorrow", "-U", "yesterday"], "--since must be before --until");
    refused(&[file, "-f", "-r"], "not both");
}

#[test]
fn a_cursor_file_goes_on_where_the_last_run_ended() {
    let place = place(66, 40);
    let directory = tempfile::tempdir().unwrap();
    let cursor = format!("--cursor-file={}", file_in(&directory, "cursor").display());
    let count = || place.entries(&[&cursor, "-n", "all"]);
    assert_eq!(count(), 40);
    assert_eq!(count(), 0);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let place = place(67, 2000);
    let shell = format!("{} {} | head -n 1", crate::support::PROGRAM, place.file);
    let out = run("bash", &["-c", &format!("set -o pipefail; {shell}")]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert!(out.stderr.is_empty());
}

#[test]
fn no_control_character_of_a_log_reaches_the_terminal() {
    let place = place(68, 2000);
    let out = reader(&[place.file.as_str(), "-o", "short"]).stdout;
    let allowed = |byte: &u8| *byte == b'\n' || *byte >= b' ';
    assert!(out.iter().all(allowed), "a control character in the output");
}
