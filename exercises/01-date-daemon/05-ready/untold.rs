//! A daemon that is told of no socket; sd_notify(3), NOTES.

use check::{Directory, Explain, Failure, Result, text, wait_until};

use super::notify_service;

/// Fails if a daemon without the variable finds the socket of systemd by itself.
pub(super) fn tells_nobody() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("dates.log");
    let service = notify_service("date-daemon-untold", &file, "UnsetEnvironment=NOTIFY_SOCKET")?;
    let unit = service.unit();
    wait_until(text!("a line in {name}", name = file.name()), || {
        Ok(file.lines().is_ok_and(|lines| !lines.is_empty()).then_some(()))
    })
    .journal_of(unit)
    .in_function("open_and_tell")?;
    if unit.property("ActiveState")? != "active" {
        return Ok(());
    }
    Err(Failure::new("no message without NOTIFY_SOCKET", "READY=1 on another socket")
        .say("without NOTIFY_SOCKET nobody has asked for it: no other socket is yours to write to")
        .man("sd_notify(3), NOTES")
        .in_function("open_and_tell"))
}
