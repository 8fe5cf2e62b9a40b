//! Values: whether systemd takes what stands right of the `=`, by the kind of value that the key has.

use systemd_types::UnitName;

use super::specifiers::fills_in;
use super::{Finding, Severity, Subject, lists};
use crate::directives::{
    Directive, Kind, LimitUnit, OLDEST, has_word, is_signal, nearest, words_in,
};
use crate::syntax::Assignment;
use crate::values::{
    Calendar, Context, Invalid, SpecifierUse, TimeSpan, judge_path, parse_boolean, parse_integer,
    parse_mode, parse_nanoseconds, parse_percent, parse_size, specifiers,
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
        Problem {
            invalid,
            cost: Cost::Line,
            meant: None,
        }
    }
}

impl Problem {
    pub(super) fn word(invalid: Invalid) -> Problem {
        Problem {
            cost: Cost::Word,
            ..Problem::from(invalid)
        }
    }

    fn unit(self) -> Problem {
        Problem {
            cost: Cost::Unit,
            ..self
        }
    }

    pub(super) fn meant(self, meant: Option<impl Into<String>>) -> Problem {
        Problem {
            meant: meant.map(Into::into),
            ..self
        }
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
        Cost::Line => (
            Severity::Warning,
            "ignored-value",
            subject.when_ignored(assignment),
        ),
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
    let finding = Finding::new(Severity::Warning, "empty-value", span, message).man(row.man);
    Some(
        finding
            .effect(subject.when_ignored(assignment))
            .advice("take the line away, or write the value"),
    )
}

fn one(result: Result<(), Invalid>) -> Vec<Problem> {
    result.err().map(Problem::from).into_iter().collect()
}

fn judge(subject: &Subject<'_>, row: &Directive, value: &str) -> Vec<Problem> {
    match row.kind {
        Kind::Boolean(words) => boolean(
            row,
            value,
            &words_in(words, subject.version).collect::<Vec<_>>(),
        ),
        Kind::Choice(words) => choice(value, &words_in(words, subject.version).collect::<Vec<_>>()),
        Kind::ChoiceOrNumber(_, limit) if parse_integer(value).is_ok() => {
            one(number(value, 0, limit))
        }
        Kind::ChoiceOrNumber(words, _) => {
            choice(value, &words_in(words, subject.version).collect::<Vec<_>>())
        }
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
        Kind::ConditionPath => one(absolute(
            value,
            value.len() - value.trim_start_matches(['|', '!', ' ']).len(),
        )),
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

fn boolean(row: &Directive, value: &str, words: &[&str]) -> Vec<Problem> {
    let Err(invalid) = parse_boolean(value) else {
        return Vec::new();
    };
    if words.contains(&value) {
        return Vec::new();
    }
    let known = words
        .iter()
        .copied()
        .chain(["yes", "no", "true", "false", "on", "off"]);
    let meant = nearest(value, known);
    let mut reason = invalid.reason;
    if !words.is_empty() {
        reason = format!("{value:?} is none of yes, no, {}", words.join(", "));
    }
    let problem = Problem::from(Invalid::whole(value, reason)).meant(meant);
    // The one boolean that systemd is strict about.
    vec![if row.key == "DynamicUser" {
        problem.unit()
    } else {
        problem
    }]
}

fn choice(value: &str, words: &[&str]) -> Vec<Problem> {
    if words.contains(&value) {
        return Vec::new();
    }
    let reason = format!("{value:?} is none of {}", words.join(", "));
    vec![Problem::from(Invalid::whole(value, reason)).meant(nearest(value, words.iter().copied()))]
}

/// Two parts or more between dots, none of which begins with a digit; a unique name begins with a colon.
fn bus_name(value: &str) -> Result<(), Invalid> {
    let unique = value.starts_with(':');
    let parts: Vec<&str> = value
        .strip_prefix(':')
        .unwrap_or(value)
        .split('.')
        .collect();
    let valid = |part: &&str| {
        let characters = part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        !part.is_empty()
            && characters
            && (unique || !part.starts_with(|c: char| c.is_ascii_digit()))
    };
    let good = parts.len() > 1 && parts.iter().all(valid) && value.len() <= 255;
    good.then_some(()).ok_or_else(|| {
        Invalid::whole(
            value,
            format!("{value:?} is no D-Bus name such as org.example.Thing"),
        )
    })
}

fn fd_name(value: &str) -> Result<(), Invalid> {
    let good = value.len() <= 255
        && value
            .bytes()
            .all(|byte| (b' '..0x7f).contains(&byte) && byte != b':');
    good.then_some(()).ok_or_else(|| {
        Invalid::whole(
            value,
            "a descriptor's name has printable characters and no colon",
        )
    })
}

fn number(value: &str, low: i128, high: i128) -> Result<(), Invalid> {
    let number = parse_integer(value)?;
    let in_range = (low..=high).contains(&number);
    in_range
        .then_some(())
        .ok_or_else(|| Invalid::whole(value, format!("{number} is not within {low} and {high}")))
}

fn time(value: &str) -> Vec<Problem> {
    one(TimeSpan::parse(value).map(drop))
}

fn calendar(subject: &Subject<'_>, value: &str) -> Vec<Problem> {
    let is_zone = |name: &str| match subject.machine {
        Some(machine) => machine.is_time_zone(name),
        None => name.starts_with(|c: char| c.is_ascii_uppercase()),
    };
    let Err(invalid) = Calendar::parse(value, is_zone) else {
        return Vec::new();
    };
    let reason = if TimeSpan::parse(value).is_ok() {
        format!(
            "{value:?} is a time span, not a date and time; see OnUnitActiveSec= and OnBootSec="
        )
    } else if value.split(' ').filter(|field| field.contains('*')).count() >= 3 {
        format!("{value:?} looks like a line of a crontab; systemd writes *-*-* 03:30:00")
    } else {
        return vec![invalid.into()];
    };
    vec![Invalid::whole(value, reason).into()]
}

/// `512MB`, `512Mi`: the letter alone is right.
fn size(value: &str) -> Vec<Problem> {
    let meant = || {
        let shorter = value
            .trim_end_matches(['B', 'b', 'i'])
            .trim_end()
            .to_ascii_uppercase();
        (shorter.len() < value.len() && parse_size(&shorter).is_ok()).then_some(shorter)
    };
    let problem =
        |invalid: Invalid| Problem::from(Invalid::whole(value, invalid.reason)).meant(meant());
    parse_size(value).err().map(problem).into_iter().collect()
}

fn memory(row: &Directive, value: &str) -> Vec<Problem> {
    match value {
        "0" if matches!(row.key, "MemoryMax" | "MemoryHigh") => {
            vec![Invalid::whole(value, "no memory at all is no limit").into()]
        }
        "infinity" => Vec::new(),
        _ if value.ends_with('%') => {
            one(parse_percent(value).and_then(|percent| at_most_all(value, percent)))
        }
        _ => size(value),
    }
}

fn at_most_all(value: &str, hundredths: u64) -> Result<(), Invalid> {
    let fits = hundredths <= 10_000;
    fits.then_some(())
        .ok_or_else(|| Invalid::whole(value, format!("{value} is more than all of it")))
}

fn tasks(value: &str) -> Vec<Problem> {
    match value {
        "infinity" => Vec::new(),
        _ if value.ends_with('%') => {
            one(parse_percent(value).and_then(|percent| at_most_all(value, percent)))
        }
        _ => one(number(value, 1, i128::from(u64::MAX) - 1)),
    }
}

fn limit(value: &str, unit: LimitUnit) -> Vec<Problem> {
    let (soft, hard) = value.split_once(':').unwrap_or((value, value));
    let read = |text: &str| -> Result<i128, Invalid> {
        match unit {
            _ if text == "infinity" && unit != LimitUnit::Nice => Ok(i128::MAX),
            LimitUnit::Number => {
                number(text, 0, i128::from(u64::MAX)).and_then(|()| parse_integer(text))
            }
            LimitUnit::Size => parse_size(text).map(i128::from),
            LimitUnit::Seconds | LimitUnit::Microseconds => {
                let span = TimeSpan::parse(text)?;
                Ok(span
                    .micros()
                    .and_then(|micros| i128::try_from(micros).ok())
                    .unwrap_or(i128::MAX))
            }
            LimitUnit::Nice if text.starts_with(['+', '-']) => number(text, -20, 19)
                .and_then(|()| parse_integer(text))
                .map(|nice| 20 - nice),
            LimitUnit::Nice => number(text, 0, 40).and_then(|()| parse_integer(text)),
        }
    };
    let judged = read(soft).and_then(|soft| Ok((soft, read(hard)?)));
    match judged {
        Ok((soft, hard)) if soft > hard => {
            vec![Invalid::whole(value, "the soft limit is above the hard one").into()]
        }
        Ok(_) => Vec::new(),
        Err(invalid) => vec![Invalid::whole(value, invalid.reason).into()],
    }
}

fn signal(value: &str) -> Vec<Problem> {
    if is_signal(value) {
        return Vec::new();
    }
    let upper = value.to_ascii_uppercase();
    let meant = is_signal(&upper).then_some(upper);
    vec![
        Problem::from(Invalid::whole(
            value,
            format!("{value:?} is not a signal such as SIGTERM"),
        ))
        .meant(meant),
    ]
}

/// An absolute path behind `skip` bytes of prefixes.
fn absolute(value: &str, skip: usize) -> Result<(), Invalid> {
    let path = &value[skip..];
    judge_path(path).map_err(|problem| {
        let hint = if path.starts_with('~') {
            "; ~ means nothing here, a user's home is %h"
        } else {
            ""
        };
        Invalid::at(skip..value.len(), format!("{problem}{hint}"))
    })
}

fn path(row: &Directive, value: &str) -> Vec<Problem> {
    if row.key == "PIDFile" && !value.starts_with('/') {
        return Vec::new(); // it is taken to be below /run
    }
    let strict = matches!(row.key, "RootDirectory" | "RootImage" | "RootVerity");
    let problems = one(absolute(value, 0));
    problems
        .into_iter()
        .map(|problem| if strict { problem.unit() } else { problem })
        .collect()
}

fn directory(value: &str) -> Vec<Problem> {
    let optional = value.starts_with('-');
    if value.trim_start_matches('-') == "~" {
        return Vec::new();
    }
    let problems = one(absolute(value, usize::from(optional))).into_iter();
    problems
        .map(|problem| if optional { problem } else { problem.unit() })
        .collect()
}

/// A unit's name, of a type if the key asks for one.
fn unit(value: &str, unit_type: &str) -> Vec<Problem> {
    match UnitName::new(value) {
        Err(error) => {
            let suffix = if unit_type.is_empty() {
                "service"
            } else {
                unit_type
            };
            let longer = format!("{value}.{suffix}");
            let meant = UnitName::new(&longer)
                .ok()
                .map(|name| name.as_str().to_owned());
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
        let refusal = if reserved {
            "the number is reserved"
        } else {
            "a number has no leading zero"
        };
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
            let reason = format!(
                "{value:?} is none of {}, {}:",
                all.join(", "),
                prefixes.join(":, ")
            );
            vec![Problem::from(Invalid::whole(value, reason)).meant(nearest(value, all))]
        }
    }
}

fn output(value: &str) -> Vec<Problem> {
    stream(value, OUTPUTS, &["fd", "file", "append", "truncate"])
}
