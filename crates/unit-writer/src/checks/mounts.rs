//! Mounts and automounts that can't be mounted as they stand; systemd.mount(5),
//! systemd.automount(5).
//!
//! ```ini
//! # srv-b.mount
//! [Mount]
//! What=/srv/a
//! Where=/srv/b
//! Type=bind
//! ```

use systemd_types::UnitType;

use super::finding::{Finding, Told};
use super::subject::Subject;

const MAN: &str = "systemd.mount(5)";

/// Where the mount is, who makes it, and what is mounted.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    match subject.unit_type {
        UnitType::Mount => {
            findings.tell(old_place(subject));
            findings.tell(of_user(subject));
            findings.tell(type_bind(subject));
            findings.tell(directory(subject));
        }
        UnitType::Automount => findings.tell(after_network(subject)),
        _ => {}
    }
}

/// /var/run is a link to /run, and a mount point may have no link in its path: the mount would be
/// somewhere else than its unit says.
fn old_place(subject: &Subject<'_>) -> Option<Finding> {
    let line = subject.lines_of("Where").last()?;
    let rest = line.value.text().strip_prefix("/var/run/")?;
    let finding = Finding::error("mount-point", line.value.span(), "/var/run is a link to /run")
        .effect("the start fails: \"Too many levels of symbolic links\"")
        .advice(format!("write Where=/run/{rest}, and rename the file to fit"));
    Some(finding.man(MAN))
}

/// mount(8) runs as the user of User=, and only root may mount.
fn of_user(subject: &Subject<'_>) -> Option<Finding> {
    subject.other_user()?;
    let span = subject.key_span("User")?;
    let finding =
        Finding::warning("mount-user", span, "mount runs as User=, and only root may mount")
            .effect("the start fails, unless this kind of mount is allowed to all")
            .advice("take it away; options such as uid= give the files to a user");
    Some(finding.man(MAN))
}

/// A bind mount has no file system of its own, so it is an option and not a type; mount(8).
fn type_bind(subject: &Subject<'_>) -> Option<Finding> {
    let line = subject.lines_of("Type").last()?;
    let kind = line.value.text();
    if !matches!(kind, "bind" | "rbind") {
        return None;
    }
    let finding = Finding::error("bind-mount", line.value.span(), format!("{kind} is no type"))
        .effect("the start fails: \"unknown filesystem type\"")
        .advice(format!("write Type=none and Options={kind}"));
    Some(finding.man(MAN))
}

/// A directory in the place of a device, and nothing that says what to do with it. Without a file
/// system, Type=none, there is nothing else that could be mounted.
fn directory(subject: &Subject<'_>) -> Option<Finding> {
    let line = subject.lines_of("What").last()?;
    let options = subject.own("Options").unwrap_or_default();
    let may_be = match subject.own("Type") {
        Some("none") => line.value.text().starts_with('/'),
        None | Some("auto") => subject.machine?.is_directory(line.value.text()),
        Some(_) => false,
    };
    let says_how = ["bind", "move", "remount"].iter().any(|word| options.contains(word));
    if !may_be || says_how {
        return None;
    }
    let message = "a directory is mounted with Options=bind";
    let finding = Finding::error("bind-mount", line.value.span(), message)
        .effect("the start fails: a directory is no block device")
        .advice("add Options=bind");
    Some(finding.man(MAN))
}

/// An automount is there early, before the file systems of boot; what it starts may wait for the
/// network, and it does by itself.
fn after_network(subject: &Subject<'_>) -> Option<Finding> {
    let units = ["network-online.target", "network.target", "remote-fs.target"];
    let find = |unit| Some((unit, subject.place_of("Unit", "After", unit)?));
    let (unit, span) = units.into_iter().find_map(find)?;
    let says_no = subject.effective.last("Unit", "DefaultDependencies") == Some("no");
    if says_no {
        return None;
    }
    let message = format!("an automount comes before {unit}");
    let finding = Finding::warning("mount-order", span, message)
        .effect("with Before=local-fs.target, which it has, the order goes in a circle")
        .advice("write After= into the .mount unit");
    Some(finding.man("systemd.automount(5)"))
}
