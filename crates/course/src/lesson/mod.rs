//! A lesson on its way: walks a chapter in the terminal and runs what it says.

mod host;
mod stage;
mod walk;

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

pub use stage::Stage;
pub use walk::Walk;

/// What a command answered.
#[derive(Debug)]
struct Answer {
    /// Standard output and standard error, in the order they came.
    output: String,
    /// The exit status, or 128 and the signal's number, as the shell says it.
    status: i32,
}

impl Answer {
    fn new(output: &[u8], status: ExitStatus) -> Answer {
        Answer {
            output: String::from_utf8_lossy(output).into_owned(),
            status: status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default()),
        }
    }
}
