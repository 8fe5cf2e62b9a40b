//! Signals that end the program. What is held back is written first; then the signal does what it
//! would have done.
//!
//! A signal handler may do next to nothing, see signal-safety(7). So ours only writes a byte into a
//! pipe; a thread reads it and does the rest. Where the program can't go on (SIGSEGV, SIGABRT), the
//! handler waits for that thread.

use std::fs::File;
use std::io::Read as _;
use std::mem::MaybeUninit;
use std::os::fd::{IntoRawFd as _, OwnedFd};
use std::process;
use std::sync::Once;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;

use nix::fcntl::OFlag;
use nix::sys::signal::SigSet;
use nix::unistd::pipe2;

use crate::sink::HANGUPS;

/// The program made the signal itself, by what it did; after the handler it would do it again.
const BY_FAULT: [i32; 7] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGSYS,
    libc::SIGABRT,
];

/// Somebody sent the signal; see signal(7) for those that end a program.
const SENT: [i32; 14] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGTERM,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGALRM,
    libc::SIGPIPE,
    libc::SIGXCPU,
    libc::SIGXFSZ,
    libc::SIGVTALRM,
    libc::SIGPROF,
    libc::SIGIO,
    libc::SIGPWR,
];

/// How long a crashing thread waits for its last lines.
const MAX_WAIT_MS: i32 = 2000;

/// Both ends of the two pipes, for the handler: a signal's number goes in, an answer comes out.
static TELL: AtomicI32 = AtomicI32::new(-1);
static ANSWER: AtomicI32 = AtomicI32::new(-1);

/// In this thread no signal is handled: it has other things to do.
pub(crate) fn block_signals() {
    // This fails for no set that exists.
    let _ = SigSet::all().thread_block();
}

/// Watches the signals that would end the program. One that the program handles itself, or ignores,
/// is left alone.
pub(super) fn watch_fatal() {
    let (Ok(told), Ok(answer)) = (pipe2(OFlag::O_CLOEXEC), pipe2(OFlag::O_CLOEXEC)) else {
        return;
    };
    TELL.store(told.1.into_raw_fd(), Ordering::Relaxed);
    ANSWER.store(answer.0.into_raw_fd(), Ordering::Relaxed);
    let started = thread::Builder::new()
        .name("last-words".to_owned())
        .spawn(move || wait_for_signals(told.0, answer.1));
    if started.is_err() {
        return;
    }
    let real_time = libc::SIGRTMIN()..=libc::SIGRTMAX();
    for signal in SENT.into_iter().chain(real_time) {
        if handler_of(signal) == Some(libc::SIG_DFL) {
            handle(signal, on_sent as *const () as usize, libc::SA_RESTART);
        }
    }
    for signal in BY_FAULT {
        // The standard library has a handler of its own for a stack that overflowed: it comes after
        // ours.
        if let Some(before) = action_of(signal) {
            keep(signal, before);
            let flags = libc::SA_ONSTACK | libc::SA_SIGINFO;
            handle(signal, on_fault as *const () as usize, flags);
        }
    }
}

/// What a signal did before we came.
static BEFORE: [std::sync::OnceLock<libc::sigaction>; BY_FAULT.len()] =
    [const { std::sync::OnceLock::new() }; BY_FAULT.len()];

fn keep(signal: i32, before: libc::sigaction) {
    if let Some(at) = BY_FAULT.iter().position(|known| *known == signal) {
        let _ = BEFORE[at].set(before);
    }
}

fn action_of(signal: i32) -> Option<libc::sigaction> {
    let mut now = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a null new action changes nothing; the old one is written to memory of its type.
    let done = unsafe { libc::sigaction(signal, std::ptr::null(), now.as_mut_ptr()) };
    // SAFETY: all zeros is a valid action, and the call may have filled it in.
    (done == 0).then(|| unsafe { now.assume_init() })
}

fn handler_of(signal: i32) -> Option<usize> {
    action_of(signal).map(|action| action.sa_sigaction)
}

fn handle(signal: i32, handler: usize, flags: i32) {
    // SAFETY: all zeros is a valid action: no flags, no signals blocked, the default handler.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = handler;
    action.sa_flags = flags;
    // SAFETY: the handler has the type that the flags promise, and calls only what signal-safety(7)
    // lists.
    unsafe { libc::sigaction(signal, &action, std::ptr::null_mut()) };
}

/// Says it, and goes on: the thread that is interrupted may be in the middle of a line.
extern "C" fn on_sent(signal: i32) {
    tell(signal);
}

/// Says it, waits for the answer, and lets happen what would have happened without us.
extern "C" fn on_fault(signal: i32, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    tell(signal);
    let mut answer =
        libc::pollfd { fd: ANSWER.load(Ordering::Relaxed), events: libc::POLLIN, revents: 0 };
    // SAFETY: the descriptor's record is ours; poll(2) is on the list of signal-safety(7).
    unsafe { libc::poll(&mut answer, 1, MAX_WAIT_MS) };
    // SAFETY: the kernel passes a valid record to a handler with SA_SIGINFO.
    let was_sent = unsafe { (*info).si_code } <= 0;
    if was_sent {
        // abort(3), or somebody's kill(1): it will not happen again by itself.
        handle(signal, libc::SIG_DFL, 0);
        // SAFETY: raise(3) is on the list.
        unsafe { libc::raise(signal) };
        return;
    }
    // A fault happens again as soon as we return, and then it meets whoever was there before us.
    let at = BY_FAULT.iter().position(|known| *known == signal);
    if let Some(before) = at.and_then(|at| BEFORE[at].get()) {
        // SAFETY: this is what sigaction(2) itself gave us; it is on the list as well.
        unsafe { libc::sigaction(signal, before, std::ptr::null_mut()) };
    }
}

fn tell(signal: i32) {
    let number = [u8::try_from(signal).unwrap_or(0)];
    // SAFETY: a byte of our own; write(2) is on the list. The error number is the interrupted
    // code's, and put back.
    unsafe {
        let errno = *libc::__errno_location();
        libc::write(TELL.load(Ordering::Relaxed), number.as_ptr().cast(), 1);
        *libc::__errno_location() = errno;
    }
}

fn wait_for_signals(told: OwnedFd, answer: OwnedFd) {
    block_signals();
    let mut told = File::from(told);
    let mut number = [0];
    while told.read_exact(&mut number).is_ok() {
        let _ = std::panic::catch_unwind(super::flush);
        let signal = i32::from(number[0]);
        if BY_FAULT.contains(&signal) {
            // The thread that waits goes on, and ends the program.
            let _ = nix::unistd::write(&answer, &[1]);
        } else {
            handle(signal, libc::SIG_DFL, 0);
            // SAFETY: a signal to ourselves, which now does what it does by default: it ends the
            // program.
            unsafe { libc::kill(process::id().cast_signed(), signal) };
        }
    }
}

/// SIGHUP counts, and does nothing else.
pub(crate) fn count_hangups() {
    extern "C" fn on_hangup(_: i32) {
        HANGUPS.fetch_add(1, Ordering::Relaxed);
    }
    static ONCE: Once = Once::new();
    ONCE.call_once(|| handle(libc::SIGHUP, on_hangup as *const () as usize, libc::SA_RESTART));
}
