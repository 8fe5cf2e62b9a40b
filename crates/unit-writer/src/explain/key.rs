//! What a key does: from the directive table, with what it takes and what holds without it.

use std::fmt::Write;

use crate::suggest::nearest;
use unit_file::directives::{self, Directive, Kind, words_in};

/// There is no such key in any section.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("systemd knows no key {key}={}", suggestion.map_or(String::new(), |key| format!(", did you mean {key}=?")))]
pub struct UnknownKey {
    /// What was asked for.
    pub key: String,
    /// What was probably meant.
    pub suggestion: Option<&'static str>,
}

/// Explains `Restart`, `Restart=` or `Service.Restart`: a paragraph for each meaning.
pub fn explain_key(asked: &str) -> Result<String, UnknownKey> {
    let name = asked.trim_end_matches('=');
    let (section, key) = match name.split_once('.') {
        Some((section, key)) => (Some(section), key),
        None => (None, name),
    };
    let same = directives::by_key(key);
    let meanings: Vec<&Directive> =
        same.filter(|row| section.is_none_or(|section| row.is_in(section))).collect();
    if meanings.is_empty() {
        let suggestion = nearest(key, directives::all().map(|row| row.key));
        return Err(UnknownKey { key: name.to_owned(), suggestion: suggestion.and_then(known) });
    }
    Ok(meanings.into_iter().map(paragraph).collect::<Vec<_>>().join("\n"))
}

fn known(key: &str) -> Option<&'static str> {
    directives::by_key(key).next().map(|row| row.key)
}

fn paragraph(row: &Directive) -> String {
    let mut text = String::new();
    let sections: Vec<String> = row.sections().map(|section| format!("[{section}]")).collect();
    let mut line = |words: std::fmt::Arguments<'_>| {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{words}");
    };
    line(format_args!("{}= in {}", row.key, sections.join(", ")));
    line(format_args!("  {}", row.text.unwrap_or("The man page tells what it does.")));
    let takes = takes(row.kind);
    if !takes.is_empty() {
        line(format_args!("  Takes {takes}."));
    }
    match (row.is_list, row.resets) {
        (true, true) => {
            line(format_args!("  Each line adds to the ones before; an empty value clears them."))
        }
        (true, false) => {
            line(format_args!("  Each line adds to the ones before; nothing takes them back."))
        }
        (false, _) => line(format_args!("  Of several lines, the last holds.")),
    }
    if let Some(default) = row.default {
        line(format_args!("  Without it: {default}."));
    }
    if row.since > directives::OLDEST {
        line(format_args!("  Since systemd {}.", row.since));
    }
    if let Some(until) = row.until {
        line(format_args!("  Obeyed up to systemd {until} only."));
    }
    if let Some(instead) = row.instead {
        line(format_args!("  Out of use: write {instead}."));
    }
    line(format_args!("  More: man {}", row.man));
    text
}

/// What a kind of value looks like.
fn takes(kind: Kind) -> String {
    let words =
        |words: &'static str| words_in(words, directives::NEWEST).collect::<Vec<_>>().join(", ");
    match kind {
        Kind::Any => String::new(),
        Kind::Text | Kind::FdName => "text".to_owned(),
        Kind::BusName => "a D-Bus name such as org.example.Thing".to_owned(),
        Kind::Addresses => {
            "addresses that begin with https:, http:, file:/, info: or man:".to_owned()
        }
        Kind::Boolean("") | Kind::ConditionBoolean => "yes or no".to_owned(),
        Kind::Boolean(more) => format!("yes, no, {}", words(more)),
        Kind::Choice(list) => format!("one of {}", words(list)),
        Kind::ChoiceOrNumber(list, _) => format!("one of {}, or its number", words(list)),
        Kind::Number(low, high) if high > 1_000_000 => format!(
            "a whole number from {}",
            if low < -1_000_000 { "below 0 on".to_owned() } else { format!("{low} on") }
        ),
        Kind::Number(low, high) => format!("a whole number from {low} to {high}"),
        Kind::Time { .. } => "a time span: 90 is in seconds; 1min 30s, 1.5h, infinity".to_owned(),
        Kind::Nanoseconds => "a time span; a bare number is in nanoseconds".to_owned(),
        Kind::Calendar => "a calendar event: daily, Mon..Fri 9:00, *-*-01 00:00:00".to_owned(),
        Kind::Size => "a size: 512K, 64M, 2G".to_owned(),
        Kind::Memory => "a size such as 512M, a percentage of the memory, or infinity".to_owned(),
        Kind::Tasks => "a number, a percentage, or infinity".to_owned(),
        Kind::Quota => "a percentage of one processor; 200% is two".to_owned(),
        Kind::Weight(_) => "a number from 1 to 10000".to_owned(),
        Kind::Mode => "an octal access mode such as 0640".to_owned(),
        Kind::Limit(_) => "a limit, soft:hard, or infinity".to_owned(),
        Kind::Signal => "a signal such as SIGTERM".to_owned(),
        Kind::Statuses => "exit statuses from 0 to 255 and signals".to_owned(),
        Kind::Path | Kind::ConditionPath => "an absolute path".to_owned(),
        Kind::PlainPaths => "absolute paths".to_owned(),
        Kind::Paths => "absolute paths; with - before one, it may be missing".to_owned(),
        Kind::Directory => {
            "an absolute path, or ~ for the user's home; with - before it, it may be missing"
                .to_owned()
        }
        Kind::Directories => "names of directories below a standard place".to_owned(),
        Kind::EnvironmentFile => {
            "the absolute path of a file; with - before it, it may be missing".to_owned()
        }
        Kind::Environment => "NAME=value words; quote a word that has blanks".to_owned(),
        Kind::Variables => "names of variables".to_owned(),
        Kind::Command => "a program and its arguments; no shell reads it".to_owned(),
        Kind::Unit("") => "the name of a unit".to_owned(),
        Kind::Unit(unit_type) => format!("the name of a {unit_type} unit"),
        Kind::Units("") => "names of units, with their suffixes".to_owned(),
        Kind::Units(unit_type) => format!("names of {unit_type} units"),
        Kind::User => "a name or a number".to_owned(),
        Kind::Users => "names or numbers".to_owned(),
        Kind::Condition => "a word; with ! before it, the contrary".to_owned(),
        Kind::Input => "null, tty, socket, data, file:/path and others".to_owned(),
        Kind::Output => {
            "journal, null, inherit, socket, file:/path, append:/path and others".to_owned()
        }
        Kind::Capabilities => "capabilities such as CAP_NET_BIND_SERVICE".to_owned(),
        Kind::SystemCalls => "names of system calls, and groups such as @system-service".to_owned(),
        Kind::Families => "families such as AF_UNIX AF_INET, or none".to_owned(),
        Kind::Namespaces => "yes, no, or kinds such as net and user".to_owned(),
        Kind::Device => "a device and letters of r, w, m".to_owned(),
        Kind::Listen => "a port, address:port, or a path".to_owned(),
    }
}
