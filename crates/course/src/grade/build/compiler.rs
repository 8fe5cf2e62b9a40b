//! The compiler of submissions, under limits: a source can make it compute for ever, write without
//! end, or read what is not the submission's.
//!
//! Cargo calls this very program in place of rustc for the submissions, and for nothing else; see
//! `RUSTC_WORKSPACE_WRAPPER` in the Cargo book. It hands the call to the
//! [`sandbox`](super::sandbox) of the course that has started cargo. Where no lab can run there is
//! none, and rustc runs here.

use std::env;
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::{getpgrp, getppid};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Set for cargo, and so for its compilers: the address of the sandbox, empty where there is none.
const ASKED: &str = "COURSE_COMPILES";

/// How long the compiler may compute, on a quiet machine: the programs of this course take less
/// than a second.
pub(super) const PROCESSOR_TIME: Duration = Duration::from_secs(10);

/// Runs its second argument, rustc, under limits: time on a processor, which is its first argument
/// in seconds, the size of any one file in blocks of 512 bytes, memory in KiB. The soft limits
/// alone: going over one ends rustc with a signal that names the reason. Of its messages, as much
/// is passed on as a lab's command may print.
pub(super) const LIMITED: &str = r#"
ulimit -S -c 0; ulimit -S -t "$1"; ulimit -S -f 262144; ulimit -S -d 4194304
shift
exec 3>&1
"$@" 2>&1 >&3 3>&- | head --bytes=900000 >&2
exit ${PIPESTATUS[0]}"#;

/// A call of rustc.
#[derive(Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) args: Vec<String>,
    pub(super) directory: String,
    pub(super) env: Vec<(String, String)>,
}

/// What came of it.
#[derive(Serialize, Deserialize)]
pub(super) struct Compiled {
    /// As the shell has it: 128 and the number of the signal.
    pub(super) status: u8,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// Makes cargo call us for the members of its workspace.
pub(super) fn wrap(cargo: &mut Command, sandbox: Option<&str>) {
    // Without a path of our own there is no wrapper, and what remains is the limit of the whole
    // build.
    if let Ok(own) = own_program() {
        cargo.env("RUSTC_WORKSPACE_WRAPPER", own).env(ASKED, sandbox.unwrap_or_default());
    }
}

/// Where this program is. Cargo may have built it anew since a watch began: then the kernel says of
/// the file that runs that it is deleted, and the new one is at the same path; proc(5).
fn own_program() -> io::Result<PathBuf> {
    let own = env::current_exe()?;
    let deleted = own.as_os_str().as_bytes().strip_suffix(b" (deleted)");
    Ok(deleted.map(|path| PathBuf::from(OsStr::from_bytes(path))).unwrap_or(own))
}

/// Does what cargo calls this program for in place of rustc, if it does.
pub fn compile_if_asked() -> Option<ExitCode> {
    let sandbox = env::var(ASKED).ok()?;
    let args: Vec<String> =
        env::args_os().skip(1).map(|arg| arg.to_string_lossy().into()).collect();
    let answer = match sandbox.as_str() {
        "" => here(&args),
        // The course that has started cargo is gone, and cargo would remember our failure as what
        // the compiler has to say: it ends with us. The group is cargo's own, see `cargo::run`.
        name => in_sandbox(name, args).inspect_err(|_| {
            if getpgrp() == getppid() {
                let _ = killpg(getpgrp(), Signal::SIGKILL);
            }
        }),
    };
    let answer = answer.unwrap_or_else(|error| Compiled {
        status: 1,
        stdout: String::new(),
        stderr: diagnostic(&format!("cannot run the compiler: {error}")),
    });
    // Nobody is left to hear of a failed write.
    let _ = io::stdout().write_all(answer.stdout.as_bytes());
    let _ = io::stderr().write_all(answer.stderr.as_bytes());
    Some(ExitCode::from(answer.status))
}

fn here(args: &[String]) -> io::Result<Compiled> {
    let seconds = PROCESSOR_TIME.as_secs();
    let mut command = Command::new("bash");
    command.args(["-c", LIMITED, "rustc", &seconds.to_string()]).args(args).env_remove(ASKED);
    let output = command.output()?;
    Ok(Compiled::new(output.status.code(), &output.stdout, &output.stderr, seconds))
}

fn in_sandbox(name: &str, args: Vec<String>) -> io::Result<Compiled> {
    let directory = env::current_dir()?.to_string_lossy().into_owned();
    // What cargo says of a package, for env!; nothing else of the environment goes there.
    let of_package = |(name, _): &(String, String)| name.starts_with("CARGO_PKG_");
    let call = Call { args, directory, env: env::vars().filter(of_package).collect() };
    let mut stream = UnixStream::connect_addr(&SocketAddr::from_abstract_name(name)?)?;
    stream.write_all(&serde_json::to_vec(&call)?)?;
    stream.shutdown(Shutdown::Write)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(serde_json::from_slice(&answer)?)
}

impl Compiled {
    /// What the script [`LIMITED`] has printed, with `seconds` on a processor; `status` is `None`
    /// where a signal ended the script.
    pub(super) fn new(status: Option<i32>, stdout: &[u8], stderr: &[u8], seconds: u64) -> Self {
        const SIGXCPU: i32 = Signal::SIGXCPU as i32;
        const SIGXFSZ: i32 = Signal::SIGXFSZ as i32;
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let status = status.and_then(|status| u8::try_from(status).ok()).unwrap_or(1);
        let reason = match i32::from(status) - 128 {
            ..=0 => String::new(),
            SIGXCPU => diagnostic(&format!(
                "the compiler was stopped after {seconds} s: what must it compute?"
            )),
            SIGXFSZ => diagnostic("the compiler was stopped: a file grew beyond 128 MiB"),
            signal => diagnostic(&format!(
                "the compiler was stopped by signal {signal}: it may have had too little memory"
            )),
        };
        Compiled { status, stdout: text(stdout), stderr: text(stderr) + &reason }
    }

    /// rustc was stopped since it did not end, after it had printed this.
    pub(super) fn timed_out(printed: &[u8], seconds: u64) -> Self {
        let reason = format!(
            "the compiler was stopped after {seconds} s: what must it compute, or wait for?"
        );
        // A message that was broken off is no line of its own.
        let stderr = format!("{}\n{}", String::from_utf8_lossy(printed), diagnostic(&reason));
        Compiled { status: 1, stdout: String::new(), stderr }
    }
}

/// A message as rustc has it for cargo, which passes it on with the package's name.
fn diagnostic(message: &str) -> String {
    let rendered = format!("error: {message}\n");
    let diagnostic = json!({
        "$message_type": "diagnostic", "message": message, "code": null, "level": "error",
        "spans": [], "children": [], "rendered": rendered,
    });
    format!("{diagnostic}\n")
}
