//! Batched writing: each thread puts its lines into a ring of its own and goes on; one thread
//! writes what is in all of them, many lines at once. Nothing is dropped: who finds its ring full,
//! writes.

mod ring;

use std::cell::RefCell;
use std::io;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering, compiler_fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crate::report::Health;
use crate::sink::{About, Sink};
use crate::{Encoding, Level, at_end};
use ring::{Ring, Writer};

/// So long a line may wait for company.
const GATHER: Duration = Duration::from_millis(20);
/// One write takes about so much.
const BLOCK: usize = 64 << 10;

/// Any sink, several times faster: lines are written together, within 20 ms, and at once from ERROR
/// on.
///
/// ```
/// # let name = format!("leveled-logger-batch-{}.log", std::process::id());
/// # let path = std::env::temp_dir().join(name);
/// use leveled_logger::{Batched, FileMode, FileSink, Handler};
///
/// let handler = Handler::new(Batched::new(FileSink::open(&path, FileMode::Append)?));
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), leveled_logger::Error>(())
/// ```
///
/// From the first one on, signals that would end the program write first what is held back; a
/// signal that the program handles itself is left alone. A batch lasts as long as the process.
pub struct Batched(&'static Batch);

struct Batch {
    number: usize,
    sink: Box<dyn Sink>,
    health: Health,
    /// Lines wait, or the writing thread sleeps until some do.
    state: AtomicU32,
    shared: Mutex<Shared>,
    drain: Mutex<Drain>,
}

/// The writing thread sleeps until it is woken; or isn't there.
const ASLEEP: u32 = 0;
/// It is awake, or will wake up soon by itself.
const AWAKE: u32 = 1;
/// A ring is half full: it need not wait for more.
const HURRY: u32 = 2;

#[derive(Default)]
struct Shared {
    new_rings: Vec<Arc<Ring>>,
    thread: Option<Thread>,
}

/// What only one at a time may do: take lines out and write them.
#[derive(Default)]
struct Drain {
    rings: Vec<Arc<Ring>>,
    block: Vec<u8>,
}

static BATCHES: Mutex<Vec<&'static Batch>> = Mutex::new(Vec::new());

thread_local! {
    /// This thread's ends of its rings, by the number of the batch.
    static WRITERS: RefCell<Vec<(usize, Writer)>> = const { RefCell::new(Vec::new()) };
}

impl Batched {
    /// Puts a batch in front of a sink.
    pub fn new(sink: impl Sink + 'static) -> Batched {
        static NUMBERS: AtomicUsize = AtomicUsize::new(0);
        at_end::watch();
        let batch = Batch {
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            sink: Box::new(sink),
            health: Health::default(),
            state: AtomicU32::new(ASLEEP),
            shared: Mutex::default(),
            drain: Mutex::default(),
        };
        let batch: &'static Batch = Box::leak(Box::new(batch));
        batches().push(batch);
        Batched(batch)
    }
}

impl Sink for Batched {
    fn write_line(&self, line: &[u8], about: About) -> io::Result<()> {
        let pushed = WRITERS.try_with(|writers| match writers.try_borrow_mut() {
            Ok(mut writers) => self.0.push(&mut writers, line, about),
            Err(_) => false,
        });
        match pushed {
            Ok(true) if about.level < Level::ERROR => Ok(()),
            Ok(true) => {
                // Who reads the log after a crash wants this line most of all.
                self.0.write_all();
                Ok(())
            }
            // A line larger than a ring, or a thread at its very end: after all that came before,
            // and directly.
            Ok(false) | Err(_) => self.0.write_past(line, about),
        }
    }

    fn flush(&self) -> io::Result<()> {
        self.0.write_all();
        let _gate = self.0.sink.has_locks().then(at_end::gate);
        self.0.sink.flush()
    }

    fn lost(&self) -> u64 {
        self.0.health.lost() + self.0.sink.lost()
    }

    fn encoding(&self) -> Encoding {
        self.0.sink.encoding()
    }

    fn has_locks(&self) -> bool {
        // A fork stops all batches by itself.
        false
    }

    fn place(&self) -> String {
        self.0.sink.place()
    }
}

impl Batch {
    /// Puts the line into this thread's ring; `false` when it can never fit.
    fn push(&'static self, writers: &mut Vec<(usize, Writer)>, line: &[u8], about: About) -> bool {
        let at = writers.iter().position(|(number, _)| *number == self.number);
        let at = at.unwrap_or_else(|| {
            let ring = Arc::new(Ring::new());
            self.shared().new_rings.push(Arc::clone(&ring));
            writers.push((self.number, Writer::new(ring)));
            writers.len() - 1
        });
        let writer = &mut writers[at].1;
        if !Ring::can_hold(line.len()) {
            return false;
        }
        while !writer.push(line, about.created_ns) {
            // The push back: this thread does the writing, or waits for who does.
            self.write_all();
        }
        // First the line, then the look at whether the thread sleeps. The processor may still hold
        // the line back when it looks, for the moment that a store takes; to wait for that here
        // would cost as much as the line. So the thread waits instead, in `doze`.
        compiler_fence(Ordering::SeqCst);
        let state = self.state.load(Ordering::Relaxed);
        if state == ASLEEP || state == AWAKE && writer.is_half_full() {
            self.wake(state);
        }
        true
    }

    #[cold]
    fn wake(&'static self, state: u32) {
        let next = if state == ASLEEP { AWAKE } else { HURRY };
        if self.state.compare_exchange(state, next, Ordering::SeqCst, Ordering::SeqCst).is_err() {
            return;
        }
        let mut shared = self.shared();
        if shared.thread.is_none() {
            let spawned = thread::Builder::new().name("batch".to_owned()).spawn(|| self.run());
            shared.thread = spawned.ok().map(|handle| handle.thread().clone());
        }
        match &shared.thread {
            Some(thread) => thread.unpark(),
            // No thread to be had: then the lines are written here and now.
            None => {
                drop(shared);
                self.state.store(ASLEEP, Ordering::SeqCst);
                self.write_all();
            }
        }
    }

    /// The writing thread: sleeps until there is a line, waits a moment for more, writes all.
    fn run(&'static self) {
        at_end::block_signals();
        loop {
            match self.state.load(Ordering::SeqCst) {
                ASLEEP => {
                    thread::park();
                    continue;
                }
                AWAKE => thread::park_timeout(GATHER),
                _ => {}
            }
            self.state.store(AWAKE, Ordering::SeqCst);
            if self.write_all() > 0 {
                continue;
            }
            // Nothing came for a while. Who pushes from here on sees that the thread is asleep, and
            // wakes it; who pushed just before is found by looking once more.
            self.state.store(ASLEEP, Ordering::SeqCst);
            self.doze();
            if self.state.load(Ordering::SeqCst) == ASLEEP && self.write_all() > 0 {
                self.state.store(AWAKE, Ordering::SeqCst);
            }
        }
    }

    /// Waits until somebody wakes the thread, or until all have long seen that it sleeps, and their
    /// lines can be seen.
    fn doze(&self) {
        let begin = Instant::now();
        while self.state.load(Ordering::SeqCst) == ASLEEP
            && let Some(rest) = GATHER.checked_sub(begin.elapsed())
        {
            thread::park_timeout(rest);
        }
    }

    /// Writes all that is in the rings now. Returns how many lines that were.
    fn write_all(&self) -> usize {
        self.write_from(&mut self.drain())
    }

    fn write_from(&self, drain: &mut Drain) -> usize {
        drain.rings.append(&mut self.shared().new_rings);
        drain.rings.retain(|ring| !ring.is_done());
        let Drain { rings, block } = drain;
        let mut lines = 0;
        // Up to here, and no further: else busy threads could keep whoever writes for ever.
        rings.iter().for_each(|ring| ring.mark());
        while let Some(ring) = oldest(rings) {
            ring.take_into(block);
            lines += 1;
            if block.len() >= BLOCK {
                self.write(block);
            }
        }
        self.write(block);
        lines
    }

    fn write(&self, block: &mut Vec<u8>) {
        if !block.is_empty() {
            let about = About { level: Level::NOTSET, created_ns: 0 };
            match self.sink.write_lines(block, about) {
                Ok(()) if self.health.is_failing() => self.health.worked(&self.sink.place()),
                Ok(()) => {}
                Err(error) => {
                    let lines = block.iter().filter(|byte| **byte == b'\n').count() as u64;
                    self.health.failed(&self.sink.place(), &error, lines);
                }
            }
            block.clear();
        }
    }

    /// Writes a line that no ring takes, in its turn.
    fn write_past(&self, line: &[u8], about: About) -> io::Result<()> {
        let mut drain = self.drain();
        self.write_from(&mut drain);
        self.sink.write_line(line, about)
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn drain(&self) -> MutexGuard<'_, Drain> {
        self.drain.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The ring whose next line was said first, so that the lines of several threads come in the order
/// of their times.
fn oldest(rings: &[Arc<Ring>]) -> Option<&Ring> {
    let waiting = rings.iter().filter_map(|ring| Some((ring.next_time()?, ring)));
    waiting.min_by_key(|(time, _)| *time).map(|(_, ring)| &**ring)
}

fn batches() -> MutexGuard<'static, Vec<&'static Batch>> {
    BATCHES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes what all batches hold back.
pub(crate) fn flush_all() {
    let all = batches().clone();
    for batch in all {
        batch.write_all();
    }
}

/// A batch that nobody can write to the sink of, while the process forks.
pub(crate) struct Stopped {
    batch: &'static Batch,
    drain: MutexGuard<'static, Drain>,
    shared: MutexGuard<'static, Shared>,
}

/// Writes what all batches hold back, and stops them until what is returned is dropped; `None` when
/// somebody else is just writing one.
pub(crate) fn stop_all() -> Option<Vec<Stopped>> {
    let all = batches().clone();
    let stop = |batch: &'static Batch| {
        let mut drain = match batch.drain.try_lock() {
            Ok(drain) => drain,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        batch.write_from(&mut drain);
        Some(Stopped { batch, drain, shared: batch.shared() })
    };
    all.into_iter().map(stop).collect()
}

impl Stopped {
    /// In the child: the lines of other threads are the parent's, and the thread that writes is not
    /// here.
    pub(crate) fn forget_parent(mut self) {
        self.drain.rings.append(&mut self.shared.new_rings);
        self.drain.rings.iter().for_each(|ring| ring.forget());
        self.shared.thread = None;
        self.batch.state.store(ASLEEP, Ordering::SeqCst);
    }
}
