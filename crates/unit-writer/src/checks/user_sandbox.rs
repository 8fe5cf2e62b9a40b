//! The sandbox of a unit of a user's service manager; systemd.exec(5), "Sandboxing".
//!
//! Most of a sandbox is made with rights that only root has, or who is in a user namespace of its
//! own. From version 254 on, systemd makes such a namespace for the keys that need one. Before
//! that, it is there with PrivateUsers=yes alone, and without it some keys fail and others do
//! nothing.
//!
//! ```ini
//! # ~/.config/systemd/user/sync.service
//! [Service]
//! ExecStart=/usr/bin/sync-files
//! PrivateDevices=yes
//! ```

use systemd_types::UnitType;
use unit_file::values::parse_boolean;

use super::finding::{Finding, Told};
use super::subject::Subject;
use super::user_units::ADVICE;
use crate::load::Scope;

/// The version that makes the user namespace by itself.
const MAKES_NAMESPACE: u32 = 254;
/// Keys that take capabilities away from the bounding set, which needs CAP_SETPCAP.
const BOUNDS: [&str; 4] =
    ["PrivateDevices", "ProtectKernelModules", "ProtectKernelLogs", "ProtectClock"];
/// Keys without which the service would see other files than were meant, so that systemd does not
/// go on without them.
const MOUNTS: [&str; 4] =
    ["RootDirectory", "BindPaths", "BindReadOnlyPaths", "TemporaryFileSystem"];
/// As those, and PrivateUsers=yes does not help: what they mount or enter belongs to root.
const OF_ROOT: [&str; 6] = [
    "RootImage",
    "MountImages",
    "ExtensionImages",
    "ExtensionDirectories",
    "LogNamespace",
    "NetworkNamespacePath",
];
/// Keys that only take something away. Where systemd may make no mounts, it goes on without them.
const TAKES_AWAY: [&str; 9] = [
    "PrivateTmp",
    "ProtectHome",
    "ProtectSystem",
    "ReadOnlyPaths",
    "InaccessiblePaths",
    "PrivateNetwork",
    "PrivateIPC",
    "ProtectProc",
    "ProtectControlGroups",
];
const BOUND: &str = "218/CAPABILITIES";

/// Whether systemd can make the mounts that a sandbox consists of. Where it can't, nothing is
/// hidden and nothing read-only.
pub(super) fn has_mounts(subject: &Subject<'_>) -> bool {
    subject.scope == Scope::System
        || subject.version >= MAKES_NAMESPACE
        || subject.is_yes("PrivateUsers")
}

/// First what fails the start: a service that does not run needs no sandbox.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let is_users = subject.scope == Scope::User && subject.unit_type == UnitType::Service;
    if !is_users || subject.is_yes("PrivateUsers") {
        return;
    }
    let before = findings.len();
    if subject.version >= MAKES_NAMESPACE {
        let lists: [&[&str]; 3] = [&BOUNDS, &MOUNTS, &TAKES_AWAY];
        if lists.iter().all(|keys| first_of(subject, keys).is_none()) {
            findings.tell(capabilities(subject));
        }
        return;
    }
    findings.tell(capabilities(subject));
    findings.tell(first_of(subject, &BOUNDS).and_then(|key| needs_root(subject, key, BOUND)));
    findings.tell(mounts(subject));
    findings.tell(of_root(subject));
    if findings.len() == before {
        findings.tell(without_effect(subject));
    }
}

/// capabilities(7): to shrink the bounding set, a process needs CAP_SETPCAP. systemd sets it even
/// where the list is empty or has no word that it knows.
fn capabilities(subject: &Subject<'_>) -> Option<Finding> {
    if subject.lines_of("CapabilityBoundingSet").next().is_some() {
        return needs_root(subject, "CapabilityBoundingSet", BOUND);
    }
    needs_root(subject, first_of(subject, &["SecureBits"])?, "213/SECUREBITS")
}

/// To mount something needs CAP_SYS_ADMIN in the namespace of mounts, mount(2), and a user's manager
/// has it only in a user namespace of the service's own.
fn mounts(subject: &Subject<'_>) -> Option<Finding> {
    let key = first_of(subject, &MOUNTS)?;
    // A path that may be missing, and is, needs no mount.
    let may_be_missing = subject.own(key).is_some_and(|value| value.starts_with('-'));
    if may_be_missing { None } else { needs_root(subject, key, "226/NAMESPACE") }
}

/// Another root directory or network namespace is entered with chroot(2) or setns(2), which are
/// root's as well.
fn of_root(subject: &Subject<'_>) -> Option<Finding> {
    let key = first_of(subject, &OF_ROOT)?;
    let is_network = key == "NetworkNamespacePath";
    let status = if is_network { "225/NETWORK" } else { "226/NAMESPACE" };
    Some(needs_root(subject, key, status)?.advice(ADVICE))
}

/// systemd.exec(5) names the statuses, "Process Exit Codes".
fn needs_root(subject: &Subject<'_>, key: &str, status: &str) -> Option<Finding> {
    let message = format!("{key}= needs root, and the manager of a user is not root");
    let finding = Finding::error("wrong-manager", subject.key_span(key)?, message)
        .effect(format!("the start fails with status {status}"))
        .advice(
            "add PrivateUsers=yes, which gives the right to it; or make it a unit of the system",
        );
    Some(finding.man("systemd.exec(5)"))
}

/// systemd.exec(5) says of each that it is for the system, or for PrivateUsers=yes.
fn without_effect(subject: &Subject<'_>) -> Option<Finding> {
    let key = first_of(subject, &TAKES_AWAY).filter(|_| !subject.is_of_vendor())?;
    let message = format!("{key}= needs root, and the manager of a user is not root");
    let finding = Finding::warning("no-effect", subject.key_span(key)?, message)
        .effect("systemd goes on without it: the service has no such sandbox")
        .advice("add PrivateUsers=yes, which gives the right to it");
    Some(finding.man("systemd.exec(5)"))
}

/// The first of the keys that the unit sets to something else than no.
fn first_of<'k>(subject: &Subject<'_>, keys: &[&'k str]) -> Option<&'k str> {
    let is_set = |key: &&&str| {
        let value = subject.own(key);
        value.is_some_and(|value| parse_boolean(value) != Ok(false) && value != "default")
    };
    keys.iter().find(is_set).copied()
}
