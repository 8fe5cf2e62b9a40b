//! What one line does: its key's meaning, and what systemd makes of this value.
//!
//! For a learner who reads a unit for the first time, and for an author who wants to see what
//! systemd makes of a line.

use unit_file::directives::{self, Kind};
use unit_file::syntax::Assignment;
use unit_file::values::{
    Calendar, Command, CommandLine, EnvironmentWord, Prefix, Reader, SpecifierUse, TimeSpan,
    looks_like_zone, parse_environment, specifiers,
};

use super::meaning::word_meaning;

/// Explains an assignment as a version of systemd reads it: one sentence or more, each a line.
///
/// The key's own sentence comes first, then what this value makes of it: words are said in words,
/// spans and events in full, commands taken apart, and specifiers named.
///
/// A value that systemd would not take is left to the checks.
pub fn explain_line(assignment: &Assignment, version: u32) -> Vec<String> {
    let (key, value) = (assignment.key.as_str(), assignment.value.text());
    let Some(row) = directives::find(&assignment.section, key) else {
        let own = key.starts_with("X-") || assignment.section.starts_with("X-");
        let reason = if own {
            "A note for other programs; systemd passes over it."
        } else {
            "systemd does not know this key here, and ignores the line."
        };
        return vec![reason.to_owned()];
    };
    if value.is_empty() {
        // An empty line of a list is how drop-ins take a command or a condition away.
        let cleared = "Clears what was set before.";
        return vec![if row.resets { cleared } else { "Empty: the default holds." }.to_owned()];
    }
    let mut sentences = vec![row.text.unwrap_or("See the man page.").to_owned()];
    sentences.extend(word_meaning(key, value).map(str::to_owned));
    match row.kind {
        Kind::Command => sentences.extend(commands(value, version)),
        Kind::Time => {
            sentences.extend(TimeSpan::parse(value).ok().map(|span| format!("Here: {span}.")))
        }
        Kind::Calendar => sentences.extend(
            Calendar::parse(value, looks_like_zone).ok().map(|event| format!("In full: {event}.")),
        ),
        Kind::Environment => sentences.extend(variables(value)),
        _ => {}
    }
    for (_, used) in specifiers(value, Reader::Manager, version) {
        if let SpecifierUse::Known(known) = used {
            sentences.push(format!("%{} is {}.", known.letter, known.meaning));
        }
    }
    sentences
}

/// How systemd splits the line is the point: who counts the arguments sees which quotes were
/// lost.
fn commands(value: &str, version: u32) -> Vec<String> {
    match CommandLine::parse(value, version) {
        Ok(line) => line.commands.iter().flat_map(command).collect(),
        Err(refused) => vec![format!("systemd does not take it: {refused}.")],
    }
}

/// The first argument is the program's own name, which is no news.
fn command(command: &Command) -> Vec<String> {
    let words: Vec<String> =
        command.arguments.iter().skip(1).map(|word| format!("{:?}", word.text())).collect();
    let what = match words.len() {
        0 => "without arguments".to_owned(),
        1 => format!("with the argument {}", words[0]),
        count => format!("with {count} arguments: {}", words.join(" ")),
    };
    let mut sentences = vec![format!("Runs {} {what}.", command.program)];
    sentences.extend(command.prefixes.iter().map(|prefix| {
        match prefix {
            Prefix::IgnoreFailure => "- : if it fails, that does not count.",
            Prefix::SeparateName => "@ : the second word is what the program sees as its own name.",
            Prefix::NoVariables => ": : no $VARIABLE is filled in.",
            Prefix::FullPrivileges => "+ : it runs with full rights, outside the sandbox.",
            Prefix::KeepUser => "! : it runs as root, inside the sandbox.",
            Prefix::AmbientMagic => "!! : as !, on kernels without ambient capabilities only.",
            Prefix::LoginShell => "| : it runs through the user's login shell.",
        }
        .to_owned()
    }));
    sentences
}

/// A word that is dropped is shown as well, for it is why a variable is missing.
fn variables(value: &str) -> Vec<String> {
    let (words, _) = parse_environment(value);
    let sentence = |word| match word {
        EnvironmentWord::Variable { name, value, .. } => format!("{name} is {value:?}."),
        EnvironmentWord::Dropped(word) => format!("{:?} is dropped.", word.text()),
    };
    words.into_iter().map(sentence).collect()
}
