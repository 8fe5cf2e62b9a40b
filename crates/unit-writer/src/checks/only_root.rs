//! What the manager of a user has no right to, in units that are no services;
//! systemd.special(7), "Units managed by the user's service manager".
//!
//! ```ini
//! # ~/.config/systemd/user/app.socket
//! [Socket]
//! ListenStream=80
//! SocketUser=app
//! ```

use systemd_types::UnitType;

use super::finding::{Finding, Severity, Told};
use super::subject::Subject;
use super::user_units::ADVICE;
use crate::load::Scope;

/// The whole unit first: of one that can't be, no line matters.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.scope == Scope::System {
        return;
    }
    findings.tell(match subject.unit_type {
        UnitType::Swap | UnitType::Automount | UnitType::Mount => Some(root_alone(subject)),
        UnitType::Socket => owner(subject).or_else(|| address(subject)),
        _ => None,
    });
}

/// mount(2) and swapon(2) are for root. mount(8) makes an exception for what a line of /etc/fstab
/// allows with the option user.
fn root_alone(subject: &Subject<'_>) -> Finding {
    let unit_type = subject.unit_type;
    let (severity, effect) = if unit_type == UnitType::Mount {
        (
            Severity::Warning,
            "mount refuses it, unless /etc/fstab has the place with the option user",
        )
    } else {
        (Severity::Error, "the manager of a user has no such units: \"not supported\"")
    };
    let message = format!("a {unit_type} unit needs root, and the manager of a user is not root");
    Finding::whole(severity, "wrong-manager", message)
        .effect(effect)
        .advice("make it a unit of the system")
        .man("systemd.special(7)")
}

/// chown(2): a file can be given away by root alone.
fn owner(subject: &Subject<'_>) -> Option<Finding> {
    let is_own = |value: &str| matches!(value, "%u" | "%U" | "%g" | "%G");
    let keys = ["SocketUser", "SocketGroup"];
    let key = keys.into_iter().find(|key| subject.own(key).is_some_and(|name| !is_own(name)))?;
    let message = format!("{key}= needs root, and the manager of a user is not root");
    let finding = Finding::error("wrong-manager", subject.key_span(key)?, message)
        .effect("unless the name is the user's own, the socket fails with status 235/CHOWN")
        .advice(ADVICE);
    Some(finding.man("systemd.socket(5)"))
}

/// A port below 1024, and a path where only root makes files.
fn address(subject: &Subject<'_>) -> Option<Finding> {
    let keys = ["ListenStream", "ListenDatagram", "ListenSequentialPacket", "ListenFIFO"];
    let mut lines = keys.into_iter().flat_map(|key| subject.lines_of(key));
    let line = lines.find(|line| {
        let text = line.value.text();
        let port = text.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
        let is_low = port.is_some_and(|port| (1..1024).contains(&port));
        let is_of_root = ["/run/", "/var/run/", "/var/lib/"].iter().any(|at| text.starts_with(at));
        is_low || is_of_root && !text.starts_with("/run/user/")
    })?;
    let message = "this address is root's, and the manager of a user is not root";
    let finding = Finding::error("wrong-manager", line.value.span(), message)
        .effect("the socket can't listen: \"Permission denied\"")
        .advice("take a port from 1024 on, or a path below %t, the user's own directory in /run");
    Some(finding.man("systemd.socket(5)"))
}
