//! What the tests could not prove on this machine, said once more when all have run.
//!
//! Cargo runs the tests of a workspace in the order of the names of their packages, and this one
//! is the last. It tests nothing: `lab::not_proved` has written down what a test could not try.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The lines of the file that the tests of this run have written to, each once; the file goes.
pub fn take(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    // Nobody else reads it, and the next run has a file of its own.
    let _ = fs::remove_file(file);
    text.lines().map(str::to_owned).collect()
}
