//! Journals for tests and benchmarks: made here, from a seed, in every format that there is; and
//! what is known of them without reading them.

#![allow(dead_code)] // The benchmark and the tests use different parts.

pub(crate) mod entries;
pub(crate) mod random;
pub(crate) mod writer;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use entries::Written;
use writer::{Format, Writer};

/// Writes `count` entries of a seed into a file, and says what is in it.
pub(crate) fn journal(path: &Path, seed: u64, count: usize, format: Format) -> Vec<Written> {
    let mut writer = Writer::new(seed, format);
    let entries = entries::generate(seed, count);
    entries.iter().for_each(|entry| writer.append(entry));
    std::fs::write(path, writer.finish()).unwrap();
    entries
}

/// The systemd 252 that the comparison is made with; `None` where there is another one, or none.
pub(crate) fn has_journalctl(promise: &str) -> bool {
    let version = Command::new("journalctl").arg("--version").output();
    let text = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let text = text.unwrap_or_default();
    let is_it = text.starts_with("systemd 252 ");
    if !is_it {
        let found = text.lines().next().unwrap_or("no journalctl").to_owned();
        not_proved(
            promise,
            &format!("it compares with journalctl of systemd 252; here is {found}"),
        );
    }
    is_it
}

/// Says that a promise could not be tried, where the gate looks for it.
pub(crate) fn not_proved(promise: &str, reason: &str) {
    use std::io::Write;
    let line = format!("NOT PROVED: {promise}: {reason}\n");
    eprint!("{line}");
    let Some(path) = std::env::var_os("NOT_PROVED") else { return };
    let mut file = std::fs::File::options().append(true).create(true).open(path).unwrap();
    file.write_all(line.as_bytes()).unwrap();
}

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_journal-reader");

/// Runs a program on journals as both programs are compared: in UTC, without a pager.
pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(program: &str, args: &[S]) -> Output {
    run_in("UTC", program, args)
}

/// The same in another zone.
pub(crate) fn run_in<S: AsRef<std::ffi::OsStr>>(zone: &str, program: &str, args: &[S]) -> Output {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("TZ", zone).env("LANG", "C.UTF-8").args(args).output().unwrap()
}

pub(crate) fn reader<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> Output {
    run(PROGRAM, args)
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn file_in(directory: &tempfile::TempDir, name: &str) -> PathBuf {
    directory.path().join(name)
}
