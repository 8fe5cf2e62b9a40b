//! What an `EnvironmentFile=` holds, where it can be read: it is no script; systemd.exec(5).
//!
//! People write these files for a shell first, and source them; systemd reads less than a shell
//! does.
//!
//! ```ini
//! # /etc/default/app
//! export NAME=value
//! HOME_PAGE=$BASE/index.html
//! ```

use unit_file::directives::Kind;
use unit_file::values::is_variable_name;

use super::finding::{Finding, Told};
use super::line::Line;
use super::read_only::redirections;
use super::scripts::script_text;

/// The file is looked at on the machine at hand, and only where the path says which one. One fault
/// is told, the first: somebody who writes for a shell mostly does so in every line.
pub(super) fn check(line: &Line<'_, '_>, findings: &mut Vec<Finding>) {
    let Line { subject, assignment, row } = *line;
    if row.kind == Kind::EnvironmentFile {
        findings.tell(too_early(line));
    }
    let Some(machine) = subject.machine.filter(|_| row.kind == Kind::EnvironmentFile) else {
        return;
    };
    let path = assignment.value.text().trim_start_matches('-');
    if !path.starts_with('/') || path.contains(['%', '*', '?', '[']) {
        return;
    }
    let Some(bytes) = machine.read(path) else {
        return;
    };
    let text = String::from_utf8_lossy(&bytes);
    let odd = text.lines().zip(1..).find_map(|(line, number)| Some((number, odd(line)?)));
    findings.extend(odd.map(|(line, (message, effect, advice))| {
        let message = format!("line {line} of {path}: {message}");
        Finding::warning("environment-file", assignment.value.span(), message)
            .effect(effect)
            .advice(advice)
            .man("systemd.exec(5)")
    }));
}

/// A file that is not there yet when systemd reads it.
///
/// systemd.exec(5), EnvironmentFile=: the manager itself reads the files, before each command, and
/// so before the command makes its file.
fn too_early(line: &Line<'_, '_>) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let value = assignment.value.text();
    let mut runs = subject.own_commands("ExecStartPre");
    let is_made = runs.any(|run| {
        let script = script_text(&run.command);
        script.is_some_and(|script| redirections(&script).any(|written| written == value))
    });
    if !is_made {
        return None;
    }
    let span = assignment.value.span();
    let start = span.start;
    let message = "systemd reads this file before ExecStartPre= makes it";
    let finding = Finding::error("too-early", span, message)
        .effect("the start fails: \"Failed to load environment files\"")
        .suggest("put a - before the path: ExecStart= reads it again", start..start, "-");
    Some(finding.man("systemd.exec(5)"))
}

/// What is odd about a line, what systemd makes of it, and what to do.
///
/// The syntax is that of os-release(5), of which a shell can read all and write more. systemd
/// reads NAME=value, quotes, and comments on lines of their own; it fills nothing in.
fn odd(line: &str) -> Option<(String, &'static str, &'static str)> {
    let line = line.trim();
    if line.is_empty() || line.starts_with(['#', ';']) {
        return None;
    }
    let Some((name, value)) = line.split_once('=') else {
        let message = format!("{line:?} is not of the form NAME=value");
        return Some((message, "systemd passes over the line", "write NAME=value"));
    };
    let (name, value) = (name.trim_end(), value.trim_start());
    let drops = "systemd drops the line, with a message in the journal";
    if let Some(exported) = name.strip_prefix("export ") {
        let message = format!("export is a word of shells, so {exported} is not set");
        return Some((message, drops, "take export away"));
    }
    if !is_variable_name(name) {
        let message = format!("{name:?} can't be the name of a variable");
        return Some((message, drops, "names have letters, digits and _"));
    }
    let is_single = value.starts_with('\'');
    let dollar = value.find('$').filter(|_| !is_single);
    let names_variable = dollar.is_some_and(|at| {
        let rest = value[at + 1..].trim_start_matches('{');
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '('))
    });
    if names_variable {
        let message = format!("nothing is filled in: {name} holds the dollar sign");
        return Some((message, "the value reaches the program as it stands", "write it out"));
    }
    if !value.starts_with(['"', '\'']) && value.contains(" #") {
        let message = format!("the comment is part of the value of {name}");
        let advice = "put the comment on a line of its own";
        return Some((message, "the value reaches the program as it stands", advice));
    }
    None
}
