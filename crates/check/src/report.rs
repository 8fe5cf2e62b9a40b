//! What a check tells the runner while it runs: JSON lines on standard error. libtest's own output stays on standard
//! output, and says which promises were kept.

use std::io::{self, Write};
use std::panic::Location;
use std::path::Path;
use std::thread;

use serde_json::{Value, json};

use crate::failure::Words;

/// Says what the check is about to wait for, so that the runner can name it if it has to stop the check.
pub(crate) fn at(what: &str, caller: &Location) {
    let file = Path::new(caller.file()).file_name().map(|name| name.to_string_lossy());
    tell(&json!({"at": {"promise": promise(), "file": file, "line": caller.line(), "what": what}}));
}

/// Says why a promise was not kept.
pub(crate) fn failure(failure: &Words) {
    tell(&json!({"failure": {
        "promise": promise(),
        "expected": failure.expected,
        "got": failure.got,
        "say": failure.say,
        "man": failure.man,
        "file": failure.place.as_ref().map(|(file, _)| file),
        "line": failure.place.as_ref().and_then(|(_, line)| *line),
        "journal": failure.journal,
    }}));
}

/// libtest runs each test in a thread that is named for it.
fn promise() -> String {
    thread::current().name().unwrap_or_default().to_owned()
}

/// One write for the whole line, since promises are checked side by side. Nobody is left to hear of a failed one.
fn tell(message: &Value) {
    let _ = io::stderr().lock().write_all(format!("{message}\n").as_bytes());
}
