//! A small disk in the place of the service's directory, which the check fills and empties.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use check::{Explain, Failure, Result, Text, Unit, in_lab, systemctl, text, wait_until};

use super::system::{ERR, NOTICE, SERVICE, SOCKET_PATH, new_text, record, records, refused, said};
use crate::l06::shared::Caller;

const DIRECTORY: &str = "/var/lib/recorder";
/// Where the directory is with DynamicUser=; the other is a link to it then.
const PRIVATE: &str = "/var/lib/private/recorder";
/// Enough for a few records, in systemd's words.
const SIZE: &str = "256k";
/// A record with its date is longer than so many bytes.
const RECORD_MIN: u64 = 8;

/// A mounted file system; gone when it is dropped.
pub(super) struct Disk {
    directory: &'static str,
    unit: &'static str,
}

impl Disk {
    /// Mounts it. The service must not run.
    pub(super) fn mount() -> Result<Self> {
        let (directory, unit) = if fs::symlink_metadata(DIRECTORY).is_ok_and(|it| it.is_symlink()) {
            (PRIVATE, "var-lib-private-recorder.mount")
        } else {
            (DIRECTORY, "var-lib-recorder.mount")
        };
        let text = format!(
            "[Mount]\nWhat=tmpfs\nType=tmpfs\nWhere={directory}\nOptions=mode=0755,size={SIZE}\n"
        );
        fs::write(format!("/run/systemd/system/{unit}"), text)?;
        systemctl(&["daemon-reload"])?;
        Unit::named(unit)
            .start()
            .say("the check could not mount a small disk in the place of /var/lib/recorder")?;
        Ok(Disk { directory, unit })
    }

    /// Fills it to the last byte.
    pub(super) fn fill(&self) -> Result {
        let mut file = File::create(self.ballast())?;
        while file.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
        Ok(())
    }

    /// Makes room again.
    pub(super) fn make_room(&self) -> Result {
        Ok(fs::remove_file(self.ballast())?)
    }

    /// How many records the last page may have room for, although the disk is full.
    fn room_left(&self) -> Result<u64> {
        Ok(fs::metadata(self.ballast())?.blksize() / RECORD_MIN)
    }

    fn ballast(&self) -> PathBuf {
        in_lab(self.directory).join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Unit::named(self.unit).stop();
        let _ = fs::remove_file(format!("/run/systemd/system/{}", self.unit));
        // The service needs it as long as systemd knows of it: the next start would mount it again,
        // and all that is recorded then would be gone at a reboot.
        let _ = systemctl(&["daemon-reload"]);
    }
}

/// Fills the disk and makes room again, twice.
pub(super) fn fills_up(disk: &Disk) -> Result {
    let pid = SERVICE.property("MainPID")?;
    let mut texts = vec![record()?.0];
    for times in 1..=2 {
        disk.fill()?;
        texts.extend(until_refused(disk)?);
        for _ in 0..5 {
            let mut caller = Caller::at(SOCKET_PATH)?;
            caller.say(&format!("{}\n", new_text()));
            refused(&mut caller).say(
                "the disk is full, so that nothing can be recorded: the \
                 caller is to know, and to keep the text",
            )?;
        }
        records().say(
            "a line that had room only in part stays there as a piece, unless the \
             program takes it back",
        )?;
        disk.make_room()?;
        texts.push(record().say("there is room on the disk again")?.0);
        if SERVICE.property("MainPID")? != pid {
            return Err(Failure::new("a service that goes on", "another process")
                .say(
                    "the disk was full, and the program ended: callers can still be told so, \
                     and one day there is room again",
                )
                .journal_of(SERVICE));
        }
        says_so(times)?;
    }
    let recorded = records()?;
    if recorded == texts {
        starts_without_room(disk)
    } else {
        let odd = recorded.iter().find(|record| !texts.contains(record));
        let got = odd.map_or_else(|| text!("{count} lines", count = recorded.len()), Text::quoted);
        Err(Failure::new(
            text!("{count} whole lines, those that were answered with ok", count = texts.len()),
            got,
        )
        .say(
            "a line that had room only in part stays there as a piece, unless the \
                 program takes it back",
        ))
    }
}

/// Starts the service while the disk is full, and makes room then.
fn starts_without_room(disk: &Disk) -> Result {
    disk.fill()?;
    until_refused(disk)?;
    let before = records()?.len();
    SERVICE.reset_failed();
    systemctl(&["restart", SERVICE.name()])
        .say(
            "the disk is full when the service starts, after a crash perhaps: callers are to be \
             told so, by a service that runs",
        )
        .journal_of(SERVICE)?;
    if records()?.len() < before {
        // One that begins anew has room; that it loses lines is another promise's matter.
        return Ok(());
    }
    for _ in 0..2 {
        let mut caller = Caller::at(SOCKET_PATH)?;
        caller.say(&format!("{}\n", new_text()));
        refused(&mut caller).say("the disk was full when the service started, and still is")?;
    }
    disk.make_room()?;
    record().say("there is room on the disk again")?;
    says_so(1)
}

/// Records until there is no room, and returns what was taken: the last page may have room still.
fn until_refused(disk: &Disk) -> Result<Vec<String>> {
    let mut caller = Caller::at(SOCKET_PATH)?;
    let mut texts = Vec::new();
    for _ in 0..=disk.room_left()? {
        let text = new_text();
        caller.say(&format!("{text}\n"));
        let answer = caller
            .hear()
            .say("the disk is full, and the caller gets no answer")
            .journal_of(SERVICE)?;
        if !answer.starts_with("ok") {
            return Ok(texts);
        }
        texts.push(text);
    }
    Err(Failure::new("an answer that begins with error, as the disk is full", "ok, each time")
        .say("what is answered with ok must be in the file by then, not in memory"))
}

/// Fails unless the journal has one error for each time that the disk was full.
fn says_so(times: usize) -> Result {
    let mut errors = Vec::new();
    // That it can record again is said after all the errors.
    let said = wait_until("a notice that it can record again", || {
        let lines = said()?;
        errors = lines
            .iter()
            .filter(|line| line.priority.as_str() <= ERR)
            .map(|line| line.text.clone())
            .collect();
        let notices = lines.iter().filter(|line| line.priority == NOTICE).count();
        Ok((notices > times).then_some(()))
    });
    if errors.len() != times {
        return Err(Failure::new(
            text!(
                "{times} lines at err, one for each time that the disk was \
             full",
                times
            ),
            text!("{count} of them", count = errors.len()),
        )
        .say(
            "whoever reads the journal wants to know it when it begins and when it is over; \
                 a line for each caller would fill the next disk",
        )
        .journal_of(SERVICE));
    }
    said.say("a line at notice says that it is ready, and another one that it can record again")
        .journal_of(SERVICE)
}
