//! What was probably meant by a value that systemd doesn't take: ways to write it that are right
//! elsewhere.
//!
//! The judges of values know best why a value is wrong, and some of them what was meant. Here are
//! the habits that people bring along from other programs, whatever the key.
//!
//! ```ini
//! [Service]
//! PrivateTmp=enable
//! CPUQuota=0.5
//! WorkingDirectory="/srv/my app"
//! ```

use unit_file::directives::Kind;

use super::line::Line;
use super::usual_names::usual_name;
use crate::suggest::nearest;

/// What to write in the place of a part of the value, if there is one way that most people mean.
pub(super) fn meant(line: &Line<'_, '_>, part: &str) -> Option<String> {
    match line.row.kind {
        Kind::Boolean(_) => switch(part),
        Kind::Quota => quota(part),
        Kind::Time if part != line.assignment.value.text() => unit_of_time(part),
        Kind::User => part.split_once(':').map(|(user, _)| user.to_owned()),
        Kind::Directory | Kind::Path => without_quotes(part),
        Kind::EnvironmentFile => without_quotes(part).or_else(|| in_directory(line, part)),
        Kind::Statuses
        | Kind::Capabilities
        | Kind::Families
        | Kind::Namespaces
        | Kind::Networks
        | Kind::SystemCalls
        | Kind::Words(_)
        | Kind::Variables
        | Kind::UnsetVariables
        | Kind::Controllers { .. } => blanks(line.row.key, part),
        _ => None,
    }
}

/// systemctl enables units, and other programs their settings.
fn switch(part: &str) -> Option<String> {
    let meant = match &*part.to_ascii_lowercase() {
        "enable" | "enabled" | "active" => "yes",
        "disable" | "disabled" | "inactive" => "no",
        _ => return None,
    };
    Some(meant.to_owned())
}

/// Docker and others count processors: 0.5 is half of one. systemd counts in percent of one.
fn quota(part: &str) -> Option<String> {
    let is_likely = |number: &f64| *number > 0.0 && *number < 10_000.0;
    let processors: f64 = part.parse().ok().filter(is_likely)?;
    // Nobody means less than a tenth of one, or more than eight by their number.
    let percent = if processors <= 8.0 { processors * 100.0 } else { processors };
    Some(format!("{percent:.0}%"))
}

/// `mins` and `hrs`: the short names of units have no plural; systemd.time(7).
fn unit_of_time(part: &str) -> Option<String> {
    let mut units = "s ms us min h d w second minute hour day week month year".split(' ');
    let lower = part.to_lowercase();
    let singular = lower.strip_suffix('s').filter(|singular| singular.len() > 1);
    let meant = match singular.unwrap_or(&lower) {
        "sec" => "s",
        "hr" => "h",
        "msec" | "millisecond" | "milli" => "ms",
        "usec" | "microsecond" => "us",
        "wk" => "w",
        "mo" => "month",
        "yr" => "y",
        // Of one letter, nothing is near.
        letter if letter.chars().count() == 1 => units.find(|unit| *unit == letter)?,
        singular => nearest(singular, units)?,
    };
    Some(meant.to_owned())
}

/// The whole line is the path, so quotes are part of it.
fn without_quotes(part: &str) -> Option<String> {
    let quotes = ['"', '\''];
    let path = part.strip_prefix(quotes)?.strip_suffix(quotes)?;
    path.starts_with('/').then(|| path.to_owned())
}

/// `EnvironmentFile=.env`: the file counts from nowhere, not even from WorkingDirectory=.
fn in_directory(line: &Line<'_, '_>, part: &str) -> Option<String> {
    let directory = line.subject.own("WorkingDirectory")?.trim_start_matches('-');
    let file = part.trim_start_matches('-').trim_start_matches("./");
    let dash = if part.starts_with('-') { "-" } else { "" };
    let is_name = !file.starts_with(['"', '\'', '~', '$', '/']) && !file.starts_with("..");
    (is_name && directory.starts_with('/'))
        .then(|| format!("{dash}{}/{file}", directory.trim_end_matches('/')))
}

/// A list has blanks between its words.
fn blanks(key: &str, part: &str) -> Option<String> {
    let parts = part.split([',', ';']).filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts.map(|part| usual_name(key, part).unwrap_or(part)).collect();
    (part.contains([',', ';']) && !parts.is_empty()).then(|| parts.join(" "))
}
