//! What stands between the variables of one `Environment=` line: blanks, and nothing else.
//!
//! ```ini
//! [Service]
//! Environment="USER=git","HOME=/home/git"
//! Environment=DSN=host=db1 user=imp
//! ```

use unit_file::syntax::Span;
use unit_file::values::{EnvironmentWord, is_variable_name};

use super::finding::Finding;

const MAN: &str = "systemd.exec(5)";

/// Whether the sign behind a variable, or the blank in it, is a mistake; `next` is the word behind.
pub(super) fn check(
    span: &Span,
    raw: &str,
    name: &str,
    value: &str,
    next: Option<&EnvironmentWord>,
    findings: &mut Vec<Finding>,
) -> bool {
    let finding = sign(span, raw, name, value, next.is_some());
    let finding = finding.or_else(|| falls_apart(span, name, value, next));
    let is_told = finding.is_some();
    findings.extend(finding);
    is_told
}

/// `"USER=git","HOME=/home/git"`: a comma is a letter of the value.
fn sign(span: &Span, raw: &str, name: &str, value: &str, is_more: bool) -> Option<Finding> {
    let is_joined = ["\",\"", "','"].iter().any(|joint| {
        let next = raw.split_once(joint).and_then(|(_, next)| next.split_once('='));
        raw.starts_with(&joint[..1]) && next.is_some_and(|(next, _)| is_variable_name(next))
    });
    // A comma between blanks is told of all lists.
    let ends = raw.ends_with(';') && is_more;
    if !is_joined && !ends {
        return None;
    }
    let message = "only blanks stand between variables, no commas or semicolons";
    let finding = Finding::warning("separator", span.clone(), message)
        .effect(format!("the sign is part of the value: {name} is {value:?}"))
        .advice("write a blank between the variables, or a line for each");
    Some(finding.man(MAN))
}

/// `DSN=host=db1 user=imp`: the words of a connection string look like variables to systemd.
///
/// Names of variables are in capitals, and those in such a value never are; http_proxy and its like
/// are the exception.
fn falls_apart(
    span: &Span,
    name: &str,
    value: &str,
    next: Option<&EnvironmentWord>,
) -> Option<Finding> {
    let is_small =
        |name: &str| is_variable_name(name) && !name.contains(|c: char| c.is_ascii_uppercase());
    let Some(EnvironmentWord::Variable { name: next, .. }) = next else {
        return None;
    };
    let (inner, _) = value.split_once('=')?;
    if is_small(name) || !is_small(inner) || !is_small(next) || next.ends_with("_proxy") {
        return None;
    }
    let message = format!("a blank ends the value of {name}");
    let finding = Finding::warning("separator", span.clone(), message)
        .effect(format!("{name} is {value:?}, and {next} is a variable of its own"))
        .advice(format!("quote the whole word: \"{name}={value} {next}=…\""));
    Some(finding.man(MAN))
}
