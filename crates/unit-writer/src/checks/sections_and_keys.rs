//! Sections and keys: unknown ones, those in the wrong place, those of other versions, and those
//! written twice.
//!
//! Which keys there are is in the table of the crate `unit-file`, for each version of systemd.
//!
//! ```ini
//! [Service]
//! ExecStrat=/usr/bin/app
//! StartLimitBurst=5
//!
//! [Instal]
//! WantedBy=multi-user.target
//! ```

use std::collections::BTreeMap;

use unit_file::directives::{self, Directive, NEWEST};
use unit_file::effective::Entry;
use unit_file::syntax::{Assignment, Content, Span};

use super::finding::{Edit, Finding, MAX_FINDINGS, Severity, Told};
use super::line::Line;
use super::subject::Subject;
use super::values;
use crate::suggest::{Suggestion, nearest, suggest};

/// First the sections, for a line in a section that systemd does not know is lost whatever it says;
/// then key by key, and at last lines that undo each other.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for (name, span) in subject.file.sections() {
        if !subject.sections().contains(&name) && !name.starts_with("X-") {
            findings.push(unknown_section(subject, name, span));
        }
    }
    for entry in subject.entries() {
        if subject.sections().contains(&&*entry.assignment.section) && findings.len() < MAX_FINDINGS
        {
            check_key(subject, entry, findings);
        }
    }
    duplicates(subject, findings);
}

/// The manager passes over sections that it doesn't know, because other programs keep theirs in
/// the same file; only those with X- are passed over without a word.
fn unknown_section(subject: &Subject<'_>, name: &str, span: &Span) -> Finding {
    let unit_type = subject.unit_type;
    let finding = Finding::warning(
        "unknown-section",
        span.clone(),
        format!("a {unit_type} has no section [{name}]"),
    )
    .effect("systemd ignores the section and every line in it")
    .man("systemd.unit(5)");
    let known = subject.sections().iter().copied();
    // Names of sections are compared byte by byte, blanks too.
    if known.clone().any(|section| section == name.trim()) {
        let edit = Edit { span: span.clone(), text: format!("[{}]", name.trim()) };
        return finding.mend("write the name without blanks; systemd does not trim it", vec![edit]);
    }
    match known
        .clone()
        .find(|section| section.eq_ignore_ascii_case(name))
        .or_else(|| nearest(name, known.clone()))
    {
        Some(section) => {
            let edit = Edit { span: span.clone(), text: format!("[{section}]") };
            finding.mend(format!("write [{section}]"), vec![edit])
        }
        None => {
            let sections: Vec<String> = known.map(|section| format!("[{section}]")).collect();
            finding.advice(format!(
                "a {unit_type} has {}; a section of your own begins with X-",
                sections.join(", ")
            ))
        }
    }
}

/// A key of the table may be too new for this version, gone from it, or out of use. Names that
/// begin with X- are other programs' own.
fn check_key(subject: &Subject<'_>, entry: &Entry<'_>, findings: &mut Vec<Finding>) {
    let assignment = entry.assignment;
    match entry.row {
        _ if assignment.key.starts_with("X-") => {}
        None => findings.push(unknown_key(subject, assignment)),
        Some(row) if row.since > subject.version => {
            findings.push(too_new(subject, assignment, row))
        }
        Some(row) if !row.works_in(subject.version) => {
            findings.push(too_old(subject, assignment, row))
        }
        Some(row) => findings
            .extend(row.instead.map(|instead| deprecated(subject, assignment, row, instead))),
    }
}

/// Keys that people expect beside those that there are; the nearest by its letters is another one.
const INVENTED: [(&str, &str); 4] = [
    (
        "ExecRestart",
        "take it away: a restart is a stop and a start, so ExecStop= and ExecStart= run",
    ),
    ("ExecReboot", "take it away: at a reboot the unit is stopped, and ExecStop= runs"),
    ("ExecStopPre", "use ExecStop=, which may have several lines: they run one after the other"),
    ("ExecStatus", "take it away: systemctl status asks the manager, not the service"),
];

/// Unknown keys are not fatal so that a unit for a newer systemd still loads on an older one. The
/// price is that a slip of the pen is a line in the journal.
fn unknown_key(subject: &Subject<'_>, assignment: &Assignment) -> Finding {
    let (section, key) = (&*assignment.section, assignment.key.as_str());
    let span = assignment.key_span.clone();
    if key.starts_with('-') {
        let message = "an option of a command stands on a line of its own";
        return Finding::warning("unknown-key", span, message)
            .effect("systemd takes it for a key that it doesn't know, and the command lacks it")
            .advice("end the line before with a backslash, so that it continues here");
    }
    if let Some((_, advice)) = INVENTED.iter().find(|(invented, _)| *invented == key) {
        let message = format!("systemd knows no key {key}= in [{section}]");
        return Finding::warning("unknown-key", span, message)
            .effect("systemd ignores this line")
            .advice(*advice)
            .man("systemd.service(5)");
    }
    let rename = |to: &str| vec![Edit { span: span.clone(), text: to.to_owned() }];
    let finding = |message: String| {
        Finding::warning("unknown-key", span.clone(), message)
            .effect("systemd ignores this line")
            .man(format!("systemd.{}(5)", section.to_ascii_lowercase()))
    };
    let unknown = finding(format!("systemd knows no key {key}= in [{section}]"));
    let mend = |row: &'static Directive, says: String| {
        unknown.clone().mend(says, rename(row.key)).man(row.man)
    };
    // Among the keys of the newest version, too: whoever writes for an old one may mean a new one.
    match suggest(section, key, subject.sections(), subject.version.max(NEWEST)) {
        Some(Suggestion::OtherSection(row)) => wrong_section(subject, assignment, row),
        Some(Suggestion::Case(row)) => {
            mend(row, format!("write {}=; upper and lower case count", row.key))
        }
        Some(Suggestion::Typo(row)) => mend(row, format!("write {}=", row.key)),
        Some(Suggestion::Spelling(rows)) => {
            let keys: Vec<String> = rows.iter().map(|row| format!("{}=", row.key)).collect();
            let finding = unknown.man(rows[0].man);
            let says = format!("did you mean {}?", keys.join(" or "));
            match rows[..] {
                [row] => finding.suggest(says, span.clone(), row.key),
                // Two keys may be each other's contrary, as MemoryMin= and MemoryMax= are.
                _ => finding.advice(says),
            }
        }
        None => match directives::by_key(key).next() {
            Some(row) => {
                let sections: Vec<&str> = row.sections().collect();
                finding(format!(
                    "{key}= belongs in [{}], which a {} does not have",
                    sections.join("] or ["),
                    subject.unit_type
                ))
                .advice("take the line away, or put it into a unit of the right type")
                .man(row.man)
            }
            None => unknown.advice("take the line away; a key of your own begins with X-"),
        },
    }
}

/// The key is right and stands in the wrong section, where systemd knows no such key: the whole
/// line can move there.
fn wrong_section(subject: &Subject<'_>, assignment: &Assignment, row: &Directive) -> Finding {
    let target =
        subject.sections().iter().copied().find(|section| row.is_in(section)).unwrap_or("Unit");
    let finding = Finding::warning(
        "wrong-section",
        assignment.key_span.clone(),
        format!("{}= belongs in [{target}], not in [{}]", row.key, assignment.section),
    )
    .effect("systemd ignores it here")
    .man(row.man);
    match move_line(subject, assignment, target, row.key) {
        Some(edits) => finding.mend(format!("move the line to [{target}]"), edits),
        None => finding.advice(format!("move the line to [{target}]")),
    }
}

/// Takes a line out and puts it at the end of the section's first part, or at the end of the file
/// in a new one.
///
/// The value goes along unchanged, so that a review shows a move and nothing else.
fn move_line(
    subject: &Subject<'_>,
    assignment: &Assignment,
    target: &str,
    key: &str,
) -> Option<Vec<Edit>> {
    let statements = subject.file.statements();
    // A value over several lines is left alone: joined into one, it would lose the comments in it.
    let own =
        statements.iter().find(|statement| statement.span.start == assignment.key_span.start)?;
    if own.lines.len() != 1 {
        return None;
    }
    let lines = subject.file.lines();
    let line = &lines[own.lines.start];
    let text = format!("{key}={}\n", assignment.value.text());
    let header = statements.iter().position(|statement| {
        matches!(&statement.content, Content::Section(section) if &*section.name == target)
    });
    let insertion = match header {
        Some(index) => {
            let rest = &statements[index + 1..];
            let in_section = rest
                .iter()
                .take_while(|statement| matches!(statement.content, Content::Assignment(_)));
            let last = in_section.last().unwrap_or(&statements[index]);
            let end = lines[last.lines.end - 1].end;
            // The section's last line may be the file's, without a newline of its own.
            let newline = if subject.file.bytes()[..end].ends_with(b"\n") { "" } else { "\n" };
            Edit { span: end..end, text: format!("{newline}{text}") }
        }
        None => {
            let end = subject.file.bytes().len();
            let newline = if subject.file.bytes().ends_with(b"\n") { "" } else { "\n" };
            Edit { span: end..end, text: format!("{newline}\n[{target}]\n{text}") }
        }
    };
    Some(vec![Edit { span: line.text.start..line.end, text: String::new() }, insertion])
}

/// Packages for several distributions often have such lines, and rightly so.
fn too_new(subject: &Subject<'_>, assignment: &Assignment, row: &Directive) -> Finding {
    let version = subject.version;
    let message = format!("{}= came with systemd {}, this is {version}", row.key, row.since);
    Finding::warning("too-new", assignment.key_span.clone(), message)
        .effect(format!("systemd {version} ignores this line"))
        .advice("do without it, or see to it that the unit runs on a later systemd only")
        .man(row.man)
}

/// Whoever reads the unit believes in a setting that does nothing any more; cgroup v1 keys, for
/// example, went with version 258.
fn too_old(subject: &Subject<'_>, assignment: &Assignment, row: &Directive) -> Finding {
    let message = format!("{}= is gone from systemd {}", row.key, subject.version);
    let finding = Finding::warning("too-old", assignment.key_span.clone(), message)
        .effect("systemd ignores this line")
        .man(row.man);
    match row.instead {
        Some(instead) => finding.advice(format!("use {instead}")),
        None => finding.advice("take the line away"),
    }
}

/// Still obeyed, if the value is one; a renamed key can be renamed here too.
fn deprecated(
    subject: &Subject<'_>,
    assignment: &Assignment,
    row: &Directive,
    instead: &'static str,
) -> Finding {
    let has_moved = instead.starts_with(&format!("{}= in ", row.key));
    let what = if has_moved { "at an old place" } else { "out of use" };
    let message = format!("{}= is {what}", row.key);
    let effect = if values::holds(&Line { subject, assignment, row }) {
        "systemd still obeys it; a later version may not"
    } else {
        "systemd does not take this value of it either, and ignores the line"
    };
    let finding = Finding::info("deprecated", assignment.key_span.clone(), message)
        .effect(effect)
        .man(row.man);
    let renamed = instead.strip_suffix('=');
    let renamed = renamed.filter(|key| {
        // Where the new key takes other values, only a person can translate.
        directives::find(&assignment.section, key).is_some_and(|new| new.kind == row.kind)
    });
    match renamed {
        Some(key) => {
            let edit = Edit { span: assignment.key_span.clone(), text: key.to_owned() };
            finding.mend(format!("use {instead}"), vec![edit])
        }
        None => finding.advice(format!("use {instead}")),
    }
}

/// The last of several lines holds, where lines don't add up.
fn duplicates(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let mut later: BTreeMap<(&str, &str), &Assignment> = BTreeMap::new();
    let known: Vec<_> = subject.known().filter(|(_, row)| !row.is_list).collect();
    for (assignment, _) in known.into_iter().rev() {
        let next = later.insert((&assignment.section, &assignment.key), assignment);
        if let Some(next) = next.filter(|_| findings.len() < MAX_FINDINGS) {
            findings.tell(duplicate(subject, assignment, next));
        }
    }
}

/// systemd keeps one value for such a key, and each line puts another in its place without a word.
///
/// Later lines win so that drop-ins can change what the unit says. Within one file it is mostly
/// an accident.
fn duplicate(subject: &Subject<'_>, first: &Assignment, next: &Assignment) -> Option<Finding> {
    if next.value.is_empty() || first.value.is_empty() {
        return None;
    }
    let line = subject.file.position(next.key_span.start).0;
    let (severity, effect) = if first.value.text() == next.value.text() {
        (Severity::Info, "the two say the same, and one of them is enough")
    } else {
        (Severity::Warning, "the last one holds, and systemd says nothing about it")
    };
    let message = format!("{}= is set again in line {line}", first.key);
    let finding = Finding::new(severity, "duplicate", first.key_span.clone(), message);
    Some(finding.effect(effect).advice("keep one of them"))
}
