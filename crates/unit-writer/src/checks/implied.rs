//! Settings that say no, and are yes all the same: another setting implies them; systemd.exec(5).
//!
//! ```ini
//! [Service]
//! DynamicUser=yes
//! ProtectSystem=no
//! ```

use unit_file::values::parse_boolean;

use super::finding::{Finding, Told};
use super::subject::Subject;

/// What DynamicUser=yes implies: the user's number will be somebody else's later, so nothing that
/// it owns may stay behind.
const OF_DYNAMIC_USER: [(&str, &str); 6] = [
    ("PrivateTmp", "yes"),
    ("ProtectSystem", "strict"),
    ("ProtectHome", "read-only"),
    ("NoNewPrivileges", "yes"),
    ("RestrictSUIDSGID", "yes"),
    ("RemoveIPC", "yes"),
];

/// The keys that are made of a filter of system calls. The kernel lets a process without
/// CAP_SYS_ADMIN set one up only if it gives up new privileges for good; seccomp(2).
pub(super) const FILTERS: [&str; 15] = [
    "SystemCallFilter",
    "SystemCallArchitectures",
    "SystemCallLog",
    "RestrictAddressFamilies",
    "RestrictNamespaces",
    "RestrictRealtime",
    "RestrictSUIDSGID",
    "LockPersonality",
    "MemoryDenyWriteExecute",
    "PrivateDevices",
    "ProtectClock",
    "ProtectHostname",
    "ProtectKernelTunables",
    "ProtectKernelModules",
    "ProtectKernelLogs",
];

/// One finding for each key that says no in vain.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.is_yes("DynamicUser") {
        findings.extend(OF_DYNAMIC_USER.iter().filter_map(|(key, holds)| {
            let message = format!("DynamicUser=yes implies {key}={holds}");
            let advice = "take the line away, or use a user of its own with User=";
            says_no(subject, key).then(|| implied(subject, key, message, holds, advice))?
        }));
        return;
    }
    findings.tell(no_new_privileges(subject));
}

/// A line of this unit that says no.
fn says_no(subject: &Subject<'_>, key: &str) -> bool {
    subject.own(key).is_some_and(|value| parse_boolean(value) == Ok(false))
}

/// sudo, ping and sendmail need new privileges, so somebody wrote the no for a reason.
fn no_new_privileges(subject: &Subject<'_>) -> Option<Finding> {
    if !says_no(subject, "NoNewPrivileges") || !subject.runs_as_other_user() {
        return None;
    }
    let is_set = |key: &&str| subject.has(key) && !says_no(subject, key);
    let key = FILTERS.into_iter().find(is_set)?;
    let message = format!("{key}= implies NoNewPrivileges=yes for a user other than root");
    let advice = format!("take {key}= away, or the line");
    implied(subject, "NoNewPrivileges", message, "yes", &advice)
}

/// systemd.exec(5) says of these keys that another one implies them. It does so when the unit is
/// loaded, whatever the line says, and `systemctl show` has the value that holds.
fn implied(
    subject: &Subject<'_>,
    key: &str,
    message: String,
    holds: &str,
    advice: &str,
) -> Option<Finding> {
    let finding = Finding::warning("implied", subject.key_span(key)?, message)
        .effect(format!("systemd says nothing, and {key}={holds} holds"));
    Some(finding.advice(advice).man("systemd.exec(5)"))
}
