//! A unit of the lab, by its name, and what the journal says of it.

use std::fmt;
use std::fs;
use std::process::Command;
use std::time::Instant;

use crate::command::output_by;
use crate::patience::{PATIENCE, stretched};
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
        let deadline = Instant::now() + stretched(PATIENCE);
        (0..JOURNAL_TRIES)
            .map(|_| self.journal_by(deadline))
            .find(|lines| !lines.is_empty())
            .unwrap_or_default()
    }

    /// What is there once journald has written what it has, or at the `deadline`: a unit that runs
    /// as root may have stopped journald, and then nobody answers.
    fn journal_by(self, deadline: Instant) -> Vec<String> {
        let ask = |args: &[&str], deadline| {
            output_by(Command::new("journalctl").args(args), deadline).ok().flatten()
        };
        ask(&["--sync"], deadline);
        let asked = ["--output=cat", "--no-pager", JOURNAL_LINES, &boot(), "--unit", self.name];
        let text = ask(&asked, deadline + stretched(PATIENCE));
        let text = text.map(|output| output.stdout).unwrap_or_default();
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
