//! `Environment=`: words that are no assignment, and what only a shell would expand.

use super::{Finding, Subject};
use unit_file::directives::{Directive, Kind};
use unit_file::syntax::Assignment;
use unit_file::values::{EnvironmentWord, Word, parse_environment};

pub(super) fn check(
    subject: &Subject<'_>,
    assignment: &Assignment,
    row: &Directive,
    findings: &mut Vec<Finding>,
) {
    if row.kind != Kind::Environment {
        return;
    }
    let words = match parse_environment(assignment.value.text()) {
        Ok(words) => words,
        Err(error) => {
            let finding =
                Finding::warning("ignored-value", assignment.value.span(), error.to_string())
                    .effect(subject.when_ignored(assignment))
                    .man("systemd.exec(5)");
            return findings.push(finding);
        }
    };
    let mut before = None;
    for word in words {
        match word {
            EnvironmentWord::Dropped(word) => {
                findings.push(dropped(assignment, &word, before.as_deref()))
            }
            EnvironmentWord::Variable { name, value, span } => {
                if let Some(reference) = variable_reference(&value) {
                    let span = assignment.value.span_of(span.clone());
                    findings.push(not_expanded(span, &name, &reference));
                }
                before = Some(name);
            }
        }
    }
}

fn dropped(assignment: &Assignment, word: &Word, before: Option<&str>) -> Finding {
    let text = word.text();
    let span = assignment.value.span_of(word.span.clone());
    let message = match text.split_once('=') {
        Some((name, _)) => format!("{name:?} can't be the name of a variable"),
        None => format!("{text:?} is not of the form NAME=value"),
    };
    let finding = Finding::warning("ignored-word", span, message)
        .effect("systemd drops this word and keeps the others")
        .man("systemd.exec(5)");
    match before {
        Some(name) if !text.contains('=') => finding
            .advice(format!("if it belongs to {name}, quote the whole word: \"{name}=… {text}\"")),
        _ => finding.advice("write NAME=value; names have letters, digits and _"),
    }
}

/// `$PATH` or `${PATH}` in a value.
fn variable_reference(value: &str) -> Option<String> {
    let at = value.find('$')?;
    let rest = value[at + 1..].trim_start_matches('{');
    let name: String =
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    (!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())).then_some(name)
}

fn not_expanded(span: unit_file::syntax::Span, name: &str, reference: &str) -> Finding {
    Finding::warning("not-expanded", span, format!("${reference} is not expanded in Environment="))
        .effect(format!("{name} holds the dollar sign and the name, as they stand"))
        .advice("write the value out; only Exec lines know variables")
        .man("systemd.exec(5)")
}
