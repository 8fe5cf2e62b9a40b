//! A file in memory, through mmap(2). The only place with `unsafe` code.
//!
//! Somebody may cut the file while we read: journald does, when it needs the space. The kernel then
//! answers a read beyond the new end with SIGBUS, which kills. So a handler puts a page of zeros in
//! that place, and notes which map it was: the reader finds zeros, which are no object, and asks
//! [`Map::was_cut`].

use std::fs::File;
use std::io;
use std::ptr;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use memmap2::Mmap;

/// How many files may be open at a time. The handler may not allocate, so the list has a fixed
/// length.
pub(crate) const MAX_MAPS: usize = 8192;

/// What the handler must know of a map. A slot is free while `start` is 0.
struct Slot {
    start: AtomicUsize,
    end: AtomicUsize,
    cut: AtomicBool,
}

static SLOTS: [Slot; MAX_MAPS] = [const {
    Slot { start: AtomicUsize::new(0), end: AtomicUsize::new(0), cut: AtomicBool::new(false) }
}; MAX_MAPS];

/// A file's bytes. They can change at any time, for journald may be writing: read a number once,
/// then check it.
pub(crate) struct Map {
    map: Mmap,
    slot: &'static Slot,
}

impl Map {
    /// Maps the whole file. Fails if it is empty, or if [`MAX_MAPS`] files are open.
    pub(crate) fn new(file: &File) -> io::Result<Map> {
        install_handler();
        // SAFETY: the map is read-only, and of a regular file. Another process may change the
        // bytes; all that we do with them is to copy numbers out and to check these. It may
        // cut the file; the handler below answers that.
        let map = unsafe { Mmap::map(file) }?;
        let start = map.as_ptr() as usize;
        let taken = |slot: &&Slot| {
            slot.start.compare_exchange(0, start, Ordering::AcqRel, Ordering::Relaxed).is_ok()
        };
        let slot = SLOTS.iter().find(taken).ok_or_else(|| {
            io::Error::other(format!("more than {MAX_MAPS} journal files are open"))
        })?;
        slot.cut.store(false, Ordering::Release);
        slot.end.store(start + map.len(), Ordering::Release);
        Ok(Map { map, slot })
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// Whether the file was cut while it was read: what was read since may be zeros.
    pub(crate) fn was_cut(&self) -> bool {
        self.slot.cut.load(Ordering::Acquire)
    }

    /// Tells the kernel that the file will be read from front to back.
    pub(crate) fn will_read_all(&self) {
        let _ = self.map.advise(memmap2::Advice::Sequential);
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        self.slot.end.store(0, Ordering::Release);
        self.slot.start.store(0, Ordering::Release);
    }
}

/// Once for the whole program, as a signal has one handler.
fn install_handler() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let handler = on_sigbus as extern "C" fn(_, _, _);
        // SAFETY: all zeros is a valid `sigaction`, and `on_sigbus` has the signature that
        // SA_SIGINFO asks for. If the call fails, nothing changes: SIGBUS kills, as it did
        // before.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = handler as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
            libc::sigaction(libc::SIGBUS, &action, ptr::null_mut());
        }
    });
}

/// Puts zeros where a map has lost its file. A signal handler may only do what async-signal-safe
/// functions do: it reads and writes atomics, and makes system calls.
extern "C" fn on_sigbus(
    _signal: libc::c_int,
    info: *mut libc::siginfo_t,
    _context: *mut libc::c_void,
) {
    // SAFETY: the kernel passes a valid `siginfo_t`; for SIGBUS it holds an address.
    let address = unsafe { (*info).si_addr() } as usize;
    let hit = |slot: &&Slot| {
        let start = slot.start.load(Ordering::Acquire);
        start != 0 && (start..slot.end.load(Ordering::Acquire)).contains(&address)
    };
    if let Some(slot) = SLOTS.iter().find(hit) {
        slot.cut.store(true, Ordering::Release);
        // SAFETY: sysconf only reads. The page lies in one of our maps (`hit`), which nobody else
        // uses, and it has no file behind it any more; a private page of zeros in its place
        // changes nothing that we promised.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
        let start = (address & !(page - 1)) as *mut libc::c_void;
        // SAFETY: as above.
        if unsafe { libc::mmap(start, page, libc::PROT_READ, flags, -1, 0) } != libc::MAP_FAILED {
            return;
        }
    }
    // Not ours: what would have happened without us.
    // SAFETY: resets the signal to its default; the read that failed is tried again, and kills.
    unsafe { libc::signal(libc::SIGBUS, libc::SIG_DFL) };
}
