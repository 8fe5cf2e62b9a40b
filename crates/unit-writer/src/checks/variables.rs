//! `$NAME` and `${NAME}` in command lines: not all that a shell fills in is filled in here.
//!
//! systemd knows two forms. `${NAME}` is filled in anywhere and stays in its word; `$NAME` is
//! filled in only if it is a word of its own, and is split at blanks. systemd.service(5), "Command
//! lines".
//!
//! The word is what counts, not what is in it: where a shell looks at each sign, systemd looks at
//! how a word begins.
//!
//! ```ini
//! [Service]
//! ExecStart=/usr/bin/app --port=$PORT $DIR/file
//! ExecStart=/bin/sh -c 'for i in a b; do echo ${i}; done'  
//! ```

use unit_file::directives::has_word;
use unit_file::values::{Prefix, Word, is_variable_name};

use super::command_check::{CommandCheck, MAN};
use super::finding::{Finding, Severity};
use super::known_words::known_words;
use super::scripts::shell_script;
use crate::load::Scope;

/// How the names of variables end that hold several options.
const OPTION_NAMES: [&str; 8] =
    ["OPTS", "OPTIONS", "ARGS", "ARGUMENTS", "FLAGS", "PARAMS", "OPT", "EXTRA"];

/// Behind the program's own name, word by word; the prefix : turns the filling in off, and then a $
/// is a $.
pub(super) fn check(check: &CommandCheck<'_, '_>, findings: &mut Vec<Finding>) {
    if check.command.has(Prefix::NoVariables) {
        return;
    }
    let script = shell_script(check.command);
    for (index, word) in check.command.arguments.iter().enumerate().skip(1) {
        let finding = match script {
            Some(script) if index == script => {
                let own = own_variable(check, word).or_else(|| own_number(check, word));
                own.or_else(|| vanishing(check, word))
            }
            // What follows a script is filled in by systemd too, but such words are rare.
            Some(_) => None,
            None => vanishing(check, word)
                .or_else(|| unfilled(check, word))
                .or_else(|| one_word(check, word))
                .or_else(|| unset(check, word)),
        };
        findings.extend(finding);
    }
}

/// `$NAME/x`: systemd cuts the line into words before it looks at variables, and asks of each word
/// whether it begins with a $. The rest of such a word is taken for a name as it is, slashes
/// included; no variable can have such a name, and an unset $NAME makes no word at all. A quoted
/// script is one word too.
fn vanishing(check: &CommandCheck<'_, '_>, word: &Word) -> Option<Finding> {
    let text = word.text();
    let rest = whole_name(&text)?;
    let name = leading_name(rest);
    if name.is_empty() || is_variable_name(rest) {
        return None;
    }
    let message = format!("systemd looks for a variable of the whole name {rest:?}");
    let finding = Finding::warning("variable-in-word", check.span_of(word), message)
        .effect("there is none, so the word vanishes: the program does not get it at all")
        .suggest("write ${NAME} inside a word", check.span_of(word), braced(&text, name));
    Some(finding.man(MAN))
}

/// What systemd takes for the name of a variable: all of a word that begins with a $.
fn whole_name(text: &str) -> Option<&str> {
    text.strip_prefix('$').filter(|rest| !rest.starts_with(['$', '{', '(']))
}

/// `$NAME` inside a word, where systemd leaves it as it stands.
fn unfilled(check: &CommandCheck<'_, '_>, word: &Word) -> Option<Finding> {
    let text = word.text();
    let name = unbraced(&text).filter(|_| whole_name(&text).is_none())?;
    let message = format!("${name} is not filled in inside a word");
    let finding = Finding::warning("variable-in-word", check.span_of(word), message)
        .effect("the program gets the dollar sign and the name, as they stand")
        .suggest("write ${NAME} inside a word", check.span_of(word), braced(&text, name));
    Some(finding.man(MAN))
}

/// A name that nothing gives a value: not the unit, and not systemd, which sets a few itself;
/// systemd.exec(5), "Environment Variables Set or Propagated by the Service Manager".
///
/// What is in a file, and what PAM or a user's session brings along, nobody can see from here.
fn unset(check: &CommandCheck<'_, '_>, word: &Word) -> Option<Finding> {
    let subject = check.subject;
    let unknown = ["EnvironmentFile", "PassEnvironment", "PAMName"];
    if subject.scope == Scope::User || unknown.iter().any(|key| subject.has(key)) {
        return None;
    }
    let text = word.text();
    let own = subject.effective.values(subject.own_section(), "Environment");
    let is_own = |name: &str| {
        own.iter().any(|entry| entry.assignment.value.text().contains(&format!("{name}=")))
    };
    // The account's own are set for a service that has one.
    let is_login = |name: &str| has_word("HOME USER LOGNAME SHELL", name);
    let key = check.assignment.key.as_str();
    let has_process = !matches!(key, "ExecCondition" | "ExecStartPre" | "ExecStopPost");
    let is_set = |name: &str| {
        has_word(known_words("SET_BY_SYSTEMD"), name) && (name != "MAINPID" || has_process)
            || name.starts_with("LC_")
            || name.starts_with("MONITOR_")
            || is_login(name) && subject.runs_as_other_user()
            || is_own(name)
    };
    let alone = text.strip_prefix('$').filter(|name| is_variable_name(name));
    let name = alone.into_iter().chain(braced_names(&text)).find(|name| !is_set(name))?;
    let message = format!("nothing sets ${name}");
    let effect = if alone.is_some() {
        "the word vanishes: the program does not get it at all"
    } else {
        "nothing is filled in in its place"
    };
    let advice = if name == "MAINPID" {
        "there is no main process before ExecStart= or after the end; systemd stops what is left"
    } else if is_login(name) {
        "a service without User= has no such variable: write the path out, or set it"
    } else {
        "set it with Environment= or EnvironmentFile="
    };
    // A bare $OPTIONS does no harm, and is there for whoever sets it.
    let is_hook = alone.is_some() && OPTION_NAMES.iter().any(|end| name.ends_with(end));
    let severity = if is_hook { Severity::Info } else { Severity::Warning };
    let finding = Finding::new(severity, "unset-variable", check.span_of(word), message);
    Some(finding.effect(effect).advice(advice).man("systemd.exec(5)"))
}

/// A quoted word keeps its quotes in the suggestion by having them round it.
fn braced(text: &str, name: &str) -> String {
    let braced = text.replacen(&format!("${name}"), &format!("${{{name}}}"), 1);
    if braced.contains([' ', '\t']) { format!("\"{braced}\"") } else { braced }
}

/// The first `$NAME` in a word that stands behind something else.
fn unbraced(text: &str) -> Option<&str> {
    let mut rest = text;
    let mut before = ' ';
    while let Some(at) = rest.find('$') {
        before = rest[..at].chars().next_back().unwrap_or(before);
        let behind = &rest[at + 1..];
        // $$ is a dollar sign, and a backslash before it is how people mean one.
        if let Some(behind) = behind.strip_prefix('$') {
            rest = behind;
            continue;
        }
        let name = leading_name(behind);
        if !name.is_empty() && before != '\\' {
            return Some(name);
        }
        rest = behind;
    }
    None
}

/// The name of a variable that a text begins with.
fn leading_name(text: &str) -> &str {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = &text[..text.find(|c| !is_part(c)).unwrap_or(text.len())];
    if is_variable_name(name) { name } else { "" }
}

/// `${OPTS}` as a word stays one word, whatever is in it.
///
/// The other way round than in a shell, where "${OPTS}" in quotes is one word and $OPTS is split.
/// Only names that speak of several options are looked at; a path or a port in one word is what
/// people want.
fn one_word(check: &CommandCheck<'_, '_>, word: &Word) -> Option<Finding> {
    let text = word.text();
    let name = text.strip_prefix("${")?.strip_suffix('}').filter(|name| is_variable_name(name))?;
    if !word.is_plain() || !OPTION_NAMES.iter().any(|end| name.ends_with(end)) {
        return None;
    }
    let message = format!("${{{name}}} is always one word");
    let finding = Finding::warning("one-word", check.span_of(word), message)
        .effect(
            "several options in it reach the program as one argument, and no option as an empty \
             one",
        )
        .suggest("write $NAME, which is split at blanks", check.span_of(word), format!("${name}"));
    Some(finding.man(MAN))
}

/// `${i}` of a script's own variable: systemd fills it in before the shell sees the script, mostly
/// with nothing.
///
/// The script is one word to systemd, and ${NAME} is filled in inside of words. $NAME is not, so
/// the same script without braces works, which makes this fault hard to see.
fn own_variable(check: &CommandCheck<'_, '_>, word: &Word) -> Option<Finding> {
    let text = word.text();
    let name = braced_names(&text).find(|name| sets(&text, name))?;
    let message = format!("${{{name}}} is filled in by systemd, not by the shell");
    let finding = Finding::warning("variable-of-script", check.span_of(word), message)
        .effect(format!("the shell's own {name} is never read: the unit's, or nothing, is there"))
        .advice(format!("write $${{{name}}}, or ${name} inside the script"));
    Some(finding.man(MAN))
}

/// `echo $$ > x.pid`: to systemd, $$ is how a single dollar sign is written, so a lone one reaches
/// the shell.
///
/// `$$HOME` and `grep x$$` are right: the shell needs its dollar sign there.
fn own_number(check: &CommandCheck<'_, '_>, word: &Word) -> Option<Finding> {
    let text = word.text();
    let begins = |c: char| matches!(c, ' ' | '\n' | '=' | '"' | '.' | '_' | '-');
    let ends = |c: char| matches!(c, ' ' | '\n' | ';' | '>' | '|' | '&' | ')' | '"');
    text.match_indices("$$").find(|(at, _)| {
        let (before, behind) = (text[..*at].chars().next_back(), text[at + 2..].chars().next());
        // "x.$$" is the end of a line in a regular expression.
        let is_pattern = before == Some('.') && behind == Some('"');
        before.is_none_or(begins) && behind.is_none_or(ends) && !is_pattern
    })?;
    let message = "$$ becomes a single $ before the shell reads it";
    let finding = Finding::warning("variable-of-script", check.span_of(word), message)
        .effect("where the shell would put its own number (PID), there is a dollar sign")
        .advice("write $$$$; of a service's main process, systemd fills in $MAINPID");
    Some(finding.man(MAN))
}

/// The names in `${…}`, those behind a doubled dollar sign left out.
fn braced_names(text: &str) -> impl Iterator<Item = &str> {
    let places = text.match_indices("${").map(|(at, _)| at);
    let places = places.filter(|at| !text[..*at].ends_with('$'));
    let names = places.filter_map(|at| text[at + 2..].split('}').next());
    names.filter(|name| is_variable_name(name))
}

/// Whether a script gives the variable a value: `NAME=`, `for NAME in`, `read NAME`.
///
/// A word before or behind that makes it another name does not count: --i=5 sets no variable i.
fn sets(script: &str, name: &str) -> bool {
    let assignment = format!("{name}=");
    let is_edge = |c: Option<char>| {
        c.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '{')))
    };
    let assigns =
        script.match_indices(&assignment).any(|(at, _)| is_edge(script[..at].chars().next_back()));
    let words = ["for", "read", "local", "export"].map(|word| format!("{word} {name}"));
    let is_named = |words: &String| {
        let at = script.find(words.as_str());
        at.is_some_and(|at| is_edge(script[at + words.len()..].chars().next()))
    };
    assigns || words.iter().any(is_named)
}
