//! The command line's help and errors in the learner's language. clap has no languages: its own
//! words are exchanged here, and the texts of `cli.rs` are looked up as all others.

use std::io::Write;
use std::process;

use check_report::text;
use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, Command, CommandFactory, FromArgMatches};

use crate::cli::Cli;
use crate::language::{Language, Speech, Words};
use crate::terminal::{ascii, wrapping};

impl Cli {
    /// Reads the command line. Help that was asked for, and what makes no sense, end the program.
    pub fn read(speech: &Speech) -> Cli {
        let (mut command, words) = (Cli::command(), speech.words());
        let is_english = speech.language == Language::English;
        if !is_english {
            // Only then are the options there that clap adds by itself.
            command.build();
            command = translated(command, &words);
        }
        let matches = command.try_get_matches();
        matches.and_then(|matches| Cli::from_arg_matches(&matches)).unwrap_or_else(|error| {
            let message = match error.kind() {
                _ if is_english => error.render().ansi().to_string(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => error.to_string(),
                _ => in_words(&error, &words),
            };
            let message = folded(&message);
            let message = if speech.ascii { ascii(&message) } else { message };
            // Nobody is left to hear of a failed write.
            let _ = if error.use_stderr() {
                anstream::stderr().write_all(message.as_bytes())
            } else {
                anstream::stdout().write_all(message.as_bytes())
            };
            process::exit(error.exit_code());
        })
    }
}

/// The help as the terminal has room for it: a line that is too long goes on below its text, which
/// stands behind the last gap of two spaces.
fn folded(help: &str) -> String {
    let Some((columns, _)) = terminal_size::terminal_size() else { return help.to_owned() };
    let columns = usize::from(columns.0).max(20);
    let fold = |line: &str| {
        let plain = anstream::adapter::strip_str(line).to_string();
        let text = plain.rfind("  ").map_or(0, |gap| gap + 2);
        let indent = " ".repeat(if text + 30 > columns { 6 } else { text });
        textwrap::fill(line, wrapping(columns, "", &indent)) + "\n"
    };
    help.lines().map(fold).collect()
}

/// A command and those below it, with all that is said of them in another language.
fn translated(mut command: Command, words: &Words) -> Command {
    let say = |text: &str| words.get(text).unwrap_or_else(|| text.to_owned());
    // clap wants such words for as long as the program runs; they are few.
    let keep = |text: &str| -> &'static str { say(text).leak() };
    let usage = command.render_usage().to_string();
    let mut usage = usage.trim_start_matches("Usage: ").to_owned();
    for word in ["[OPTIONS]", "[COMMAND]", "<COMMAND>"] {
        usage = usage.replace(word, &say(word));
    }
    for value in command.get_arguments().flat_map(values) {
        let exchanged = say(&value);
        usage = usage.replace(&format!("<{value}>"), &format!("<{exchanged}>"));
        usage = usage.replace(&format!("[{value}]"), &format!("[{exchanged}]"));
    }
    if let Some(about) = command.get_about().map(ToString::to_string) {
        command = command.about(say(&about));
    }
    if let Some(after) = command.get_after_help().map(ToString::to_string) {
        command = command.after_help(say(&after));
    }
    let argument = |argument: Arg| {
        let heading = if argument.is_positional() { "Arguments" } else { "Options" };
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let names: Vec<&'static str> = values(&argument).iter().map(|value| keep(value)).collect();
        let argument = argument.help_heading(keep(heading)).help(say(&help));
        let argument = if names.is_empty() { argument } else { argument.value_names(names) };
        argument.hide_possible_values(true).hide_default_value(true)
    };
    let template = format!(
        "{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}{{after-help}}",
        say("Usage:")
    );
    command
        .override_usage(usage)
        .help_template(template)
        .subcommand_help_heading(keep("Commands"))
        .mut_args(argument)
        .mut_subcommands(|command| translated(command, words))
}

/// What an argument's values are called, in capitals; a switch has none.
pub(crate) fn values(argument: &Arg) -> Vec<String> {
    let names = argument.get_value_names().unwrap_or_default();
    let takes_values = argument.get_action().takes_values();
    names.iter().filter(|_| takes_values).map(ToString::to_string).collect()
}

/// What is wrong with the command line, where it is one of the usual mistakes.
fn in_words(error: &clap::Error, words: &Words) -> String {
    let get = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let argument = get(ContextKind::InvalidArg);
    let value = get(ContextKind::InvalidValue);
    let what = match error.kind() {
        ErrorKind::UnknownArgument => text!("{argument} is no option here", argument),
        ErrorKind::InvalidSubcommand => {
            text!("{command} is no command here", command = get(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => text!("there is no {argument}", argument),
        ErrorKind::InvalidValue if value.is_empty() => {
            text!("{argument} needs a value", argument)
        }
        ErrorKind::InvalidValue => text!(
            "{value} is no value for {argument}; there are {valid}",
            value,
            argument,
            valid = get(ContextKind::ValidValue),
        ),
        ErrorKind::ValueValidation => text!("{value} is no value for {argument}", value, argument),
        ErrorKind::ArgumentConflict => text!(
            "{argument} cannot be used together with {other}",
            argument,
            other = get(ContextKind::PriorArg),
        ),
        // The rest is rare, and English.
        _ => return error.to_string(),
    };
    let similar = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg];
    let similar: Vec<String> =
        similar.into_iter().map(get).filter(|name| !name.is_empty()).collect();
    let mut lines = vec![format!("course: {}", words.fill(&what))];
    if !similar.is_empty() {
        lines.push(format!(
            "  {}",
            words.fill(&text!("similar: {names}", names = similar.join(", ")))
        ));
    }
    lines.push(format!("  {}", words.fill(&"cargo course --help shows what there is".into())));
    lines.join("\n") + "\n"
}
