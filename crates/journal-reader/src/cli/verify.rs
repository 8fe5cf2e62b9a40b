//! `--verify`: PASS or FAIL for each file, on standard error as journalctl writes it.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use journal_reader::{Journal, JournalFile};

use crate::cli::report::complain;

/// Verifies all files. `false` if one of them has a fault.
pub(crate) fn run(journal: &Journal, quiet: bool) -> bool {
    let mut good = true;
    for file in journal.files() {
        good &= one(file, quiet);
    }
    good
}

fn one(file: &JournalFile, quiet: bool) -> bool {
    let (terminal, start) = (io::stderr().is_terminal() && !quiet, Instant::now());
    let (mut next, mut shown) = (Duration::from_secs(1), false);
    let verdict = file.verify(&mut |done, total| {
        if terminal && start.elapsed() >= next {
            (next, shown) = (start.elapsed() + Duration::from_millis(200), true);
            let name = file.path().display();
            let _ = write!(io::stderr(), "\r{:3} %  {name}\x1b[K", done * 100 / total.max(1));
        }
    });
    if shown {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
    let path = file.path().display().to_string();
    if file.was_cut() {
        complain(&format!("{path}: the file was cut while it was read"));
    }
    if verdict.is_good() {
        if !quiet {
            if verdict.seals > 0 {
                let seals = verdict.seals;
                let cure = format!("journalctl --verify --verify-key=KEY --file={path}");
                complain(&format!("{path}: {seals} seals not checked, for want of a key; {cure}"));
            }
            let _ = writeln!(io::stderr(), "PASS: {path}");
        }
        return true;
    }
    for finding in verdict.findings.iter().take(5) {
        complain(&format!("{path}: offset {}: {}", finding.offset, finding.what));
    }
    let count = verdict.count;
    let cure = "journal-reader salvage shows what can still be read";
    let faults = if count == 1 { "1 fault".to_owned() } else { format!("{count} faults") };
    let _ = writeln!(io::stderr(), "FAIL: {path} ({faults}; {cure})");
    false
}
