//! Any bytes as a journal file: it is read in every way, and nothing panics, hangs or takes the
//! memory.
//!
//! `cargo +nightly fuzz run read --fuzz-dir crates/journal-reader/fuzz`; journal files are good
//! seeds.

#![no_main]

use journal_reader::{Filter, Journal, JournalFile, Salvage, Seek, Source, Test};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // A file in memory: the reader maps files.
    let path = std::path::PathBuf::from(format!("/dev/shm/journal-fuzz-{}", std::process::id()));
    std::fs::write(&path, bytes).expect("there is room in /dev/shm");
    if let Ok(mut journal) = Journal::open(Source::Files(vec![path.clone()])) {
        while let Some(entry) = journal.next() {
            entry.fields().for_each(drop);
        }
        while journal.previous().is_some() {}
        journal.set_filter(Filter::Any(vec![
            Filter::Not(Box::new(Filter::Is("PRIORITY=6".into()))),
            Filter::Field("MESSAGE".into(), Test::Glob("*a*".into())),
        ]));
        journal.seek(Seek::Realtime(1 << 50));
        while journal.next().is_some() {}
        journal.field_names();
        journal.boots();
    }
    if let Ok(file) = JournalFile::open(&path) {
        file.verify(&mut |_, _| {});
    }
    if let Ok(salvage) = Salvage::of(&path) {
        salvage.entries().for_each(|entry| entry.fields().for_each(drop));
    }
    let _ = std::fs::remove_file(&path);
});
