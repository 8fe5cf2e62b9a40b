//! Every real unit of this machine, and of the directory that `UNIT_WRITER_CORPUS` names: no byte
//! is lost, nothing panics, fmt keeps the meaning, and a unit that systemd loads has no error.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fs;
use std::path::{Path, PathBuf};

use unit_writer::checks::{self, Circumstances, Severity, Subject};
use unit_writer::explain::explain_line;
use unit_writer::layout::format;
use unit_writer::load::{Identity, Neighbours, Source, UnitSet};

/// All unit files and drop-ins below a directory.
fn below(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let data = path.symlink_metadata().unwrap();
        if data.is_dir() {
            below(&path, found);
        } else if data.is_file() && Identity::of(&path).is_some() {
            found.push(path);
        }
    }
}

fn real_units() -> Vec<PathBuf> {
    let corpus = std::env::var_os("UNIT_WRITER_CORPUS").map(PathBuf::from);
    let places = ["/usr/lib/systemd/system", "/usr/lib/systemd/user", "/etc/systemd/system"]
        .map(PathBuf::from);
    let mut found = Vec::new();
    places.into_iter().chain(corpus).for_each(|place| below(&place, &mut found));
    found.sort();
    found
}

fn meaning(source: &Source) -> Vec<(String, String, String)> {
    let parts = source.own.file.assignments();
    parts
        .map(|part| (part.section.to_string(), part.key.clone(), part.value.text().to_owned()))
        .collect()
}

#[test]
fn real_units_come_back_whole_and_have_no_errors() {
    let paths = real_units();
    let mut errors = Vec::new();
    for path in &paths {
        let source =
            Source::read(path, Identity::of(path).unwrap(), &mut Neighbours::default()).unwrap();
        let bytes = source.own.file.bytes();
        let lines = source.own.file.lines().iter();
        let whole: Vec<u8> = lines
            .flat_map(|line| [&bytes[line.text.clone()], line.end_of_line(bytes)].concat())
            .collect();
        assert_eq!(whole, fs::read(path).unwrap(), "{}", path.display());
        let set = UnitSet::of([&source]);
        let around = Circumstances {
            version: 252,
            scope: source.scope(),
            machine: None,
            set: &set,
            today: chrono::NaiveDate::from_ymd_opt(2026, 11, 26).unwrap(),
        };
        for finding in checks::check(&Subject::new(&source, around)) {
            if finding.severity == Severity::Error {
                errors.push(format!("{}: [{}] {}", path.display(), finding.code, finding.message));
            }
        }
        source.own.file.assignments().for_each(|assignment| drop(explain_line(assignment, 252)));
        if let Ok(tidy) = format(&source.own.file) {
            let again = Source::of_bytes(path, source.identity.clone(), tidy.clone()).unwrap();
            assert_eq!(meaning(&source), meaning(&again), "{}", path.display());
            assert_eq!(format(&again.own.file).unwrap(), tidy, "{}", path.display());
        }
    }
    eprintln!("{} unit files read", paths.len());
    assert!(errors.is_empty(), "systemd loads these, as far as we know:\n{}", errors.join("\n"));
}
