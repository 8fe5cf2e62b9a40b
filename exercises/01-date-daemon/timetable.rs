//! When lines come, and whether that is when they are due. A machine that does much else delays a
//! daemon, and delays us; how long it did, the kernel knows, and no line is held against its author
//! for that.

use std::fs;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use check::{Explain, Failure, LogFile, Result, Running, stretched};

use super::{LINE, kernel, some};

/// How often we look. What comes between two looks came at some time between them.
const LOOK: Duration = Duration::from_micros(200);
/// How much later than its deadline a line may come, and how much earlier it may seem to.
const LATE: Drawn = Drawn(Duration::from_micros(1600));
const EARLY: Drawn = Drawn(Duration::from_micros(800));

/// How well we have to know when a line came to set our clock by it.
const SHARP: Drawn = Drawn(Duration::from_millis(1));

/// A time that is longer where the machine is much slower than a busy one: there, nobody is on time
/// to the millisecond. All are drawn out alike, the intervals too.
struct Drawn(Duration);

impl Drawn {
    /// A busy machine is up to four times slower than a quiet one, and its delays are known.
    fn out(self) -> Duration {
        (stretched(self.0) / 4).max(self.0)
    }
}

/// When a line came, as far as we know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// The earliest moment at which it would have come, had the machine done nothing else.
    from: Instant,
    /// When it was there.
    to: Instant,
}

impl Line {
    /// Whether we know well when it came.
    fn is_sharp(&self) -> bool {
        self.to - self.from <= SHARP.out()
    }

    /// Whether it was there by `moment`, however late somebody looked.
    pub(crate) fn was_there_by(&self, moment: Instant) -> bool {
        self.to <= moment
    }

    /// How long after `other` it came: at least, and at most.
    pub(crate) fn since(&self, other: Line) -> (Duration, Duration) {
        let least = self.from.saturating_duration_since(other.to);
        (least, self.to.saturating_duration_since(other.from))
    }
}

/// What comes of comparing lines with a timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// A line came when it was due.
    OnTime,
    /// It came at another time, or did not come.
    Missed,
    /// The machine was too busy for us to tell.
    Unclear,
}

/// Looks at the files of a daemon until told to stop.
pub(crate) struct Watch {
    files: Vec<PathBuf>,
    lines: Vec<Line>,
    looked: Instant,
    delayed: Duration,
}

impl Watch {
    /// Begins to look, before there is a daemon, and anything in `file`.
    pub(crate) fn new(file: &LogFile) -> Self {
        Watch {
            files: vec![file.path().to_owned()],
            lines: Vec::new(),
            looked: Instant::now(),
            delayed: Duration::ZERO,
        }
    }

    /// Looks at one more file, which has just got this name.
    pub(crate) fn add(&mut self, renamed: &LogFile) {
        self.files.push(renamed.path().to_owned());
    }

    /// All lines that came so far.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Looks until `enough`, or until `limit`.
    pub(crate) fn until(
        &mut self,
        daemon: &mut Running,
        limit: Instant,
        enough: impl Fn(&[Line]) -> bool,
    ) -> Result {
        loop {
            self.look(daemon);
            if enough(&self.lines) || self.looked > limit || daemon.has_ended() {
                return Ok(());
            }
            thread::sleep(LOOK);
        }
    }

    fn look(&mut self, daemon: &Running) {
        let begin = Instant::now();
        let size = |path: &PathBuf| fs::metadata(path).map_or(0, |file| file.len());
        let count = (self.files.iter().map(size).sum::<u64>() / LINE as u64) as usize;
        let end = Instant::now();
        if count > self.lines.len() {
            let delayed = kernel::time_on_processors(daemon).1;
            let late = delayed.saturating_sub(self.delayed);
            let from = self.looked.checked_sub(late).unwrap_or(self.looked);
            self.lines.resize(count, Line { from, to: end });
            self.delayed = delayed;
        }
        self.looked = begin;
    }
}

/// Deadlines a whole number of intervals apart.
#[derive(Clone, Copy)]
pub(crate) struct Timetable {
    /// The latest moment that one of them can have been.
    start: Instant,
    /// How much earlier it may have been.
    unsure: Duration,
    interval: Duration,
}

impl Timetable {
    /// The timetable that lines seem to follow that come every `interval`; nothing if the machine
    /// was too busy to tell.
    pub(crate) fn of(lines: &[Line], interval: Duration) -> Option<Self> {
        // A line can be seen late, never early: the earliest, set back by whole intervals, is
        // nearest to the truth.
        let first = lines.first()?.to;
        let number = |at: Instant| (at - first + interval / 2).as_nanos() / interval.as_nanos();
        let starts = lines.iter().filter(|line| line.is_sharp()).filter_map(|line| {
            let start = line.to.checked_sub(interval * u32::try_from(number(line.to)).ok()?)?;
            Some((start, line.to - line.from))
        });
        let (start, unsure) = starts.min()?;
        Some(Timetable { start, unsure, interval })
    }

    /// Whether `lines` are enough to tell a timetable, or so many that more would not help: `count`
    /// at least.
    pub(crate) fn can_be_told(lines: &[Line], count: usize) -> bool {
        let sharp = lines.iter().filter(|line| line.is_sharp()).count();
        lines.len() >= count && (sharp >= 3 || lines.len() >= 4 * count)
    }

    /// The first deadline after `moment`.
    pub(crate) fn after(&self, moment: Instant) -> Instant {
        let Some(passed) = moment.checked_duration_since(self.start) else {
            let until = (self.start - moment).as_nanos() / self.interval.as_nanos();
            return self.start - self.interval * u32::try_from(until).unwrap_or(u32::MAX);
        };
        let number = passed.as_nanos() / self.interval.as_nanos() + 1;
        self.start + self.interval * u32::try_from(number).unwrap_or(u32::MAX)
    }

    /// The same deadlines, when `time` has passed at one stroke.
    pub(crate) fn set_back(self, time: Duration) -> Self {
        let part = Duration::from_nanos((time.as_nanos() % self.interval.as_nanos()) as u64);
        Timetable { start: self.start - part, ..self }
    }

    /// Whether one of `lines` came when `deadline` was due.
    pub(crate) fn sight(&self, lines: &[Line], deadline: Instant) -> Sight {
        let earliest = deadline - EARLY.out() - self.unsure;
        let latest = deadline + LATE.out();
        let came = lines.iter().filter(|line| line.from <= latest && line.to >= earliest);
        match came.map(|line| line.to - line.from).min() {
            None => Sight::Missed,
            Some(width) if width <= self.interval / 4 => Sight::OnTime,
            Some(_) => Sight::Unclear,
        }
    }

    /// Whether `line` came when any deadline was due.
    pub(crate) fn expects(&self, line: Line) -> Sight {
        self.sight(&[line], self.after(line.from - LATE.out()))
    }

    /// Compares the lines that came between two moments with the deadlines between them.
    pub(crate) fn compare(&self, lines: &[Line], begin: Instant, end: Instant) -> Comparison {
        let mut seen = Comparison::default();
        let mut deadline = self.after(begin);
        while deadline < end {
            match self.sight(lines, deadline) {
                Sight::OnTime => seen.on_time += 1,
                Sight::Missed => seen.left_out += 1,
                Sight::Unclear => seen.unclear += 1,
            }
            deadline += self.interval;
        }
        // Those at the edges may belong to a deadline beyond them.
        let last = end - EARLY.out() - self.unsure;
        let first = begin + LATE.out();
        let between = lines.iter().filter(|line| line.from > first && line.to < last);
        seen.astray = between.filter(|line| self.expects(**line) == Sight::Missed).count();
        seen
    }
}

/// How well lines and deadlines agree.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Comparison {
    /// Deadlines with a line.
    pub(crate) on_time: usize,
    /// Deadlines without one.
    pub(crate) left_out: usize,
    /// Deadlines of which the machine's own delays let nobody tell.
    pub(crate) unclear: usize,
    /// Lines without a deadline.
    pub(crate) astray: usize,
}

/// What one attempt to see a promise about time kept has come to. A failure means that it seems to
/// be broken, by what was seen of the time.
pub(crate) enum Attempt {
    Kept,
    /// It is broken, however busy the machine is.
    Broken(Failure),
    /// The machine was too busy to tell.
    Unclear,
    /// The daemon's lines don't come at whole intervals, which another promise reports; or does
    /// not, and then this is why.
    NoPace(Failure),
}

/// Kept, if that is `clear`.
pub(crate) fn kept_if(clear: bool) -> Attempt {
    if clear { Attempt::Kept } else { Attempt::Unclear }
}

/// How long a promise about time is tried at most, on a quiet machine.
const LIMIT: Duration = Duration::from_secs(5);
/// How often lines without a pace are looked at again.
const NO_PACE: usize = 6;

/// Whether it was seen that the daemon itself is what keeps the machine busy.
pub(crate) static BUSY: AtomicBool = AtomicBool::new(false);

/// Tries a promise about time until it is clear that it is kept, or that it is not: a machine that
/// does much else spoils an attempt, it doesn't spoil the answer.
pub(crate) fn until_clear(mut attempt: impl FnMut() -> Result<Attempt>) -> Result {
    let (mut wrong, mut no_pace, mut unclear) = (Vec::new(), Vec::new(), 0);
    let (begin, limit) = (Instant::now(), stretched(LIMIT));
    // What holds a machine up that is emulated, it does not know itself.
    let enough = match is_quiet() {
        _ if limit > 4 * LIMIT => 6,
        true => 2,
        false => 4,
    };
    while begin.elapsed() < limit && wrong.len() < enough && no_pace.len() < NO_PACE {
        match attempt() {
            Ok(Attempt::Kept) => return Ok(()),
            Ok(Attempt::Unclear) => unclear += 1,
            Ok(Attempt::Broken(failure)) => return Err(failure),
            Ok(Attempt::NoPace(failure)) => no_pace.push(failure),
            Err(failure) => wrong.push(failure),
        }
    }
    match (wrong.pop(), no_pace.pop()) {
        // One alone, where all others were unclear, may be the machine's.
        (Some(failure), _) if !wrong.is_empty() || unclear == 0 => Err(failure),
        (Some(failure), None) if BUSY.load(Ordering::Relaxed) => Err(failure),
        (_, Some(failure)) => Err(failure.into_later()),
        // A daemon that is always awake leaves nothing to be seen, and hears of that.
        (None, None) if BUSY.load(Ordering::Relaxed) => Err(Failure::later()),
        (_, None) => Err(Failure::new(
            "a machine with time to spare",
            "one that is too busy to tell when lines come",
        )
        .say("check it again when less else is going on: this is not your mistake")),
    }
}

/// Whether nothing waits for a processor, on the average of the last minute; see proc_loadavg(5).
fn is_quiet() -> bool {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Option<f64> = load.split(' ').next().and_then(|load| load.parse().ok());
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    load.is_some_and(|load| load < processors as f64)
}

/// A number of milliseconds that nobody could know before: another one in each check, and a larger
/// one where the machine is slow.
pub(crate) fn some_ms(range: std::ops::Range<u64>) -> Duration {
    let drawn = Drawn(Duration::from_millis(some(range))).out();
    // Whole ones: the program is told no more.
    Duration::from_millis(drawn.as_millis() as u64)
}
