//! Units whose name says where they are: a mount in the tree of files, a slice in that of control
//! groups.
//!
//! ```ini
//! # data.mount
//! [Mount]
//! What=/dev/disk/by-label/data
//! Where=/srv/data
//! ```

use systemd_types::{UnitName, UnitType};

use super::finding::{Finding, REFUSED, Severity, Told};
use super::refused::{has_good, refused};
use super::subject::Subject;

/// Mounts, automounts and swaps are named after their path, so that whoever needs the path finds
/// the unit.
///
/// A name that does not fit the path is refused, since two units of one mount point would fight.
pub(super) fn path(subject: &Subject<'_>, key: &'static str, findings: &mut Vec<Finding>) {
    let section = subject.own_section();
    if section != "Automount" && !has_good(subject, "What") {
        let written = subject.has("What").then_some("What");
        let message = match subject.own("What") {
            Some(what) => format!("no What= is left: systemd ignores {what:?}"),
            None => "What= is missing".to_owned(),
        };
        let finding = refused(subject, "no-what", written, message);
        findings.push(finding.advice(match written {
            Some(_) => "mend the value",
            None => "add What= with what is to be mounted or swapped on",
        }));
    }
    if section == "Automount" {
        findings.tell(missing_mount(subject));
    }
    // The value is not split into words, so quotes would be part of the path.
    if let Some(line) =
        subject.lines_of("What").find(|line| line.value.text().starts_with(['"', '\'']))
    {
        let finding = Finding::error("quoted-path", line.value.span(), "quotes are no quotes here");
        let effect = "systemd takes them for part of the path, and there is nothing of that name";
        findings
            .push(finding.effect(effect).advice("write the path as it is").man("systemd.mount(5)"));
    }
    let Some((path, name)) = subject.own(key).zip(subject.name) else {
        return;
    };
    let is_special =
        path.contains('%') || !path.starts_with('/') || (key == "What" && path.contains('='));
    let Ok(right) = UnitName::from_path(path, subject.unit_type) else {
        return;
    };
    if !is_special && right != *name && !name.is_template() {
        let message = format!("the unit of {path} must be named {right}");
        let finding = refused(subject, "wrong-name", Some(key), message);
        findings.push(finding.advice(format!(
            "rename the file to {right}, or write the path that {name} stands for"
        )));
    }
}

/// The name says which slice it lies in, so Slice= can say nothing else.
fn other_parent(subject: &Subject<'_>) -> Option<Finding> {
    let name = subject.name.filter(|name| name.is_valid_slice())?;
    let line = subject.lines_of("Slice").last()?;
    let (stem, _) = name.as_str().rsplit_once('.')?;
    let parent =
        stem.rsplit_once('-').map_or("-.slice".to_owned(), |(up, _)| format!("{up}.slice"));
    if line.value.text() == parent {
        return None;
    }
    let message = format!("by its name, {name} lies in {parent}");
    let finding = Finding::warning("other-parent", line.value.span(), message)
        .effect("systemd ignores this line")
        .advice("rename the slice, its parent's name first: parent-name.slice");
    Some(finding.man("systemd.slice(5)"))
}

/// Each dash of a slice's name is a level of the tree of control groups.
///
/// `a-b.slice` lies in `a.slice`, so a part without a name has no place in the tree.
pub(super) fn slice(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    findings.tell(other_parent(subject));
    if let Some(name) = subject.name.filter(|name| !name.is_valid_slice()) {
        let message = if name.instance().is_some() {
            format!("{name}: a slice can't be a template, nor an instance of one")
        } else {
            format!("{name} is no slice: each part between dashes needs a name")
        };
        let finding = Finding::whole(Severity::Error, "wrong-name", message);
        findings.push(finding.effect(REFUSED).man("systemd.slice(5)"));
    }
}

/// An automount only waits; the mount of the same name is what it starts.
fn missing_mount(subject: &Subject<'_>) -> Option<Finding> {
    let mount = subject.name?.with_type(UnitType::Mount).ok()?;
    let machine = subject.machine?;
    let place = subject.own("Where").unwrap_or("?");
    let table = machine.read("/etc/fstab").unwrap_or_default();
    // A line of fstab(5) makes a mount unit, too.
    let is_in_table = String::from_utf8_lossy(&table).split_whitespace().any(|word| word == place);
    if machine.has_unit_file(&mount) || is_in_table || subject.set.get(mount.as_str()).is_some() {
        return None;
    }
    let message = format!("there is no {mount} to mount");
    let finding = refused(subject, "no-such-unit", None, message)
        .effect("the automount can't be started: \"unit to trigger not loaded\"");
    Some(finding.advice(format!("write {mount}, with What= and the same Where=")))
}
