//! The programs of the host that every lab needs.

use std::path::Path;

use crate::refusal::{Obstacle, Refusal, Step};

/// systemd, which is no command of its own.
pub(super) const SYSTEMD: &str = "/usr/lib/systemd/systemd";

/// The two D-Bus daemons that distributions use.
const BUSES: [&str; 2] = ["/usr/bin/dbus-daemon", "/usr/bin/dbus-broker-launch"];

/// Fails if the host lacks one of them.
pub(crate) fn check() -> Result<(), Refusal> {
    find(&[SYSTEMD], "systemd", Obstacle::NoSystemd)?;
    find(&BUSES, "dbus-daemon", Obstacle::NoDbus)
}

fn find(places: &[&str], program: &str, missing: Obstacle) -> Result<(), Refusal> {
    if places.iter().any(|place| Path::new(place).is_file()) {
        return Ok(());
    }
    let why = format!("{program} is not installed ({} is missing)", places[0]);
    Err(Refusal::new(Step::Programs, "boot a lab", why).because(missing))
}
