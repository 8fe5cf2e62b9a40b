//! A verdict as a colleague would put it: what holds, what does not, and the first thing to look at.

use anstyle::{AnsiColor, Style};
use check_report::Explanation;

use super::verdict::{Outcome, Promise, Refused, Verdict};
use crate::error::Error;
use crate::terminal::Terminal;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const QUIET: Style = Style::new().dimmed();
const PLAIN: Style = Style::new();

/// Prints `verdict`. Each line says in words what its colour says.
pub fn report(verdict: &Verdict, folder: &str, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let (style, word) = match (&verdict.refused, verdict.passed) {
        (_, true) => (GOOD, "passed"),
        (Some(Refused::NotProved(_)), _) => (BAD, "not proved"),
        _ => (BAD, "not yet"),
    };
    terminal.part(style.bold(), word)?;
    terminal.line(PLAIN.bold(), &format!("  {} {}", verdict.exercise, verdict.title))?;
    for promise in &verdict.promises {
        one(promise, terminal)?;
    }
    if let Some((promise, failure)) = verdict.first_failure() {
        terminal.line(PLAIN, "")?;
        terminal.line(PLAIN.bold(), &promise.name)?;
        explain(failure, folder, terminal)?;
        let broken = |promise: &&Promise| matches!(promise.outcome, Outcome::Broken(_));
        let others = verdict.promises.iter().filter(broken).count() - 1;
        if others > 0 {
            terminal.line(QUIET, &format!("  ({others} more failed; this one first)"))?;
        }
    }
    match &verdict.refused {
        Some(Refused::DoesNotCompile(said)) => {
            terminal.line(PLAIN, "It does not compile:")?;
            terminal.lines(PLAIN, said.trim_end())?;
        }
        Some(Refused::File(why)) => terminal.line(PLAIN, &format!("  {why}"))?,
        Some(Refused::NotProved(why)) => {
            terminal.lines(PLAIN, &format!("Nothing was proved: {why}"))?
        }
        None => {
            let ground = format!("Proved by {}: {}.", verdict.rung.in_words(), verdict.place);
            terminal.line(PLAIN, "")?;
            terminal.line(QUIET, &ground)?;
        }
    }
    Ok(())
}

fn one(promise: &Promise, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let (style, word) = match promise.outcome {
        Outcome::Kept => (GOOD, "ok    "),
        Outcome::Broken(_) => (BAD, "FAILED"),
        Outcome::NotTried => (QUIET, "later "),
    };
    terminal.part(style, &format!("  {word}"))?;
    terminal.line(PLAIN, &format!("  {}", promise.name))
}

/// Expected, got, what a colleague would say, the file, the journal, the man page; each only if there is something.
fn explain(failure: &Explanation, folder: &str, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let place = failure.file.as_ref().map(|file| match failure.line {
        Some(line) => format!("{folder}/{file}:{line}"),
        None => format!("{folder}/{file}"),
    });
    for (label, text) in [
        ("expected", failure.expected.english()),
        ("got", failure.got.english()),
        ("file", place.unwrap_or_default()),
        ("journal", failure.journal.join("\n")),
        ("read", failure.man.english()),
    ] {
        for (number, line) in text.lines().enumerate() {
            let label = if number == 0 { label } else { "" };
            terminal.part(QUIET, &format!("  {label:<9}"))?;
            terminal.line(PLAIN, &visible(line))?;
        }
        // In the middle of what was seen: words to be read, and so broken where words end.
        if label == "got" {
            terminal.indented(11, &visible(&failure.say.english()))?;
        }
    }
    Ok(())
}

/// A submission's words may hold codes that clear the screen or write elsewhere on it; here they are shown, not obeyed.
fn visible(line: &str) -> String {
    let show = |char: char| match char {
        '\t' => vec![char],
        _ if char.is_control() => char.escape_default().collect(),
        _ => vec![char],
    };
    line.chars().flat_map(show).collect()
}
