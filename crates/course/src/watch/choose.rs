//! The list of a watch: one can move in it, filter it, and go on with another exercise.

use anstyle::Style;
use check_report::text;

use super::keys::{CTRL_D, DOWN, Keys, UP};
use crate::error::Error;
use crate::exercise::Exercise;
use crate::terminal::Terminal;
use crate::work::{Standing, Work};

/// What is left of the screen for what is not the list.
const OTHER_LINES: usize = 6;

/// Which exercises are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Filter {
    All,
    NotPassed,
    Passed,
}

impl Filter {
    fn next(self) -> Self {
        match self {
            Filter::All => Filter::NotPassed,
            Filter::NotPassed => Filter::Passed,
            Filter::Passed => Filter::All,
        }
    }

    fn shows(self, standing: Standing) -> bool {
        match self {
            Filter::All => true,
            Filter::NotPassed => standing != Standing::Passed,
            Filter::Passed => standing == Standing::Passed,
        }
    }

    fn in_words(self) -> &'static str {
        match self {
            Filter::All => "all exercises",
            Filter::NotPassed => "those that are not passed",
            Filter::Passed => "those that are passed",
        }
    }
}

/// Lets the learner choose; none if they stay with the exercise `current`.
pub(super) fn choose(
    work: &Work<'_>,
    current: &Exercise,
    keys: &Keys,
    terminal: &mut Terminal<'_>,
) -> Result<Option<Exercise>, Error> {
    let mut filter = Filter::All;
    let mut at = current.key.clone();
    loop {
        let mut shown = work.project.exercises()?;
        shown.retain(|exercise| filter.shows(work.standing(exercise)));
        let place = shown.iter().position(|exercise| exercise.key >= at);
        let place = place.unwrap_or(shown.len().saturating_sub(1));
        show(work, &shown, place, filter, terminal)?;
        let moved = match keys.wait() {
            UP | b'k' => place.saturating_sub(1),
            DOWN | b'j' => place + 1,
            b'f' => {
                filter = filter.next();
                place
            }
            b'\n' | b'\r' => return Ok(shown.into_iter().nth(place)),
            b'q' | b'l' | 0x1b | CTRL_D => return Ok(None),
            _ => place,
        };
        if let Some(exercise) = shown.get(moved.min(shown.len().saturating_sub(1))) {
            at.clone_from(&exercise.key);
        }
    }
}

/// The part of the list around `place`.
fn show(
    work: &Work<'_>,
    shown: &[Exercise],
    place: usize,
    filter: Filter,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    terminal.clear()?;
    let filter = check_report::Text::from(filter.in_words());
    terminal.say_in(Style::new().bold(), text!("Exercises: {filter}", filter))?;
    let room = terminal.height().saturating_sub(OTHER_LINES).max(1);
    let first = place.saturating_sub(room / 2).min(shown.len().saturating_sub(room));
    for (index, exercise) in shown.iter().enumerate().skip(first).take(room) {
        let (mark, style) =
            if index == place { ("> ", Style::new().bold()) } else { ("  ", Style::new()) };
        let row = work.row(exercise, terminal).replace("\n     ", "");
        let line: String = format!("{mark}{row}").chars().take(terminal.width()).collect();
        terminal.line(style, line.trim_end())?;
    }
    terminal.keys("arrows or j k move   Enter goes on with it   f filter   q back")
}
