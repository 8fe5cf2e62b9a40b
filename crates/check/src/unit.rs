//! A unit of the lab, by its name, and what the journal says of it.

use std::fmt;
use std::fs;
use std::process::Command;

use crate::seen::proc_of;

/// How many lines of the journal a failure shows at most.
const JOURNAL_LINES: &str = "--lines=20";
/// How often an empty journal is looked at.
const JOURNAL_TRIES: usize = 5;

/// A unit of the lab, by its name. A failure to do something with it shows its journal.
///
/// ```no_run
/// use check::{Result, Unit};
///
/// const WEB: Unit = Unit::named("web.service");
///
/// fn web_comes_up() -> Result {
///     WEB.start()?;
///     WEB.wait_for("SubState", "running")
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit<'a> {
    name: &'a str,
}

impl<'a> Unit<'a> {
    /// The unit that is called `name`, with its type: `web.service`.
    pub const fn named(name: &'a str) -> Self {
        Unit { name }
    }

    /// Its name.
    pub const fn name(self) -> &'a str {
        self.name
    }

    /// The last lines of its journal in this boot: systemd's words and its own. `*` in its name
    /// stands for anything.
    pub fn journal(self) -> Vec<String> {
        // On a busy machine the lines may be on their way still. Whoever asks has seen the unit at
        // work, so that there are some.
        (0..JOURNAL_TRIES)
            .map(|_| self.journal_so_far())
            .find(|lines| !lines.is_empty())
            .unwrap_or_default()
    }

    fn journal_so_far(self) -> Vec<String> {
        let _ = Command::new("journalctl").arg("--sync").output();
        let output = Command::new("journalctl")
            .args(["--output=cat", "--no-pager", JOURNAL_LINES, &boot()])
            .args(["--unit", self.name])
            .output();
        let text = output.map(|output| output.stdout).unwrap_or_default();
        String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
    }
}

/// journalctl(1)'s option for the lab's present boot. It would look for the host's by itself,
/// outside.
fn boot() -> String {
    let id = fs::read_to_string(proc_of("sys").join("kernel/random/boot_id")).unwrap_or_default();
    format!("--boot={}", id.trim().replace('-', ""))
}

impl fmt::Display for Unit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name)
    }
}
