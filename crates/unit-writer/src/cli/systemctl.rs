//! The service manager, by way of systemctl; the one place that runs a program.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

use super::args::Place;

/// Whether there is a service manager to talk to.
pub(crate) fn is_running(place: &Place) -> bool {
    place.root == Path::new("/") && Path::new("/run/systemd/system").is_dir()
}

/// Runs systemctl for the place; what it prints goes to the terminal.
pub(crate) fn run(place: &Place, arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new("systemctl");
    if place.user {
        command.arg("--user");
    } else if place.root != Path::new("/") {
        command.arg(format!("--root={}", place.root.display()));
    }
    let status = command.args(arguments).status().context("cannot run systemctl")?;
    if !status.success() {
        bail!("systemctl {} failed: {status}", arguments.join(" "));
    }
    Ok(())
}
