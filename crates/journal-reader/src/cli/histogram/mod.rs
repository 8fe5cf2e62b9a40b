//! `--histogram`: how many messages came when, and how bad they were.

mod svg;
mod text;

use std::io::{self, Write};

use jiff::tz::TimeZone;
use journal_reader::{Decoder, Journal};

use crate::cli::args::{Args, HistogramFormat};
use crate::cli::output::known::with_value;
use crate::cli::selection::Selection;
use crate::cli::time::local_zone;

/// Messages of some minutes, by how bad they are.
#[derive(Clone, Copy, Debug, Default)]
struct Bar {
    /// Priority err and worse.
    errors: u64,
    /// Priority warning.
    warnings: u64,
    others: u64,
}

impl Bar {
    fn total(&self) -> u64 {
        self.errors + self.warnings + self.others
    }
}

struct Histogram {
    zone: TimeZone,
    /// Where the first bar begins, and how long each is; µs.
    start: u64,
    step: u64,
    bars: Vec<Bar>,
}

/// Steps that people can read on an axis, in seconds.
const STEPS: [u64; 22] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    172_800, 604_800, 2_592_000, 31_536_000,
];

pub(crate) fn run(
    args: &Args,
    journal: &mut Journal,
    format: HistogramFormat,
) -> anyhow::Result<()> {
    let bars = if format == HistogramFormat::Svg { 120 } else { 40 };
    let Some(histogram) = count(args, journal, bars)? else {
        writeln!(io::stdout(), "-- No entries --")?;
        return Ok(());
    };
    let text = match format {
        HistogramFormat::Text => text::draw(&histogram),
        HistogramFormat::Svg => svg::draw(&histogram),
    };
    Ok(io::stdout().write_all(text.as_bytes())?)
}

fn count(args: &Args, journal: &mut Journal, most: u64) -> anyhow::Result<Option<Histogram>> {
    let mut selection = Selection::new(args, journal)?;
    let Some((first, last)) = selection.span(args)? else { return Ok(None) };
    let seconds = (last - first) / 1_000_000;
    let step = STEPS.iter().copied().find(|step| seconds / step < most);
    let step = step.unwrap_or(seconds / most + 1) * 1_000_000;
    let start = first - first % step;
    let count = ((last - start) / step + 1) as usize;
    let mut bars = vec![Bar::default(); count];
    let mut decoder = Decoder::new();
    while let Some(entry) = selection.next() {
        // A clock that was set back may lead out of the picture; such a message goes to its edge.
        let at = (entry.realtime().saturating_sub(start) / step) as usize;
        let bar = &mut bars[at.min(count - 1)];
        let priority =
            with_value(&entry, &mut decoder, b"PRIORITY", |value| value.first().copied());
        match priority.flatten() {
            Some(b'0'..=b'3') => bar.errors += 1,
            Some(b'4') => bar.warnings += 1,
            _ => bar.others += 1,
        }
    }
    let zone = if args.utc { TimeZone::UTC } else { local_zone() };
    Ok(Some(Histogram { zone, start, step, bars }))
}

impl Histogram {
    /// The time at which a bar begins; with the date where the step is long.
    fn label(&self, at: usize) -> String {
        let time = self.start + at as u64 * self.step;
        let format = match self.step / 1_000_000 {
            86_400.. => "%Y-%m-%d",
            60.. => "%m-%d %H:%M",
            _ => "%H:%M:%S",
        };
        let moment = crate::cli::time::zoned(time, &self.zone);
        moment.map_or_else(String::new, |moment| moment.strftime(format).to_string())
    }

    fn step_in_words(&self) -> String {
        match self.step / 1_000_000 {
            seconds if seconds < 60 => format!("{seconds} s"),
            seconds if seconds < 3600 => format!("{} min", seconds / 60),
            seconds if seconds < 86_400 => format!("{} h", seconds / 3600),
            seconds => format!("{} d", seconds / 86_400),
        }
    }

    fn sums(&self) -> Bar {
        self.bars.iter().fold(Bar::default(), |sum, bar| Bar {
            errors: sum.errors + bar.errors,
            warnings: sum.warnings + bar.warnings,
            others: sum.others + bar.others,
        })
    }
}
