//! The body of a `console` block: prompts, commands, and what each answers.

use super::block::{ConsoleCommand, Fault, PROMPTS, Prompt};
use crate::pattern::Pattern;

/// Reads a block whose first line is line `first` of the chapter; an error comes with its line.
pub(super) fn parse(body: &str, first: usize) -> Result<Vec<ConsoleCommand>, Fault> {
    let lines: Vec<&str> = body.lines().collect();
    let mut commands = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let line = first + at;
        let (prompt, command) = prompt_line(lines[at]).map_err(|cause| (line, cause))?;
        at += 1;
        let answer = answer(&lines[at..]);
        let (expected, status) = expected(answer).map_err(|cause| (first + at, cause))?;
        at += answer.len();
        commands.push(ConsoleCommand { prompt, command, expected, status, line });
    }
    if commands.is_empty() {
        Err((first, "a console block without a command".to_owned()))
    } else {
        Ok(commands)
    }
}

/// The lines up to the next command, or to a line that was meant to be one.
fn answer<'a>(lines: &'a [&'a str]) -> &'a [&'a str] {
    let end = lines.iter().position(|line| prompt(line).is_some() || is_unknown_prompt(line));
    &lines[..end.unwrap_or(lines.len())]
}

fn prompt_line(line: &str) -> Result<(Prompt, String), String> {
    match prompt(line) {
        Some((_, command)) if command.trim().is_empty() => {
            Err("a prompt without a command".to_owned())
        }
        Some((prompt, command)) => Ok((prompt, command.trim().to_owned())),
        None if is_unknown_prompt(line) => {
            Err("an unknown prompt; the prompts are `lab#`, `learner$` and `$`".to_owned())
        }
        None => Err("a console block without a command; it begins with `lab#`, `learner$` or `$`"
            .to_owned()),
    }
}

fn prompt(line: &str) -> Option<(Prompt, &str)> {
    PROMPTS.into_iter().find_map(|prompt| {
        let command = line.strip_prefix(prompt.as_written())?;
        (command.is_empty() || command.starts_with(' ')).then_some((prompt, command))
    })
}

/// `root# …` or `lab$ …`: it looks like a prompt and isn't one. (`# …` alone is what `systemctl
/// cat` prints.)
fn is_unknown_prompt(line: &str) -> bool {
    let word = line.split(' ').next().unwrap_or_default();
    let name = word.trim_end_matches(['#', '$']);
    name.len() + 1 == word.len()
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '@'))
        && prompt(line).is_none()
}

/// The pattern, and the exit status in a last line `? 3`.
fn expected(answer: &[&str]) -> Result<(Pattern, i32), String> {
    let text = answer.iter().rposition(|line| !line.trim().is_empty());
    let Some((last, before)) = text.and_then(|last| answer[..=last].split_last()) else {
        return Ok((Pattern::new(&[]), 0));
    };
    match last.strip_prefix("? ") {
        None => Ok((Pattern::new(answer), 0)),
        Some(status) => match status.trim().parse::<u8>() {
            Ok(status) => Ok((Pattern::new(before), status.into())),
            Err(_) => Err(format!("`{last}`: an exit status is a number from 0 to 255")),
        },
    }
}
