//! Removes what killed labs have left.

use std::io;

use nix::unistd::Uid;

use super::lab::Lab;
use super::sudo::Password;
use crate::cgroup::{dead_below, own, sweep_below};
use crate::mode::Mode;
use crate::refusal::Step;

/// Removes the cgroups of labs whose monitor was killed. Returns how many there were.
///
/// # Errors
/// When this process has no cgroup v2 directory.
pub fn sweep() -> io::Result<usize> {
    let base = own()?;
    let before = dead_below(&base).len();
    sweep_below(&base);
    if !dead_below(&base).is_empty() && !Uid::effective().is_root() {
        // What the learner's own manager made belongs to a subordinate id. Only the root of a lab
        // with these ids may remove it, and its keeper does so once it has them; no systemd
        // is booted.
        let _ = Lab::try_boot(Mode::Subuid, &[], Password::NeverAsk, |step| step != Step::Ids);
    }
    Ok(before.saturating_sub(dead_below(&base).len()))
}
