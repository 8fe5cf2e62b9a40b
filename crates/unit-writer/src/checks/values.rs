//! Values: whether systemd takes what stands right of the `=`, by the kind of value that a key has.
//!
//! What a bad value costs follows from systemd's parsers, one function for each kind in its
//! load-fragment.c; `tests/verify.rs` compares thousands of values with `systemd-analyze verify`.
//!
//! The table of keys says which kind a key has, the kind says which function judges.
//!
//! A value with specifiers is judged only as far as they go: what will stand there is not known
//! before the unit is loaded.

use unit_file::directives::{Directive, Kind, OLDEST, since, words_in};
use unit_file::values::{
    Reader, SpecifierUse, parse_mode, parse_nanoseconds, parse_percent, specifiers,
};

use super::finding::{Edit, Finding, REFUSED, Severity, Told};
use super::line::Line;
use super::lost_lists::nothing_left;
use super::problem::{Cost, Problem, one};
use super::subject::Subject;
use super::usual_names::usual_name;
use super::{amounts, conditions, cures, forms, lists, networks, paths, scalars};

/// The one way from a value to its findings, whatever the kind: an empty value is a question of its
/// own, as it may reset.
pub(super) fn check(line: &Line<'_, '_>, findings: &mut Vec<Finding>) {
    let Line { assignment, .. } = *line;
    if assignment.value.is_empty() {
        findings.tell(empty(line));
        return;
    }
    let problems = problems(line);
    let nothing_left = if problems.is_empty() { None } else { nothing_left(line, &problems) };
    for (problem, index) in problems.into_iter().zip(0..) {
        let finding = finding(line, problem);
        findings.push(match &nothing_left {
            Some(effect) if index == 0 => finding.effect(effect),
            Some(_) => finding.effect("systemd ignores this word, too"),
            None => finding,
        });
    }
}

/// Whether systemd takes the value at all, so that a unit can rely on it.
///
/// Words that are dropped leave the others, so a list with one bad word still holds.
pub(super) fn holds(line: &Line<'_, '_>) -> bool {
    let Line { subject, assignment, row } = *line;
    let is_lost = |problem: &Problem| !matches!(problem.cost, Cost::Word | Cost::Rest);
    let unknown = |(_, used)| matches!(used, SpecifierUse::Unknown(_));
    let mut used = specifiers(assignment.value.text(), Reader::Manager, subject.version);
    let is_unfilled = row.fills_in && used.any(unknown);
    !is_unfilled && !problems(line).iter().any(is_lost)
}

/// Specifiers come first: systemd fills them in, and then reads what came out.
///
/// A specifier may be anything when the unit is loaded, so a value with one is left alone.
fn problems(line: &Line<'_, '_>) -> Vec<Problem> {
    let Line { subject, assignment, row } = *line;
    let value = assignment.value.text();
    let filled_in = |used| matches!(used, SpecifierUse::Known(_) | SpecifierUse::Unknown(_));
    let mut used = specifiers(value, Reader::Manager, subject.version).filter(|_| row.fills_in);
    let Some((start, _)) = used.find(|(_, used)| filled_in(*used)) else {
        return by_kind(subject, row, value);
    };
    // What it will be is known only when the unit is loaded, except that a path which does not
    // begin at the root never will.
    let before = value[..start].trim_start_matches(['-', '+']);
    let is_path = matches!(row.kind, Kind::Path | Kind::Directory | Kind::EnvironmentFile);
    if !is_path || before.is_empty() || before.starts_with('/') {
        return Vec::new();
    }
    by_kind(subject, row, &value[..start])
}

/// What a problem costs decides how bad it is: a lost word leaves a service that runs with less
/// than was meant, a lost unit one that does not run.
fn finding(line: &Line<'_, '_>, problem: Problem) -> Finding {
    let Line { subject, assignment, row } = *line;
    let key = row.key;
    let (severity, code, effect) = match problem.cost {
        Cost::Word => {
            let effect = format!("systemd ignores this word of {key}= and takes the others");
            (Severity::Warning, "ignored-word", effect)
        }
        Cost::Rest => {
            let before = assignment.value.text()[..problem.invalid.span.start].trim_end();
            let effect =
                format!("systemd stops reading {key}= here; the words before hold: {before:?}");
            (Severity::Warning, "ignored-word", effect)
        }
        Cost::Line => (Severity::Warning, "ignored-value", subject.when_ignored(assignment)),
        // One condition that can't be read is as good as one that fails: systemd starts nothing.
        Cost::Start => {
            let effect =
                "systemd takes such a condition for one that does not hold: the unit does \
                          not start"
                    .to_owned();
            (Severity::Error, "failed-condition", effect)
        }
        // Few settings are so dear: without its user or its root directory, for example, a service
        // would run with more rights than was meant.
        Cost::Unit => {
            let effect = format!("systemd refuses the unit for its {key}=; it does not load");
            (Severity::Error, "refused-value", effect)
        }
    };
    let span = assignment.value.span_of(problem.invalid.span.clone());
    let part = assignment.value.text().get(problem.invalid.span).unwrap_or_default();
    // A usual name of the thing is surer than the nearest word by its letters.
    let usual = usual_name(key, part).map(str::to_owned);
    let meant = usual.or(problem.meant).or_else(|| cures::meant(line, part));
    let finding = Finding::new(severity, code, span.clone(), problem.invalid.reason)
        .effect(effect)
        .man(row.man);
    match meant {
        Some(meant) if problem.is_sure => {
            finding.mend(format!("write {meant:?}"), vec![Edit { span, text: meant }])
        }
        Some(meant) => finding.suggest(format!("write {meant:?}"), span, meant),
        None => finding,
    }
}

/// An empty value resets many keys. The table says for which ones systemd 252 warns and ignores it
/// instead; later versions take it for a reset, except of `DynamicUser=`.
fn empty(line: &Line<'_, '_>) -> Option<Finding> {
    let Line { subject, assignment, row } = *line;
    let span = assignment.key_span.clone();
    // The dependencies of all files of a unit add up, and no line takes one back; systemd.unit(5),
    // "Overriding vendor settings".
    if matches!(row.kind, Kind::Units(_)) && row.is_in("Unit") && !row.resets {
        let message = format!("an empty {}= takes no dependency back", row.key);
        let finding = Finding::warning("empty-value", span, message)
            .effect("systemd adds nothing: what the unit or another drop-in has named still holds")
            .advice("copy the whole unit to /etc/systemd/system and change it there");
        return Some(finding.man(row.man));
    }
    if !row.needs_value || subject.version > OLDEST {
        return None;
    }
    let message = format!("an empty value does not reset {}=", row.key);
    let advice = "take the line away, or write the value";
    // The one key whose parser is strict, because a wrong guess would give the service rights.
    let finding = if row.key == "DynamicUser" {
        Finding::error("refused-value", span, message).effect(REFUSED)
    } else {
        Finding::warning("empty-value", span, message).effect(subject.when_ignored(assignment))
    };
    Some(finding.advice(advice).man(row.man))
}

/// Every kind has its judge: a new one must be thought of here before anything compiles. Free text
/// is the kernel's or another program's affair, and commands have files of their own.
fn by_kind(subject: &Subject<'_>, row: &Directive, value: &str) -> Vec<Problem> {
    let problems = judged(subject, row, value);
    match row.kind {
        Kind::Boolean(words) | Kind::Choice(words) | Kind::ChoiceOrNumber(words, _)
            if !problems.is_empty() =>
        {
            too_new(subject, words, value).map_or(problems, |problem| vec![problem])
        }
        _ => problems,
    }
}

/// A word that a later version knows: `Type=notify-reload` came with version 253.
fn too_new(subject: &Subject<'_>, words: &'static str, value: &str) -> Option<Problem> {
    let since = since(words, value)?;
    let reason = format!("{value:?} came with systemd {since}, this is {}", subject.version);
    Some(Problem::whole(value, reason))
}

/// Nothing here knows of versions but by the words that the caller's version has.
fn judged(subject: &Subject<'_>, row: &Directive, value: &str) -> Vec<Problem> {
    match row.kind {
        Kind::Any | Kind::Text | Kind::Command | Kind::Environment => Vec::new(),
        Kind::Condition => conditions::condition(row, value),
        Kind::ConditionBoolean => conditions::yes_or_no(value),
        Kind::ConditionPath => paths::condition(value),
        Kind::Boolean(words) => scalars::boolean(row, value, || known(subject, words)),
        Kind::Choice(words) => scalars::choice(value, &known(subject, words)),
        Kind::ChoiceOrNumber(words, max) => scalars::numbered(value, &known(subject, words), max),
        Kind::Words(words) => lists::words(value, &known(subject, words)),
        Kind::BusName => one(scalars::bus_name(value)),
        Kind::FdName => one(scalars::fd_name(value)),
        Kind::Number(low, high) => one(scalars::number(value, low, high)),
        Kind::Time => scalars::time(value),
        Kind::Nanoseconds => one(parse_nanoseconds(value).map(drop)),
        Kind::Calendar => scalars::calendar(subject, value),
        Kind::Size => amounts::size(value),
        Kind::Memory => amounts::memory(row, value),
        Kind::Tasks => amounts::tasks(value),
        Kind::Percent => one(amounts::percent(value)),
        Kind::Quota => one(parse_percent(value).map(drop)),
        Kind::Weight(words) => one(scalars::weight(value, words)),
        Kind::PerDevice(what) => scalars::per_device(what, value),
        Kind::Cpus(words) => one(scalars::cpus(value, words)),
        Kind::Mode => one(parse_mode(value).map(drop)),
        Kind::Limit(unit) => amounts::limit(value, unit),
        Kind::Signal => scalars::signal(value),
        Kind::Statuses => lists::statuses(value),
        Kind::ErrorNumber => one(scalars::error_number(value)),
        Kind::Path => paths::path(row, value),
        Kind::PlainPaths => paths::list(value, &[]),
        Kind::Paths => paths::list(value, &['-', '+']),
        Kind::PathFields(count) => paths::fields(row, value, count),
        Kind::SearchPath => paths::search_path(value),
        Kind::Directory => paths::directory(value),
        Kind::Directories => paths::directories(row, value),
        Kind::EnvironmentFile => paths::environment_file(value),
        Kind::Variables => lists::variables(value),
        Kind::UnsetVariables => lists::unset_variables(value),
        Kind::Unit(unit_type) => scalars::unit(value, unit_type),
        Kind::Units(unit_type) => lists::units(row, value, unit_type),
        Kind::User => scalars::user(value).into_iter().collect(),
        Kind::Users => lists::users(value),
        Kind::Input => paths::stream(subject.version, value, paths::INPUTS),
        Kind::Output => paths::stream(subject.version, value, paths::OUTPUTS),
        Kind::Addresses => lists::addresses(value),
        Kind::Capabilities => lists::capabilities(value),
        Kind::SystemCalls => lists::system_calls(row, value),
        Kind::Families => lists::families(value),
        Kind::Namespaces => lists::namespaces(value),
        Kind::Controllers { or_boolean } => lists::controllers(value, or_boolean),
        Kind::Device => paths::device(value).into_iter().collect(),
        Kind::Interface => one(scalars::interface(value)),
        Kind::Interfaces => lists::interfaces(value),
        Kind::Networks => networks::networks(value),
        Kind::SocketBind => networks::socket_bind(value),
        Kind::Listen => one(networks::listen(row, value)),
        Kind::Form(form) => forms::problems(form, value),
    }
}

/// A word is known from the version on that brought it: on an older systemd it is as wrong as a
/// slip of the pen.
fn known(subject: &Subject<'_>, words: &'static str) -> Vec<&'static str> {
    words_in(words, subject.version).collect()
}
