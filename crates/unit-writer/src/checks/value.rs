//! Values: whether systemd takes what stands right of the `=`, by the kind of value that the key has.

use systemd_types::UnitName;

use super::scalars::{
    boolean, bus_name, calendar, choice, fd_name, limit, memory, number, signal, size, tasks, time,
};
use super::specifiers::fills_in;
use super::{Finding, Severity, Subject, lists};
use crate::suggest::nearest;
use unit_file::directives::{Directive, Kind, OLDEST, has_word, words_in};
use unit_file::syntax::Assignment;
use unit_file::values::{
    Context, Invalid, SpecifierUse, judge_path, parse_boolean, parse_integer, parse_mode,
    parse_nanoseconds, parse_percent, specifiers,
};

/// A part of a value that systemd doesn't take, and what that costs.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) invalid: Invalid,
    pub(super) cost: Cost,
    /// What was probably meant, to stand in the place of the part.
    pub(super) meant: Option<String>,
}

/// What systemd gives up because of a bad value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    /// The word.
    Word,
    /// The line.
    Line,
    /// The unit.
    Unit,
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Problem {
        Problem { invalid, cost: Cost::Line, meant: None }
    }
}

impl Problem {
    pub(super) fn word(invalid: Invalid) -> Problem {
        Problem { cost: Cost::Word, ..Problem::from(invalid) }
    }

    pub(super) fn unit(self) -> Problem {
        Problem { cost: Cost::Unit, ..self }
    }

    pub(super) fn meant(self, meant: Option<impl Into<String>>) -> Problem {
        Problem { meant: meant.map(Into::into), ..self }
    }
}

pub(super) fn check(
    subject: &Subject<'_>,
    assignment: &Assignment,
    row: &Directive,
    findings: &mut Vec<Finding>,
) {
    let value = assignment.value.text();
    if value.is_empty() {
        findings.extend(empty(subject, assignment, row));
        return;
    }
    let filled_in = |used| matches!(used, SpecifierUse::Known(_) | SpecifierUse::Unknown(_));
    if fills_in(row.kind)
        && specifiers(value, Context::Unit, subject.version).any(|(_, used)| filled_in(used))
    {
        return; // what it will be is known only when the unit is loaded
    }
    for problem in judge(subject, row, value) {
        findings.push(finding(subject, assignment, row, problem));
    }
}

fn finding(
    subject: &Subject<'_>,
    assignment: &Assignment,
    row: &Directive,
    problem: Problem,
) -> Finding {
    let (severity, code, effect) = match problem.cost {
        Cost::Word => (
            Severity::Warning,
            "ignored-word",
            "systemd ignores this word and takes the others".to_owned(),
        ),
        Cost::Line => (Severity::Warning, "ignored-value", subject.when_ignored(assignment)),
        Cost::Unit => (
            Severity::Error,
            "refused-value",
            "systemd refuses the unit; it does not load".to_owned(),
        ),
    };
    let span = assignment.value.span_of(problem.invalid.span.clone());
    let finding = Finding::new(severity, code, span.clone(), problem.invalid.reason)
        .effect(effect)
        .man(row.man);
    match problem.meant {
        Some(meant) => finding.suggest(format!("write {meant:?}"), span, meant),
        None => finding,
    }
}

/// An empty value resets many keys, but not all.
fn empty(subject: &Subject<'_>, assignment: &Assignment, row: &Directive) -> Option<Finding> {
    let resets = !matches!(
        row.kind,
        Kind::Boolean(_)
            | Kind::Choice(_)
            | Kind::Time { or_empty: false }
            | Kind::Mode
            | Kind::Limit(_)
            | Kind::Signal
    );
    let is_exception = matches!(
        row.key,
        "MountFlags" | "KillMode" | "CPUSchedulingPolicy" | "Personality" | "MountAPIVFS"
    );
    if resets || is_exception || row.is_list || subject.version != OLDEST {
        return None;
    }
    let span = assignment.key_span.clone();
    let message = format!("an empty value does not reset {}=", row.key);
    let finding = Finding::warning("empty-value", span, message).man(row.man);
    Some(
        finding
            .effect(subject.when_ignored(assignment))
            .advice("take the line away, or write the value"),
    )
}

pub(super) fn one(result: Result<(), Invalid>) -> Vec<Problem> {
    result.err().map(Problem::from).into_iter().collect()
}

fn judge(subject: &Subject<'_>, row: &Directive, value: &str) -> Vec<Problem> {
    let known = |words| words_in(words, subject.version).collect::<Vec<_>>();
    match row.kind {
        Kind::Boolean(words) => boolean(row, value, &known(words)),
        Kind::Choice(words) => choice(value, &known(words)),
        Kind::ChoiceOrNumber(_, limit) if parse_integer(value).is_ok() => {
            one(number(value, 0, limit))
        }
        Kind::ChoiceOrNumber(words, _) => choice(value, &known(words)),
        Kind::BusName => one(bus_name(value)),
        Kind::FdName => one(fd_name(value)),
        Kind::Number(low, high) => one(number(value, low, high)),
        Kind::Time { .. } => time(value),
        Kind::Nanoseconds => one(parse_nanoseconds(value).map(drop)),
        Kind::Calendar => calendar(subject, value),
        Kind::Size => size(value),
        Kind::Memory => memory(row, value),
        Kind::Tasks => tasks(value),
        Kind::Quota => one(parse_percent(value).map(drop)),
        Kind::Weight(words) if !has_word(words, value) => one(number(value, 1, 10_000)),
        Kind::Mode => one(parse_mode(value).map(drop)),
        Kind::Limit(unit) => limit(value, unit),
        Kind::Signal => signal(value),
        Kind::Path => path(row, value),
        Kind::Directory => directory(value),
        Kind::EnvironmentFile => one(absolute(value, usize::from(value.starts_with('-')))),
        Kind::ConditionPath => {
            one(absolute(value, value.len() - value.trim_start_matches(['|', '!', ' ']).len()))
        }
        Kind::ConditionBoolean => {
            one(parse_boolean(value.trim_start_matches(['|', '!', ' '])).map(drop))
        }
        Kind::Unit(unit_type) => unit(value, unit_type),
        Kind::User => user(value, 0).into_iter().map(Problem::unit).collect(),
        Kind::Input => stream(value, INPUTS, &["fd", "file"]),
        Kind::Output => output(value),
        kind => lists::judge(row, kind, value),
    }
}

/// An absolute path behind `skip` bytes of prefixes.
fn absolute(value: &str, skip: usize) -> Result<(), Invalid> {
    let path = &value[skip..];
    judge_path(path).map_err(|problem| {
        let hint =
            if path.starts_with('~') { "; ~ means nothing here, a user's home is %h" } else { "" };
        Invalid::at(skip..value.len(), format!("{problem}{hint}"))
    })
}

fn path(row: &Directive, value: &str) -> Vec<Problem> {
    if row.key == "PIDFile" && !value.starts_with('/') {
        return Vec::new(); // it is taken to be below /run
    }
    let strict = matches!(row.key, "RootDirectory" | "RootImage" | "RootVerity");
    let problems = one(absolute(value, 0));
    problems.into_iter().map(|problem| if strict { problem.unit() } else { problem }).collect()
}

fn directory(value: &str) -> Vec<Problem> {
    let optional = value.starts_with('-');
    if value.trim_start_matches('-') == "~" {
        return Vec::new();
    }
    let problems = one(absolute(value, usize::from(optional))).into_iter();
    problems.map(|problem| if optional { problem } else { problem.unit() }).collect()
}

/// A unit's name, of a type if the key asks for one.
fn unit(value: &str, unit_type: &str) -> Vec<Problem> {
    match UnitName::new(value) {
        Err(error) => {
            let suffix = if unit_type.is_empty() { "service" } else { unit_type };
            let longer = format!("{value}.{suffix}");
            let meant = UnitName::new(&longer).ok().map(|name| name.as_str().to_owned());
            vec![Problem::from(Invalid::whole(value, error.to_string())).meant(meant)]
        }
        Ok(name) if !unit_type.is_empty() && name.unit_type().as_str() != unit_type => {
            vec![Invalid::whole(value, format!("{value:?} is not a {unit_type} unit")).into()]
        }
        Ok(name) if unit_type == "slice" && !name.is_valid_slice() => {
            vec![
                Invalid::whole(
                    value,
                    format!("{value:?} is no slice: each part between dashes needs a name"),
                )
                .into(),
            ]
        }
        Ok(_) => Vec::new(),
    }
}

/// What systemd takes for a user or group, whether or not it exists.
pub(super) fn user(value: &str, at: usize) -> Option<Problem> {
    let refuse = |reason: String| Some(Problem::from(Invalid::at(at..at + value.len(), reason)));
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    if let Ok(number) = value.parse::<u32>() {
        let reserved = matches!(number, 65535 | u32::MAX);
        let leading_zero = value.len() > 1 && value.starts_with('0');
        let refusal =
            if reserved { "the number is reserved" } else { "a number has no leading zero" };
        return if reserved || leading_zero {
            refuse(format!("{value} is no user: {refusal}"))
        } else {
            None
        };
    }
    // A blank is odd, but systemd takes it.
    let forbidden = |c: char| c.is_ascii_control() || matches!(c, ':' | '/');
    let dots = matches!(value, "." | "..");
    if value.is_empty()
        || value.contains(forbidden)
        || value.starts_with(['-', ' '])
        || dots
        || digits
        || value.len() > 255
    {
        return refuse(format!("{value:?} can't be the name of a user or group"));
    }
    None
}

const INPUTS: &str = "null tty tty-force tty-fail socket data fd";
const OUTPUTS: &str =
    "inherit null tty journal kmsg journal+console kmsg+console socket fd syslog syslog+console";

/// One of the words, or one that is followed by a name or path.
fn stream(value: &str, words: &str, prefixes: &[&str]) -> Vec<Problem> {
    if has_word(words, value) {
        return Vec::new();
    }
    match value.split_once(':') {
        Some(("fd", _)) => Vec::new(),
        Some((prefix, path)) if prefixes.contains(&prefix) => {
            one(absolute(value, value.len() - path.len()))
        }
        _ => {
            let all: Vec<&str> = words.split(' ').collect();
            let reason =
                format!("{value:?} is none of {}, {}:", all.join(", "), prefixes.join(":, "));
            vec![Problem::from(Invalid::whole(value, reason)).meant(nearest(value, all))]
        }
    }
}

fn output(value: &str) -> Vec<Problem> {
    stream(value, OUTPUTS, &["fd", "file", "append", "truncate"])
}
