//! Scripts: what a shell is given with `-c`, and the files that interpreters are given.
//!
//! An interpreter is a program like any other to systemd; whether it finds its script is not known
//! before it runs.
//!
//! ```ini
//! [Service]
//! ExecStart=/usr/bin/python3 bot.py
//! ExecStartPre=/bin/sh -c echo ready
//! ```

use unit_file::directives::has_word;
use unit_file::values::{Command, Prefix, Word};

use super::command_check::{CommandCheck, MAN};
use super::finding::{Finding, Severity, Told};
use super::known_words::known_words;
use super::programs::{arguments, base_name, is_shell, script_word};
use super::shell;

/// Either the command line has the script in it, or it names a file that has.
pub(super) fn check(check: &CommandCheck<'_, '_>, findings: &mut Vec<Finding>) {
    match shell_script(check.command) {
        Some(script) => {
            findings.tell(unquoted_script(check, script));
            shell::check(check, script, findings);
        }
        None => {
            findings.tell(script_file(check));
            findings.tell(shell::activates(check));
        }
    }
    findings.tell(looked_up_by_env(check));
}

/// The index of the script in `sh -c script`.
///
/// Options of a shell may be put together, as in -ec, and the script follows the word that has
/// the c. The shell may be the program, or the program of another one: env, nice, flock.
pub(super) fn shell_script(command: &Command) -> Option<usize> {
    let words = &command.arguments;
    let shell = if is_shell(&command.program) {
        0
    } else {
        words.iter().position(|word| is_shell(&word.text()))?
    };
    let is_option = |word: &Word| {
        let text = word.text();
        text.starts_with('-') && !text.starts_with("--") && text.ends_with('c')
    };
    let option = words.iter().skip(shell + 1).position(is_option)?;
    Some(shell + 1 + option + 1)
}

/// The script in `sh -c script`, as the shell gets it.
pub(super) fn script_text(command: &Command) -> Option<String> {
    let word = command.arguments.get(shell_script(command)?)?;
    Some(word.text().into_owned())
}

/// `sh -c echo hello` runs `echo`, and `hello` is the script's `$0`.
///
/// sh(1): behind -c comes one word, the script. Without quotes systemd makes several words of it,
/// as anybody does who splits at blanks.
fn unquoted_script(check: &CommandCheck<'_, '_>, script: usize) -> Option<Finding> {
    let words = &check.command.arguments;
    let (first, rest) = (words.get(script)?, words.get(script + 1..)?);
    let is_one_name = !first.text().contains([' ', ';', '|', '$', '&', '%', '"', '\'']);
    if rest.is_empty() || !first.is_plain() || !is_one_name {
        return None;
    }
    let message = format!(
        "the shell runs {:?} alone; the words behind it are not part of the script",
        first.text()
    );
    let finding = Finding::warning("unquoted-script", check.span_of(first), message)
        .effect("the shell gets them as $0, $1 and so on")
        .advice("quote the whole script: sh -c '…'");
    Some(finding.man(MAN))
}

/// `python3 bot.py`: the interpreter looks for the file, and the service starts in `/`.
fn script_file(check: &CommandCheck<'_, '_>) -> Option<Finding> {
    let program = base_name(&check.command.program);
    if has_word(known_words("LOOKS_AROUND"), program) {
        return looks_around(check, program);
    }
    let word = script_word(check.command)?;
    let path = word.text().into_owned();
    if path.contains(['%', '$', '*']) {
        return None;
    }
    if path.starts_with('/') {
        return missing_script(check, word, &path);
    }
    // A shell may be given other words too; an interpreter's first word is its script.
    let is_file = !is_shell(program) || path.ends_with(".sh") || path.contains('/');
    let starts_elsewhere = check.subject.has("WorkingDirectory") || check.sees_other_files();
    if !is_file || starts_elsewhere {
        return None;
    }
    let message = format!("{path} counts from /, where services start");
    let finding = Finding::warning("relative-script", check.span_of(word), message)
        .effect("the interpreter does not find the file, and the command fails")
        .advice("write the whole path, or set WorkingDirectory=");
    Some(finding.man("systemd.exec(5)"))
}

/// `npm start` looks for package.json in the directory that it starts in, and that is `/`.
///
/// These tools go by a file of the project, not by an argument.
fn looks_around(check: &CommandCheck<'_, '_>, program: &str) -> Option<Finding> {
    let mut before = String::new();
    let names_one = arguments(check.command).any(|word| {
        let (option, value) = word.split_once('=').unwrap_or((&before, &word));
        // A relative one counts from / as well.
        let is_whole = value.starts_with(['/', '%', '$', '~']);
        let names = is_whole && has_word(known_words("NAMES_DIRECTORY"), option);
        before = word.into_owned();
        names
    });
    if names_one || check.subject.has("WorkingDirectory") || check.sees_other_files() {
        return None;
    }
    let span = check.assignment.value.span_of(check.command.program_span.clone());
    let message = format!("{program} looks for its files in /, where services start");
    let finding = Finding::warning("relative-script", span, message)
        .effect("it does not find them, and the command fails")
        .advice("set WorkingDirectory= to the directory of the project");
    Some(finding.man("systemd.exec(5)"))
}

/// Unlike a missing program, systemd can't know this one: the interpreter is there and starts,
/// and only then finds nothing to read.
fn missing_script(check: &CommandCheck<'_, '_>, word: &Word, path: &str) -> Option<Finding> {
    let machine = check.subject.machine?;
    if machine.exists(path) || check.sees_other_files() || check.is_conditional(path) {
        return None;
    }
    let message = format!("there is no script {path} on this machine");
    let is_fine = check.command.has(Prefix::IgnoreFailure);
    let severity = if is_fine { Severity::Info } else { Severity::Error };
    let finding = Finding::new(severity, "no-such-script", check.span_of(word), message)
        .effect("the interpreter does not find the file, and the command fails")
        .advice("mend the path, or install the script");
    Some(finding.man(MAN))
}

/// `env PROGRAM`: here `$PATH` is searched, but it must be there all the same.
///
/// env(1) searches the $PATH that the service has. systemd sets one with the usual directories,
/// not with those that a login shell adds for nvm, cargo or a virtual environment.
fn looked_up_by_env(check: &CommandCheck<'_, '_>) -> Option<Finding> {
    let machine = check.subject.machine?;
    if !check.command.program.ends_with("/env") && check.command.program != "env" {
        return None;
    }
    let mut words = check.command.arguments.iter().skip(1);
    let word = words.find(|word| !word.text().starts_with('-') && !word.text().contains('='))?;
    let name = word.text().into_owned();
    let is_there = machine.has_program(&name);
    let has_own_path = check.subject.effective.values("Service", "Environment");
    let has_own_path =
        has_own_path.iter().any(|entry| entry.assignment.value.text().contains("PATH="));
    let is_absolute = name.starts_with('/');
    let is_unknown = name.contains(['%', '$']) || !is_absolute && name.contains('/');
    if is_there || has_own_path || is_unknown || check.sees_other_files() {
        return None;
    }
    let place =
        if is_absolute { "on this machine" } else { "in the directories that env looks into" };
    let message = format!("there is no program {name} {place}");
    let finding = Finding::warning("no-such-program", check.span_of(word), message)
        .effect("env ends with status 127; a service has no $PATH of a login shell")
        .advice("write the whole path, or set Environment=PATH=…");
    Some(finding.man("systemd.exec(5)"))
}
