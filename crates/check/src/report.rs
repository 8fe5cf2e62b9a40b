//! What a check tells the runner while it runs: JSON lines on standard error, as `check-report` has
//! them. libtest's own output stays on standard output, and says which promises were kept.

use std::io::{self, Write};
use std::panic::Location;
use std::path::Path;
use std::thread;

use check_report::{Explanation, Message, Text};

/// Says what the check is about to do, so that the runner can name it if it has to stop the check.
pub(crate) fn at(what: Text, caller: &Location) {
    let file = Path::new(caller.file()).file_name().unwrap_or_default();
    let file = file.to_string_lossy().into_owned();
    tell(&Message::At { promise: promise(), file, line: caller.line(), what });
}

/// Says why a promise was not kept; or, if it could not be tried, what to say if no other promise
/// says why.
pub(crate) fn failure(explanation: Explanation, is_later: bool) {
    let promise = promise();
    tell(&if is_later {
        Message::Later { promise, explanation }
    } else {
        Message::Failure { promise, explanation }
    });
}

/// libtest runs each test in a thread that is named for it.
fn promise() -> String {
    thread::current().name().unwrap_or_default().to_owned()
}

/// One write for the whole line, since promises are checked side by side. Nobody is left to hear of
/// a failed one.
fn tell(message: &Message) {
    let _ = io::stderr().lock().write_all(message.to_line().as_bytes());
}
