//! Credentials that the unit asks for before they are there; systemd.exec(5), "Credentials".
//!
//! The directory %d is made for a process of the service when that process is set up. What systemd
//! looks at before that finds none.
//!
//! ```ini
//! [Service]
//! LoadCredential=env:/etc/app/secrets
//! EnvironmentFile=%d/env
//! ```

use unit_file::directives::Kind;

use super::finding::{Finding, Severity};
use super::line::Line;

/// One path a line: each of these kinds of values has no other.
pub(super) fn check(line: &Line<'_, '_>) -> Option<Finding> {
    let Line { subject, assignment, row } = *line;
    let value = assignment.value.text();
    let in_directory =
        |path: &str| path.starts_with("%d/") || path.starts_with("/run/credentials/");
    let path = value.trim_start_matches(['-', '|', '!']);
    let path = path.split_once(':').map_or(path, |(_, path)| path);
    if !in_directory(path) {
        return None;
    }
    let is_optional = value.starts_with('-');
    let (severity, effect) = match row.kind {
        // The first process is set up behind it, and then they are there for the second one.
        Kind::EnvironmentFile if is_optional && subject.has("ExecStartPre") => return None,
        Kind::EnvironmentFile if is_optional => {
            (Severity::Warning, "systemd passes over the file, and sets nothing of it")
        }
        Kind::EnvironmentFile => {
            (Severity::Error, "the start fails: \"Failed to load environment files\"")
        }
        Kind::Input => (Severity::Error, "the start fails with status 208/STDIN"),
        Kind::ConditionPath if !value.contains('!') => {
            (Severity::Warning, "to systemd the path is not there")
        }
        _ => return None,
    };
    let message = "the credentials are not there yet when systemd looks here";
    let finding = Finding::new(severity, "too-early", assignment.value.span(), message)
        .effect(effect)
        .advice("let the program read the file: it is in the directory $CREDENTIALS_DIRECTORY");
    Some(finding.man("systemd.exec(5)"))
}
