//! The file as a file: a mask, its permissions, and marks of a template that was never filled in.
//!
//! These look at the file before its lines.

use systemd_types::UnitType;
use unit_file::syntax::Span;

use super::finding::{Finding, Severity, Told};
use super::subject::Subject;
use crate::load::Role;

/// An empty file is no unit but a mask, as a link to `/dev/null` is.
pub(super) fn mask(subject: &Subject<'_>) -> Option<Finding> {
    let effect = "an empty file masks the unit: nobody can start it. A file with a comment alone \
                  would not";
    let is_slip = subject.role == Role::Unit && !subject.is_of_vendor();
    let severity = if is_slip { Severity::Warning } else { Severity::Info };
    let finding = Finding::whole(severity, "masked", "the file is empty");
    let advice = "if that is meant, systemctl mask says it better, with a link to /dev/null";
    subject.file.is_mask().then(|| finding.effect(effect).advice(advice).man("systemd.unit(5)"))
}

/// What is left when the lines have been judged: marks of a template take back what was said of
/// their lines.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    template_marks(subject, findings);
    findings.tell(permissions(subject));
}

/// Units are data. systemd logs a line about each that is executable, at every reload.
fn permissions(subject: &Subject<'_>) -> Option<Finding> {
    let mode = subject.mode?;
    let (message, effect, advice) = if mode & 0o002 != 0 {
        (
            "anybody may write to the file",
            "systemd warns at every reload; whoever changes it, decides what runs",
            "chmod o-w",
        )
    } else if mode & 0o111 != 0 {
        ("the file is executable", "systemd warns at every reload; nobody runs a unit", "chmod a-x")
    } else {
        return None;
    };
    let severity = if mode & 0o002 != 0 { Severity::Warning } else { Severity::Info };
    let finding = Finding::whole(severity, "file-mode", message);
    Some(finding.effect(effect).advice(advice).man("systemd.unit(5)"))
}

/// `@bindir@` of autoconf, `{{ name }}` and `{% if %}` of Jinja: another program fills these in
/// before systemd reads the file, and one hint is worth more than a fault for each mark.
///
/// Such files are in every repository that builds packages, and checking them is a fair question;
/// the answer is to check what comes out.
fn template_marks(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let bytes = subject.file.bytes();
    // Most files have none of the signs that a mark begins with.
    if !b"@{<".iter().any(|sign| bytes.contains(sign)) {
        return;
    }
    let lines = subject.file.lines().iter().map(|line| line.text.clone());
    let marked = |span: &Span| {
        let text = String::from_utf8_lossy(&bytes[span.clone()]);
        !text.trim_start().starts_with(['#', ';']) && has_mark(&text)
    };
    let marked: Vec<Span> = lines.filter(marked).collect();
    let Some(first) = marked.first() else {
        return;
    };
    let is_on_marked_line = |finding: &Finding| match &finding.span {
        Some(span) => marked.iter().any(|line| line.start <= span.start && span.start <= line.end),
        // What is missing may be behind a mark.
        None => subject.role == Role::Unit && subject.unit_type != UnitType::Slice,
    };
    findings.retain(|finding| !is_on_marked_line(finding));
    let message = "the file looks like a template of another program";
    let finding = Finding::info("template-marks", first.clone(), message)
        .effect("as it is, systemd would read the marks as parts of values")
        .advice("check the file that is made from it; lines with marks are not judged")
        .man("systemd.unit(5)");
    findings.push(finding);
}

/// The marks of three families: Jinja and ERB in statements, Jinja in names, autoconf and meson in
/// @names@.
fn has_mark(line: &str) -> bool {
    line.contains("{%") || line.contains("<%") || has_jinja_name(line) || has_at_name(line)
}

/// `{{ name }}`, `{{name|filter}}`; not `{{.Names}}` or `{{json .}}`, which docker reads itself.
///
/// docker and podman have templates of their own in --format, with a dot before each name.
fn has_jinja_name(line: &str) -> bool {
    let inside = line.split_once("{{").and_then(|(_, rest)| rest.split_once("}}"));
    let name = inside.map_or("", |(inside, _)| inside.split('|').next().unwrap_or_default().trim());
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | '\'');
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_part)
}

/// `@bindir@` between other things; not the `@` of templates' names and addresses.
fn has_at_name(line: &str) -> bool {
    let mut parts = line.split('@');
    let mut before = parts.next().unwrap_or_default();
    let parts: Vec<&str> = parts.collect();
    for (index, part) in parts.iter().enumerate() {
        let is_name = !part.is_empty()
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && index + 1 < parts.len();
        // Two @ in a row are somebody else's mark, as in a script of sed.
        let is_free = !before.is_empty()
            && !before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
        if is_name && is_free {
            return true;
        }
        before = part;
    }
    false
}
