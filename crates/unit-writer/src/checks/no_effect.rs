//! Keys that do nothing without another one, which is not there. The table is
//! `data/no-effect.tsv`.
//!
//! Such a line does no harm, but whoever wrote it expected something of it.
//!
//! ```ini
//! [Service]
//! ExecStart=/usr/bin/app
//! RestartSec=5
//! ```

use std::sync::OnceLock;

use unit_file::directives::find;
use unit_file::values::parse_boolean;

use super::finding::{Finding, Severity, Told};
use super::subject::Subject;
use crate::load::Role;

static TEXT: &str = include_str!("../../data/no-effect.tsv");

/// A key of the table.
struct Row {
    section: &'static str,
    key: &'static str,
    needs: &'static str,
    missing: &'static str,
    advice: &'static str,
}

/// Read when the first unit is judged; a test sees to it that each line is a row.
fn table() -> &'static [Row] {
    static TABLE: OnceLock<Vec<Row>> = OnceLock::new();
    let lines = TEXT.lines().filter(|line| !line.starts_with('#'));
    TABLE.get_or_init(|| lines.filter_map(rows).flatten().collect())
}

/// The keys of a line, of which all need the same.
fn rows(line: &'static str) -> Option<impl Iterator<Item = Row>> {
    let mut columns = line.split('\t');
    let mut next = || columns.next();
    let (section, keys) = (next()?, next()?);
    let (needs, missing, advice) = (next()?, next()?, next()?);
    Some(keys.split(' ').map(move |key| Row { section, key, needs, missing, advice }))
}

/// What a key needs may be in another file of the unit. Of a drop-in whose unit nobody knows,
/// nothing can be said.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.role == Role::DropIn && subject.effective.files() < 2 {
        return;
    }
    for row in table().iter().filter(|row| subject.effective.may_set(row.key)) {
        findings.tell(without_effect(subject, row));
    }
}

/// A key that says no does nothing, and was meant to.
fn without_effect(subject: &Subject<'_>, row: &Row) -> Option<Finding> {
    let key = row.key;
    let section = if row.section == "*" { subject.own_section() } else { row.section };
    let value = subject.effective.last(section, key)?;
    let is_no = value != "0" && parse_boolean(value) == Ok(false);
    if is_no || row.needs.split(' ').any(|need| is_met(subject, need)) {
        return None;
    }
    // A package may have the line for others, who add what it needs.
    let severity = if subject.is_of_vendor() { Severity::Info } else { Severity::Warning };
    let span = subject.lines_of(key).find(|line| *line.section == *section)?.key_span.clone();
    let message = format!("{key}= does nothing without {}", row.missing);
    let finding = Finding::new(severity, "no-effect", span, message)
        .effect("systemd takes the line and does nothing with it")
        .advice(row.advice);
    Some(finding.man(find(section, key)?.man))
}

/// Whether the unit has what is needed.
fn is_met(subject: &Subject<'_>, need: &str) -> bool {
    let value_of = |key: &str| match key {
        "Type" => Some(subject.service_type()),
        _ => subject.own(key).or_else(|| subject.effective.last("Unit", key)),
    };
    if let Some((key, value)) = need.split_once("!=") {
        return value_of(key).is_some_and(|given| given != value);
    }
    match need.split_once('=') {
        None => value_of(need).is_some(),
        Some((key, "yes")) => subject.is_yes(key),
        Some((key, start @ ("/" | "%"))) => {
            let lines = subject.effective.values(subject.own_section(), key);
            lines.iter().any(|entry| entry.assignment.value.text().starts_with(start))
        }
        Some((key, value)) => value_of(key) == Some(value),
    }
}

#[cfg(test)]
mod tests {
    use unit_file::directives::by_key;

    use super::{TEXT, table};

    #[test]
    fn every_row_can_be_read_and_names_keys_of_its_section() {
        let lines = TEXT.lines().filter(|line| !line.starts_with('#'));
        assert!(lines.clone().all(|line| line.split('\t').count() == 5));
        assert!(table().len() > lines.count());
        for row in table() {
            let is_there = |row: &super::Row| {
                let mut meanings = by_key(row.key);
                meanings.any(|meaning| row.section == "*" || meaning.is_in(row.section))
            };
            assert!(is_there(row), "{}", row.key);
            for need in row.needs.split(' ') {
                let key = need.split(['=', '!']).next().unwrap();
                assert!(by_key(key).next().is_some(), "{key}");
            }
        }
    }
}
