//! Whether lines come as far apart as they should.

use std::time::Duration;

use check::{Explain, Failure, Result, Text, text};

use super::super::shared::timetable::{Attempt, Line, kept_if};

/// How long it may take to write a line.
const WORK: Duration = Duration::from_millis(3);
const FAST: &str = "the lines come too fast, or several at a time: INTERVAL_MS is the time between \
    two lines, in milliseconds";
pub(super) const SLOW: &str =
    "the lines come too slowly: INTERVAL_MS is the time between two lines, in milliseconds";

/// Whether lines are as far apart as was asked for, as far as that is clear.
pub(super) fn one_interval_apart(lines: &[Line], interval: Duration) -> Result<Attempt> {
    let apart: Vec<_> = lines.windows(2).map(|pair| pair[1].since(pair[0])).collect();
    let fast = apart.iter().find(|(_, most)| *most < interval * 9 / 10);
    // The work between two sleeps takes its time as well: what counts is the shortest.
    let clear: Vec<_> =
        apart.iter().filter(|(least, most)| *most - *least < interval / 3).collect();
    let shortest = clear.iter().min().filter(|(least, _)| *least > interval * 13 / 10 + WORK);
    // Or that not one is as near to the next as it should be, however roughly that is known.
    let far = apart.iter().min().filter(|(least, _)| *least > interval * 3 + WORK);
    let (seen, say) = match (fast, shortest.copied().or(far)) {
        (Some(seen), _) => (seen, FAST),
        (None, Some(seen)) => (seen, SLOW),
        (None, None) => return Ok(kept_if(clear.len() >= 2)),
    };
    let expected = text!("{interval} between two lines", interval = Text::quoted(interval));
    Err(Failure::new(expected, Text::quoted(seen.0)).say(say).in_function("run"))
}
