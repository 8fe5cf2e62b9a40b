//! Faults of lines: what stands where no section, key or value can, and what only looks like a comment.

use super::{Edit, Finding, MAX_FINDINGS, Severity, Subject};
use unit_file::syntax::{Assignment, Fault, LONG_LINE_MAX, Span, Statement, Subject as What};

/// An empty file is no unit but a mask.
pub(super) fn mask(subject: &Subject<'_>) -> Option<Finding> {
    let finding = Finding::whole(Severity::Info, "masked", "the file is empty")
        .effect("an empty file masks the unit: nobody can start it. A file with a comment alone would not")
        .man("systemd.unit(5)");
    subject.file.is_mask().then_some(finding)
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let mut in_unknown_section = false;
    for statement in subject.file.statements() {
        if findings.len() >= MAX_FINDINGS {
            return;
        }
        match &statement.subject {
            What::Section(section) => {
                in_unknown_section = !subject.sections().contains(&&*section.name)
            }
            // What stands in a section that systemd passes over, it doesn't read.
            What::Fault(fault) if fault.refuses_file() || !in_unknown_section => {
                findings.push(fault_finding(subject, statement, *fault));
            }
            _ => {}
        }
        after_backslash(subject, statement, findings);
    }
    line_ends(subject, findings);
    swallowed_lines(subject, findings);
}

fn text<'a>(subject: &Subject<'a>, span: &Span) -> std::borrow::Cow<'a, str> {
    String::from_utf8_lossy(&subject.file.bytes()[span.clone()])
}

fn fault_finding(subject: &Subject<'_>, statement: &Statement, fault: Fault) -> Finding {
    let span = statement.span.clone();
    let whole_file = "systemd refuses the whole file; the unit does not load";
    let error =
        |message: String| Finding::error("file-refused", span.clone(), message).effect(whole_file);
    let warning = |code, message: &str| {
        Finding::warning(code, span.clone(), message).effect("systemd drops this line and reads on")
    };
    match fault {
        Fault::HeaderNotClosed => header_not_closed(subject, statement, error("the section header does not end in ]".to_owned())),
        Fault::HeaderCharacters => {
            error("a section header can't contain quotes, backslashes or control characters".to_owned())
        }
        Fault::NotUtf8 => error("the line is not valid UTF-8".to_owned())
            .advice("save the file as UTF-8; the message of systemd says \"ignoring\", but the unit fails to load"),
        Fault::TooLong => error(format!("the line is longer than {LONG_LINE_MAX} bytes")),
        Fault::OutsideSection => {
            let marked = subject.file.bytes().starts_with(b"\xef\xbb\xbf") && text(subject, &span).starts_with(['#', ';']);
            if marked {
                warning("outside-section", "a byte order mark stands before the comment sign, so this is no comment")
            } else {
                warning("outside-section", "the line stands before any section").advice("move it below a header such as [Unit]")
            }
        }
        Fault::NoEquals => no_equals(subject, statement, warning("no-equals", "there is no = in this line")),
        Fault::NoKey => warning("no-key", "there is no key before the ="),
    }
}

/// `[Service] # text`: the comment can have a line of its own.
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
        other.lines.end == statement.lines.start && matches!(other.subject, What::Assignment(_))
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

/// A backslash with blanks behind it is no continuation.
fn after_backslash(subject: &Subject<'_>, statement: &Statement, findings: &mut Vec<Finding>) {
    let Some(line) =
        statement.lines.end.checked_sub(1).and_then(|index| subject.file.lines().get(index))
    else {
        return;
    };
    let bytes = &subject.file.bytes()[line.text.clone()];
    let blanks = bytes.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let end = line.text.end - blanks;
    let is_assignment = matches!(statement.subject, What::Assignment(_));
    if blanks == 0
        || end == 0
        || !is_assignment
        || subject.file.bytes().get(end - 1) != Some(&b'\\')
        || end <= line.text.start
    {
        return;
    }
    let finding = Finding::warning("blank-after-backslash", end - 1..line.text.end, "a blank stands after the backslash")
        .effect("the line is not continued: the backslash is part of the value, and the next line stands alone")
        .mend("take the blank away", vec![Edit { span: end..line.text.end, text: String::new() }]);
    findings.push(finding);
}

/// `\r\n` loads, and surprises other tools.
fn line_ends(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let bytes = subject.file.bytes();
    let odd =
        |line: &&unit_file::syntax::Line| line.end_of_line(bytes).iter().any(|byte| *byte != b'\n');
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
fn swallowed_lines(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for statement in subject.file.statements() {
        let What::Assignment(assignment) = &statement.subject else {
            continue;
        };
        for index in statement.lines.clone().skip(1) {
            if findings.len() >= MAX_FINDINGS {
                return;
            }
            let line = &subject.file.lines()[index];
            let text =
                String::from_utf8_lossy(&subject.file.bytes()[line.text.clone()]).into_owned();
            let is_header = text.starts_with('[')
                && text.trim_end().ends_with(']')
                && subject.sections().iter().any(|name| text.trim() == format!("[{name}]"));
            let key = text.split_once('=').map_or("", |(key, _)| key.trim_end());
            let is_known_key = subject
                .sections()
                .iter()
                .any(|section| unit_file::directives::find(section, key).is_some());
            if !is_header && !is_known_key {
                continue;
            }
            let backslash = last_backslash(subject, statement, index);
            let finding = Finding::warning(
                "swallowed-line",
                line.text.clone(),
                format!("this line is part of the value of {}=", assignment.key),
            )
            .effect("the line above ends in a backslash, so systemd reads both as one")
            .advice("take the backslash at the end of the line above away");
            findings.push(match backslash {
                Some(span) => finding.suggest(
                    "take the backslash at the end of the line above away",
                    span,
                    "",
                ),
                None => finding,
            });
        }
    }
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

/// What looks like a comment at the end of a value, and quotes that only look like quotes.
pub(super) fn check_value(
    subject: &Subject<'_>,
    assignment: &Assignment,
    findings: &mut Vec<Finding>,
) {
    let value = assignment.value.text();
    smart_quotes(assignment, findings);
    let is_free_text = matches!(assignment.key.as_str(), "Description" | "Documentation");
    let Some(at) = comment_start(value).filter(|_| !is_free_text) else {
        return;
    };
    let comment = value[at..].to_owned();
    let kept = value[..at].trim_end().len();
    let is_command = subject.is_command(assignment);
    let effect = if is_command {
        format!(
            "there are no comments at the end of a line: {} become arguments of the program",
            quoted_words(&comment)
        )
    } else {
        format!("there are no comments at the end of a line; systemd reads {value:?} as the value")
    };
    let finding = Finding::warning(
        "inline-comment",
        assignment.value.span_of(at..value.len()),
        "this is not a comment",
    )
    .effect(effect);
    let line_start = line_start(subject, assignment.key_span.start);
    findings.push(if assignment.value.is_on_one_line() {
        let above = Edit { span: line_start..line_start, text: format!("{comment}\n") };
        let cut = Edit { span: assignment.value.span_of(kept..value.len()), text: String::new() };
        finding.mend("put the comment on a line of its own", vec![above, cut])
    } else {
        finding.advice("put the comment on a line of its own")
    });
}

fn line_start(subject: &Subject<'_>, offset: usize) -> usize {
    let index = subject.file.lines().partition_point(|line| line.end <= offset);
    subject.file.lines().get(index).map_or(offset, |line| line.text.start)
}

/// Where a ` # …` begins that stands outside quotes. A `#` inside a word is common and means itself.
fn comment_start(value: &str) -> Option<usize> {
    if !value.as_bytes().contains(&b'#') {
        return None;
    }
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in value.char_indices() {
        match c {
            '"' | '\'' if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            '#' if quote.is_none() && at > 0 && matches!(before, ' ' | '\t') => {
                let rest = &value[at + 1..];
                return (rest.starts_with([' ', '\t', '#'])
                    || rest.starts_with(char::is_alphabetic))
                .then_some(at);
            }
            _ => {}
        }
        before = c;
    }
    None
}

fn quoted_words(text: &str) -> String {
    let mut words: Vec<String> =
        text.split_whitespace().take(3).map(|word| format!("{word:?}")).collect();
    if text.split_whitespace().count() > 3 {
        words.push("…".to_owned());
    }
    words.join(", ")
}

/// Quotes as word processors write them are letters to systemd.
fn smart_quotes(assignment: &Assignment, findings: &mut Vec<Finding>) {
    let value = assignment.value.text();
    let smart = ['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}', '\u{ab}', '\u{bb}'];
    if value.is_ascii()
        || !value.contains(smart)
        || matches!(assignment.key.as_str(), "Description" | "Documentation")
    {
        return;
    }
    let straight = |c: char| {
        if matches!(c, '\u{2018}' | '\u{2019}') { "'" } else { "\"" }
    };
    let edits = value.match_indices(smart).map(|(at, quote)| Edit {
        span: assignment.value.span_of(at..at + quote.len()),
        text: straight(quote.chars().next().unwrap_or('"')).to_owned(),
    });
    let first = value.find(smart).unwrap_or_default();
    let length = value[first..].chars().next().map_or(1, char::len_utf8);
    let finding = Finding::warning(
        "smart-quotes",
        assignment.value.span_of(first..first + length),
        "this quotation mark is not a quote to systemd",
    )
    .effect("systemd takes it for a letter: it groups nothing and becomes part of the value")
    .mend("use straight quotes", edits.collect());
    findings.push(finding);
}
