//! Questions to the person at the terminal; where there is none, there is no answer.

use std::io::{self, BufRead, IsTerminal, Write};

/// Asks for a line of text; `None` without a terminal, at the end of the input, or for an empty
/// answer.
pub(crate) fn line(question: &str) -> io::Result<Option<String>> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    eprint!("{question}: ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    let answer = answer.trim();
    Ok((!answer.is_empty()).then(|| answer.to_owned()))
}

/// Asks until the answer is good, and says what is wrong with a bad one; `None` as [`line`] has it.
pub(crate) fn until_good<T>(
    question: &str,
    read: impl Fn(&str) -> anyhow::Result<T>,
) -> anyhow::Result<Option<T>> {
    while let Some(answer) = line(question)? {
        match read(&answer) {
            Ok(good) => return Ok(Some(good)),
            Err(error) => eprintln!("  {error:#}"),
        }
    }
    Ok(None)
}

/// Asks yes or no; `None` without a terminal.
pub(crate) fn yes(question: &str) -> io::Result<Option<bool>> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    let answer = line(&format!("{question} [y/N]"))?;
    let is_yes = |answer: String| matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes");
    Ok(Some(answer.is_some_and(is_yes)))
}
