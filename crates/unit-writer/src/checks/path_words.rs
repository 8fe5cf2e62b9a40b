//! Words of lists of paths and names: signs that part words in other files, and patterns.
//!
//! Such a list has blanks between its words and nothing else, and each word is one path or name.
//!
//! ```ini
//! [Service]
//! ReadWritePaths=/srv/a,/srv/b
//! ReadOnlyPaths=/etc/app/*.conf
//! StateDirectory=app,app-cache
//! ```

use unit_file::directives::{Form, Kind};
use unit_file::values::{Backslash, Word, split};

use super::finding::{Finding, Severity, Told};
use super::line::Line;

/// A sign between two paths counts only where a path can begin behind it; names have no such signs
/// at all.
pub(super) fn check(line: &Line<'_, '_>, findings: &mut Vec<Finding>) {
    let text = line.assignment.value.text();
    if line.row.kind == Kind::SearchPath {
        findings.tell(blank(line));
        return;
    }
    let signs: &[&str] = match line.row.kind {
        Kind::Paths => &[",/", ",-/", ",+/", ";/", ":/"],
        Kind::PlainPaths | Kind::PathFields(_) => &[",/", ",-/", ";/"],
        Kind::Directories | Kind::Interfaces | Kind::Form(Form::FileSystems) => &[",", ";"],
        _ => return,
    };
    if !text.contains([',', ';', ':', '*', '?']) {
        return;
    }
    let are_names = signs.contains(&",");
    // What is no absolute path, systemd drops, and says so.
    let is_taken = |word: &Word| {
        are_names || word.text().trim_start_matches(['-', '+']).starts_with(['/', '%'])
    };
    for word in split(text, Backslash::Stays).words.into_iter().filter(is_taken) {
        findings.tell(joined(line, &word, signs).or_else(|| pattern(line, &word)));
    }
}

/// Whether a word has such a fault, so that nobody needs to look for the path.
pub(super) fn is_told(path: &str) -> bool {
    path.contains(['*', '?']) || [",/", ",-/", ",+/", ";/", ":/"].iter().any(|s| path.contains(s))
}

/// What it costs that a path is not there: its mount can't be made, and the start fails, unless a
/// dash says that it may be missing; systemd.exec(5).
fn cost(line: &Line<'_, '_>, text: &str) -> (Severity, &'static str) {
    let is_mount = match line.row.kind {
        Kind::Paths => true,
        Kind::PathFields(_) => line.row.key.starts_with("Bind") && !text.contains(':'),
        _ => false,
    };
    match line.row.kind {
        _ if is_mount && !text.starts_with('-') => (
            Severity::Error,
            "there is no such path, and the start fails with status 226/NAMESPACE",
        ),
        Kind::Directories => (Severity::Warning, "systemd makes one directory of just this name"),
        _ => (Severity::Warning, "systemd takes it for one, which is not there, and says nothing"),
    }
}

/// Two words that a comma, a semicolon or a colon makes one.
fn joined(line: &Line<'_, '_>, word: &Word, signs: &[&str]) -> Option<Finding> {
    let text = word.text();
    let sign = signs.iter().find(|sign| text.trim_end_matches([',', ';']).contains(**sign))?;
    let (severity, effect) = cost(line, &text);
    let message = format!("{:?} parts no words of {}=, blanks do", &sign[..1], line.row.key);
    let blanks = text.replace(sign, &format!(" {}", &sign[1..]));
    let finding = line.about(word, severity, "comma", message).effect(effect);
    let says = format!("write {blanks}");
    Some(finding.suggest(says, line.span_of(word), blanks).man(line.row.man))
}

/// `/var/lib/*`: mount(2) knows no patterns, and nobody fills them in before.
fn pattern(line: &Line<'_, '_>, word: &Word) -> Option<Finding> {
    let text = word.text();
    let is_mount = line.row.kind == Kind::Paths || line.row.key.starts_with("Bind");
    if !is_mount || !text.contains(['*', '?']) {
        return None;
    }
    let (severity, effect) = cost(line, &text);
    let message = format!("{}= knows no patterns", line.row.key);
    let finding = line.about(word, severity, "one-path", message).effect(effect);
    Some(finding.advice("name the directory above, or each path by itself").man(line.row.man))
}

/// `ExecSearchPath=/opt/bin /usr/bin`: like $PATH, this list has colons between its paths.
fn blank(line: &Line<'_, '_>) -> Option<Finding> {
    let value = &line.assignment.value;
    value.text().find(" /")?;
    let message = "a blank parts no paths here, a colon does";
    let colons = value.text().split_whitespace().collect::<Vec<_>>().join(":");
    let finding = Finding::warning("comma", value.span(), message)
        .effect("systemd looks in a directory of just this name, and finds no program: 203/EXEC")
        .suggest(format!("write {colons}"), value.span(), colons);
    Some(finding.man(line.row.man))
}
