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
use super::known_words::known_words;
use super::programs::{arguments, base_name, is_short_option};
use super::scripts::shell_script;

/// The words of a command one by one, as the program will get them. What is quoted was meant as it
/// stands, and a script is read by its shell, so both are looked at less closely.
pub(super) fn check(check: &CommandCheck<'_, '_>, findings: &mut Vec<Finding>) {
    let script = shell_script(check.command);
    let own_name = usize::from(!check.command.has(Prefix::SeparateName));
    for (index, word) in check.command.arguments.iter().enumerate() {
        if word.unknown_escape {
            findings.push(unknown_escape(check, word));
        }
        let raw = &check.assignment.value.text()[word.span.clone()];
        if odd_quotes(raw) {
            findings.push(lost_quotes(check, word));
        }
        // What stands in a script is the shell's affair.
        if index >= own_name.max(1) && script.is_none() {
            findings.tell(shell_syntax(check, word));
        }
    }
    findings.tell(terminal(check));
    findings.tell(window_of_terminal(check));
    findings.tell(unended_exec(check));
    findings.tell(kills_nobody(check));
}

/// `kill -HUP` alone: a shell's user sees the usage text, and a service a control process that
/// fails. Who copies the line forgets $MAINPID, which systemd sets; systemd.service(5).
fn kills_nobody(check: &CommandCheck<'_, '_>) -> Option<Finding> {
    if base_name(&check.command.program) != "kill" {
        return None;
    }
    let is_option = |word: &str| word.starts_with('-');
    let words: Vec<_> = arguments(check.command).collect();
    let signal = words.iter().position(|word| matches!(&**word, "-s" | "-n" | "--signal"));
    let pids = words
        .iter()
        .enumerate()
        .filter(|(at, word)| !is_option(word) && signal.is_none_or(|signal| signal + 1 != *at));
    if pids.count() > 0 || words.iter().any(|word| word.contains('$') || *word == "-l") {
        return None;
    }
    let message = "kill is not told whom to signal";
    let finding = Finding::warning("kills-nobody", check.assignment.value.span(), message)
        .effect("it prints its usage and fails, and nothing reaches the service")
        .advice("add $MAINPID, which systemd fills in");
    Some(finding.man(MAN))
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

/// Words that a shell would act on, and that here are arguments like any other.
///
/// systemd.service(5) says it in one sentence, "no shell syntax", and most people meet that
/// sentence after their first redirection. Quoted words are left alone: whoever quotes a > means
/// the character.
fn shell_syntax(check: &CommandCheck<'_, '_>, word: &Word) -> Option<Finding> {
    let text = word.text();
    let what = if word.is_plain() {
        shell_operator(&text).or_else(|| shell_expansion(&text, base_name(&check.command.program)))
    } else {
        // Quoted or escaped, so meant as it is; but a shell would look into double quotes.
        let raw = &check.assignment.value.text()[word.span.clone()];
        let is_substitution = text.contains("$(") && !raw.contains('\'');
        is_substitution.then_some("is not replaced by the output of a command")
    }?;
    let effect = if text.starts_with('$') {
        "no shell runs the command: systemd takes the word for a variable's name, and drops it"
    } else {
        "no shell runs the command: the program gets this as an argument"
    };
    let message = format!("{text:?} {what}");
    let finding = Finding::warning("shell-syntax", check.span_of(word), message).effect(effect);
    let advice = match &*text {
        "&" => "take it away: systemd itself runs the service in the background",
        "&&" | ";" => {
            "write one ExecStartPre= line for each command that comes first, or run them through \
             /bin/sh -c"
        }
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

/// What a shell would replace before the program sees it. ~ is a directory of the user to a
/// shell, and a letter to execve(2).
fn shell_expansion(text: &str, program: &str) -> Option<&'static str> {
    let operators = [":-", ":=", ":+", ":?", "##", "%%"];
    let has_operator = || operators.iter().any(|operator| text.contains(operator));
    let is_glob = text.contains(['*', '?']) && !text.starts_with('-');
    if text.contains("$(") || text.contains('`') {
        Some("is not replaced by the output of a command")
    } else if text.contains("${") && has_operator() {
        Some("uses an expansion that systemd does not know; only ${NAME} and $NAME")
    } else if text == "~" || text.starts_with("~/") || text.contains("=~/") {
        Some("does not become a home directory")
    } else if (is_glob || has_alternatives(text))
        && (has_word(known_words("FILE_TOOLS"), program)
            // Behind HOST: it is the other side's shell that reads the pattern.
            || program == "rsync" && text.starts_with('/'))
    {
        Some("is not expanded to the names of files")
    } else {
        None
    }
}

/// `/srv/{a,b}`, which bash makes two words of.
///
/// A JSON object has braces and commas too, but also quotes or colons.
fn has_alternatives(text: &str) -> bool {
    let inside = text.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
    inside.is_some_and(|(inside, _)| inside.contains(',') && !inside.contains(['"', ':']))
}

/// The options of `docker run`, up to the name of the image: behind it stand the words of the
/// program in the container.
fn container_options(command: &Command) -> Vec<&Word> {
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
