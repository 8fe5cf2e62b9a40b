//! `Environment=`: words that are no assignment, and what only a shell would expand.
//!
//! The value is split into words as a command line is, and each word is one variable.
//!
//! ```ini
//! [Service]
//! Environment=PATH=/opt/bin:$PATH GREETING=hello world
//! Environment=CONFIG={"level":"debug"}
//! ```

use unit_file::directives::{Directive, Kind, by_key};
use unit_file::syntax::{Assignment, Span};
use unit_file::values::{EnvironmentWord, Invalid, Word, parse_environment};

use super::arguments::odd_quotes;
use super::finding::{Finding, Severity, Told};
use super::line::Line;
use super::secrets;
use super::separators;
use super::subject::Subject;
use crate::load::Scope;

const MAN: &str = "systemd.exec(5)";

/// Each word of the value by itself, from left to right; what is right of a word that systemd drops
/// still counts.
pub(super) fn check(line: &Line<'_, '_>, findings: &mut Vec<Finding>) {
    let Line { subject, assignment, row } = *line;
    if row.kind != Kind::Environment {
        findings.tell(variable_elsewhere(assignment, row));
        return;
    }
    let (words, error) = parse_environment(assignment.value.text());
    findings.extend(error.map(|error| open_quote(line, &error, words.len())));
    let mut before = None;
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        let next = words.peek();
        match word {
            EnvironmentWord::Dropped(word) => {
                findings.push(dropped(assignment, &word, before.as_deref()));
            }
            EnvironmentWord::Variable { name, value, span } => {
                let raw = &assignment.value.text()[span.clone()];
                let span = assignment.value.span_of(span);
                findings.extend(variable(subject, &span, &name, &value));
                if !separators::check(&span, raw, &name, &value, next, findings) {
                    findings.tell(quotes(&span, raw, &format!("{name}={value}")));
                }
                findings.tell(narrow_path(&span, &name, &value));
                before = Some(name);
            }
        }
    }
}

/// `User=${APP_USER}`: the environment is made for the program, and settings come before it.
///
/// Numbers and words with a $ are refused by their own kinds; these are taken as they stand.
fn variable_elsewhere(assignment: &Assignment, row: &Directive) -> Option<Finding> {
    let kinds = [
        Kind::User,
        Kind::EnvironmentFile,
        Kind::Path,
        Kind::Paths,
        Kind::Directory,
        Kind::Directories,
        Kind::Output,
    ];
    let value = assignment.value.text();
    if !kinds.contains(&row.kind) || !value.contains('$') {
        return None;
    }
    let begins = value.starts_with('$') || ["/$", "${", ":$"].iter().any(|at| value.contains(at));
    // What is not absolute is refused as such.
    let is_refused = row.kind == Kind::Directory && !value.starts_with('/');
    if !begins || is_refused {
        return None;
    }
    let name = variable_reference(value)?;
    let severity = if row.kind == Kind::User { Severity::Error } else { Severity::Warning };
    let message = format!("${name} is not filled in here");
    let finding = Finding::new(severity, "not-expanded", assignment.value.span(), message)
        .effect("systemd fills variables in in Exec lines alone, and takes this as it stands")
        .advice("write it out; %i and other specifiers are filled in everywhere");
    Some(finding.man(row.man))
}

/// systemd reads from left to right: the variables before the quote hold.
fn open_quote(line: &Line<'_, '_>, error: &Invalid, words: usize) -> Finding {
    let Line { subject, assignment, .. } = *line;
    let span = assignment.value.span_of(error.span.clone());
    let effect = if words > 0 {
        "systemd stops reading here; the words before hold".to_owned()
    } else {
        subject.when_ignored(assignment)
    };
    Finding::warning("ignored-value", span, error.reason.clone()).effect(effect).man(MAN)
}

/// systemd takes word by word, and goes on behind one that it can't use. The value of the word
/// before is then shorter than it was meant, which is how blanks without quotes are lost.
fn dropped(assignment: &Assignment, word: &Word, before: Option<&str>) -> Finding {
    let text = word.text();
    let span = assignment.value.span_of(word.span.clone());
    let message = match text.split_once('=') {
        Some((name, _)) => format!("{name:?} can't be the name of a variable"),
        None => format!("{text:?} is not of the form NAME=value"),
    };
    let finding = Finding::warning("ignored-word", span, message)
        .effect("systemd drops this word and keeps the others")
        .man(MAN);
    // A word without = behind a variable is mostly the rest of that one's value.
    match before {
        Some(name) if !text.contains('=') => finding
            .advice(format!("if it belongs to {name}, quote the whole word: \"{name}=… {text}\"")),
        _ => finding.advice("write NAME=value; names have letters, digits and _"),
    }
}

/// One variable that the service gets. The value is right for systemd in any case, which passes it
/// on, so all of this is about what people meant.
fn variable(subject: &Subject<'_>, span: &Span, name: &str, value: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(reference) = variable_reference(value) {
        let message = format!("${reference} is not expanded in Environment=");
        let finding = Finding::warning("not-expanded", span.clone(), message)
            .effect(format!("{name} holds the dollar sign and the name, as they stand"))
            .advice(match specifier_for(&reference) {
                Some(specifier) => format!("write {specifier}, which systemd fills in here too"),
                None => "write the value out; only Exec lines know variables".to_owned(),
            });
        findings.push(finding.man(MAN));
    }
    // DISPLAY= only names the screen. The key to it is in a file of the session's; see xauth(1).
    if name == "DISPLAY" && has_no_key(subject) {
        let message = "the X server asks for more than DISPLAY=";
        let finding = Finding::info("display", span.clone(), message)
            .effect("without XAUTHORITY= it mostly refuses: \"cannot open display\"")
            .advice("make it a user's unit, wanted by graphical-session.target");
        findings.push(finding.man("systemd.special(7)"));
    }
    findings.tell(secrets::in_environment(subject, span, name, value));
    findings.tell(session(subject, span, name));
    // By custom, variables are in capitals, and systemd's keys never are; environ(7). A graphical
    // editor for units may put the one into the other's place.
    let is_setting = name.contains(|c: char| c.is_ascii_lowercase())
        && by_key(name).any(|row| row.is_in("Service") || row.is_in("Unit"));
    if is_setting {
        let message = format!("{name}= is a setting of systemd, not a variable");
        let finding = Finding::warning("setting-as-variable", span.clone(), message)
            .effect(format!("the program gets a variable {name}, and systemd sets nothing"))
            .advice(format!("write {name}={value} on a line of its own"));
        findings.push(finding.man(MAN));
    }
    findings
}

/// The specifier that is the same as a variable which systemd sets; systemd.unit(5), "Specifiers".
fn specifier_for(variable: &str) -> Option<&'static str> {
    let pairs = [
        ("CREDENTIALS_DIRECTORY", "%d"),
        ("RUNTIME_DIRECTORY", "%t/NAME"),
        ("STATE_DIRECTORY", "%S/NAME"),
        ("CACHE_DIRECTORY", "%C/NAME"),
        ("LOGS_DIRECTORY", "%L/NAME"),
        ("CONFIGURATION_DIRECTORY", "%E/NAME"),
        ("HOSTNAME", "%H"),
    ];
    pairs.into_iter().find(|(name, _)| *name == variable).map(|(_, specifier)| specifier)
}

/// A user's manager starts default.target before there is a screen; systemd.special(7) has
/// graphical-session.target for what needs one.
fn session(subject: &Subject<'_>, span: &Span, name: &str) -> Option<Finding> {
    let is_display = matches!(name, "DISPLAY" | "WAYLAND_DISPLAY");
    let wanted = || subject.effective.words("Install", "WantedBy").contains(&"default.target");
    if !is_display || subject.scope == Scope::System || !wanted() {
        return None;
    }
    let finding =
        Finding::info("display", span.clone(), "default.target does not wait for a screen")
            .effect("the service may start before the session, and finds no screen")
            .advice("write WantedBy=graphical-session.target, and the same in After= and PartOf=");
    Some(finding.man("systemd.special(7)"))
}

/// A program of the system's manager has no session, and so no key to the screen of one.
fn has_no_key(subject: &Subject<'_>) -> bool {
    let lines = subject.effective.values("Service", "Environment");
    let names_key = lines.iter().any(|line| line.assignment.value.text().contains("XAUTHORITY"));
    let starts_server = subject.has("TTYPath") || subject.has("PAMName");
    subject.scope == Scope::System
        && !names_key
        && !starts_server
        && !subject.has("EnvironmentFile")
}

/// The usual directories are not added to a $PATH that a unit sets.
///
/// systemd itself looks for the programs of a unit elsewhere, so the service starts, and only what
/// it runs by name is missing.
fn narrow_path(span: &Span, name: &str, value: &str) -> Option<Finding> {
    let is_usual = |directory: &str| {
        matches!(directory, "/usr/bin" | "/bin" | "") || directory.contains(['$', '%', '~'])
    };
    // Distributions that keep every program elsewhere have no /usr/bin to speak of.
    let is_store = ["/nix/", "/gnu/", "/run/current-system"].iter().any(|at| value.contains(at));
    if name != "PATH" || value.split(':').any(is_usual) || is_store {
        return None;
    }
    let finding = Finding::info("narrow-path", span.clone(), "this PATH has no /usr/bin")
        .effect("what the service runs by name is looked for here alone: no sh, no ls, no git")
        .advice(format!("write PATH={value}:/usr/local/bin:/usr/bin:/bin"));
    Some(finding.man(MAN))
}

/// Quotes inside of a value group words and go; the program would have needed them.
///
/// Quotes may begin inside a word and are taken off there, also in the middle of a value.
fn quotes(span: &Span, raw: &str, read: &str) -> Option<Finding> {
    if !odd_quotes(raw) {
        return None;
    }
    let finding = Finding::warning("lost-quotes", span.clone(), "quotes inside a word are lost")
        .effect(format!("systemd takes the quotes off: {read:?}"))
        .advice("put single quotes round the whole word: 'NAME={\"a\":\"b\"}'")
        .man("systemd.syntax(7)");
    Some(finding)
}

/// `$PATH`, `${PATH}` or `$(hostname)` in a value.
///
/// A dollar sign before a digit or at the end is a price or a regular expression, and no variable.
fn variable_reference(value: &str) -> Option<String> {
    // A shell would run what stands between these, and systemd is none.
    if value.contains("$(") || (value.matches('`').count() > 1) {
        return Some("(…)".to_owned());
    }
    let at = value.find('$')?;
    let rest = value[at + 1..].trim_start_matches('{');
    let is_part = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
    let name: String = rest.chars().take_while(is_part).collect();
    (!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())).then_some(name)
}
