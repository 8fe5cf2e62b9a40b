//! The list of a watch: one can move in it, filter it, and go on with another exercise.

use anstyle::Style;
use check_report::{Text, text};

use super::Watch;
use super::keys::{CTRL_D, CTRL_Z, DOWN, UP};
use crate::error::Error;
use crate::exercise::Exercise;
use crate::work::Standing;

/// What is left of the screen for what is not the list.
const OTHER_LINES: usize = 6;

/// Which exercises are shown: in words, and whether these must be passed.
const FILTERS: [(&str, Option<bool>); 3] = [
    ("all exercises", None),
    ("those that are not passed", Some(false)),
    ("those that are passed", Some(true)),
];

impl Watch<'_, '_> {
    /// Lets the learner choose; none if they stay with their exercise.
    pub(super) fn choose(&mut self) -> Result<Option<Exercise>, Error> {
        let mut filter = 0;
        let mut at = self.exercise.key.clone();
        loop {
            let (words, passed) = FILTERS[filter];
            let mut shown = self.work.project.exercises()?;
            let is_passed = |exercise: &Exercise| self.work.standing(exercise) == Standing::Passed;
            shown.retain(|exercise| passed.is_none_or(|passed| passed == is_passed(exercise)));
            let place = shown.iter().position(|exercise| exercise.key >= at);
            let place = place.unwrap_or(shown.len().saturating_sub(1));
            self.show_list(&shown, place, words)?;
            let moved = match self.pressed() {
                Some(UP | b'k') => place.saturating_sub(1),
                Some(DOWN | b'j') => place + 1,
                Some(b'f') => {
                    filter = (filter + 1) % FILTERS.len();
                    place
                }
                Some(b'\n' | b'\r') => return Ok(shown.into_iter().nth(place)),
                Some(b'q' | b'l' | 0x1b | CTRL_D) => return Ok(None),
                _ => place,
            };
            if let Some(exercise) = shown.get(moved.min(shown.len().saturating_sub(1))) {
                at.clone_from(&exercise.key);
            }
        }
    }

    /// The next key; none when the list is to be drawn anew, because the window has got another
    /// size, or the learner has come back from the shell.
    fn pressed(&mut self) -> Option<u8> {
        loop {
            match self.keys.next() {
                Some(CTRL_Z) => {
                    self.keys.suspend();
                    return None;
                }
                None if self.terminal.is_resized() => return None,
                None => {}
                key => return key,
            }
        }
    }

    /// The part of the list around `place`.
    fn show_list(&mut self, shown: &[Exercise], place: usize, filter: &str) -> Result<(), Error> {
        let Watch { terminal, work, .. } = self;
        terminal.clear()?;
        let filter = Text::of(filter);
        terminal.say_in(Style::new().bold(), text!("Exercises: {filter}", filter))?;
        let room = terminal.height().saturating_sub(OTHER_LINES).max(1);
        let first = place.saturating_sub(room / 2).min(shown.len().saturating_sub(room));
        for (index, exercise) in shown.iter().enumerate().skip(first).take(room) {
            let (mark, style) =
                if index == place { ("> ", Style::new().bold()) } else { ("  ", Style::new()) };
            let row = in_one_line(&work.row(exercise, terminal), terminal.width() - mark.len());
            terminal.line(style, &format!("{mark}{row}"))?;
        }
        // In a very small window, the list is worth more.
        if terminal.height() <= OTHER_LINES {
            return Ok(());
        }
        terminal.keys("arrows or j k move   Enter goes on with it   f filter   q back")
    }
}

/// A row of at most `width` columns. What has two lines is a title, and where it stands; of those,
/// the title may be cut.
fn in_one_line(row: &str, width: usize) -> String {
    let (title, standing) = row.split_once('\n').unwrap_or((row, ""));
    let standing = match standing.trim_start() {
        "" => String::new(),
        standing => format!(" ({standing})"),
    };
    let room = width.saturating_sub(standing.chars().count());
    if title.chars().count() <= room {
        return format!("{title}{standing}");
    }
    let cut: String = title.chars().take(room.saturating_sub(3)).collect();
    format!("{}...{standing}", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::in_one_line;

    #[test]
    fn a_narrow_row_keeps_where_it_stands() {
        assert_eq!(in_one_line(" 1.2  Append", 20), " 1.2  Append");
        assert_eq!(in_one_line(" 1.2  Append\n      passed", 22), " 1.2  Append (passed)");
        assert_eq!(in_one_line(" 1.2  Append it\n      passed", 22), " 1.2  Appe... (passed)");
    }
}
