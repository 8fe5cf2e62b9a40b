//! The Spanish texts: each says one English text, names the same things, and keeps the glossary.
//!
//! What is missing is counted and shown, and is no failure: it is read in English meanwhile.

mod literals;
mod pages;
mod same_things;
mod style;
mod tables;

use std::path::PathBuf;

/// The project's root.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// All that is wrong, at once: a translator mends many lines in one go.
#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
