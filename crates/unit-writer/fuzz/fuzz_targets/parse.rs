//! Any bytes: they come back whole, no check panics, and what fmt makes of them means the same and
//! stays as it is.
//!
//! Run it with `cargo +nightly fuzz run parse --fuzz-dir crates/unit-writer/fuzz`.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use systemd_types::UnitType;
use unit_file::syntax::UnitFile;
use unit_writer::checks::{self, Circumstances, Subject, apply_safe_fixes};
use unit_writer::explain::explain_line;
use unit_writer::layout::format;
use unit_writer::load::{Identity, Scope, Source, UnitSet};

fuzz_target!(|bytes: &[u8]| {
    let file = UnitFile::parse(bytes);
    let lines = file.lines().iter();
    let whole: Vec<u8> = lines
        .flat_map(|line| [&bytes[line.text.clone()], line.end_of_line(bytes)].concat())
        .collect();
    assert_eq!(whole, bytes, "every byte comes back");

    // The length decides about the type of unit, so that all types come up.
    let unit_type = UnitType::ALL[bytes.len() % UnitType::ALL.len()];
    let name = format!("fuzz.{unit_type}");
    let identity = Identity::of(Path::new(&name)).expect("this is a name");
    let source = Source::of_bytes(Path::new(&name), identity, bytes.to_vec()).expect("it is small");
    let set = UnitSet::of([&source]);
    let today = Default::default();
    let around =
        Circumstances { version: 252, scope: Scope::System, machine: None, set: &set, today };
    let findings = checks::check(&Subject::new(&source, around));
    for span in findings.iter().filter_map(|finding| finding.span.as_ref()) {
        assert!(span.start <= span.end && span.end <= bytes.len());
    }
    let _ = apply_safe_fixes(bytes, &findings);
    for assignment in file.assignments() {
        let _ = explain_line(assignment, 262);
    }
    if let Ok(tidy) = format(&file) {
        let again = UnitFile::parse(tidy.clone());
        assert_eq!(meaning(&file), meaning(&again), "fmt keeps the meaning");
        assert_eq!(format(&again).as_deref(), Ok(&tidy[..]), "fmt twice is fmt once");
    }
});

fn meaning(file: &UnitFile) -> Vec<(String, String, String)> {
    let parts = file.assignments();
    parts
        .map(|part| (part.section.to_string(), part.key.clone(), part.value.text().to_owned()))
        .collect()
}
