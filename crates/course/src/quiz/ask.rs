//! Asks one question in the terminal.

use anstyle::{AnsiColor, Style};
use check_report::{Text, text};

use super::question::{Choice, Question};
use crate::error::Error;
use crate::terminal::Terminal;

const RIGHT: Style = AnsiColor::Green.on_default();
const WRONG: Style = AnsiColor::Magenta.on_default();

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answered {
    /// The right option was chosen.
    Right,
    /// Another was.
    Wrong,
    /// None was.
    Skipped,
}

/// Shows the question, waits for a digit, and says why it is right or wrong.
pub(super) fn ask(
    number: usize,
    question: &Question,
    terminal: &mut Terminal<'_>,
) -> Result<Answered, Error> {
    let said = |text: &str| terminal.fill(&Text::of(text));
    let option = |(at, option): (usize, &Choice)| format!("{at}. {}", said(&option.says));
    let options: Vec<String> = (1..).zip(&question.options).map(option).collect();
    let asks = said(&question.asks);
    terminal.markdown(&format!("**{number}.** {asks}\n\n{}\n", options.join("\n")))?;
    let Some(chosen) = terminal.choice(question.options.len())? else {
        return Ok(Answered::Skipped);
    };
    let option = &question.options[chosen - 1];
    let (style, verdict) = if option.right { (RIGHT, "Right.") } else { (WRONG, "No.") };
    terminal.say_in(style, verdict)?;
    explain(option, terminal)?;
    if option.right {
        return Ok(Answered::Right);
    }
    let (at, right) = question.right();
    terminal.say_in(RIGHT, text!("{at} is right.", at))?;
    explain(right, terminal)?;
    Ok(Answered::Wrong)
}

/// Says why an option is right or wrong.
fn explain(option: &Choice, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let why = terminal.fill(&Text::of(&option.why));
    terminal.markdown(&why)
}
