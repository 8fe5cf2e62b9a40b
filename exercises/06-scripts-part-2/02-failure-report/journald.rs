//! A journal that is late: journald stands still while handlers are started, and then goes on;
//! systemd-journald.service(8).

use std::fs;
use std::path::Path;

use check::{Result, Signal, Unit, wait_until};

use crate::l06::shared::processes_of;

const SERVICE: Unit = Unit::named("systemd-journald.service");
/// In so many looks one after the other nothing moves: then it waits for something.
const LOOKS: usize = 5;

/// Stopped until it is dropped. What is said meanwhile waits in its sockets.
pub(super) struct Journald {
    /// The handlers, and the run in which each was before.
    handlers: Vec<(String, String)>,
}

impl Journald {
    /// Stops it. What `units` start as they fail are the handlers.
    pub(super) fn stop(units: &[Unit<'_>]) -> Result<Self> {
        let mut handlers = Vec::new();
        for unit in units {
            for name in unit.property("OnFailure")?.split_whitespace() {
                handlers.push((name.to_owned(), Unit::named(name).property("InvocationID")?));
            }
        }
        SERVICE.kill(Signal::SIGSTOP)?;
        Ok(Journald { handlers })
    }

    /// Waits until each handler has run to its end, or waits itself. One that is not started at all
    /// is found by what it doesn't leave.
    pub(super) fn wait_for_handlers(&self) {
        let mut looks = 0;
        let _ = wait_until("the handlers to be at work", || {
            let mut all_rest = true;
            for (name, before) in &self.handlers {
                let unit = Unit::named(name);
                let [run, state] = unit.properties(["InvocationID", "ActiveState"])?;
                all_rest &= run != *before && !has_work(unit, &state);
            }
            looks = if all_rest { looks + 1 } else { 0 };
            Ok((looks == LOOKS).then_some(()))
        });
    }
}

impl Drop for Journald {
    fn drop(&mut self) {
        let _ = SERVICE.kill(Signal::SIGCONT);
    }
}

/// Whether the unit in this `ActiveState` has a process that could go on; see proc(5). One that has
/// not begun yet could.
fn has_work(unit: Unit<'_>, state: &str) -> bool {
    if ["inactive", "failed"].contains(&state) {
        return false;
    }
    let states: Vec<char> =
        processes_of(unit.name()).iter().filter_map(|process| state_of(process)).collect();
    states.is_empty() || states.iter().any(|state| *state != 'S')
}

/// Runnable, sleeping, or what else it may be. Its name is in parentheses, and may have some
/// itself.
fn state_of(process: &Path) -> Option<char> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}
