//! The histogram in the terminal: a line a bar, time going down.

use std::fmt::Write as _;

use super::Histogram;
use crate::cli::colour::{Colours, HIGHLIGHT_RED, NORMAL};

pub(super) fn draw(histogram: &Histogram) -> String {
    let columns = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
    let label = histogram.label(0).len();
    // The time, a blank, the bar, and room for the numbers.
    let room = columns.saturating_sub(label + 32).clamp(10, 200) as u64;
    let most = histogram.bars.iter().map(super::Bar::total).max().unwrap_or(0).max(1);
    let colours = Colours::detect();
    let (red, grey, off) = (colours.if_on(HIGHLIGHT_RED), colours.grey(), colours.if_on(NORMAL));
    let yellow = colours.of_priority(4, false).on;
    let mut out = String::new();
    let sums = histogram.sums();
    let _ = writeln!(
        out,
        "{} messages: {} errors █, {} warnings ▓, {} others ░; each line is {}",
        sums.total(),
        sums.errors,
        sums.warnings,
        sums.others,
        histogram.step_in_words(),
    );
    for (at, bar) in histogram.bars.iter().enumerate() {
        // A single error among thousands must be seen, so what is there gets a sign at least.
        let length = |count: u64| ((count * room).div_ceil(most)).min(room) as usize;
        let part = |count: u64, sign: &str| sign.repeat(if count > 0 { length(count) } else { 0 });
        let mut line = format!(
            "{} {red}{}{off}{yellow}{}{off}{grey}{}{off} {}",
            histogram.label(at),
            part(bar.errors, "█"),
            part(bar.warnings, "▓"),
            part(bar.others, "░"),
            bar.total(),
        );
        if bar.errors > 0 {
            let _ = write!(line, ", {} errors", bar.errors);
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}
