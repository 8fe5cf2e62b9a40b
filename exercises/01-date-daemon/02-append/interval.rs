//! Whether lines come as far apart as they should.

use std::time::{Duration, Instant};

use check::{Directory, Explain, Failure, PATIENCE, Result, Text, text};

use super::super::shared::timetable::{Attempt, Line, Watch, kept_if, some_ms, until_clear};
use super::super::shared::{daemon, kernel, wait_for_dates};

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

/// Fails if a millisecond or two are too short for the daemon.
pub(super) fn counts_single_milliseconds(directory: &Directory) -> Result {
    let begin = Instant::now();
    until_clear(|| {
        let file = directory.file(&format!("short-{}.log", begin.elapsed().as_micros()));
        let interval = some_ms(1..3);
        let (mut watch, mut daemon) = (Watch::new(&file), daemon(&file, interval.as_millis() as u64)?);
        watch.until(&mut daemon, Instant::now() + PATIENCE, |lines| lines.len() > 12)?;
        if watch.lines().len() <= 12 {
            wait_for_dates(&mut daemon, &file, 13).say(SLOW).in_function("run")?;
        }
        let (waited, seen) = (kernel::time_on_processors(&daemon).1, watch.lines());
        let (first, last) = (seen[0], seen[seen.len() - 1]);
        let took = last.since(first).0;
        // A machine that lets it wait is not its fault.
        let apart = Some(took / (seen.len() as u32 - 1)).filter(|_| waited < took / 4);
        match apart.filter(|least| *least > interval * 2 + WORK) {
            None => Ok(Attempt::Kept),
            Some(least) => {
                let interval = Text::quoted(interval);
                let expected = text!("{interval} between two lines", interval);
                Err(Failure::new(expected, Text::quoted(least)).say(SLOW).in_function("run"))
            }
        }
    })
}
