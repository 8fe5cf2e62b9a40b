//! Whether lines come as far apart as they should.

use std::time::{Duration, Instant};

use check::{Directory, Explain, Failure, PATIENCE, Result, Text, stretched, text};

use super::super::shared::timetable::{Attempt, Line, Watch, kept_if};
use super::super::shared::{daemon, wait_for_dates};

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

/// So many intervals of a millisecond take no longer than this somewhere, on a busy machine too.
const SHORT: usize = 8;
const SHORT_TAKES: Duration = Duration::from_millis(50);

/// Fails if an interval is never as short as it was asked to be.
pub(super) fn short_is_short() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("short.log");
    let mut watch = Watch::new(&file);
    let mut daemon = daemon(&file, 1)?;
    let shortest =
        |lines: &[Line]| lines.windows(SHORT + 1).map(|some| some[SHORT].since(some[0]).1).min();
    let is_short = |lines: &[Line]| shortest(lines).is_some_and(|took| took <= SHORT_TAKES);
    watch.until(&mut daemon, Instant::now() + stretched(PATIENCE), is_short)?;
    let Some(took) = shortest(watch.lines()) else {
        return wait_for_dates(&mut daemon, &file, SHORT + 1).say(SLOW).in_function("run");
    };
    if took <= SHORT_TAKES {
        return Ok(());
    }
    let expected = text!(
        "{count} intervals of 1ms in {most}",
        count = SHORT,
        most = Text::quoted(SHORT_TAKES)
    );
    let got = text!("{took}, however often", took = Text::quoted(took));
    Err(Failure::new(expected, got).say(SLOW).in_function("run"))
}
