//! The workspace that submissions are built in: the exercises' own, with other members.

use std::fs;
use std::io;
use std::path::Path;

use crate::files::{with_line, write_if_changed};
use crate::grade::submission::Submission;
use crate::project::Project;

/// Writes a workspace with the submissions as its members.
pub(super) fn lay_out(
    project: &Project,
    staging: &Path,
    submissions: &[&Submission],
) -> io::Result<()> {
    let names = submissions.iter().map(|submission| submission.name.as_str());
    for submission in submissions {
        submission.lay_out(&staging.join(&submission.name))?;
    }
    let exercises = project.exercises_dir();
    let manifest = with_members(&fs::read_to_string(exercises.join("Cargo.toml"))?, names);
    write_if_changed(&staging.join("Cargo.toml"), manifest.as_bytes())?;
    if !staging.join("Cargo.lock").exists() {
        fs::copy(exercises.join("Cargo.lock"), staging.join("Cargo.lock"))?;
    }
    Ok(())
}

/// The manifest of the exercises' workspace with other members.
pub(crate) fn with_members<'a>(manifest: &str, members: impl Iterator<Item = &'a str>) -> String {
    let members: Vec<&str> = members.collect();
    with_line(manifest, "members = ", &format!("members = {members:?}"))
}
