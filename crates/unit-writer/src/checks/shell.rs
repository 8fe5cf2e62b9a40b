//! What a shell makes of the script in `sh -c '…'`: words that another shell has, and commands
//! whose effect ends with the shell.
//!
//! ```ini
//! [Service]
//! ExecStartPre=/bin/sh -c 'export MODEL=small'
//! ExecStart=/bin/sh -c 'source venv/bin/activate && exec python app.py'
//! ```

use unit_file::directives::has_word;
use unit_file::values::is_variable_name;

use super::command_check::CommandCheck;
use super::finding::{Finding, Told};
use super::known_words::known_words;
use super::programs::{base_name, script_word};
use crate::load::Machine;

/// The script is the word at an index.
pub(super) fn check(check: &CommandCheck<'_, '_>, script: usize, findings: &mut Vec<Finding>) {
    let Some(word) = check.command.arguments.get(script) else {
        return;
    };
    let bare = bare(&word.text());
    let span = check.span_of(word);
    findings.tell(for_itself(check, &bare).map(|(message, advice)| {
        Finding::warning("shell-for-itself", span.clone(), message)
            .effect("the shell ends, and the next command starts without it")
            .advice(advice)
            .man("systemd.exec(5)")
    }));
    findings.tell(word_of_bash(check, &bare).map(|word| {
        Finding::warning("word-of-bash", span, format!("{word} is a word of bash, not of sh"))
            .effect(
                "where sh is another shell, as dash on Debian and Ubuntu, the script fails there",
            )
            .advice("write /bin/bash -c, or what sh has: . for source, [ for [[")
            .man("sh(1)")
    }));
}

/// `/srv/venv/bin/activate` as a command: it is written to be read by a shell that goes on, and
/// sets that shell's $PATH.
pub(super) fn activates(check: &CommandCheck<'_, '_>) -> Option<Finding> {
    let is_it = |path: &str| path.ends_with("/bin/activate");
    let program = check.command.program.as_str();
    let span = if is_it(program) {
        check.program_span()
    } else {
        check.span_of(script_word(check.command).filter(|word| is_it(&word.text()))?)
    };
    let message = "activate changes nothing but the shell that reads it";
    let finding = Finding::warning("shell-for-itself", span, message)
        .effect("the next command starts without it; as a program, it mostly can't be run at all")
        .advice(setting_for("activate").unwrap_or_default());
    Some(finding.man("systemd.exec(5)"))
}

/// The script with an _ for each letter in quotes: signs that a shell acts on are outside of them.
fn bare(script: &str) -> String {
    let mut quote = None;
    let mut escaped = false;
    let mut bare = |c: char| {
        let is_text = escaped || quote.is_some_and(|open| open != c);
        match c {
            _ if escaped => escaped = false,
            '\\' if quote != Some('\'') => escaped = true,
            '"' | '\'' if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            _ => {}
        }
        if is_text { '_' } else { c }
    };
    script.chars().map(&mut bare).collect()
}

/// The commands of a bare script, without the words that only lead to one, as in `then echo`.
fn commands(bare: &str) -> impl Iterator<Item = &str> {
    let mut before = ' ';
    let ends = move |c: char| {
        // In 2>&1, the & is no end.
        let is_end = matches!(c, ';' | '\n' | '|' | '(' | ')') || c == '&' && before != '>';
        before = c;
        is_end
    };
    bare.split(ends)
        .map(|command| {
            let leads = |word: &&str| has_word("if then else elif while until do ! { exec", word);
            let skipped: usize = command
                .split(' ')
                .take_while(|word| word.is_empty() || leads(word))
                .map(|word| word.len() + 1)
                .sum();
            command.get(skipped..).unwrap_or_default().trim()
        })
        .filter(|command| !command.is_empty())
}

/// `sh -c 'export X=1'`: variables, limits and directories are a process's own, and its children
/// get copies. The next command of a unit is no child of this shell, but of systemd.
///
/// A script that does something else as well is left alone: that may be what it is for.
fn for_itself(check: &CommandCheck<'_, '_>, bare: &str) -> Option<(String, &'static str)> {
    let words = |command| str::split_once(command, ' ').unwrap_or((command, ""));
    let is_own = |command| {
        let (first, rest) = words(command);
        match first {
            // Without a value, these print something.
            "export" | "declare" | "typeset" => rest.contains('='),
            "umask" | "cd" | "alias" | "unset" | "pushd" => !rest.is_empty() && rest != "-S",
            "ulimit" => rest.contains(' '),
            "." | "source" => {
                let ends = ["/activate", "profile", "bashrc", ".env", "/environment", "nvm.sh"];
                ends.iter().any(|end| rest.ends_with(end))
            }
            name => {
                rest.is_empty()
                    && name.split_once('=').is_some_and(|(name, _)| is_variable_name(name))
            }
        }
    };
    if check.assignment.key == "ExecCondition" || !commands(bare).all(is_own) {
        return None;
    }
    let (first, _) = words(commands(bare).next()?);
    let advice = setting_for(first).unwrap_or("set a variable with Environment=");
    Some((format!("{first} changes nothing but the shell that runs it"), advice))
}

/// The key that does for a service what a command of the shell does for a shell.
pub(super) fn setting_for(command: &str) -> Option<&'static str> {
    Some(match command {
        "cd" | "pushd" => "set the directory with WorkingDirectory=",
        "export" | "set" | "unset" | "declare" => "set the variable with Environment=",
        "ulimit" => "set the limit with a key such as LimitNOFILE=",
        "umask" => "set it with UMask=",
        "activate" => "a Python venv needs no activation: run the python or program in its bin/",
        "source" | "." => {
            "set variables with Environment= or EnvironmentFile=, name a program by its whole path"
        }
        _ => return None,
    })
}

/// `source`, `[[` and other words that sh(1) does not have.
///
/// Which shell is /bin/sh is the distribution's choice; dash knows what POSIX asks for.
fn word_of_bash<'s>(check: &CommandCheck<'_, '_>, bare: &'s str) -> Option<&'s str> {
    let program = check.command.program.as_str();
    if !matches!(base_name(program), "sh" | "dash") {
        return None;
    }
    let signs = ["<(", "<<<", "&>", "|&", "=(", "pipefail"];
    let sign = signs.into_iter().find(|sign| bare.contains(sign));
    let word = commands(bare).find_map(|command| {
        let first = command.split(' ').next().unwrap_or_default();
        let is_comparison = matches!(first, "[" | "test") && has_word(command, "==");
        let is_known = has_word(known_words("WORDS_OF_BASH"), first);
        if is_comparison { Some("==") } else { is_known.then_some(first) }
    });
    let found = word.or(sign)?;
    let leads_to_bash =
        |machine: &Machine| machine.link("/bin/sh").is_some_and(|shell| shell.ends_with("bash"));
    let is_bash = check.subject.machine.is_some_and(leads_to_bash);
    (!is_bash || base_name(program) == "dash").then_some(found)
}
