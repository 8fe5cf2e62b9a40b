//! Faults of lines: what stands where no section, key or value can, and what only looks like a
//! comment.
//!
//! systemd.syntax(7) is short, and its parser patient: most of these cost one line, and the unit
//! is started without it.
//!
//! ```ini
//! [Service] # the service
//! Restart always
//! ExecStart=/usr/bin/app --first \
//! Restart=always
//! ```

use unit_file::directives::find;
use unit_file::syntax::{Content, Fault, LONG_LINE_MAX, Line, Span, Statement};

use super::finding::{Edit, Finding, MAX_FINDINGS};
use super::subject::Subject;

/// Lines as lines, before anybody asks for keys. systemd.syntax(7) says which of them cost the file
/// and which only themselves.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let mut in_unknown_section = false;
    for statement in subject.file.statements() {
        if findings.len() >= MAX_FINDINGS {
            return;
        }
        match &statement.content {
            Content::Section(section) => {
                in_unknown_section = !subject.sections().contains(&&*section.name)
            }
            // What stands in a section that systemd passes over, it doesn't read.
            Content::Fault(fault) if fault.refuses_file() || !in_unknown_section => {
                findings.push(fault_finding(subject, statement, *fault));
            }
            _ => {}
        }
        after_backslash(subject, statement, findings);
    }
    line_ends(subject, findings);
    swallowed_lines(subject, findings);
}

/// What stands there. Bytes that are no UTF-8 show as the replacement character; the line with them
/// has a finding of its own.
fn text<'a>(subject: &Subject<'a>, span: &Span) -> std::borrow::Cow<'a, str> {
    String::from_utf8_lossy(&subject.file.bytes()[span.clone()])
}

/// Four of these cost the whole file, as they do in systemd's parser: where it can't be sure what
/// a line belongs to, it reads no more. The others cost the line.
fn fault_finding(subject: &Subject<'_>, statement: &Statement, fault: Fault) -> Finding {
    let span = statement.span.clone();
    let whole_file = "systemd refuses the whole file; the unit does not load";
    let error =
        |message: String| Finding::error("file-refused", span.clone(), message).effect(whole_file);
    let warning = |code, message: &str| {
        Finding::warning(code, span.clone(), message).effect("systemd drops this line and reads on")
    };
    match fault {
        Fault::HeaderNotClosed => {
            let finding = error("the section header does not end in ]".to_owned());
            header_not_closed(subject, statement, finding)
        }
        Fault::HeaderCharacters => error(
            "a section header can't contain quotes, backslashes or control characters".to_owned(),
        ),
        Fault::NotUtf8 => error("the line is not valid UTF-8".to_owned()).advice(
            "save the file as UTF-8; systemd says \"ignoring\", but the unit fails to load",
        ),
        Fault::TooLong => error(format!("the line is longer than {LONG_LINE_MAX} bytes")),
        Fault::OutsideSection if is_comment_behind_mark(subject, &span) => warning(
            "outside-section",
            "a byte order mark stands before the comment sign, so this is no comment",
        ),
        Fault::OutsideSection => warning("outside-section", "the line stands before any section")
            .advice(below_header(subject, &text(subject, &span))),
        Fault::NoEquals => {
            no_equals(subject, statement, warning("no-equals", "there is no = in this line"))
        }
        Fault::NoKey => warning("no-key", "there is no key before the ="),
    }
}

/// Where the line can go: the section that has its key.
fn below_header(subject: &Subject<'_>, line: &str) -> String {
    let key = line.split('=').next().unwrap_or_default().trim_end();
    let mut sections = subject.sections().iter();
    match sections.find(|section| find(section, key).is_some()) {
        Some(section) => format!("move it below the header [{section}]"),
        None => "move it below a header such as [Unit]".to_owned(),
    }
}

/// systemd looks for comments before it takes the byte order mark off.
fn is_comment_behind_mark(subject: &Subject<'_>, span: &Span) -> bool {
    subject.file.bytes().starts_with(b"\xef\xbb\xbf") && text(subject, span).starts_with(['#', ';'])
}

/// systemd takes the last byte of the line for the closing bracket, so nothing can follow it, not
/// even a comment: `[Service] # text`. The comment can have a line of its own.
fn header_not_closed(subject: &Subject<'_>, statement: &Statement, finding: Finding) -> Finding {
    let span = &statement.span;
    let line = text(subject, span);
    match line.split_once(']') {
        Some((_, rest)) if rest.trim_start().starts_with(['#', ';']) => {
            let header = &line[..line.len() - rest.len()];
            let mended = format!("{}\n{header}", rest.trim());
            let edit = Edit { span: span.clone(), text: mended };
            finding.mend(
                "put the comment on a line of its own; there are no comments at the end of a line",
                vec![edit],
            )
        }
        Some(_) => finding.advice("nothing can follow the ] on its line"),
        None => finding.suggest("close the header", span.end..span.end, "]"),
    }
}

/// A line without `=` that would be one more argument or value of the line above.
fn no_equals(subject: &Subject<'_>, statement: &Statement, finding: Finding) -> Finding {
    let before =
        subject.file.statements().iter().rfind(|other| other.lines.end <= statement.lines.start);
    let follows = before.is_some_and(|other| {
        other.lines.end == statement.lines.start && matches!(other.content, Content::Assignment(_))
    });
    if text(subject, &statement.span).starts_with("//") {
        finding.suggest(
            "comments begin with #",
            statement.span.start..statement.span.start + 2,
            "#",
        )
    } else if follows {
        finding.advice(
            "write Key=value; if it continues the line above, that one must end in a backslash",
        )
    } else {
        finding.advice("write Key=value, or begin the line with # if it is a comment")
    }
}

/// A backslash with blanks behind it is no continuation: systemd looks at the last byte alone.
fn after_backslash(subject: &Subject<'_>, statement: &Statement, findings: &mut Vec<Finding>) {
    let last = statement.lines.end.checked_sub(1);
    let Some(line) = last.and_then(|index| subject.file.lines().get(index)) else {
        return;
    };
    let bytes = &subject.file.bytes()[line.text.clone()];
    let kept = bytes.trim_ascii_end().len();
    let is_assignment = matches!(statement.content, Content::Assignment(_));
    if kept == bytes.len() || !is_assignment || !bytes[..kept].ends_with(b"\\") {
        return;
    }
    let end = line.text.start + kept;
    let span = end - 1..line.text.end;
    let message = "a blank stands after the backslash";
    let effect = "the line is not continued: the backslash is part of the value, and the next \
                  line stands alone";
    let edit = Edit { span: end..line.text.end, text: String::new() };
    let finding = Finding::warning("blank-after-backslash", span, message);
    findings.push(finding.effect(effect).mend("take the blank away", vec![edit]));
}

/// `\r\n` loads, and surprises other tools.
///
/// Editors of other systems write \r\n. systemd's parser takes any of these bytes, and pairs of
/// them, for one line end.
fn line_ends(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let bytes = subject.file.bytes();
    let odd = |line: &&Line| line.end_of_line(bytes).iter().any(|byte| *byte != b'\n');
    let Some(first) = subject.file.lines().iter().find(odd) else {
        return;
    };
    let edits = subject
        .file
        .lines()
        .iter()
        .filter(odd)
        .map(|line| Edit { span: line.text.end..line.end, text: "\n".to_owned() });
    let finding = Finding::info(
        "line-ends",
        first.text.start..first.text.end,
        "the lines do not end in a plain newline",
    )
    .effect("systemd takes \\r, \\r\\n and zero bytes for line ends; other tools may not")
    .mend("use plain newlines", edits.collect());
    findings.push(finding);
}

/// A continuation that takes in what was meant to be the next assignment or section.
///
/// A backslash at the end of a value that was the last of a list is easily left behind when the
/// list gets shorter.
fn swallowed_lines(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for statement in subject.file.statements() {
        let Content::Assignment(assignment) = &statement.content else {
            continue;
        };
        for index in statement.lines.clone().skip(1) {
            if findings.len() >= MAX_FINDINGS {
                return;
            }
            let line = &subject.file.lines()[index];
            if !looks_like_a_line_of_its_own(subject, &text(subject, &line.text)) {
                continue;
            }
            let message = format!("this line is part of the value of {}=", assignment.key);
            let advice = "take the backslash at the end of the line above away";
            let finding = Finding::warning("swallowed-line", line.text.clone(), message)
                .effect("the line above ends in a backslash, so systemd reads both as one");
            findings.push(match last_backslash(subject, statement, index) {
                Some(span) => finding.suggest(advice, span, ""),
                None => finding.advice(advice),
            });
        }
    }
}

/// The header of a section that the unit can have, or one of the keys. Arguments such as `A=b` are
/// common in commands, so only a key that systemd knows counts.
fn looks_like_a_line_of_its_own(subject: &Subject<'_>, text: &str) -> bool {
    let header = text.strip_prefix('[').and_then(|rest| rest.trim_end().strip_suffix(']'));
    let key = text.split_once('=').map_or("", |(key, _)| key.trim_end());
    subject.sections().iter().any(|name| header == Some(name) || find(name, key).is_some())
}

/// The backslash that joins a line to the one before it, comments in between left out.
fn last_backslash(subject: &Subject<'_>, statement: &Statement, index: usize) -> Option<Span> {
    let before = statement.lines.start..index;
    let ends = before.rev().map(|line| subject.file.lines()[line].text.clone());
    let backslash = |text: Span| {
        subject.file.bytes()[text.clone()].ends_with(b"\\").then(|| text.end - 1..text.end)
    };
    ends.filter_map(backslash).next()
}
