//! Conditions that systemd can't read, or that never hold; systemd.unit(5), "Conditions and
//! Asserts".
//!
//! A unit whose condition does not hold is skipped without a failure, so a slip in one shows as a
//! unit that never runs.
//!
//! ```ini
//! [Unit]
//! ConditionACPower=garbage
//! ConditionMemory=10 gigabytes
//! ConditionVirtualization=virtualbox
//! ```

use unit_file::directives::{Directive, Kind, has_word};
use unit_file::values::{Invalid, Prefix, TimeSpan, parse_integer, parse_percent, parse_size};

use super::amounts::letter_alone;
use super::finding::Finding;
use super::known_words::known_words;
use super::line::Line;
use super::problem::{Cost, Problem, one};
use super::programs::base_name;
use super::subject::{RunCommand, Subject};
use crate::load::Scope;
use crate::suggest::nearest;

/// `ConditionPathExists=/etc/app/*.conf`: only the key with Glob in its name knows patterns.
pub(super) fn pattern(line: &Line<'_, '_>) -> Option<Finding> {
    let Line { assignment, row, .. } = *line;
    let text = assignment.value.text();
    let is_path = matches!(row.kind, Kind::ConditionPath) && !row.key.ends_with("Glob");
    if !is_path || !text.contains(['*', '?', '[']) {
        return None;
    }
    let message = format!("{}= knows no patterns", row.key);
    let holds = if text.contains('!') { "so this always holds" } else { "so the unit never runs" };
    let effect = format!("systemd looks for a path of just this name, {holds}");
    let finding = Finding::warning("one-path", assignment.value.span(), message).effect(effect);
    let is_exists = row.key.ends_with("PathExists");
    let advice = format!("use {}=", row.key.replace("PathExists", "PathExistsGlob"));
    let advice = if is_exists { advice } else { "name one path".to_owned() };
    Some(finding.advice(advice).man("systemd.unit(5)"))
}

/// Questions about the manager that look as if they were about the service.
///
/// Conditions are asked before anything of the service is there: its user and its environment come
/// later, and are none of the manager's. systemd.unit(5), ConditionUser=, ConditionEnvironment=.
pub(super) fn of_manager(line: &Line<'_, '_>) -> Option<Finding> {
    let Line { subject, assignment, row } = *line;
    if row.kind != Kind::Condition || subject.scope == Scope::User {
        return None;
    }
    let value = assignment.value.text();
    let word = behind_signs(value);
    // Of several with a |, another one may hold.
    if value.contains(['!', '%', '|']) {
        return None;
    }
    let name = word.split('=').next().unwrap_or_default();
    let sets_it = || {
        let words = subject.effective.words("Service", "Environment");
        words.iter().any(|set| set.trim_matches('"').split('=').next() == Some(name))
    };
    let (message, advice) = match row.key {
        "ConditionUser" | "AssertUser" | "ConditionGroup" | "AssertGroup"
            if !matches!(word, "root" | "0" | "@system") =>
        {
            ("the system's manager is root: User= and Group= do not count here", "take it away")
        }
        "ConditionEnvironment" | "AssertEnvironment" if sets_it() => {
            let advice = "take it away; systemctl set-environment sets what the manager has";
            ("the manager's environment is asked, not Environment= of the unit", advice)
        }
        _ => return None,
    };
    let finding = Finding::warning("of-manager", assignment.value.span(), message)
        .effect("this does not hold, so the unit is skipped whenever it should start");
    Some(finding.advice(advice).man("systemd.unit(5)"))
}

/// `ExecCondition=!/usr/bin/test -e /etc/nologin`: in a shell, ! turns the answer round.
///
/// Before a program in a unit, it is about rights: the user is not changed; systemd.service(5).
pub(super) fn negated(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let asks = "test [ grep systemctl pgrep pidof systemd-detect-virt mountpoint false true";
    for key in ["ExecCondition", "ExecStartPre"] {
        let is_asked = |run: &&RunCommand<'_>| {
            let is_condition = key == "ExecCondition";
            let is_question = is_condition || has_word(asks, base_name(&run.command.program));
            run.command.has(Prefix::KeepUser) && is_question
        };
        findings.extend(subject.own_commands(key).filter(is_asked).map(|run| {
            let start = run.assignment.value.span_of(0..run.command.program_span.end);
            let finding = Finding::warning("negated", start, "! does not turn the answer round")
                .effect(
                    "it keeps root's rights for the command, and what the command says, counts",
                );
            let advice =
                "for the contrary, write /bin/sh -c '! ...', or a Condition...=! in [Unit]";
            finding.advice(advice).man("systemd.service(5)")
        }));
    }
}

/// A condition that systemd can't read counts as failed, also behind a `!`. With a `|` before it,
/// another one may still hold.
fn cost(value: &str) -> Cost {
    if value.starts_with('|') { Cost::Line } else { Cost::Start }
}

/// The word behind the signs.
fn behind_signs(value: &str) -> &str {
    value.trim_start_matches(['|', '!', ' '])
}

/// `ConditionFirstBoot=` and `ConditionACPower=` take the words of every boolean; what else stands
/// there is an error of the condition, and a condition with an error does not hold.
pub(super) fn yes_or_no(value: &str) -> Vec<Problem> {
    let problems = one(unit_file::values::parse_boolean(behind_signs(value)).map(drop));
    problems.into_iter().map(|problem| problem.costs(cost(value))).collect()
}

/// Of the other conditions, some are read strictly, and some compare with words of a closed list.
pub(super) fn condition(row: &Directive, value: &str) -> Vec<Problem> {
    let word = behind_signs(value);
    let key = row.key.trim_start_matches("Condition").trim_start_matches("Assert");
    let (is_good, what) = match key {
        "Capability" => (is_capability(word), "is not a capability"),
        "Memory" => (parse_size(behind_operator(word)).is_ok(), "is no size such as >=2G"),
        "CPUs" => (parse_integer(behind_operator(word)).is_ok(), "is no number such as >=4"),
        "CPUPressure" | "IOPressure" | "MemoryPressure" => {
            (is_pressure(word), "is nothing like 10%, 10%/5min or user.slice:10%")
        }
        "OSRelease" => (word.split_whitespace().all(is_comparison), "is nothing like ID=debian"),
        "Architecture" | "Virtualization" | "Security" => return known(key, value),
        _ => return Vec::new(),
    };
    if is_good || word.contains('%') && key == "Capability" {
        return Vec::new();
    }
    let size = behind_operator(word);
    let meant = letter_alone(size).filter(|_| key == "Memory");
    let meant = meant.map(|meant| format!("{}{meant}", &word[..word.len() - size.len()]));
    vec![about(value, word, format!("{word:?} {what}")).meant(meant)]
}

/// A problem with what is behind the signs: they stay when the word is mended.
fn about(value: &str, word: &str, reason: String) -> Problem {
    let span = value.len() - word.len()..value.len();
    Problem::from(Invalid::at(span, reason)).costs(cost(value))
}

/// Conditions on capabilities take the name with its CAP_, in any case, as capabilities(7) has it;
/// a capability that the kernel does not know can't be in the bounding set.
fn is_capability(word: &str) -> bool {
    let name = word.to_ascii_lowercase();
    let name = name.strip_prefix("cap_");
    name.is_some_and(|name| has_word(known_words("CAPABILITIES"), name))
}

/// `>=2G`, `!= 4`, and a number alone, which stands for at least that.
fn behind_operator(word: &str) -> &str {
    word.trim_start_matches(['<', '>', '=', '!']).trim_start()
}

/// A share of the time that processes waited, within a span that the kernel counts.
fn is_pressure(word: &str) -> bool {
    let share = word.split_once(':').map_or(word, |(_, share)| share);
    let (share, span) = share.split_once('/').unwrap_or((share, "5min"));
    parse_percent(share).is_ok() && TimeSpan::parse(span).is_ok()
}

/// `ID=debian`, `VERSION_ID>=12`: a field of os-release(5), an operator and a value.
fn is_comparison(word: &str) -> bool {
    word.find(['=', '<', '>']).is_some_and(|at| at > 0)
}

/// systemd compares with what it finds, so that a word it doesn't know never holds. Behind a `!` it
/// always holds, which does no harm.
fn known(key: &str, value: &str) -> Vec<Problem> {
    let (word, words) = (behind_signs(value), known_words(key));
    if value.contains('!') || has_word(words, word) {
        return Vec::new();
    }
    let problem = about(value, word, format!("systemd knows no {word:?} here"));
    vec![problem.meant(nearest(word, words.split(' ')))]
}
