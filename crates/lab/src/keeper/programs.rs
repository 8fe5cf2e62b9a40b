//! The programs of the host that every lab needs.

use std::fs;

use crate::refusal::{Obstacle, Refusal, Step};

/// Where distributions put systemd, which is no command of its own.
const SYSTEMD: [&str; 2] = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"];

/// The two D-Bus daemons that distributions use.
const BUSES: [&str; 2] = ["/usr/bin/dbus-daemon", "/usr/bin/dbus-broker-launch"];

/// The path of systemd.
pub(super) fn systemd() -> Result<&'static str, Refusal> {
    find(&SYSTEMD, "systemd").map_err(|refusal| refusal.because(Obstacle::NoSystemd))
}

/// Fails if the host lacks one of them.
pub(crate) fn check() -> Result<(), Refusal> {
    systemd()?;
    find(&BUSES, "dbus-daemon").map_err(|refusal| refusal.because(Obstacle::NoDbus))?;
    Ok(())
}

fn find(places: &[&'static str], program: &str) -> Result<&'static str, Refusal> {
    let is_there = |place: &&&str| fs::metadata(place).is_ok_and(|file| file.is_file());
    places.iter().find(is_there).copied().ok_or_else(|| {
        let why = format!("{program} is not installed ({} is missing)", places[0]);
        Refusal::new(Step::Programs, "boot a lab", why)
    })
}
