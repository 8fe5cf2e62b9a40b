//! Signs of a shell among the arguments of a command: operators, and what a shell would replace.
//!
//! What stands in `sh -c '…'` is looked at in `shell.rs`.
//!
//! ```ini
//! [Service]
//! ExecStart=/usr/bin/convert in.json > out.json
//! ExecStartPre=/bin/rm -f /run/app/*.pid
//! ```

use unit_file::directives::has_word;
use unit_file::values::{Prefix, Word, is_variable_name};

use super::command_check::{CommandCheck, MAN};
use super::finding::Finding;
use super::known_words::known_words;
use super::programs::{base_name, script_word};
use super::shell::setting_for;

/// Words that a shell would act on, and that here are arguments like any other.
///
/// systemd.service(5) says it in one sentence, "no shell syntax", and most people meet that
/// sentence after their first redirection. Quoted words are left alone: whoever quotes a > means
/// the character.
pub(super) fn shell_syntax(
    check: &CommandCheck<'_, '_>,
    index: usize,
    word: &Word,
) -> Option<Finding> {
    let text = word.text();
    let what = if word.is_plain() {
        shell_operator(&text).or_else(|| shell_expansion(check, index, &text))
    } else {
        // Quoted or escaped, so meant as it is; but a shell would look into double quotes.
        let raw = &check.assignment.value.text()[word.span.clone()];
        let is_substitution = text.contains("$(") && !raw.contains('\'');
        is_substitution.then_some("is not replaced by the output of a command")
    }?;
    let effect = if text.starts_with('$') && !text.starts_with("${") {
        "no shell runs the command: systemd takes the word for a variable's name, and drops it"
    } else if text.contains("${") && !text.contains(':') {
        "systemd takes all between the braces for a variable's name, and fills in nothing"
    } else {
        "no shell runs the command: the program gets this as an argument"
    };
    let message = format!("{text:?} {what}");
    let finding = Finding::warning("shell-syntax", check.span_of(word), message).effect(effect);
    let advice = match &*text {
        "&" => "take it away: systemd itself runs the service in the background",
        "&&" | ";" => return Some(finding.advice(line_for_each(check)).man(MAN)),
        _ if text.contains('>') => {
            "use StandardOutput=append:/path and StandardError=, or run it through /bin/sh -c"
        }
        _ if text.starts_with('~') => {
            "write the path out, or %h for the home of the manager's user"
        }
        _ => "run it through /bin/sh -c '…', or write it out",
    };
    Some(finding.advice(advice).man(MAN))
}

/// A word that is only an operator means nothing else to anybody. With a path behind it, as in
/// >/dev/null, it is a redirection; the & at the end of an address with ?a=b& is none.
///
/// systemd.service(5) lists what it lacks: redirection, pipes and background jobs are named there
/// as signs that are "not supported".
fn shell_operator(text: &str) -> Option<&'static str> {
    let redirects = [">", "<", "1>", "2>", "&>"];
    let redirected = |start: &str| {
        let target = text.strip_prefix(start);
        target.is_some_and(|target| target.is_empty() || target.starts_with(['/', '>', '&', '<']))
    };
    match text {
        "|" | "||" | "&&" | "&" | "|&" => Some("means something to a shell only"),
        _ if redirects.into_iter().any(redirected) => Some("redirects nothing here"),
        _ if text.ends_with(';') && text.len() > 1 && !text.ends_with("\\;") => {
            Some("ends no command; only a ; between blanks does")
        }
        _ if text.ends_with('&') && text.len() > 1 && !text.contains(['=', '?']) => {
            Some("means something to a shell only")
        }
        _ => None,
    }
}

/// `cd /srv/app && ./run`: each command has its line, and what is no program has its own key.
fn line_for_each(check: &CommandCheck<'_, '_>) -> String {
    let key = check.assignment.key.as_str();
    let first = base_name(&check.command.program);
    if let Some(setting) = setting_for(first) {
        format!("{setting}; then {key}= names the next command alone")
    } else if key == "ExecStart" && check.subject.service_type() != "oneshot" {
        "write one ExecStartPre= line for each command that comes first, or run them through \
         /bin/sh -c"
            .to_owned()
    } else {
        format!("write one {key}= line for each command, or run them through /bin/sh -c")
    }
}

/// What a shell would replace before the program sees it. ~ is a directory of the user to a
/// shell, and a letter to execve(2).
///
/// Of what stands in braces, systemd leaves alone what has a colon, and takes all else for a name.
fn shell_expansion(check: &CommandCheck<'_, '_>, index: usize, text: &str) -> Option<&'static str> {
    let operators = [":-", ":=", ":+", ":?"];
    let is_odd = |rest: &str| {
        let closed = rest.split_once('}').map(|(inside, _)| inside);
        let inside = closed.unwrap_or(rest);
        let is_name = is_variable_name(inside) || inside.is_empty() || inside.contains(':');
        closed.is_some() && !is_name || operators.iter().any(|part| inside.contains(part))
    };
    let mut braces = text.split("${").skip(1);
    if text.contains("$(") || text.contains('`') {
        Some("is not replaced by the output of a command")
    } else if braces.any(is_odd) && !check.command.has(Prefix::NoVariables) {
        Some("uses an expansion that systemd does not know; only ${NAME} and $NAME")
    } else if text == "~" || text.starts_with("~/") || text.contains("=~/") {
        Some("does not become a home directory")
    } else if is_unexpanded(check, index, text) {
        Some("is not expanded to the names of files")
    } else {
        None
    }
}

/// A pattern that stands where a program expects the name of a file.
///
/// Many programs expand patterns themselves, so only those count that are known not to, and the
/// file that an interpreter is to run.
fn is_unexpanded(check: &CommandCheck<'_, '_>, index: usize, text: &str) -> bool {
    let is_glob = text.contains(['*', '?']) && !text.starts_with('-');
    if !is_glob && !has_alternatives(text) {
        return false;
    }
    let program = base_name(&check.command.program);
    let is_script = || {
        let word = check.command.arguments.get(index);
        is_glob && script_word(check.command).is_some_and(|script| Some(script) == word)
    };
    has_word(known_words("FILE_TOOLS"), program)
        // Behind HOST: it is the other side's shell that reads the pattern.
        || program == "rsync" && text.starts_with('/')
        || is_script()
}

/// `/srv/{a,b}`, which bash makes two words of.
///
/// A JSON object has braces and commas too, but also quotes or colons.
fn has_alternatives(text: &str) -> bool {
    let inside = text.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
    inside.is_some_and(|(inside, _)| inside.contains(',') && !inside.contains(['"', ':']))
}
