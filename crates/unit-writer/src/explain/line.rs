//! What one line does: its key's meaning, and what systemd makes of this value.

use unit_file::directives::{self, Kind};
use unit_file::syntax::Assignment;
use unit_file::values::{
    Calendar, Command, CommandLine, Context, EnvironmentWord, Prefix, SpecifierUse, TimeSpan,
    looks_like_zone, parse_environment, specifiers,
};

/// Explains an assignment as a version of systemd reads it: one sentence or more, each a line.
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
    for (_, used) in specifiers(value, Context::Unit, version) {
        if let SpecifierUse::Known(known) = used {
            sentences.push(format!("%{} is {}.", known.letter, known.meaning));
        }
    }
    sentences
}

/// What the commonest words mean. The man pages take a table or a page for each of these keys; one
/// sentence is enough to go on reading the unit.
pub(super) fn word_meaning(key: &str, value: &str) -> Option<&'static str> {
    Some(match (key, value) {
        ("Type", "simple") => "It counts as started at once, even before the program runs.",
        ("Type", "exec") => "It counts as started when the program runs.",
        ("Type", "forking") => {
            "It counts as started when its first process ends; a daemon stays behind."
        }
        ("Type", "oneshot") => "It counts as started when its process has ended.",
        ("Type", "dbus") => "It counts as started when it has its D-Bus name.",
        ("Type", "notify") => "It counts as started when it says READY=1.",
        ("Type", "notify-reload") => {
            "It counts as started when it says READY=1, and reloads on a signal."
        }
        ("Type", "idle") => {
            "It waits until nothing else is being started, so that its output is not mixed up."
        }
        ("Restart", "no") => "It is never restarted.",
        ("Restart", "on-success") => "It is restarted after a good end only.",
        ("Restart", "on-failure") => {
            "It is restarted after a bad exit status, a signal, a time-out or a missed watchdog; \
             not after a good end or systemctl stop."
        }
        ("Restart", "on-abnormal") => {
            "It is restarted after a signal, a time-out or a missed watchdog; not after a bad exit \
             status."
        }
        ("Restart", "on-watchdog") => "It is restarted after a missed watchdog only.",
        ("Restart", "on-abort") => "It is restarted after a signal that killed it.",
        ("Restart", "always") => "It is restarted whenever it ends, except by systemctl stop.",
        ("KillMode", "control-group") => "All processes of the unit get the signal.",
        ("KillMode", "mixed") => "The main process gets the first signal, all others the last.",
        ("KillMode", "process") => "Only the main process gets a signal; others stay.",
        ("KillMode", "none") => "Nothing is killed, only ExecStop= is run.",
        ("ProtectSystem", "strict") => {
            "The whole file system is read-only, except /dev, /proc, /sys and what ReadWritePaths= \
             and StateDirectory= open."
        }
        ("ProtectSystem", "full") => "/usr, the boot loader and /etc are read-only.",
        _ => return None,
    })
}

fn commands(value: &str, version: u32) -> Vec<String> {
    match CommandLine::parse(value, version) {
        Ok(line) => line.commands.iter().flat_map(command).collect(),
        Err(refused) => vec![format!("systemd does not take it: {refused}.")],
    }
}

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

fn variables(value: &str) -> Vec<String> {
    let (words, _) = parse_environment(value);
    let sentence = |word| match word {
        EnvironmentWord::Variable { name, value, .. } => format!("{name} is {value:?}."),
        EnvironmentWord::Dropped(word) => format!("{:?} is dropped.", word.text()),
    };
    words.into_iter().map(sentence).collect()
}
