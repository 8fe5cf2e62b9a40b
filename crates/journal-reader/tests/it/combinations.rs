//! Combinations of options as chance has them: each axis that journalctl has, from a seed. What no
//! person would try together is tried here.

use crate::differential::{compare, compare_in};
use crate::support::random::Random;
use crate::support::writer::{Compression, Format, Writer};
use crate::support::{entries, file_in, has_journalctl, journal, reader, text};

/// How often the axis is used, of a hundred, and what is on it.
type Axis = (usize, &'static [&'static [&'static str]]);

const AXES: [Axis; 17] = [
    (
        80,
        &[
            &["-o", "short"],
            &["-o", "short-full"],
            &["-o", "short-iso"],
            &["-o", "short-iso-precise"],
            &["-o", "short-precise"],
            &["-o", "short-monotonic"],
            &["-o", "short-delta"],
            &["-o", "short-unix"],
            &["-o", "with-unit"],
            &["-o", "verbose"],
            &["-o", "export"],
            &["-o", "cat"],
            &["-o", "json"],
            &["-o", "json-pretty"],
            &["-o", "json-sse"],
            &["-o", "json-seq"],
        ],
    ),
    (
        30,
        &[
            &["-u", "app-3"],
            &["-u", "app-1*", "-u", "web@1.service"],
            &["-u", "app-[4-7].service"],
            &["-u", "web@?"],
            &["-u", "*.socket"],
            &["-u", "user.slice"],
            &["-u", "-.mount"],
            &["-u", "nothing.service"],
            &["--user-unit", "app-3"],
        ],
    ),
    (10, &[&["-t", "systemd"], &["-t", "kernel", "-t", "app-4"], &["-t", "-x"], &["-t", ""]]),
    (
        25,
        &[
            &["-p", "err"],
            &["-p", "3"],
            &["-p", "debug"],
            &["-p", "0..7"],
            &["-p", "crit..warning"],
            &["-p", "warning..crit"],
            &["-p", "notice..notice"],
        ],
    ),
    (
        25,
        &[
            &["-b"],
            &["-b", "-1"],
            &["-b-1"],
            &["-b", "1"],
            &["-b2"],
            &["--boot=+1"],
            &["-b", "all"],
            &["-k"],
            &["-k", "-b", "1"],
            &["--dmesg"],
        ],
    ),
    (
        30,
        &[
            &["-g", "timeout"],
            &["-g", "Exception"],
            &["-g", "EXCEPTION"],
            &["-g", "^[a-z]+ (disk|queue)"],
            &["-g", "[0-9]{5}$"],
            &["-g", "\\bat\\b"],
            &["-g", "café|✓"],
            &["-g", "nothing of the kind"],
            &["-g", "\\x1b"],
            &["-g", "."],
        ],
    ),
    (10, &[&["--case-sensitive"], &["--case-sensitive=no"], &["--case-sensitive=1"]]),
    (
        40,
        &[
            &["-n", "7"],
            &["-n"],
            &["-n1"],
            &["-n", "0"],
            &["--lines=25"],
            &["--lines", "all"],
            &["-n", "5000"],
        ],
    ),
    (25, &[&["-r"], &["--reverse"]]),
    (
        12,
        &[
            &["-S", "2024-10-01 00:10:00"],
            &["-S", "@1727741400.5"],
            &["--since=24-10-01 0:12:3"],
            &["--since", "Tue 2024-10-01 00:11 UTC"],
            &["--since", "2024-10-01 02:11 Europe/Madrid"],
            &["-S", "yesterday"],
        ],
    ),
    (
        15,
        &[
            &["-U", "2024-10-01 00:20:00"],
            &["-U", "2024-10-01  00:18 CET"],
            &["--until=@1727741900"],
            &["--until", "1 week ago"],
        ],
    ),
    (12, &[&["--show-cursor"]]),
    (
        15,
        &[
            &["--output-fields=MESSAGE"],
            &["--output-fields=_PID,PRIORITY,TAG"],
            &["--output-fields=_BOOT_ID"],
            &["--output-fields="],
        ],
    ),
    (15, &[&["-a"], &["--all"]]),
    (15, &[&["-q"]]),
    (30, &[&["-x"], &["--utc"], &["--no-hostname"], &["-l"], &["--no-tail"], &["-m"]]),
    (
        20,
        &[
            &["_PID=1"],
            &["_UID=0", "_UID=33"],
            &["_TRANSPORT=kernel", "PRIORITY=6"],
            &["_PID=1", "+", "_TRANSPORT=kernel", "PRIORITY=4", "+", "TAG=two"],
            &["/bin/sh"],
            &["TAG=one", "TAG=two"],
            &["NO_SUCH=field"],
        ],
    ),
];

/// A command line; `None` if it is one that both programs refuse, or one in which journalctl's own
/// order differs from run to run.
fn line(random: &mut Random, cursors: &[&str]) -> Option<Vec<String>> {
    let mut args = Vec::new();
    for (percent, choices) in AXES {
        if random.below(100) < percent {
            args.extend(random.pick(choices).iter().map(|it| (*it).to_owned()));
        }
    }
    let has = |starts: &[&str]| args.iter().any(|it| starts.iter().any(|it2| it.starts_with(it2)));
    let boot = has(&["-b", "--boot", "-k", "--dmesg"]) && !has(&["all"]);
    let refused = args.iter().any(|it| it == "-m") && boot;
    let unordered = args.iter().any(|it| it == "cat") && has(&["--output-fields"]);
    let since = has(&["-S", "--since"]);
    if random.below(10) == 0 && !since {
        let option = if random.below(2) == 0 { "--cursor" } else { "--after-cursor" };
        args.push(format!("{option}={}", random.pick(cursors)));
    }
    (!refused && !unordered).then_some(args)
}

#[test]
fn whatever_is_combined_looks_like_journalctl_s() {
    if !has_journalctl("whatever_is_combined_looks_like_journalctl_s") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    // Another seed tries others: JOURNAL_SEED=7 cargo test -p journal-reader combined
    let seed = std::env::var("JOURNAL_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(12);
    let mut random = Random(seed);
    let (mut tried, mut wrong) = (0, Vec::new());
    for (at, format) in Format::all().iter().enumerate() {
        let path = file_in(&directory, &format!("{at}.journal"));
        journal(&path, 700 + at as u64, 300, *format);
        let file = format!("--file={}", path.display());
        let export = text(&reader(&[file.as_str(), "-o", "export"]).stdout);
        let cursors = export.lines().filter_map(|line| line.strip_prefix("__CURSOR="));
        let cursors: Vec<&str> = cursors.collect();
        for _ in 0..24 {
            let Some(options) = line(&mut random, &cursors) else { continue };
            let args = [vec!["--no-pager".to_owned(), file.clone()], options].concat();
            let zone = *random.pick(&["UTC", "Europe/Madrid", "America/New_York"]);
            wrong.extend(compare_in(zone, &args).err().map(|it| format!("{zone}: {it}")));
            tried += 1;
        }
    }
    assert!(tried >= 300, "only {tried} combinations");
    assert!(wrong.is_empty(), "{} of {tried} differ:\n{}", wrong.len(), wrong.join("\n\n"));
}

/// What is passed over is the entry of the cursor, be it one that matches or not.
#[test]
fn a_pattern_after_a_cursor_loses_no_line() {
    if !has_journalctl("a_pattern_after_a_cursor_loses_no_line") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "0.journal");
    journal(&path, 700, 300, Format::all()[0]);
    let file = format!("--file={}", path.display());
    let export = text(&reader(&[file.as_str(), "-o", "export"]).stdout);
    let cursors = export.lines().filter_map(|line| line.strip_prefix("__CURSOR="));
    for cursor in cursors.step_by(25) {
        for order in ["--no-tail", "--reverse"] {
            let after = format!("--after-cursor={cursor}");
            let args = ["--no-pager", &file, "--merge", "-g", "queue|timeout", &after, order];
            let args = args.map(str::to_owned);
            compare_in("UTC", &args).unwrap();
        }
    }
}

#[test]
fn the_ends_of_the_table_are_journalctl_s() {
    if !has_journalctl("the_ends_of_the_table_are_journalctl_s") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "system.journal");
    journal(&path, 800, 300, Format::USUAL);
    // An entry without a priority, which `-p debug` shows.
    let mut bare = Writer::new(801, Format { compression: Compression::None, ..Format::USUAL });
    let mut entry = entries::generate(801, 1).remove(0);
    entry.fields = vec![("MESSAGE".to_owned(), b"bare".to_vec())];
    bare.append(&entry);
    std::fs::write(file_in(&directory, "bare.journal"), bare.finish()).unwrap();
    // For printf(3), a NUL is the end.
    let mut odd = Writer::new(802, Format::USUAL);
    for message in [b"x\0y\nz".as_slice(), b"\0\n\xff", b"\n\n", b"e\r", b"c\r\nd"] {
        entry.fields = vec![("MESSAGE".to_owned(), message.to_vec())];
        odd.append(&entry);
    }
    std::fs::write(file_in(&directory, "odd.journal"), odd.finish()).unwrap();
    let mut wrong = Vec::new();
    for (file, options) in [
        ("bare", "-p debug"),
        ("bare", "-p info"),
        ("bare", "-p 0..7 -o export"),
        ("system", "-o help"),
        ("system", "-n 0 --show-cursor"),
        ("system", "-n 0 --show-cursor -r"),
        ("system", "-n 0 -g timeout"),
        ("system", "-n 0 -g timeout --show-cursor"),
        ("system", "-n 0 -g nothing-there"),
        ("system", "-m -b all -n 5"),
        ("system", "-b all -g timeout"),
        ("system", "-b all -g nothing-there"),
        ("system", "-k -b all -g nothing-there"),
        ("system", "-m -b"),
        ("system", "-m -k"),
        ("system", "-m -e"),
        ("system", "-u -.mount"),
        ("system", "-p -1"),
        ("system", "-p error -p 8"),
        ("system", "-n -5"),
        ("system", "-o xml"),
        ("system", "__CURSOR=1"),
        ("system", "_PID"),
        ("system", "+"),
        ("system", "-F _BOOT_ID"),
        ("system", "-b 99"),
        ("system", "--cursor=x"),
        ("system", "-S never"),
        ("system", "-o verbose -a"),
        ("system", "-o verbose -a --output-fields=BLOB"),
        ("odd", "-o short -a"),
        ("odd", "-o verbose -a"),
        ("odd", "-o verbose"),
        ("odd", "-o cat -a"),
    ] {
        let file = format!("--file={}", file_in(&directory, &format!("{file}.journal")).display());
        let args = ["--no-pager", &file].into_iter().chain(options.split(' '));
        let args: Vec<String> = args.map(str::to_owned).collect();
        wrong.extend(compare(&args).err());
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n\n"));
}
