//! Options of journalctl that this program does not have: said in one line, with the command that
//! does it.

use std::io::{self, Write};

/// Says which journalctl command to use instead.
pub(crate) fn complain(error: &clap::Error, arguments: &[String]) {
    use clap::error::{ContextKind, ErrorKind};
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    if error.kind() == ErrorKind::UnknownArgument {
        let option = error.get(ContextKind::InvalidArg).map(ToString::to_string);
        let option = option.unwrap_or_default();
        let command: Vec<String> = arguments.iter().skip(1).map(|it| quoted(it)).collect();
        let _ = writeln!(
            io::stderr(),
            "journal-reader: there is no {option} here; use: journalctl {}",
            command.join(" ")
        );
        return;
    }
    let values = text.lines().find_map(|line| line.trim().strip_prefix("[possible values: "));
    let values = values.map(|values| format!("; use {}", values.trim_end_matches(']')));
    let _ = writeln!(
        io::stderr(),
        "journal-reader: {first}{}; --help shows the options",
        values.unwrap_or_default()
    );
}

/// An argument as one would type it in a shell.
fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-=./:@,+%".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        argument.to_owned()
    } else {
        let clean: String =
            argument.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        format!("'{}'", clean.replace('\'', r"'\''"))
    }
}
