//! What only looks like a comment or a quotation mark in a value.
//!
//! Both come from habits of other files: shells and most configuration files have comments at the
//! end of a line, and word processors turn quotes round.
//!
//! ```ini
//! [Service]
//! Restart=always   # whatever happens
//! Environment=“NAME=a b”
//! ```

use std::ops::Range;

use unit_file::directives::Kind;
use unit_file::syntax::Assignment;
use unit_file::values::{Backslash, split};

use super::finding::{Edit, Finding, Severity, Told};
use super::line::Line;
use super::subject::Subject;

/// `first` is the first finding that this line has brought so far.
pub(super) fn check(line: &Line<'_, '_>, first: usize, findings: &mut Vec<Finding>) {
    let Line { assignment, row, .. } = *line;
    // In text for people, a # and quotes of any shape mean what they show.
    if matches!(row.key, "Description" | "Documentation") {
        return;
    }
    if !assignment.value.text().is_ascii() {
        smart_quotes(assignment, findings);
        findings.extend(long_dash(assignment).filter(|_| row.kind == Kind::Command));
    }
    findings.tell(placeholder(line));
    findings.tell(web_page(assignment));
    findings.tell(comma(line));
    findings.tell(comma_in_name(line));
    let Some(at) = comment_start(assignment.value.text()) else {
        return;
    };
    let comment = assignment.value.span_of(at..assignment.value.text().len());
    // The words of the comment are no values: one finding for all of them is enough.
    let is_of_comment = |finding: &Finding| {
        finding
            .span
            .as_ref()
            .is_some_and(|span| span.start >= comment.start && span.end <= comment.end)
            // In a value that is one name, it is the comment that makes it missing.
            || (row.kind != Kind::Command && finding.code.starts_with("no-such-"))
    };
    let mut index = 0;
    findings.retain(|finding| {
        index += 1;
        index <= first || !is_of_comment(finding)
    });
    findings.push(inline_comment(line, at));
}

/// systemd.syntax(7): a comment is a line that begins with # or ;. Behind a value there is none.
fn inline_comment(line: &Line<'_, '_>, at: usize) -> Finding {
    let Line { subject, assignment, row } = *line;
    let value = assignment.value.text();
    let comment = value[at..].to_owned();
    let kept = value[..at].trim_end().len();
    let effect = match row.kind {
        Kind::Command => format!(
            "there are no comments at the end of a line: {} become arguments of the program",
            quoted_words(&comment)
        ),
        Kind::Environment => format!(
            "there are no comments at the end of a line: {} are read as variables",
            quoted_words(&comment)
        ),
        _ => format!(
            "there are no comments at the end of a line; systemd reads {value:?} as the value"
        ),
    };
    let span = assignment.value.span_of(at..value.len());
    // There is no such user, directory or file, so the start fails; a - makes up for a missing one.
    let must_exist = matches!(row.kind, Kind::User | Kind::Directory | Kind::EnvironmentFile);
    let severity =
        if must_exist && !value.starts_with('-') { Severity::Error } else { Severity::Warning };
    let finding = Finding::new(severity, "inline-comment", span, "this is not a comment");
    let finding = finding.effect(effect);
    if !assignment.value.is_on_one_line() {
        return finding.advice("put the comment on a line of its own");
    }
    let line_start = line_start(subject, assignment.key_span.start);
    let above = Edit { span: line_start..line_start, text: format!("{comment}\n") };
    let cut = Edit { span: assignment.value.span_of(kept..value.len()), text: String::new() };
    finding.mend("put the comment on a line of its own", vec![above, cut])
}

/// Where the line begins on which an offset lies: a comment of its own must go above it.
fn line_start(subject: &Subject<'_>, offset: usize) -> usize {
    let index = subject.file.lines().partition_point(|line| line.end <= offset);
    subject.file.lines().get(index).map_or(offset, |line| line.text.start)
}

/// Where a ` # …` begins that stands outside quotes. A `#` inside a word is common and means
/// itself, as in colours and addresses.
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
                let is_comment =
                    rest.starts_with([' ', '\t', '#']) || rest.starts_with(char::is_alphabetic);
                return is_comment.then_some(at);
            }
            _ => {}
        }
        before = c;
    }
    None
}

/// The first words, as many as fit into a sentence.
fn quoted_words(text: &str) -> String {
    let mut words: Vec<String> =
        text.split_whitespace().take(3).map(|word| format!("{word:?}")).collect();
    if text.split_whitespace().count() > 3 {
        words.push("…".to_owned());
    }
    words.join(", ")
}

/// `<user>` or `/path/to/app` of somebody's instructions, which was to be filled in.
///
/// systemd knows no such sign. A < is a letter of a path, so the unit loads, and the program or the
/// user is not found.
fn placeholder(line: &Line<'_, '_>) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let value = assignment.value.text();
    let bracketed = || {
        let start = value.find('<')?;
        let length = value[start..].find('>')?;
        let name = &value[start + 1..start + length];
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ');
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && !name.ends_with(' ')
            && name.chars().all(is_part);
        is_name.then_some(start..start + length + 1)
    };
    // Most values have neither sign, and a sign is found quickly.
    let path = || value.find("/path/to/").map(|at| at..at + "/path/to/".len());
    let path = if value.contains('/') { path() } else { None };
    let in_brackets = || (value.starts_with('[') && value.ends_with(']')).then_some(0..value.len());
    // What a package installs was filled in by its makers.
    let own = || if subject.is_of_vendor() { None } else { yours(value) };
    let place = path.or_else(bracketed).or_else(in_brackets).or_else(own)?;
    let message = format!("{:?} looks like a place to be filled in", &value[place.clone()]);
    let finding = Finding::warning("placeholder", assignment.value.span_of(place), message)
        .effect("systemd takes it as it stands")
        .advice("write the real name or path");
    Some(finding.man("systemd.syntax(7)"))
}

/// `YOUR_USER`, `yourusername`: words that instructions have in the place of the reader's own.
fn yours(value: &str) -> Option<Range<usize>> {
    let words = ["YOUR_", "your_", "your-user", "youruser", "CHANGE_ME", "CHANGEME", "changeme"];
    let found = |word: &&str| Some((value.find(*word)?, word.len()));
    let (at, length) = words.iter().find_map(found)?;
    Some(at..at + length)
}

/// `ReadWritePaths=/a, /b`: in other files commas part the words of a list, here blanks do.
///
/// The other lists know their words, and refuse one with a comma.
fn comma(line: &Line<'_, '_>) -> Option<Finding> {
    let Line { assignment, row, .. } = *line;
    let is_list =
        matches!(row.kind, Kind::Environment | Kind::Paths | Kind::PlainPaths | Kind::Directories);
    if !is_list || !assignment.value.text().contains(',') {
        return None;
    }
    let words = split(assignment.value.text(), Backslash::Escapes).words;
    let (_, all_but_last) = words.split_last()?;
    let word = all_but_last.iter().find(|word| word.is_plain() && word.text().ends_with(','))?;
    // Only -PATH may be missing; what has to be there and is not fails the start.
    let is_fatal = row.kind == Kind::Paths && !word.text().starts_with('-');
    let severity = if is_fatal { Severity::Error } else { Severity::Warning };
    let message = "the comma is part of the word before it";
    let finding = line.about(word, severity, "comma", message).effect(if is_fatal {
        "there is no such path, and the start fails with status 226/NAMESPACE"
    } else {
        "words are parted by blanks alone, so systemd takes the comma as it stands"
    });
    let span = assignment.value.span_of(word.span.end - 1..word.span.end);
    Some(finding.suggest("take the comma away", span, "").man("systemd.syntax(7)"))
}

/// `SupplementaryGroups=video,render`: names in /etc/group have commas between them, and here a
/// comma is a letter of the name. systemd takes it, and looks the name up at the start.
fn comma_in_name(line: &Line<'_, '_>) -> Option<Finding> {
    let Line { assignment, row, .. } = *line;
    let value = assignment.value.text();
    if !matches!(row.kind, Kind::User | Kind::Users) || !value.contains(',') {
        return None;
    }
    let status = if row.key.ends_with("User") { "217/USER" } else { "216/GROUP" };
    let span = assignment.value.span();
    let finding = Finding::error("comma", span.clone(), "no account has a comma in its name")
        .effect(format!("the start fails with status {status}"))
        .man(row.man);
    if row.kind == Kind::User {
        return Some(finding.advice("write one name; more groups go to SupplementaryGroups="));
    }
    let names = value.split([',', ' ', '\t']).filter(|name| !name.is_empty());
    let text = names.collect::<Vec<_>>().join(" ");
    Some(finding.mend("write blanks between the names, not commas", vec![Edit { span, text }]))
}

/// `&amp;&amp;`, copied from the source of a web page. systemd.syntax(7) has escapes with a
/// backslash and no others, so each of these signs is an argument's letter.
fn web_page(assignment: &Assignment) -> Option<Finding> {
    let value = assignment.value.text();
    let first = value.find('&')?;
    let entities = ["&amp;", "&gt;", "&lt;", "&quot;", "&#39;"];
    let place = |entity| Some((first + value[first..].find(entity)?, entity));
    let (at, entity) = entities.into_iter().filter_map(place).min()?;
    let span = assignment.value.span_of(at..at + entity.len());
    let message = format!("{entity} is how a web page writes one sign");
    let finding = Finding::warning("web-page", span, message)
        .effect("systemd takes it as it stands, letter by letter")
        .advice("write the sign itself: &, >, <, \" or '");
    Some(finding.man("systemd.syntax(7)"))
}

/// Quotes as word processors write them are letters to systemd.
///
/// They come with text that was copied from a page or a chat, and look right in most fonts.
fn smart_quotes(assignment: &Assignment, findings: &mut Vec<Finding>) {
    let value = assignment.value.text();
    let smart = ['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}', '\u{ab}', '\u{bb}'];
    let Some((first, quote)) = value.match_indices(smart).next() else {
        return;
    };
    // Which end it is, its shape does not say: in German a text begins with what ends an English
    // one.
    let straight = |quote: &str| {
        if matches!(quote, "\u{2018}" | "\u{2019}") { "'" } else { "\"" }
    };
    let edits = value.match_indices(smart).map(|(at, quote)| Edit {
        span: assignment.value.span_of(at..at + quote.len()),
        text: straight(quote).to_owned(),
    });
    let span = assignment.value.span_of(first..first + quote.len());
    let finding =
        Finding::warning("smart-quotes", span, "this quotation mark is not a quote to systemd")
            .effect("it is a letter to systemd: it groups nothing and becomes part of the value")
            .mend("use straight quotes", edits.collect());
    findings.push(finding);
}

/// `–config` with a dash that a word processor made of two: no program takes it for an option.
fn long_dash(assignment: &Assignment) -> Option<Finding> {
    let text = assignment.value.text();
    let (at, dash) = text.match_indices(['\u{2013}', '\u{2014}']).find(|(at, dash)| {
        let behind = text[at + dash.len()..].chars().next();
        text[..*at].ends_with([' ', '\t']) && behind.is_some_and(|c| c.is_ascii_alphanumeric())
    })?;
    let span = assignment.value.span_of(at..at + dash.len());
    let finding = Finding::warning("smart-quotes", span.clone(), "this long dash begins no option")
        .effect("the program gets it as a letter of an ordinary argument")
        .suggest("write -- or -", span, "--");
    Some(finding.man("systemd.syntax(7)"))
}
