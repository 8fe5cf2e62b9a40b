//! Handlers, values and threads that do what nobody expects.

use std::fmt;
use std::io;
use std::os::unix::thread::JoinHandleExt as _;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use leveled_logger::{
    About, FileMode, FileSink, Filter, Handler, Level, RotatingSink, Sink, error, info, root,
    warning,
};
use nix::sys::signal::{SigSet, Signal};

use super::{at_root, batched, child, child_directory, lines};

/// Panics, or logs, at each line.
struct Strange(fn());

impl Sink for Strange {
    fn write_line(&self, _: &[u8], _: About) -> io::Result<()> {
        (self.0)();
        Ok(())
    }

    fn place(&self) -> String {
        "the strange sink".to_owned()
    }
}

/// Says something while it is written.
struct Talkative;

impl fmt::Display for Talkative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        warning!("while writing");
        f.write_str("written")
    }
}

/// Says something when its thread is at its end, and everything else of the thread is gone.
struct LastWish;

impl Drop for LastWish {
    fn drop(&mut self) {
        info!("a last wish");
    }
}

thread_local! {
    static LAST_WISH: LastWish = const { LastWish };
}

#[test]
fn strange_handlers_values_and_threads_do_no_harm() {
    const NAME: &str = "strange::strange_handlers_values_and_threads_do_no_harm";
    if let Some(directory) = child_directory() {
        let panics = at_root(Strange(|| panic!("on purpose")));
        let logs = at_root(Strange(|| error!("from inside a sink")));
        batched(&directory.join("x.log"));
        at_root(FileSink::open(directory.join("direct.log"), FileMode::Append).unwrap());
        at_root(RotatingSink::open(directory.join("rotating.log"), 1 << 20, 1).unwrap());
        info!("first");
        info!("{Talkative} {}", "twice");
        thread::spawn(|| {
            // Used first, so dropped last.
            LAST_WISH.with(|_| {});
            info!("in a thread");
        })
        .join()
        .unwrap();
        assert!(panics.lost() >= 5 && logs.lost() >= 5, "{} {}", panics.lost(), logs.lost());
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    let output = child(NAME, directory.path()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(stderr.matches("the strange sink: the handler panicked").count(), 1, "{stderr}");
    assert_eq!(stderr.matches("the strange sink: it logs while it writes").count(), 1, "{stderr}");
    for name in ["x.log", "direct.log", "rotating.log"] {
        let expected = ["first", "while writing", "written twice", "in a thread", "a last wish"];
        assert_eq!(lines(&directory.path().join(name)), expected, "{name}");
    }
}

#[test]
fn a_filter_that_panics_or_logs_does_no_harm() {
    if let Some(directory) = child_directory() {
        let panics = Filter::rule(|_| panic!("on purpose"));
        let logs = Filter::rule(|_| {
            info!("from inside a filter");
            true
        });
        for (name, filter) in [("panics", panics), ("logs", logs)] {
            let file = FileSink::open(directory.join(name), FileMode::Append).unwrap();
            root().add_handler(&Arc::new(Handler::new(file).with_filter(filter)));
        }
        root().set_level(Level::DEBUG);
        info!("said");
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    let output = child("strange::a_filter_that_panics_or_logs_does_no_harm", directory.path())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.contains("/panics: the handler panicked"), "{stderr}");
    assert!(stderr.contains("/logs: it logs while it writes"), "{stderr}");
    assert_eq!(lines(&directory.path().join("logs")), ["said"]);
}

/// Each of two threads is asked by signals to log: one waits for them, the other is interrupted by
/// them while it logs itself.
#[test]
fn a_thread_that_takes_signals_may_log() {
    extern "C" fn on_signal(_: i32) {
        INTERRUPTED.store(true, Ordering::Relaxed);
    }
    static INTERRUPTED: AtomicBool = AtomicBool::new(false);
    const SIGNALS: usize = 200;
    if let Some(directory) = child_directory() {
        // SAFETY: the handler only stores a number.
        unsafe { libc::signal(libc::SIGUSR2, on_signal as *const () as usize) };
        let mut waited_for = SigSet::empty();
        waited_for.add(Signal::SIGUSR1);
        // Blocked in all threads, so that only the one that waits has them.
        waited_for.thread_block().unwrap();
        batched(&directory.join("batched.log"));
        at_root(FileSink::open(directory.join("direct.log"), FileMode::Append).unwrap());
        let waits = thread::spawn(move || {
            for number in 0..SIGNALS {
                waited_for.wait().unwrap();
                info!("signal {number}");
            }
        });
        let waiting = waits.as_pthread_t();
        let busy = thread::spawn(|| {
            let mut seen = 0;
            while seen < SIGNALS {
                info!("busy");
                seen += usize::from(INTERRUPTED.swap(false, Ordering::Relaxed));
            }
        });
        while !(waits.is_finished() && busy.is_finished()) {
            // SAFETY: neither thread is joined yet, so both numbers are good.
            unsafe {
                libc::pthread_kill(waiting, libc::SIGUSR1);
                libc::pthread_kill(busy.as_pthread_t(), libc::SIGUSR2);
            }
            thread::yield_now();
        }
        waits.join().unwrap();
        busy.join().unwrap();
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    let status = child("strange::a_thread_that_takes_signals_may_log", directory.path()).status();
    assert!(status.unwrap().success());
    for name in ["batched.log", "direct.log"] {
        let all = lines(&directory.path().join(name));
        let got: Vec<&String> = all.iter().filter(|line| *line != "busy").collect();
        let expected: Vec<String> = (0..SIGNALS).map(|number| format!("signal {number}")).collect();
        assert_eq!(got, expected.iter().collect::<Vec<_>>(), "{name}");
    }
}
