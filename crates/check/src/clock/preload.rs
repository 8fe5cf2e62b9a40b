//! What a submission's program asks for the time, and for sleep, when it runs by a check's
//! [`Clock`](super::Clock).
//!
//! No module of the crate: `build.rs` makes a shared object of this file, and the dynamic linker
//! puts its functions before libc's; see `LD_PRELOAD` in ld.so(8). It knows nothing but `core`, so
//! that it weighs a few kilobytes.

#![no_std]

use core::ffi::{CStr, c_char, c_int, c_long, c_ulong, c_void};
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicI64, AtomicPtr, Ordering};
use core::{mem, ptr};

const SECOND: i64 = 1_000_000_000;
/// What a call of the kernel takes. A sleep that is shorter is over when it begins.
const CALL: i64 = 1000;

/// See clock_gettime(2).
const CLOCK_REALTIME: c_int = 0;
const CLOCK_MONOTONIC: c_int = 1;
const CLOCK_REALTIME_COARSE: c_int = 5;
/// The other clocks that count from the boot: raw, coarse, and with the time that was slept.
const SINCE_BOOT: [c_int; 4] = [CLOCK_MONOTONIC, 4, 6, 7];
/// See clock_nanosleep(2).
const TIMER_ABSTIME: c_int = 1;

/// See futex(2): how long to wait, and until when. Rust's standard library waits until.
const FUTEX_WAIT: c_long = 0;
const FUTEX_WAIT_BITSET: c_long = 9;
const FUTEX_CLOCK_REALTIME: c_long = 256;
const FUTEX_COMMAND: c_long = 0x7f;
#[cfg(target_arch = "x86_64")]
const SYS_FUTEX: c_long = 202;
#[cfg(not(target_arch = "x86_64"))]
const SYS_FUTEX: c_long = 98;

/// See open(2) and mmap(2).
const O_RDWR: c_int = 2;
const O_CLOEXEC: c_int = 0o2_000_000;
const PROT_READ_WRITE: c_int = 1 | 2;
const MAP_SHARED: c_int = 1;
/// See PR_SET_TIMERSLACK(2const): a sleep may take 50 microseconds more, unless the thread asks for
/// less.
const PR_SET_TIMERSLACK: c_int = 29;
/// See dlsym(3): what comes after this object.
const RTLD_NEXT: *mut c_void = ptr::without_provenance_mut(usize::MAX);

/// See timespec(3type).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Timespec {
    seconds: i64,
    nanos: c_long,
}

impl Timespec {
    fn new(nanos: i64) -> Self {
        let nanos = nanos.max(0);
        Timespec { seconds: nanos / SECOND, nanos: (nanos % SECOND) as c_long }
    }

    fn nanos(self) -> i64 {
        self.seconds.saturating_mul(SECOND).saturating_add(self.nanos as i64)
    }
}

/// What the check writes, and this object reads: four numbers at the beginning of a file, in
/// nanoseconds except for the speed. The fifth goes the other way.
type Page = [AtomicI64; 5];

/// How far the wall clock is ahead.
const AHEAD: usize = 0;
/// How fast time passes, since when on the monotonic clock.
const SPEED: usize = 1;
const SINCE: usize = 2;
/// How much has passed at one stroke.
const SKIPPED: usize = 3;
/// How often the program has asked for the time, which nobody else sees.
const ASKED: usize = 4;

/// The page of a program that has none: nobody writes to it.
static EMPTY: Page = [const { AtomicI64::new(0) }; 5];

unsafe extern "C" {
    fn dlsym(object: *mut c_void, name: *const c_char) -> *mut c_void;
    fn getenv(name: *const c_char) -> *const c_char;
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn close(descriptor: c_int) -> c_int;
    fn __errno_location() -> *mut c_int;
    fn prctl(operation: c_int, value: c_ulong) -> c_int;
    fn mmap(
        at: *mut c_void,
        length: usize,
        protection: c_int,
        flags: c_int,
        descriptor: c_int,
        offset: i64,
    ) -> *mut c_void;
}

/// libc's own function of that name.
macro_rules! libc {
    ($name:literal as fn($($arg:ty),*) -> $result:ty) => {{
        static FOUND: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());
        // SAFETY: libc has a function of this name and this type.
        unsafe {
            mem::transmute::<*mut c_void, unsafe extern "C" fn($($arg),*) -> $result>(
                find(&FOUND, $name),
            )
        }
    }};
}

fn find(found: &AtomicPtr<c_void>, name: &CStr) -> *mut c_void {
    if found.load(Ordering::Relaxed).is_null() {
        // SAFETY: the name is a C string.
        found.store(unsafe { dlsym(RTLD_NEXT, name.as_ptr()) }, Ordering::Relaxed);
    }
    found.load(Ordering::Relaxed)
}

/// The check's page.
fn page() -> &'static Page {
    static FOUND: AtomicPtr<Page> = AtomicPtr::new(ptr::null_mut());
    if FOUND.load(Ordering::Acquire).is_null()
        && let Some(page) = map_page()
    {
        FOUND.store(page, Ordering::Release);
    }
    // SAFETY: what was found stays mapped as long as the program runs.
    unsafe { FOUND.load(Ordering::Acquire).as_ref() }.unwrap_or(&EMPTY)
}

fn map_page() -> Option<*mut Page> {
    // SAFETY: plain calls of libc; a mapping that failed is not used.
    unsafe {
        let path = getenv(c"CHECK_CLOCK".as_ptr());
        if path.is_null() {
            return None;
        }
        let descriptor = open(path, O_RDWR | O_CLOEXEC);
        if descriptor < 0 {
            return None;
        }
        let size = mem::size_of::<Page>();
        let at = mmap(ptr::null_mut(), size, PROT_READ_WRITE, MAP_SHARED, descriptor, 0);
        close(descriptor);
        (at.addr() != usize::MAX).then_some(at.cast())
    }
}

/// One of the check's numbers.
fn number(at: usize) -> i64 {
    page()[at].load(Ordering::Acquire)
}

/// How many times as fast as usual time passes.
fn speed() -> i64 {
    number(SPEED).max(1)
}

/// What libc says of `clock`.
fn machine_time(clock: c_int) -> i64 {
    let mut now = Timespec::new(0);
    // SAFETY: `now` is there to be written to.
    unsafe { libc!(c"clock_gettime" as fn(c_int, *mut Timespec) -> c_int)(clock, &raw mut now) };
    now.nanos()
}

/// How much more time has passed than on the machine.
fn gained() -> i64 {
    let passed = machine_time(CLOCK_MONOTONIC) - number(SINCE);
    number(SKIPPED).saturating_add(passed.max(0).saturating_mul(speed() - 1))
}

/// Whether time has always passed as on the machine: then a sleep needs no help.
fn is_plain() -> bool {
    speed() == 1 && gained() == 0
}

/// How much `clock` is ahead of the machine's.
fn ahead(clock: c_int) -> i64 {
    match clock {
        CLOCK_REALTIME | CLOCK_REALTIME_COARSE => gained() + number(AHEAD),
        _ if SINCE_BOOT.contains(&clock) => gained(),
        _ => 0,
    }
}

/// See clock_gettime(2).
///
/// # Safety
/// As libc's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: c_int, now: *mut Timespec) -> c_int {
    // SAFETY: as the caller promises.
    unsafe {
        page()[ASKED].fetch_add(1, Ordering::Relaxed);
        let result = libc!(c"clock_gettime" as fn(c_int, *mut Timespec) -> c_int)(clock, now);
        if result == 0 {
            *now = Timespec::new((*now).nanos().saturating_add(ahead(clock)));
        }
        result
    }
}

/// See nanosleep(2).
///
/// # Safety
/// As libc's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nanosleep(time: *const Timespec, left: *mut Timespec) -> c_int {
    // SAFETY: as the caller promises; errno is this thread's.
    unsafe {
        match clock_nanosleep(CLOCK_MONOTONIC, 0, time, left) {
            0 => 0,
            error => {
                *__errno_location() = error;
                -1
            }
        }
    }
}

/// See clock_nanosleep(2).
///
/// # Safety
/// As libc's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_nanosleep(
    clock: c_int,
    flags: c_int,
    time: *const Timespec,
    left: *mut Timespec,
) -> c_int {
    let next =
        libc!(c"clock_nanosleep" as fn(c_int, c_int, *const Timespec, *mut Timespec) -> c_int);
    let speed = speed();
    // SAFETY: as the caller promises.
    unsafe {
        if is_plain() {
            return next(clock, flags, time, left);
        }
        let until = flags & TIMER_ABSTIME != 0;
        let now = if until { machine_time(clock) + ahead(clock) } else { 0 };
        let short = Timespec::new(((*time).nanos() - now) / speed);
        if short.nanos() < CALL {
            return 0;
        }
        prctl(PR_SET_TIMERSLACK, 1);
        let result = next(CLOCK_MONOTONIC, 0, &raw const short, left);
        // What is left of a sleep that was cut short, at the speed of the sleeper.
        if let Some(left) = left.as_mut() {
            *left = Timespec::new(left.nanos().saturating_mul(speed));
        }
        result
    }
}

/// See timerfd_settime(2). How fast time passes, a timer does not know; what was skipped, it does.
///
/// # Safety
/// As libc's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn timerfd_settime(
    timer: c_int,
    flags: c_int,
    new: *const [Timespec; 2],
    old: *mut [Timespec; 2],
) -> c_int {
    type Timer = [Timespec; 2];
    let next = libc!(c"timerfd_settime" as fn(c_int, c_int, *const Timer, *mut Timer) -> c_int);
    // SAFETY: as the caller promises.
    unsafe {
        if flags & TIMER_ABSTIME == 0 || is_plain() {
            return next(timer, flags, new, old);
        }
        let [interval, at] = *new;
        // Zero would disarm it.
        let at = if at.nanos() == 0 { at } else { Timespec::new((at.nanos() - gained()).max(1)) };
        let shifted = [interval, at];
        next(timer, flags, &raw const shifted, old)
    }
}

/// See syscall(2). Rust's channels, condition variables and parked threads wait by futex(2).
///
/// # Safety
/// As libc's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn syscall(
    number: c_long,
    a: c_long,
    b: c_long,
    c: c_long,
    d: c_long,
    e: c_long,
    f: c_long,
) -> c_long {
    type Arg = c_long;
    let next = libc!(c"syscall" as fn(Arg, Arg, Arg, Arg, Arg, Arg, Arg) -> Arg);
    let speed = speed();
    let waits = matches!(b & FUTEX_COMMAND, FUTEX_WAIT | FUTEX_WAIT_BITSET);
    let time = ptr::with_exposed_provenance::<Timespec>(d as usize);
    // SAFETY: as the caller promises; a futex(2) that waits has a time or null as its fourth
    // argument.
    unsafe {
        if number != SYS_FUTEX || !waits || time.is_null() || is_plain() {
            return next(number, a, b, c, d, e, f);
        }
        let short = match b & FUTEX_COMMAND {
            FUTEX_WAIT => Timespec::new((*time).nanos() / speed),
            _ => {
                let by = b & FUTEX_CLOCK_REALTIME != 0;
                let clock = if by { CLOCK_REALTIME } else { CLOCK_MONOTONIC };
                let left = (*time).nanos() - machine_time(clock) - ahead(clock);
                Timespec::new(machine_time(CLOCK_MONOTONIC) + left / speed)
            }
        };
        let short = (&raw const short).expose_provenance() as c_long;
        next(number, a, b & !FUTEX_CLOCK_REALTIME, c, short, e, f)
    }
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    // Nothing here panics; if it did, the program would hang, and the check would say so.
    loop {}
}
