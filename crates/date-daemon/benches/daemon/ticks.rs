//! A thousand ticks: what they cost, and how late the last one is.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor};

use crate::contender::{Contender, Process};
use crate::figures::Figures;

pub(crate) const TICKS: u64 = 1000;
pub(crate) const INTERVAL: Duration = Duration::from_millis(50);
/// How many of each contender run at the same time: as many values behind each median.
pub(crate) const AT_ONCE: usize = 5;

/// Ticks that are not measured: at the start, when ten programs are being loaded, none is on time.
const WARM_UP: u64 = 20;

/// How many ticks a point in time is read from. One tick can be late by chance; of twenty, the
/// least late one is not.
const WINDOW: u64 = 20;

/// What was seen of one contender.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) rss_kib: Figures,
    pub(crate) private_dirty_kib: Figures,
    pub(crate) cpu_us: Figures,
    pub(crate) wake_ups: Figures,
    pub(crate) drift_ms: Figures,
    pub(crate) missed: Figures,
}

/// One process, watched.
struct Runner {
    contender: usize,
    process: Process,
    log: PathBuf,
    watch: WatchDescriptor,
    started: Instant,
    lines: u64,
    before: Point,
    after: Point,
}

/// A process at one point of the measurement.
struct Point {
    /// How much later than a program without drift it is, in seconds. Where the count begins does
    /// not matter.
    late: f64,
    cpu_ns: f64,
    wake_ups: f64,
    missed: f64,
}

impl Point {
    const NEVER: Self = Self { late: f64::INFINITY, cpu_ns: 0.0, wake_ups: 0.0, missed: 0.0 };

    /// This point, with the lateness of whichever of the two was less late.
    fn least_late(self, earlier: &Self) -> Self {
        let late = self.late.min(earlier.late);
        Self { late, ..self }
    }
}

/// Runs both contenders side by side.
pub(crate) fn measure(contenders: [&Contender; 2]) -> [Measured; 2] {
    let directory = tempfile::tempdir().unwrap();
    let inotify = Inotify::init(InitFlags::IN_CLOEXEC).unwrap();
    let mut runners = Vec::new();
    for number in 0..AT_ONCE {
        for (index, contender) in contenders.into_iter().enumerate() {
            let file = directory.path().join(format!("dates-{index}-{number}"));
            let log = directory.path().join(format!("log-{index}-{number}"));
            File::create(&file).unwrap();
            let watch = inotify.add_watch(&file, AddWatchFlags::IN_MODIFY).unwrap();
            let mut command = contender.command(&file, INTERVAL);
            let child = command.stderr(File::create(&log).unwrap()).spawn().unwrap();
            runners.push(Runner {
                contender: index,
                process: Process(child),
                log,
                watch,
                started: Instant::now(),
                lines: 0,
                before: Point::NEVER,
                after: Point::NEVER,
            });
        }
    }
    while runners.iter().any(|runner| runner.lines < WARM_UP + TICKS + WINDOW) {
        for event in inotify.read_events().unwrap() {
            let runner = runners.iter_mut().find(|runner| runner.watch == event.wd);
            runner.unwrap().line_written();
        }
    }
    let mut measured = [Measured::default(), Measured::default()];
    for runner in &runners {
        runner.report(&mut measured[runner.contender]);
    }
    measured
}

impl Runner {
    fn line_written(&mut self) {
        self.lines += 1;
        let window = |start| start..start + WINDOW;
        if window(WARM_UP).contains(&self.lines) {
            self.before = self.point().least_late(&self.before);
        } else if window(WARM_UP + TICKS).contains(&self.lines) {
            self.after = self.point().least_late(&self.after);
        }
    }

    fn point(&self) -> Point {
        let missed = self.missed();
        let due = INTERVAL.as_secs_f64() * (self.lines as f64 + missed);
        // Time on a CPU in nanoseconds, see proc(5); the other clocks there count in hundredths of
        // a second.
        let schedstat = self.proc("schedstat");
        Point {
            late: self.started.elapsed().as_secs_f64() - due,
            cpu_ns: schedstat.split(' ').next().unwrap().parse().unwrap(),
            wake_ups: self.field("status", "voluntary_ctxt_switches:"),
            missed,
        }
    }

    fn report(&self, measured: &mut Measured) {
        let (before, after) = (&self.before, &self.after);
        let ticks = TICKS as f64;
        measured.drift_ms.push((after.late - before.late) * 1e3);
        measured.cpu_us.push((after.cpu_ns - before.cpu_ns) / ticks / 1e3);
        measured.wake_ups.push((after.wake_ups - before.wake_ups) / ticks);
        measured.missed.push(after.missed - before.missed);
        measured.rss_kib.push(self.field("status", "VmRSS:"));
        measured.private_dirty_kib.push(self.field("smaps_rollup", "Private_Dirty:"));
    }

    /// A missed tick is no drift: the next one is on time. date-daemon counts them in its log.
    fn missed(&self) -> f64 {
        let log = fs::read_to_string(&self.log).unwrap();
        let counts = log.split("missed ").skip(1);
        counts.map(|rest| rest.split(' ').next().unwrap().parse::<f64>().unwrap()).sum()
    }

    fn field(&self, file: &str, name: &str) -> f64 {
        let text = self.proc(file);
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.process.0.id())).unwrap()
    }
}
