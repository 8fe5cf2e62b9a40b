//! The compiler, under limits: a source can make it compute for ever, or write without end.
//!
//! Cargo calls this very program in place of rustc for the submissions, and for nothing else; see
//! `RUSTC_WORKSPACE_WRAPPER` in the Cargo book. It sets the limits and becomes the rustc that it is
//! asked for.

use std::env;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;

/// Set for cargo, and so for its compilers.
const ASKED: &str = "COURSE_COMPILES";
/// Time on a processor, in seconds. The programs of this course take less than one.
const CPU_SECONDS: u64 = 10;
/// The size of any one file, in bytes.
const FILE_MAX: u64 = 256 << 20;
/// Memory, in bytes.
const MEMORY_MAX: u64 = 4 << 30;

/// Makes cargo call us for the members of its workspace.
pub(super) fn limit(cargo: &mut Command) {
    // Without a path of our own there is no wrapper, and what remains is the limit of the whole
    // build.
    if let Ok(own) = env::current_exe() {
        cargo.env("RUSTC_WORKSPACE_WRAPPER", own).env(ASKED, "1");
    }
}

/// Becomes the compiler if cargo called this program for that. Returns only if it did not, or if
/// there is no compiler.
pub fn compile_if_asked() -> Option<ExitCode> {
    env::var_os(ASKED)?;
    let mut args = env::args_os().skip(1);
    let rustc = args.next()?;
    for (resource, limit) in [
        (Resource::RLIMIT_CPU, CPU_SECONDS),
        (Resource::RLIMIT_FSIZE, FILE_MAX),
        (Resource::RLIMIT_DATA, MEMORY_MAX),
    ] {
        // The soft limit alone: going over it ends rustc with a signal that names the reason.
        let set =
            getrlimit(resource).and_then(|(_, hard)| setrlimit(resource, limit.min(hard), hard));
        if let Err(errno) = set {
            return Some(failed(&format!("limit the compiler: {errno}")));
        }
    }
    let error = Command::new(&rustc).args(args).env_remove(ASKED).exec();
    Some(failed(&format!("run {}: {error}", rustc.display())))
}

/// What it means that the compiler was ended by this signal.
pub(super) fn why_stopped(signal: i32) -> String {
    match Signal::try_from(signal) {
        Ok(Signal::SIGXCPU) => {
            format!("the compiler was stopped after {CPU_SECONDS} s: what must it compute?")
        }
        Ok(Signal::SIGXFSZ) => {
            format!("the compiler was stopped: a file grew beyond {} MiB", FILE_MAX >> 20)
        }
        _ => format!(
            "the compiler was stopped by signal {signal}: it may have had too little memory"
        ),
    }
}

/// The signal that ended the compiler of `name`, from cargo's `(signal: 24, SIGXCPU: …)`.
pub(super) fn signal_of(name: &str, stderr: &str) -> Option<i32> {
    let (_, after) = stderr.split_once(&format!("could not compile `{name}`"))?;
    let (_, after) = after.split_once("(signal: ")?;
    let digits = after.split(|char: char| !char.is_ascii_digit()).next()?;
    digits.parse().ok()
}

fn failed(what: &str) -> ExitCode {
    // Nobody is left to hear of a failed write.
    let _ = io::Write::write_all(&mut io::stderr(), format!("course: cannot {what}\n").as_bytes());
    ExitCode::FAILURE
}
