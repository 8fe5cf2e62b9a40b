//! What a service of another user than root may not do: go into /root, and make files in /run.
//!
//! systemd itself is root and reads `EnvironmentFile=` and `PIDFile=` anywhere; the program is not.
//!
//! ```ini
//! [Service]
//! User=app
//! ExecStart=/root/app/venv/bin/gunicorn --bind unix:/run/app.sock app
//! ```

use std::borrow::Cow;

use unit_file::directives::has_word;
use unit_file::syntax::Span;
use unit_file::values::{Prefix, Word};

use super::command_check::CommandCheck;
use super::finding::{Finding, Told};
use super::known_words::known_words;
use super::programs::{base_name, script_word};
use super::subject::Subject;
use crate::load::Scope;

const MAN: &str = "systemd.exec(5)";

/// A command that is run as the other user, which some prefixes prevent.
pub(super) fn check(check: &CommandCheck<'_, '_>, findings: &mut Vec<Finding>) {
    let as_root = [Prefix::FullPrivileges, Prefix::KeepUser, Prefix::AmbientMagic];
    if !is_other_user(check.subject) || as_root.iter().any(|prefix| check.command.has(*prefix)) {
        return;
    }
    findings.tell(program_of_root(check));
    if check.assignment.key == "ExecStart" {
        findings.extend(made_in_run(check));
    }
}

/// Who is not root, and has none of root's rights over files.
fn is_other_user(subject: &Subject<'_>) -> bool {
    let is_over_files = |rights: &str| rights.to_ascii_lowercase().contains("cap_dac_");
    subject.scope == Scope::System
        && subject.runs_as_other_user()
        && !subject.own("AmbientCapabilities").is_some_and(is_over_files)
}

/// `/root` is open to root alone; hier(7), and what distributions install.
///
/// What a sandbox puts there instead is another rule's affair.
fn is_closed(subject: &Subject<'_>, path: &str) -> bool {
    let is_in = path.starts_with("/root/") || path == "/root";
    is_in
        && !subject.machine.is_some_and(|machine| machine.is_open_to_all("/root"))
        && subject.own("ProtectHome").is_none_or(|value| matches!(value, "no" | "read-only"))
}

/// The kernel says it to the program as EACCES; path_resolution(7): each directory of a path must
/// be open to whoever looks for what is in it.
fn closed(span: Span, path: &str, effect: &str) -> Finding {
    let message = format!("only root may go into /root, and {path} is there");
    Finding::warning("closed-to-user", span, message)
        .effect(effect)
        .advice("put it where its user may read it: /opt, /srv or /usr/local")
        .man(MAN)
}

/// The program, or the script that it is to run.
fn program_of_root(check: &CommandCheck<'_, '_>) -> Option<Finding> {
    let program = check.command.program.as_str();
    let effect = "the command fails: \"Permission denied\"";
    let finding = if is_closed(check.subject, program) {
        closed(check.program_span(), program, effect)
    } else {
        let script = script_word(check.command).filter(|word| {
            word.text().starts_with("/root/") && is_closed(check.subject, &word.text())
        })?;
        closed(check.span_of(script), &script.text(), effect)
    };
    (!check.sees_other_files()).then_some(finding)
}

/// systemd changes to the directory as the user already.
pub(super) fn directory(subject: &Subject<'_>) -> Option<Finding> {
    let line = subject.lines_of("WorkingDirectory").last()?;
    let path = line.value.text();
    if !is_other_user(subject) || !is_closed(subject, path) || subject.has("BindPaths") {
        return None;
    }
    Some(closed(line.value.span(), path, "the start fails with status 200/CHDIR"))
}

/// `--bind unix:/run/app.sock`: /run belongs to root, and only root makes files in it.
///
/// A socket is looked for there by clients too, so the option must say that one is made.
fn made_in_run(check: &CommandCheck<'_, '_>) -> Option<Finding> {
    let subject = check.subject;
    let mut before = Cow::default();
    let word = check.command.arguments.iter().skip(1).find(|word| {
        let text = word.text();
        let (option, value) = text.split_once('=').unwrap_or((&before, &text));
        let is_made = file_in_run(value).is_some_and(|file| is_made(check, option, file));
        before = text.clone();
        is_made
    })?;
    let path = path_of(word);
    let is_in = |run: &super::subject::RunCommand<'_>| {
        let own = std::ptr::eq(run.assignment, check.assignment);
        !own && run.command.arguments.iter().any(|word| word.text().contains(&*path))
    };
    // Somebody may have made the file for the user.
    let is_there = subject.machine.is_some_and(|machine| machine.is_made_at_boot(&path))
        || subject.commands().iter().any(is_in);
    if is_there {
        return None;
    }
    let message = format!("the user of the service may not make {path}: /run belongs to root");
    let finding = Finding::warning("closed-to-user", check.span_of(word), message)
        .effect("the program gets \"Permission denied\", and mostly ends")
        .advice("add RuntimeDirectory=NAME, which systemd makes for the user, and use /run/NAME/…");
    Some(finding.man(MAN))
}

/// The path in `--bind=unix:/run/app.sock`.
fn path_of(word: &Word) -> String {
    let text = word.text();
    text.find('/').map_or(String::new(), |at| text[at..].trim_start_matches("//").to_owned())
}

/// The name of a file that lies in /run itself.
fn file_in_run(value: &str) -> Option<&str> {
    let path = value.strip_prefix("unix:").unwrap_or(value);
    let path = path.strip_prefix("//").unwrap_or(path);
    let places = ["/run/", "/var/run/"];
    let name = places.iter().find_map(|place| path.strip_prefix(place))?;
    (!name.contains('/')).then_some(name)
}

/// Whether an option says that the program makes the file.
fn is_made(check: &CommandCheck<'_, '_>, option: &str, file: &str) -> bool {
    let is_told_elsewhere = || check.subject.has("PIDFile");
    if file.ends_with(".pid") {
        let options = "--pid --pidfile --pid-file --pid_file -pidfile -pid -p -P";
        return has_word(options, option) && !is_told_elsewhere();
    }
    let makes_sockets =
        || has_word(known_words("SOCKET_MAKERS"), base_name(&check.command.program));
    let options = "-b -l -s -S -u --socket --http-socket --unix-socket --unixsocket --unix";
    let makes =
        has_word("--bind --listen --uds", option) || has_word(options, option) && makes_sockets();
    makes && (file.ends_with(".sock") || file.ends_with(".socket"))
}
