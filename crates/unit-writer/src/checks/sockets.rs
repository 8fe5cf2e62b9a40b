//! Sockets that fit neither their links nor their service; systemd.socket(5).
//!
//! ```ini
//! [Socket]
//! ListenStream=/run/app.sock
//! ListenStream=/run/app-admin.sock
//! Symlinks=/run/app-link
//! ```

use systemd_types::UnitType;
use unit_file::effective::Entry;

use super::finding::{Finding, Told};
use super::refused::refused;
use super::subject::Subject;
use super::triggers::started;
use crate::load::Role;

const LISTENS: [&str; 8] = [
    "ListenStream",
    "ListenDatagram",
    "ListenSequentialPacket",
    "ListenFIFO",
    "ListenNetlink",
    "ListenSpecial",
    "ListenMessageQueue",
    "ListenUSBFunction",
];

/// Both count what the unit listens on, the lines of all its files together.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.unit_type != UnitType::Socket || subject.role == Role::DropIn {
        return;
    }
    findings.tell(links(subject));
    findings.tell(one_socket(subject));
}

/// A link leads to one file, so there must be just one: a socket with a path, or a FIFO. Ports and
/// names behind @ are no files.
fn links(subject: &Subject<'_>) -> Option<Finding> {
    subject.own("Symlinks")?;
    let is_file = |entry: &Entry<'_>| entry.assignment.value.text().starts_with(['/', '%']);
    let paths = LISTENS[..4].iter().flat_map(|key| subject.effective.values("Socket", key));
    let files = paths.filter(is_file).count();
    if files == 1 {
        return None;
    }
    let message = format!("Symlinks= leads to one file, and the unit listens on {files}");
    let finding = refused(subject, "symlinks", Some("Symlinks"), message);
    Some(finding.advice("write a socket unit for each file, or take Symlinks= away"))
}

/// A service whose input or output is the socket gets one; with two, systemd doesn't know which.
fn one_socket(subject: &Subject<'_>) -> Option<Finding> {
    let count: usize =
        LISTENS.iter().map(|key| subject.effective.values("Socket", key).len()).sum();
    if count < 2 || subject.is_yes("Accept") {
        return None;
    }
    let service = subject.other_unit(&started(subject)?).filter(|unit| unit.takes_socket)?;
    let span = subject.lines_of("ListenStream").last().map(|line| line.value.span());
    let message = format!("{} takes one socket for its input or output", service.name);
    let finding = Finding::error("one-socket", span.or_else(|| subject.header_span())?, message)
        .effect("it can't start: \"Got more than one socket\", and this unit fails with it")
        .advice("write a socket unit for each address, with Service= in both");
    Some(finding.man("systemd.exec(5)"))
}
