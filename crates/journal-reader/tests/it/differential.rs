//! The output is journalctl's, byte for byte: hundreds of combinations of options, on journals of
//! each format.
//!
//! What differs on purpose is listed in the crate's README.md.

use std::collections::BTreeSet;

use crate::support::writer::{Compression, Format};
use crate::support::{PROGRAM, file_in, has_journalctl, journal, reader, run, run_in, text};

const OUTPUTS: [&str; 12] = [
    "short",
    "short-iso",
    "short-iso-precise",
    "short-precise",
    "short-full",
    "short-monotonic",
    "short-delta",
    "short-unix",
    "with-unit",
    "verbose",
    "export",
    "cat",
];

const FILTERS: [&[&str]; 30] = [
    &[],
    &["-u", "app-3"],
    &["-u", "app-3.service", "-u", "web@1"],
    &["-u", "app-1*"],
    &["-u", "user.slice"],
    &["-u", "db.socket", "-p", "warning"],
    &["-p", "err"],
    &["-p", "warning..notice"],
    &["-p", "7..7"],
    &["-t", "systemd", "-t", "kernel"],
    &["-b"],
    &["-b", "-1"],
    &["-b", "1"],
    &["-b", "all"],
    &["-k", "-b", "2"],
    &["-g", "timeout"],
    &["-g", "Exception"],
    &["-g", "CACHE", "--case-sensitive=no"],
    &["-g", "timeout", "--case-sensitive=yes", "-n", "6"],
    &["-g", "(disk|queue) .*[0-9]{5}$"],
    &["_PID=1"],
    &["_UID=0", "_UID=33", "PRIORITY=4"],
    &["_PID=1", "+", "_TRANSPORT=kernel"],
    &["TAG=one"],
    &["--since", "2024-10-01 00:10:00", "--until", "2024-10-01 00:20:00"],
    &["-S", "2024-10-01 00:15", "-n", "5"],
    &["-U", "Tue 2024-10-01 00:05:30.5 UTC"],
    &["NO=thing"],
    &["--exclude=nothing-of-the-kind"],
    &["-u", "gone", "-q"],
];

const SHAPES: [&[&str]; 14] = [
    &[],
    &["-r"],
    &["-n", "10"],
    &["-n7", "-r"],
    &["-a"],
    &["-q"],
    &["--utc"],
    &["--no-hostname"],
    &["-x", "-n", "40"],
    &["-n", "0"],
    &["--show-cursor", "-n", "3"],
    &["--output-fields=MESSAGE", "-n", "30"],
    &["-m"],
    &["-n", "all", "-r"],
];

/// Both programs with the same arguments; what differs, if something does.
pub(crate) fn compare(args: &[String]) -> Result<(), String> {
    compare_in("UTC", args)
}

/// The same in another zone.
pub(crate) fn compare_in(zone: &str, args: &[String]) -> Result<(), String> {
    let (theirs, ours) = (run_in(zone, "journalctl", args), run_in(zone, PROGRAM, args));
    if args.iter().any(|it| it.starts_with("json")) {
        return if objects(&text(&theirs.stdout)) == objects(&text(&ours.stdout)) {
            Ok(())
        } else {
            Err(format!("{}: other objects", args.join(" ")))
        };
    }
    let whole = args.join(" ");
    if theirs.stdout != ours.stdout {
        let (a, b) = (text(&theirs.stdout), text(&ours.stdout));
        let at = a.lines().zip(b.lines()).position(|(a, b)| a != b);
        let at = at.unwrap_or(a.lines().count().min(b.lines().count()));
        let line = |text: &str| text.lines().nth(at).unwrap_or("nothing").to_owned();
        return Err(format!(
            "{whole}\nline {at}\n{}\n{}\n{}",
            line(&a),
            line(&b),
            text(&ours.stderr)
        ));
    }
    if theirs.status.code() == ours.status.code() {
        Ok(())
    } else {
        Err(format!("{whole}: {:?}, not {:?}", ours.status, theirs.status))
    }
}

#[test]
fn prints_what_journalctl_prints() {
    if !has_journalctl("prints_what_journalctl_prints") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let formats = Format::all();
    for (at, format) in formats.iter().enumerate() {
        journal(&file_in(&directory, &format!("{at}.journal")), 100 + at as u64, 400, *format);
    }
    let mut random = crate::support::random::Random(11);
    let (mut tried, mut wrong) = (BTreeSet::new(), Vec::new());
    // Each output with each filter, and shapes by chance; files by turns.
    for (number, (output, filter)) in
        OUTPUTS.iter().flat_map(|it| FILTERS.iter().map(move |filter| (it, filter))).enumerate()
    {
        if filter.iter().any(|it| it.starts_with("--exclude")) {
            continue;
        }
        let file = file_in(&directory, &format!("{}.journal", number % formats.len()));
        let mut args = vec!["--no-pager".to_owned(), format!("--file={}", file.display())];
        args.extend(["-o".to_owned(), (*output).to_owned()]);
        args.extend(filter.iter().map(|it| (*it).to_owned()));
        let mut shape = *random.pick(&SHAPES);
        if shape == ["-m"] && filter.contains(&"-b") {
            shape = &[];
        }
        args.extend(shape.iter().map(|it| (*it).to_owned()));
        wrong.extend(compare(&args).err());
        tried.insert(args);
    }
    assert!(tried.len() >= 300, "only {} combinations", tried.len());
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), tried.len(), wrong.join("\n\n"));
}

#[test]
fn lists_what_journalctl_lists() {
    if !has_journalctl("lists_what_journalctl_lists") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for (at, format) in Format::all().iter().enumerate() {
        journal(&file_in(&directory, &format!("{at}.journal")), 200 + at as u64, 300, *format);
    }
    let mut wrong = Vec::new();
    for at in 0..Format::all().len() {
        let file = format!("--file={}", file_in(&directory, &format!("{at}.journal")).display());
        for args in [
            vec!["--list-boots"],
            vec!["--list-boots", "-r"],
            vec!["--list-boots", "-q"],
            vec!["--list-boots", "-o", "cat"],
            vec!["--list-boots", "-o", "json-pretty"],
            vec!["--header"],
            vec!["--disk-usage"],
            vec!["-F", "_SYSTEMD_UNIT"],
            vec!["-F", "MESSAGE"],
            vec!["-F", "PRIORITY", "-n", "2"],
            vec!["-F", "NO_SUCH_FIELD"],
            vec!["-N"],
            vec!["--verify", "-q"],
        ] {
            let mut all = vec!["--no-pager".to_owned(), file.clone()];
            all.extend(args.iter().map(|it| (*it).to_owned()));
            wrong.extend(compare(&all).err());
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn colours_and_links_are_journalctl_s() {
    if !has_journalctl("colours_and_links_are_journalctl_s") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "system.journal");
    journal(&path, 300, 900, Format::USUAL);
    for colours in ["1", "16", "256", "0"] {
        for args in [
            vec!["-o", "short"],
            vec!["-o", "cat"],
            vec!["-o", "verbose"],
            vec!["-g", "timeout"],
            vec!["-g", "Exception", "-o", "cat"],
            vec!["-x"],
            vec!["--list-boots"],
        ] {
            let file = format!("--file={}", path.display());
            let shell = |program: &str| {
                let command = std::process::Command::new(program)
                    .env_clear()
                    .env("PATH", std::env::var_os("PATH").unwrap())
                    .envs([("TZ", "UTC"), ("LANG", "C.UTF-8"), ("SYSTEMD_COLORS", colours)])
                    .args(["--no-pager", &file])
                    .args(&args)
                    .output();
                text(&command.unwrap().stdout)
            };
            let (theirs, ours) = (shell("journalctl"), shell(PROGRAM));
            let first = theirs.lines().zip(ours.lines()).find(|(a, b)| a != b);
            assert!(theirs == ours, "SYSTEMD_COLORS={colours} {args:?}: {first:#?}");
        }
    }
}

/// The objects of any of the JSON formats.
pub(crate) fn objects(out: &str) -> Vec<serde_json::Value> {
    let out = out.replace("data: {", "{").replace('\u{1e}', "");
    // After a line of another kind, as a cursor, there are no more.
    serde_json::Deserializer::from_str(&out).into_iter().map_while(Result::ok).collect()
}

#[test]
fn json_has_the_same_objects() {
    if !has_journalctl("json_has_the_same_objects") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "system.journal");
    journal(&path, 400, 2000, Format::USUAL);
    let file = format!("--file={}", path.display());
    for options in [
        vec!["-o", "json"],
        vec!["-o", "json", "-a"],
        vec!["-o", "json", "--output-fields=MESSAGE,TAG"],
        vec!["-o", "json-pretty", "-p", "err"],
        vec!["-o", "json-seq", "-n", "200"],
        vec!["-o", "json-sse", "-n", "200"],
    ] {
        let objects = |program: &str| {
            let mut args = vec!["--no-pager", &file];
            args.extend(&options);
            objects(&text(&run(program, &args).stdout))
        };
        let (theirs, ours) = (objects("journalctl"), objects(PROGRAM));
        assert!(theirs.len() > 20, "{options:?}");
        assert_eq!(theirs.len(), ours.len(), "{options:?}");
        for (theirs, ours) in theirs.iter().zip(&ours) {
            assert_eq!(theirs, ours, "{options:?}");
        }
    }
}

#[test]
fn several_files_are_one_journal_as_for_journalctl() {
    if !has_journalctl("several_files_are_one_journal_as_for_journalctl") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    // Files of different seeds overlap in time, and have other machines' boots and numbers. No
    // clock is set back in them: what comes first would then depend on where one looks from,
    // and journalctl leaves entries out.
    for at in 0..9 {
        let format = Format { compression: Compression::None, ..Format::all()[at] };
        let mut writer = crate::support::writer::Writer::new(500 + at as u64, format);
        let entries = crate::support::entries::generate(500 + at as u64, 400);
        entries[..200].iter().for_each(|entry| writer.append(entry));
        std::fs::write(file_in(&directory, &format!("{at}.journal")), writer.finish()).unwrap();
    }
    std::fs::copy(file_in(&directory, "3.journal"), file_in(&directory, "copy.journal~")).unwrap();
    let directory = format!("--directory={}", directory.path().display());
    for args in [
        vec!["-o", "short-unix", "-m"],
        vec!["-o", "export"],
        vec!["-r", "-o", "cat"],
        vec!["-n", "50", "-p", "err"],
        vec!["-n", "300"],
        vec!["-r", "-n", "300", "-u", "app-3"],
        vec!["-g", "timeout", "-n", "20"],
        vec!["-u", "app-*"],
        vec!["-F", "_SYSTEMD_UNIT"],
        vec!["--since=2024-10-01 00:09", "--until=2024-10-01 00:10"],
    ] {
        let mut all = vec!["--no-pager".to_owned(), directory.clone()];
        all.extend(args.iter().map(|it| (*it).to_owned()));
        compare(&all).unwrap();
    }
}

#[test]
fn cursors_lead_to_the_same_place() {
    if !has_journalctl("cursors_lead_to_the_same_place") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "system.journal");
    journal(&path, 600, 300, Format::USUAL);
    let file = format!("--file={}", path.display());
    let export = text(&reader(&[file.as_str(), "-o", "export"]).stdout);
    let cursors: Vec<&str> = export.lines().filter_map(|it| it.strip_prefix("__CURSOR=")).collect();
    assert_eq!(cursors.len(), 300);
    for at in [0, 1, 77, 150, 298, 299] {
        for option in ["--cursor", "--after-cursor"] {
            for more in ["-q", "-r", "-n5", "-perr"] {
                let [numbers, boot] = ["s=", "b="].map(|part| {
                    let start = cursors[at].find(part).unwrap() + 2;
                    cursors[at][start..start + 32].to_owned()
                });
                // Also one of another machine's journal, in this boot and in none that is here.
                let elsewhere = cursors[at].replace(&numbers, &"5".repeat(32));
                let foreign = elsewhere.replace(&boot, &"7".repeat(32));
                let others = [elsewhere.as_str(), &foreign];
                // With a filter, journalctl looks in each value's list for itself; as the clock
                // was set back here, they lead it to different places.
                let others = others.into_iter().filter(|_| more != "-perr");
                for cursor in others.chain([cursors[at]]) {
                    let args = ["--no-pager", &file, &format!("{option}={cursor}"), more];
                    compare(&args.map(str::to_owned)).unwrap();
                }
            }
        }
    }
}
