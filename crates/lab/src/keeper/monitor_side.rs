//! The monitor's side of a keeper: starts it, and hears from it.

use std::os::fd::OwnedFd;

use nix::unistd::Pid;

use super::life;
use crate::cgroup::Cgroup;
use crate::process;
use crate::protocol::{Event, Plan, pair, receive, send};
use crate::refusal::{At, Refusal, Step};

/// The monitor's end of a keeper.
pub(crate) struct Keeper {
    /// Its process id.
    pub(crate) pid: Pid,
    /// Where it tells what happens. It closes when the keeper, and with it the lab, has ended.
    pub(crate) link: OwnedFd,
}

impl Keeper {
    /// Starts a keeper, which enters its namespaces and then waits for its ids.
    pub(crate) fn start(plan: &Plan, cgroup: &Cgroup) -> Result<Self, Refusal> {
        let (link, theirs) = pair().at(Step::Namespaces, "make a socket")?;
        let lab = cgroup.lab();
        let pid = process::fork_with(move || {
            process::die_with_parent();
            let Ok(link) = process::keep_only(theirs) else {
                return 1;
            };
            match life::keep(plan, &lab, &link) {
                Ok(()) => 0,
                Err(refusal) => {
                    let _ = send(&link, &Event::Failed(refusal), &[]);
                    1
                }
            }
        })
        .at(Step::Namespaces, "fork")?;
        let keeper = Keeper { pid, link };
        cgroup.admit_keeper(pid).at(Step::Cgroup, "admit the keeper to its cgroup")?;
        match receive::<Event>(&keeper.link) {
            Ok(Some((Event::Passed(Step::Namespaces), _))) => Ok(keeper),
            Ok(Some((Event::Failed(refusal), _))) => Err(refusal),
            _ => Err(Refusal::new(Step::Namespaces, "enter new namespaces", "the keeper ended")),
        }
    }

    /// Lets it go on once its ids are mapped. From here on it reports each step.
    pub(crate) fn go_on(&self) -> Result<(), Refusal> {
        send(&self.link, &(), &[]).at(Step::Ids, "go on")
    }
}
