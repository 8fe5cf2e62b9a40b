//! For tests that need what a machine may lack: they say so, by name, and are never silently green.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Reports that `promise` could not be tried here, and why: on standard error, in the file that
/// `NOT_PROVED` names, and in that of [`not_proved_file`], which the last of the tests prints.
pub fn not_proved(promise: &str, reason: &str) {
    let line = format!("NOT PROVED: {promise}: {reason}\n");
    // Not by `eprint!`, which libtest keeps to itself when the test passes.
    let _ = io::stderr().write_all(line.as_bytes());
    let of_this_run = not_proved_file();
    if let Some(directory) = of_this_run.as_deref().and_then(Path::parent) {
        let _ = fs::create_dir_all(directory);
    }
    let named = std::env::var_os("NOT_PROVED").map(PathBuf::from);
    for file in [of_this_run, named].into_iter().flatten() {
        let written = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&file)
            .and_then(|mut file| file.write_all(line.as_bytes()));
        if let Err(error) = written {
            eprintln!("cannot append to {}: {error}", file.display());
        }
    }
}

/// Where the tests that one cargo runs collect what they could not prove: in the target directory,
/// by the number of the process that runs them all.
///
/// None for a program that lies in no target directory.
pub fn not_proved_file() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    // target/debug/deps/program
    let target = program.ancestors().nth(3)?;
    let cargo = std::os::unix::process::parent_id();
    Some(target.join("not-proved").join(cargo.to_string()))
}
