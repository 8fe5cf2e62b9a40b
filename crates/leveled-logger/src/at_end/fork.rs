//! fork(2): the child has a copy of everything, also of the lines that its parent has yet to write;
//! but of the threads, only the one that forked.

use std::cell::RefCell;
use std::sync::atomic::Ordering;

use crate::batch::{self, Stopped};
use crate::layer::PROCESS;

thread_local! {
    /// The locks of all batches, between the moment before the fork and the moment after it.
    static STOPPED: RefCell<Vec<Stopped>> = const { RefCell::new(Vec::new()) };
}

unsafe extern "C" {
    /// pthread_atfork(3); not in the `libc` crate.
    fn pthread_atfork(
        prepare: Option<extern "C" fn()>,
        parent: Option<extern "C" fn()>,
        child: Option<extern "C" fn()>,
    ) -> libc::c_int;
}

/// Writes what is held back before each fork, and holds the locks while it happens: so the child's
/// are free.
pub(super) fn watch() {
    // SAFETY: the three functions take nothing, and they are there as long as the program.
    unsafe { pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
}

extern "C" fn before() {
    let stopped = batch::stop_all();
    let _ = STOPPED.try_with(|all| *all.borrow_mut() = stopped);
}

extern "C" fn in_parent() {
    let _ = STOPPED.try_with(|all| all.borrow_mut().clear());
}

extern "C" fn in_child() {
    PROCESS.store(0, Ordering::Relaxed);
    let _ = STOPPED.try_with(|all| all.borrow_mut().drain(..).for_each(Stopped::forget_parent));
}
