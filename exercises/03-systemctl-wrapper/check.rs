//! What the checks of lesson 3 share: units of the check's own, and the learner's commands for
//! systemctl.

pub(crate) mod restarts;

use std::fs;
use std::hash::{BuildHasher, RandomState};

use check::{Explain, Failure, Result, Text, file_text, in_lab, systemctl, text};

/// Where the units of a program that an administrator installed are: less than `/etc`, more than
/// the distribution's.
const VENDOR: &str = "/usr/local/lib/systemd/system";
const ADMINISTRATOR: &str = "/etc/systemd/system";

/// A service that runs until it is stopped, and that a boot starts once it is enabled.
pub(crate) const SLEEPER: &str =
    "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n";

/// Verbs that would end the lab, or talk to somebody who is not there.
const FORBIDDEN: [&str; 12] = [
    "default",
    "edit",
    "emergency",
    "exit",
    "halt",
    "kexec",
    "poweroff",
    "reboot",
    "rescue",
    "soft-reboot",
    "suspend",
    "switch-root",
];

/// Puts units where a vendor's are, as if nobody had ever touched them.
pub(crate) fn vendor_units(units: &[(&str, &str)]) -> Result {
    fs::create_dir_all(in_lab(VENDOR))?;
    forget(units)?;
    for (name, unit) in units {
        fs::write(in_lab(VENDOR).join(name), unit)?;
    }
    systemctl(&["daemon-reload"]).map(drop)
}

/// Undoes what an earlier promise has done to the units. All of them at once: each call of
/// systemctl takes its time, and a promise has little.
fn forget(units: &[(&str, &str)]) -> Result {
    let names: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
    if !names.iter().any(|name| in_lab(VENDOR).join(name).exists()) {
        return Ok(());
    }
    for words in [
        &["stop"][..],
        &["reset-failed"],
        &["unmask", "--quiet", "--no-reload"],
        &["unmask", "--quiet", "--no-reload", "--runtime"],
        &["disable", "--quiet", "--no-reload"],
        &["disable", "--quiet", "--no-reload", "--runtime"],
    ] {
        // That there is nothing to undo is no error.
        let _ = systemctl(&[words, &names].concat());
    }
    for directory in [ADMINISTRATOR, "/run/systemd/system", "/etc/systemd/system.control"] {
        for name in &names {
            let _ = fs::remove_file(in_lab(directory).join(name));
            let _ = fs::remove_dir_all(in_lab(directory).join(format!("{name}.d")));
        }
    }
    Ok(())
}

/// Runs the learner's commands, one a line, each `systemctl …`. No shell reads them.
pub(crate) fn run_commands(file: &'static str) -> Result {
    run_commands_and(file, || Ok(()))
}

/// The same; after each of them something else happens.
pub(crate) fn run_commands_and(
    file: &'static str,
    mut after_each: impl FnMut() -> Result,
) -> Result {
    note_surroundings()?;
    for line in file_text(file)?.lines().map(str::trim) {
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let [program, args @ ..] = words.as_slice() else { continue };
        if program.starts_with('#') {
            continue;
        }
        let is_for_a_shell = line.contains(['&', '|', ';', '<', '>', '$', '`']);
        let is_forbidden = args.iter().any(|word| FORBIDDEN.contains(word));
        if *program != "systemctl" || is_for_a_shell || is_forbidden {
            let got = Text::quoted(line);
            let expected = text!("commands like `systemctl start web.service` in {file}", file);
            return Err(Failure::new(expected, got).say(
                "each line is one command of systemctl; no shell reads it, and a reboot is the \
                 check's business",
            ));
        }
        match systemctl(args) {
            // Somebody else wanted the opposite, a timer for instance. What counts is how it ends.
            Err(failure) if failure.got().contains("canceled") => {}
            done => drop(done?),
        }
        after_each()?;
    }
    Ok(())
}

/// Runs the learner's commands, and fails if they have changed more than `own` units.
pub(crate) fn run_commands_on(file: &'static str, own: &[&str]) -> Result {
    run_commands(file)?;
    nothing_else_changed(own)
}

/// Where is noted what was there before any command ran: each promise runs them all again.
const BEFORE: &str = "/run/before-all-commands";

fn note_surroundings() -> Result {
    if !in_lab(BEFORE).exists() {
        fs::write(in_lab(BEFORE), surroundings()?.join("\n"))?;
    }
    Ok(())
}

/// What a command can change: what a boot would start, what runs, and the manager itself.
fn surroundings() -> Result<Vec<String>> {
    let files = systemctl(&["list-unit-files", "--no-legend", "--no-pager"])?;
    let runs = systemctl(&[
        "list-units",
        "--no-legend",
        "--no-pager",
        "--plain",
        "--state=running,listening,waiting",
        "--type=service,socket,timer,path",
    ])?;
    let mut all: Vec<String> = files.lines().map(words_of_line).collect();
    let running = runs.lines().filter_map(|line| line.split_whitespace().next());
    all.extend(running.map(|name| format!("{name} active")));
    let manager = systemctl(&["show", "--property=Environment,LogLevel,LogTarget"])?;
    all.extend(manager.lines().map(str::to_owned));
    all.push(format!("default.target {}", systemctl(&["get-default"])?));
    Ok(all)
}

fn words_of_line(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Fails at the first thing that is no longer as it was before any command, `own` units apart.
pub(crate) fn nothing_else_changed(own: &[&str]) -> Result {
    let (before, after) = (fs::read_to_string(in_lab(BEFORE))?, surroundings()?);
    let before: Vec<&str> = before.lines().collect();
    let is_foreign = |line: &&&str| {
        let name = line.split_whitespace().next().unwrap_or_default();
        !own.contains(&name) && !after.iter().any(|now| now == *line)
    };
    let Some(lost) = before.iter().find(is_foreign) else { return Ok(()) };
    let name = |line: &str| line.split([' ', '=']).next().map(str::to_owned);
    let now =
        after.iter().find(|line| name(line) == name(lost) && !before.contains(&line.as_str()));
    let now = now.map_or(Text::from("gone"), Text::verbatim);
    Err(Failure::new(text!("{before}, as it was", before = lost), now)
        .say("a command of yours reaches further than the units that are meant"))
}

/// The words of a line. Quotes are taken off, as a shell would: whoever tried the command at a
/// terminal has them. A `#` begins a comment.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for letter in line.chars() {
        match (quote, letter) {
            (None, '#') if word.is_none() && !words.is_empty() => break,
            (None, blank) if blank.is_whitespace() => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (Some(end), letter) if letter == end => quote = None,
            (_, letter) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

/// A number that nobody can know before, below `limit`.
pub(crate) fn random(limit: u64) -> u64 {
    // The standard library's hash maps get random keys from the kernel.
    RandomState::new().hash_one(limit) % limit
}

/// Whether a unit runs.
pub(crate) fn is_active(unit: &str) -> Result<bool> {
    let state = systemctl(&["show", "--property=ActiveState", "--value", unit])?;
    Ok(matches!(state.as_str(), "active" | "activating" | "reloading"))
}
