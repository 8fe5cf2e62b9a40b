//! What holds when systemd has dropped every word of a line.
//!
//! A bad word of a list costs only itself, and the others count. Where there are no others, the
//! list is as if it were empty, and what an empty list means is different for each key.
//!
//! ```ini
//! [Service]
//! RestrictAddressFamilies=INET INET6
//! CapabilityBoundingSet=~NET_ADMIN
//! ```

use unit_file::directives::Kind;
use unit_file::values::{Backslash, split};

use super::line::Line;
use super::problem::{Cost, Problem};

/// The effect, if the problems are those of all words of the line.
pub(super) fn nothing_left(line: &Line<'_, '_>, problems: &[Problem]) -> Option<String> {
    let Line { assignment, row, .. } = *line;
    if !row.is_list || problems.iter().any(|problem| problem.cost != Cost::Word) {
        return None;
    }
    let value = assignment.value.text();
    let words = value.strip_prefix('~').unwrap_or(value);
    if split(words, Backslash::Stays).words.len() > problems.len() {
        return None;
    }
    let holds = by_kind(line, value.starts_with('~'));
    let holds = holds.map_or(String::new(), |holds| format!(": {holds}"));
    Some(format!("no word of this {}= is left{holds}", row.key))
}

/// What the key does with an empty list.
///
/// Of families and system calls, another line may bring the words that this one lacks.
fn by_kind(line: &Line<'_, '_>, denies: bool) -> Option<&'static str> {
    let Line { subject, assignment, row } = *line;
    let is_alone = subject.effective.values(&assignment.section, row.key).len() == 1;
    match (row.kind, row.key, denies) {
        // To systemd, this is the value that clears the set, with or without a ~.
        (Kind::Capabilities, "CapabilityBoundingSet", false) => {
            Some("the service loses every capability")
        }
        (Kind::Capabilities, "AmbientCapabilities", false) => Some("the service gets none"),
        (Kind::Capabilities, "CapabilityBoundingSet", true) => Some("the service keeps them all"),
        (Kind::Capabilities, "AmbientCapabilities", true) => {
            Some("the service gets every capability there is")
        }
        (Kind::Families, _, false) if is_alone => {
            Some("the kernel refuses the service sockets of every family")
        }
        (Kind::SystemCalls, "SystemCallFilter", false) if is_alone => {
            Some("hardly a system call is allowed, and the program is killed with SIGSYS")
        }
        (Kind::Families | Kind::SystemCalls, _, true) => Some("nothing is denied"),
        _ => None,
    }
}
