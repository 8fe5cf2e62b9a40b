//! What a chapter expects a command to answer: lines, some of which leave room for what varies.
//!
//! `[..]` stands for anything within a line, `...` alone on a line for any number of lines: the two
//! signs that trycmd made common. It isn't a regular expression, so an answer can be pasted as it
//! came.

#[cfg(test)]
mod tests;

/// Stands for any text within a line.
const ANY_TEXT: &str = "[..]";
/// Stands for any number of lines, none included.
const ANY_LINES: &str = "...";

/// The expected answer of one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) lines: Vec<Line>,
}

/// One line of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// `...`: any number of lines.
    Any,
    /// A line, with `[..]` where it varies.
    Text(String),
}

impl Pattern {
    /// Reads the lines below a command; blank lines at the end only set blocks apart.
    pub(crate) fn new(lines: &[&str]) -> Pattern {
        let lines = trimmed(lines.iter().copied())
            .into_iter()
            .map(|line| match line {
                ANY_LINES => Line::Any,
                text => Line::Text(text.to_owned()),
            })
            .collect();
        Pattern { lines }
    }

    /// Whether `output` is what was expected.
    ///
    /// Spaces at the ends of lines don't count: editors take them away, and `systemctl` prints
    /// some.
    pub(crate) fn matches(&self, output: &str) -> bool {
        let output = trimmed(output.lines());
        let (mut expected, mut got) = (0, 0);
        // The latest `...` and the first line that it hasn't swallowed yet. An earlier one never
        // has to be revisited: giving what follows it the earliest place leaves most lines for the
        // rest.
        let mut any: Option<(usize, usize)> = None;
        while got < output.len() {
            match self.lines.get(expected) {
                Some(Line::Any) => {
                    any = Some((expected, got));
                    expected += 1;
                }
                Some(line) if line.matches(output[got]) => {
                    expected += 1;
                    got += 1;
                }
                _ => match &mut any {
                    Some((at, swallowed)) => {
                        *swallowed += 1;
                        (expected, got) = (*at + 1, *swallowed);
                    }
                    None => return false,
                },
            }
        }
        self.lines[expected..].iter().all(|line| *line == Line::Any)
    }
}

impl Line {
    /// The line as the chapter has it.
    pub(crate) fn as_written(&self) -> &str {
        match self {
            Line::Any => ANY_LINES,
            Line::Text(text) => text,
        }
    }

    pub(crate) fn matches(&self, line: &str) -> bool {
        match self {
            Line::Any => false,
            Line::Text(text) => text_matches(text, line),
        }
    }
}

/// Matches one line: its fixed parts must appear in order, the first and the last at the ends.
fn text_matches(expected: &str, line: &str) -> bool {
    let Some((first, rest)) = expected.split_once(ANY_TEXT) else {
        return expected == line;
    };
    let (middle, last) = rest.rsplit_once(ANY_TEXT).unwrap_or(("", rest));
    let Some(mut line) = line.strip_prefix(first).and_then(|line| line.strip_suffix(last)) else {
        return false;
    };
    middle.split(ANY_TEXT).all(|part| match line.split_once(part) {
        Some((_, after)) => {
            line = after;
            true
        }
        None => false,
    })
}

/// The lines without the spaces at their ends and without the blank ones at the bottom.
pub(crate) fn trimmed<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut lines: Vec<&str> = lines.map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}
