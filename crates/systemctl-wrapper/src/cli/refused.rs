//! What systemctl(1) can and this can't: refused with one line that says what to type instead.

use std::ffi::OsString;

use super::Usage;
use super::output::plain;
use super::verb::VERBS;

/// Verbs of systemctl's that are left out: they end the machine, or belong to other lessons.
const LEFT_OUT: [&str; 29] = [
    "bind",
    "condstop",
    "default",
    "emergency",
    "exit",
    "halt",
    "hibernate",
    "hybrid-sleep",
    "import-environment",
    "kexec",
    "list-automounts",
    "list-machines",
    "list-paths",
    "log-level",
    "log-target",
    "mount-image",
    "poweroff",
    "preset-all",
    "reboot",
    "rescue",
    "service-log-level",
    "service-log-target",
    "service-watchdogs",
    "sleep",
    "soft-reboot",
    "suspend",
    "suspend-then-hibernate",
    "switch-root",
    "whoami",
];

/// Refuses a verb: with systemctl's command if that has it, or else with the one that was meant.
pub(crate) fn verb(name: &str, arguments: &[OsString]) -> Usage {
    if LEFT_OUT.contains(&name) {
        return Usage(format!("{name} is left out here: {}", command(arguments)));
    }
    let near = VERBS.iter().map(|verb| (strsim::levenshtein(name, verb.name), verb.name)).min();
    let hint = match near {
        Some((distance, verb)) if distance <= 2 => format!("do you mean {verb}?"),
        _ => "help lists them".to_owned(),
    };
    Usage(format!("there is no verb {}: {hint}", plain(&format!("{name:?}"))))
}

/// Refuses an option.
pub(crate) fn option(error: &clap::Error, arguments: &[OsString]) -> String {
    let named = error.context().find_map(|(kind, value)| match kind {
        clap::error::ContextKind::InvalidArg => Some(value.to_string()),
        _ => None,
    });
    let named = named.unwrap_or_default();
    let named = plain(&named);
    format!("there is no option {named} here; if systemctl has it: {}", command(arguments))
}

/// The same words for systemctl(1), quoted where a shell needs that.
fn command(arguments: &[OsString]) -> String {
    let quoted = |word: &OsString| {
        let word = plain(&word.to_string_lossy()).into_owned();
        let is_plain = |c: char| c.is_alphanumeric() || "-_=.,:/@%+".contains(c);
        if !word.is_empty() && word.chars().all(is_plain) {
            word
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    };
    let words: Vec<String> = arguments.iter().skip(1).map(quoted).collect();
    format!("systemctl {}", words.join(" "))
}
