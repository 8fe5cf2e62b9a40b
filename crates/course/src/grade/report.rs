//! A verdict as a colleague would put it: what holds, what does not, and the first thing to look
//! at.

use anstyle::{AnsiColor, Style};
use check_report::{Explanation, Text, text};

use super::verdict::{Outcome, Promise, Refusal, Verdict};
use crate::error::Error;
use crate::exercise::Exercise;
use crate::man_page;
use crate::terminal::{Terminal, visible};

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const QUIET: Style = Style::new().dimmed();
const PLAIN: Style = Style::new();

/// Where the texts of an explanation begin, in columns.
const INDENT: usize = 11;

/// Prints the `verdict` on the answer to `exercise` in `directory`. Each line says in words what
/// its colour says.
pub(crate) fn report(
    verdict: &Verdict,
    exercise: &Exercise,
    directory: &str,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let (style, word) = match verdict {
        Verdict::NotProved(_) => (BAD, "not proved"),
        verdict if verdict.passed() => (GOOD, "passed"),
        Verdict::Refused(_) | Verdict::Tried { .. } => (BAD, "not yet"),
    };
    let word = terminal.fill(&word.into());
    terminal.part(style.bold(), &word)?;
    let title = format!("  {} {}", exercise.id(), terminal.fill(&exercise.title()));
    terminal.part(PLAIN.bold(), &title)?;
    let marks = verdict.marks(exercise).map_or_else(String::new, |(points, maximum)| {
        let marks = text!("{points} of {maximum} marks", points, maximum);
        format!("  {}", terminal.fill(&marks))
    });
    terminal.line(PLAIN.bold(), &marks)?;
    match verdict {
        Verdict::Refused(Refusal::File(why)) => terminal.say(text!("  {why}", why)),
        Verdict::Refused(Refusal::DoesNotCompile(said)) => {
            terminal.say("It does not compile:")?;
            terminal.answered(PLAIN, said.trim_end())
        }
        Verdict::NotProved(why) => terminal.say(text!("Nothing was proved: {why}", why)),
        Verdict::Tried { place, promises } => {
            tried(promises, directory, terminal)?;
            let rung = exercise.manifest.rung.in_words();
            terminal.line(PLAIN, "")?;
            terminal.say_in(QUIET, text!("Proved by {rung}: {place}.", rung, place))
        }
    }
}

/// All promises, and why the first of the broken ones is broken; where each has marks, why each of
/// them is.
fn tried(promises: &[Promise], directory: &str, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    for promise in promises {
        let (style, word) = match promise.outcome {
            Outcome::Kept => (GOOD, "ok"),
            Outcome::Broken(_) => (BAD, "FAILED"),
            Outcome::NotTried => (QUIET, "later"),
        };
        let word = terminal.fill(&word.into());
        terminal.part(style, &format!("  {word:<6}"))?;
        let marks = match promise.marks {
            0 => String::new(),
            marks => format!("{:>5}", format!("{}/{marks}", promise.points())),
        };
        let name = terminal.fill(&Text::of(&promise.name));
        terminal.line(PLAIN, &format!("{marks}  {name}"))?;
    }
    let broken = promises.iter().filter_map(|promise| Some((promise, promise.broken()?)));
    let mut others = 0;
    for (index, (promise, why)) in broken.enumerate() {
        if index == 0 || promise.marks > 0 {
            explain(promise, why, directory, terminal)?;
        } else {
            others += 1;
        }
    }
    match others {
        0 => Ok(()),
        count => terminal.say_in(QUIET, text!("  ({count} more failed; this one first)", count)),
    }
}

/// The promise's name, and what would keep it: expected, got, what a colleague would say, the file,
/// what the linter says of it, the journal, the man page; each only if there is something.
fn explain(
    promise: &Promise,
    why: &Explanation,
    directory: &str,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    terminal.line(PLAIN, "")?;
    let name = terminal.fill(&Text::of(&promise.name));
    terminal.part(PLAIN.bold(), &name)?;
    let missing = match promise.marks {
        0 => String::new(),
        marks => format!("  {}", terminal.fill(&text!("{marks} marks to win", marks))),
    };
    terminal.line(PLAIN, &missing)?;
    let place = why.file.as_ref().map(|file| match why.line {
        Some(line) => format!("{directory}/{file}:{line}"),
        None => format!("{directory}/{file}"),
    });
    let [expected, got, man] = [&why.expected, &why.got, &why.man].map(|text| terminal.fill(text));
    terminal.labelled(INDENT, "expected", &expected)?;
    terminal.labelled(INDENT, "got", &got)?;
    // In the middle of what was seen: words to be read, and so broken where words end.
    terminal.indented(INDENT, &why.say)?;
    terminal.labelled(INDENT, "file", &visible(&place.unwrap_or_default()))?;
    if let Some(finding) = &promise.finding {
        terminal.indented(INDENT, finding)?;
    }
    terminal.labelled(INDENT, "journal", &visible(&why.journal.join("\n")))?;
    terminal.labelled(INDENT, "read", &man)?;
    // In English: the translation has the same pages.
    terminal.labelled(INDENT, "", &man_page::not_installed(&why.man.english()).join("\n"))
}
