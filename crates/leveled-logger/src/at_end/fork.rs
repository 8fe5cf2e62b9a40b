//! fork(2): the child has a copy of everything, also of the lines that its parent has yet to write;
//! but of the threads, only the one that forked. A lock that another thread had would stay locked.

use std::cell::{Cell, RefCell};
use std::sync::atomic::Ordering;
use std::sync::{Once, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;

use crate::batch::{self, Stopped};
use crate::layer::PROCESS;

/// Read by whoever may take a lock of a sink, written by whoever forks: so no sink's lock is taken
/// at that moment.
static GATE: RwLock<()> = RwLock::new(());

thread_local! {
    /// Whether this thread is behind the gate already: a sink may well be inside another.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
    /// What is held between the moment before the fork and the moment after it.
    static STOPPED: RefCell<Option<Held>> = const { RefCell::new(None) };
}

type Held = (RwLockWriteGuard<'static, ()>, Vec<Stopped>);

/// As long as this lives, nobody forks.
pub(crate) struct Gate(Option<RwLockReadGuard<'static, ()>>);

/// Asks for it before a sink is entered that has a lock.
pub(crate) fn gate() -> Gate {
    let was_inside = INSIDE.try_with(|inside| inside.replace(true)).unwrap_or(true);
    Gate((!was_inside).then(|| GATE.read().unwrap_or_else(PoisonError::into_inner)))
}

impl Drop for Gate {
    fn drop(&mut self) {
        if self.0.take().is_some() {
            let _ = INSIDE.try_with(|inside| inside.set(false));
        }
    }
}

unsafe extern "C" {
    /// pthread_atfork(3); not in the `libc` crate.
    fn pthread_atfork(
        prepare: Option<extern "C" fn()>,
        parent: Option<extern "C" fn()>,
        child: Option<extern "C" fn()>,
    ) -> libc::c_int;
}

/// From now on, what is held back is written before each fork, and the locks are free in the child.
pub(super) fn watch() {
    static ONCE: Once = Once::new();
    // SAFETY: the three functions take nothing, and they are there as long as the program.
    ONCE.call_once(|| unsafe {
        pthread_atfork(Some(before), Some(in_parent), Some(in_child));
    });
}

extern "C" fn before() {
    // A sink that forks itself, to run a program, is behind the gate.
    if INSIDE.try_with(|inside| inside.replace(true)).unwrap_or(true) {
        return;
    }
    let stopped = loop {
        let gate = GATE.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever writes a batch may have to pass the gate first: so nobody waits here for a batch.
        match batch::stop_all() {
            Some(batches) => break (gate, batches),
            None => drop(gate),
        }
        thread::yield_now();
    };
    let _ = STOPPED.try_with(|all| *all.borrow_mut() = Some(stopped));
}

extern "C" fn in_parent() {
    go_on();
}

extern "C" fn in_child() {
    PROCESS.store(0, Ordering::Relaxed);
    if let Some((_gate, batches)) = go_on() {
        batches.into_iter().for_each(Stopped::forget_parent);
    }
}

fn go_on() -> Option<Held> {
    let held = STOPPED.try_with(RefCell::take).ok().flatten();
    if held.is_some() {
        let _ = INSIDE.try_with(|inside| inside.set(false));
    }
    held
}
