//! What was expected beside what came, line by line, for a learner to see where they part.

use crate::pattern::{Line, Pattern, trimmed};

/// More lines than this are not compared: nobody reads them, and the work grows with their square.
const LINES: usize = 300;

/// One line of a [`diff`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Came as expected.
    Same(String),
    /// Lines that a `...` stands for.
    Skipped,
    /// Was expected and did not come.
    Expected(String),
    /// Came and was not expected.
    Got(String),
}

/// The shortest list of changes that leads from what was expected to `output`.
pub(crate) fn diff(pattern: &Pattern, output: &str) -> Vec<Change> {
    let expected = &pattern.lines[..pattern.lines.len().min(LINES)];
    let mut got = trimmed(output.lines());
    got.truncate(LINES);
    let costs = costs(expected, &got);
    let (mut i, mut j) = (0, 0);
    let mut changes = Vec::new();
    while i < expected.len() || j < got.len() {
        let step = match (expected.get(i), got.get(j)) {
            (Some(Line::Any), Some(_)) if costs[i][j] == costs[i][j + 1] => (0, 1, Change::Skipped),
            (Some(Line::Any), _) => (1, 0, Change::Skipped),
            (Some(line), Some(text))
                if costs[i][j] == costs[i + 1][j + 1] && line.matches(text) =>
            {
                (1, 1, Change::Same((*text).to_owned()))
            }
            (Some(Line::Text(text)), _) if costs[i][j] == costs[i + 1][j] + 1 => {
                (1, 0, Change::Expected(text.clone()))
            }
            (_, text) => (0, 1, Change::Got(text.copied().unwrap_or_default().to_owned())),
        };
        i += step.0;
        j += step.1;
        if !(step.2 == Change::Skipped && changes.last() == Some(&Change::Skipped)) {
            changes.push(step.2);
        }
    }
    changes
}

/// For each pair of places, how many lines must be changed from there to the end.
fn costs(expected: &[Line], got: &[&str]) -> Vec<Vec<usize>> {
    let mut costs = vec![vec![0; got.len() + 1]; expected.len() + 1];
    for i in (0..=expected.len()).rev() {
        for j in (0..=got.len()).rev() {
            costs[i][j] = match (expected.get(i), got.get(j)) {
                (None, _) => got.len() - j,
                (Some(Line::Any), None) => costs[i + 1][j],
                (Some(Line::Any), Some(_)) => costs[i + 1][j].min(costs[i][j + 1]),
                (Some(_), None) => costs[i + 1][j] + 1,
                (Some(line), Some(text)) if line.matches(text) => costs[i + 1][j + 1],
                _ => 1 + costs[i + 1][j].min(costs[i][j + 1]),
            };
        }
    }
    costs
}
