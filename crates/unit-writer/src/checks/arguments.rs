//! Arguments of commands: what only a shell would understand, and what quotes become.
//!
//! systemd splits a command line into words, takes quotes off, reads escapes and fills in
//! variables; then it calls execve(2). No shell takes part, so the signs of a shell reach the
//! program as they are:
//!
//! ```ini
//! [Service]
//! ExecStart=/usr/bin/convert in.json > out.json
//! ExecStartPre=/bin/rm -f /run/app/*.pid
//! ```

use unit_file::directives::has_word;
use unit_file::values::{Command, Prefix, Word};

use super::command_check::{CommandCheck, MAN};
use super::finding::{Finding, Told};
use super::kill;
use super::known_words::known_words;
use super::programs::{arguments, base_name, is_short_option};
use super::scripts::shell_script;
use super::shell_signs::shell_syntax;

/// The words of a command one by one, as the program will get them. What is quoted was meant as it
/// stands, and a script is read by its shell, so both are looked at less closely.
pub(super) fn check(check: &CommandCheck<'_, '_>, findings: &mut Vec<Finding>) {
    let script = shell_script(check.command);
    let own_name = usize::from(!check.command.has(Prefix::SeparateName));
    for (index, word) in check.command.arguments.iter().enumerate() {
        let raw = &check.assignment.value.text()[word.span.clone()];
        // A backslash alone was to continue the line, and that is told of the line.
        if word.unknown_escape && raw != "\\" {
            findings.push(unknown_escape(check, word));
        }
        if odd_quotes(raw) {
            findings.push(lost_quotes(check, word));
        }
        // What stands in a script is the shell's affair.
        if index >= own_name.max(1) && script.is_none() {
            findings.tell(shell_syntax(check, index, word));
        }
    }
    findings.tell(terminal(check));
    findings.tell(window_of_terminal(check));
    findings.tell(unended_exec(check));
    kill::check(check, findings);
}

/// `find -exec rm {} ;`: a `;` between blanks ends the command for systemd, and find never sees it.
fn unended_exec(check: &CommandCheck<'_, '_>) -> Option<Finding> {
    let mut words = check.command.arguments.iter().skip(1);
    if base_name(&check.command.program) != "find" {
        return None;
    }
    let start = words.find(|word| matches!(&*word.text(), "-exec" | "-execdir" | "-ok"))?;
    if words.any(|word| matches!(&*word.text(), ";" | "+")) {
        return None;
    }
    let message = format!("{} has no end", start.text());
    let finding = Finding::warning("shell-syntax", check.span_of(start), message)
        .effect("systemd ends its own command at a ; between blanks, and find reports a mistake")
        .advice("write \\; or +");
    Some(finding.man(MAN))
}

/// systemd reads each word twice: first strictly, and if an escape is unknown, once more with
/// unknown escapes left as they are. So the unit loads, and only the journal has a line about it.
fn unknown_escape(check: &CommandCheck<'_, '_>, word: &Word) -> Finding {
    let message = "the word has an escape that systemd does not know";
    Finding::warning("unknown-escape", check.span_of(word), message)
        .effect("systemd keeps the backslash as it is")
        .advice("double the backslash: \\\\")
        .man("systemd.syntax(7)")
}

/// Quotes that a reader takes for part of the text: those of JSON, and quotes inside of quotes.
/// systemd takes off every quote that opens a group, wherever it stands in a word.
///
/// A shell does the same, except that in a shell people seldom write JSON without single quotes
/// round it. What they mean here is nearly always the text with its quotes.
pub(super) fn odd_quotes(raw: &str) -> bool {
    let mut open = None;
    let mut escaped = false;
    let mut before = ' ';
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match (open, c) {
            _ if escaped => escaped = false,
            (_, '\\') => escaped = true,
            (None, '"') if matches!(before, '{' | '[' | ',' | ':') => return true,
            (None, '"' | '\'') => open = Some(c),
            (Some(quote), _) if quote == c => {
                open = None;
                if chars.peek().is_some_and(|next| next.is_alphanumeric()) {
                    return true;
                }
            }
            _ => {}
        }
        before = c;
    }
    false
}

/// The journal says nothing: quotes are part of the syntax, and systemd has done what it was told.
fn lost_quotes(check: &CommandCheck<'_, '_>, word: &Word) -> Finding {
    let message = "quotes inside a word are lost";
    Finding::warning("lost-quotes", check.span_of(word), message)
        .effect(format!("systemd takes the quotes off, and the program gets {:?}", word.text()))
        .advice("put quotes of the other kind round the whole word, or write \\\" for each")
        .man("systemd.syntax(7)")
}

/// The options of `docker run`, up to the name of the image: behind it stand the words of the
/// program in the container.
pub(super) fn container_options(command: &Command) -> Vec<&Word> {
    let mut options = Vec::new();
    let mut words = command.arguments.iter().skip(1);
    while let Some(word) = words.next() {
        let text = word.text();
        if text.starts_with('-') {
            options.push(word);
            if has_word(known_words("CONTAINER_OPTIONS_WITH_VALUE"), &text) {
                words.next();
            }
        } else if !matches!(&*text, "run" | "exec" | "container") {
            break;
        }
    }
    options
}

/// A service has no terminal, and `docker run --tty` stops without one.
///
/// docker asks isatty(3) before it does anything else, so the message in the journal is all that
/// is left. TTYPath= gives a service a terminal, and then the option is right.
fn terminal(check: &CommandCheck<'_, '_>) -> Option<Finding> {
    let name = base_name(&check.command.program);
    let runs = arguments(check.command).any(|word| matches!(&*word, "run" | "exec"));
    if !matches!(name, "docker" | "podman" | "nerdctl") || !runs || check.subject.has("TTYPath") {
        return None;
    }
    let is_tty = |word: &&Word| &*word.text() == "--tty" || is_short_option(&word.text(), 't');
    let word = container_options(check.command).into_iter().find(is_tty)?;
    let message = "the option asks for a terminal (TTY), and a service has none";
    let finding = Finding::warning("no-terminal", check.span_of(word), message)
        .effect(format!("{name} ends with \"the input device is not a TTY\""))
        .advice("take -t away, and -i with it unless something comes in on standard input");
    Some(finding.man("systemd.exec(5)"))
}

/// screen and tmux open a window in the terminal that they are called from, unless they are told to
/// work without one; screen(1), tmux(1).
fn window_of_terminal(check: &CommandCheck<'_, '_>) -> Option<Finding> {
    let program = base_name(&check.command.program);
    let mut words = arguments(check.command);
    let (opens, option) = match program {
        // Other options ask a session that runs already.
        "screen" => {
            let asks = |word: &str| word.contains('m') || has_word("-X -Q -ls -list -wipe", word);
            (!words.any(|word| word.starts_with('-') && asks(&word)), "-DmS NAME")
        }
        "tmux" => {
            let detached = arguments(check.command).any(|word| is_short_option(&word, 'd'));
            (!detached && words.any(|word| matches!(&*word, "new-session" | "new")), "-d")
        }
        _ => return None,
    };
    let has_terminal = check.subject.own("StandardInput").is_some_and(|from| from.contains("tty"));
    if !opens || has_terminal || check.subject.has("TTYPath") {
        return None;
    }
    let span = check.program_span();
    let finding = Finding::warning("no-terminal", span, format!("{program} opens a terminal here"))
        .effect("a service has none, and the program ends at once with an error")
        .advice(format!(
            "add {option}, or run the program itself: systemd keeps it and its output"
        ));
    Some(finding.man("systemd.exec(5)"))
}
