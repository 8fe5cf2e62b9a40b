//! What a unit of its type must have, or can't have together, for systemd to load it.
//!
//! systemd looks at a unit once more when all its files are read. What it refuses then has no line
//! number in its message, so the finding names the line that brings it about.
//!
//! ```ini
//! # app.timer, whose only trigger is a line that systemd ignores
//! [Timer]
//! OnCalendar=0 12 * * *
//! ```

use systemd_types::{UnitName, UnitType};
use unit_file::syntax::Assignment;
use unit_file::values::CommandLine;

use super::dependencies::instance_for;
use super::finding::{Finding, Told};
use super::named_units;
use super::refused::{has_good, refused};
use super::subject::Subject;
use crate::load::{Facts, Role};

/// Of each type of unit, the keys that make it start something; at least one must be there.
const TIMERS: &str = "OnCalendar OnActiveSec OnBootSec OnStartupSec OnUnitActiveSec \
                      OnUnitInactiveSec OnClockChange OnTimezoneChange";
const PATHS: &str = "PathExists PathExistsGlob PathChanged PathModified DirectoryNotEmpty";
const LISTENS: &str = "ListenStream ListenSequentialPacket ListenDatagram ListenFIFO ListenNetlink \
                       ListenSpecial ListenMessageQueue ListenUSBFunction";
/// How many of those of a socket are streams, which have connections.
const STREAMS: usize = 2;

/// A drop-in need not be complete, and a unit must be: systemd looks when all files of it are read.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.role == Role::DropIn {
        // Only what the drop-in itself brings about; the rest is the unit's own affair.
        let knows_unit = subject.effective.files() > 1 && subject.unit_type == UnitType::Service;
        if knows_unit && subject.key_span("ExecStart").is_some() {
            findings.tell(two_commands(subject));
        }
        return;
    }
    match subject.unit_type {
        UnitType::Service => service(subject, findings),
        UnitType::Socket => socket(subject, findings),
        UnitType::Timer => triggered(subject, findings, TIMERS),
        UnitType::Path => triggered(subject, findings, PATHS),
        UnitType::Mount | UnitType::Automount => named_units::path(subject, "Where", findings),
        UnitType::Swap => named_units::path(subject, "What", findings),
        UnitType::Slice => named_units::slice(subject, findings),
        UnitType::Target | UnitType::Scope | UnitType::Device => {}
    }
}

/// The same order as in systemd: first whether there is anything to run, then whether it goes with
/// the type.
fn service(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let kind = subject.service_type();
    if !subject.has("ExecStart") {
        findings.tell(without_command(subject));
        return;
    }
    // A command behind a - that systemd can't read is dropped, and then there may be none.
    let is_empty = subject.commands().iter().all(|run| run.assignment.key != "ExecStart");
    let lines = subject.effective.values("Service", "ExecStart");
    let all_read = lines
        .iter()
        .all(|entry| CommandLine::parse(entry.assignment.value.text(), subject.version).is_ok());
    if is_empty && all_read && without_command(subject).is_some() {
        let message = "no command of ExecStart= is left";
        findings.push(
            refused(subject, "no-exec-start", Some("ExecStart"), message)
                .advice("mend the command: the prefix - does not make a bad line good"),
        );
    }
    findings.tell(two_commands(subject));
    findings.tell(oneshot_restart(subject));
    if kind == "dbus" && !subject.has("BusName") {
        let message = "Type=dbus needs a BusName=";
        findings.push(
            refused(subject, "no-bus-name", Some("Type"), message)
                .advice("add BusName= with the name that the service takes"),
        );
    }
    // How a oneshot or a daemon ends is fixed by its type.
    if subject.own("ExitType") == Some("cgroup") && matches!(kind, "forking" | "oneshot") {
        let message = format!("ExitType=cgroup does not go with Type={kind}");
        findings.push(refused(subject, "exit-type", Some("ExitType"), message));
    }
}

/// A service that only stops something, or only reports that it ended, needs no ExecStart=.
///
/// systemd.service(5): at least one of ExecStart= and ExecStop=; without the first, the service
/// must be one that ends at once and stays active.
fn without_command(subject: &Subject<'_>) -> Option<Finding> {
    let success_action = subject.effective.last("Unit", "SuccessAction");
    let success_action = success_action.is_some_and(|action| action != "none");
    let reason = if !subject.has("ExecStop") && !success_action {
        "the service has no ExecStart="
    } else if subject.service_type() != "oneshot" {
        "without ExecStart=, a service needs Type=oneshot"
    } else if !subject.is_yes("RemainAfterExit") && !success_action {
        "without ExecStart=, a service needs RemainAfterExit=yes"
    } else {
        return None;
    };
    let finding = refused(subject, "no-exec-start", None, reason);
    Some(finding.advice("add ExecStart= with the command to run"))
}

/// A oneshot that ended well has done its work. Before version 244, no oneshot could be restarted.
fn oneshot_restart(subject: &Subject<'_>) -> Option<Finding> {
    let restart = subject.own("Restart").filter(|restart| *restart != "no")?;
    let is_refused = matches!(restart, "always" | "on-success") || subject.version < 244;
    if subject.service_type() != "oneshot" || !is_refused {
        return None;
    }
    let message = if subject.version < 244 {
        "a oneshot service can't be restarted before systemd 244"
    } else {
        "a oneshot service can't be restarted after it ended well"
    };
    let finding = refused(subject, "oneshot-restart", Some("Restart"), message);
    Some(finding.advice("use Restart=on-failure, a timer, or another Type="))
}

/// Only oneshot services run more than one command: of others, one process is the service, and
/// systemd would not know which of several to watch.
fn two_commands(subject: &Subject<'_>) -> Option<Finding> {
    let kind = subject.service_type();
    let mut commands = subject.commands().iter().filter(|run| run.assignment.key == "ExecStart");
    let (first, last) = (commands.next()?, commands.next_back());
    let last = last.filter(|_| kind != "oneshot")?;
    let message = format!("a service of Type={kind} runs one command, this has more");
    let finding = refused(subject, "two-commands", Some("ExecStart"), message);
    let value = &last.assignment.value;
    let span = last.assignment.key_span.start..value.span().end;
    // The line to mend may be in a drop-in that adds to the list.
    let part = (last.part != subject.own_part()).then_some(last.part);
    let advice = if last.part == first.part {
        "use ExecStartPre= for what comes before, or Type=oneshot"
    } else {
        "reset the list with an empty ExecStart= first"
    };
    Some(Finding { span: Some(span), part, ..finding }.advice(advice))
}

/// systemd.socket(5). Accept=yes needs connections, so only streams go with it, and its instances
/// come from a template, so there is no single Service=.
fn socket(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let written = LISTENS.split(' ').find(|key| subject.has(key));
    if !has_good(subject, LISTENS) {
        let message = match written {
            Some(_) => "the socket listens on nothing that systemd takes",
            None => "the socket listens on nothing",
        };
        let finding = refused(subject, "no-listen", written, message);
        let advice = "add ListenStream= with a port, an address or a path";
        let advice = written.map_or(advice.to_owned(), |key| format!("mend the value of {key}="));
        return findings.push(finding.advice(advice));
    }
    // Each connection gets an instance of a template, named for the socket and nothing else.
    let accepts = subject.is_yes("Accept");
    let service = subject.own("Service").and_then(|name| UnitName::new(name).ok());
    if accepts && service.is_some_and(|name| !name.is_template()) {
        let message = "Service= does not go with Accept=yes";
        let finding = refused(subject, "accept-service", Some("Service"), message);
        findings.push(finding.advice(
            "with Accept=yes each connection starts an instance of the template of the same name",
        ));
    }
    let mut others = LISTENS.split(' ').skip(STREAMS);
    if let Some(key) = others.find(|key| accepts && subject.has(key)) {
        let message = format!("{key}= has no connections to accept");
        findings.push(refused(subject, "accept-datagram", Some("Accept"), message));
    }
    let own = subject.name.and_then(|name| {
        if accepts {
            UnitName::new(&format!("{}@.service", name.prefix())).ok()
        } else {
            name.with_type(UnitType::Service).ok()
        }
    });
    findings.tell(missing_service(subject, "Service", own));
}

/// Timers and paths: something must trigger, and something must be started. Without Unit=, it is
/// the service of the same name; systemd.timer(5), systemd.path(5).
fn triggered(subject: &Subject<'_>, findings: &mut Vec<Finding>, triggers: &str) {
    if !has_good(subject, triggers) {
        let written = triggers.split(' ').find(|key| subject.has(key));
        let empty = last_empty(subject, triggers);
        let message = match (written, empty) {
            (None, Some(key)) => format!("the empty {key}= takes all triggers away"),
            (Some(_), _) => format!("the {} has no trigger that systemd takes", subject.unit_type),
            _ => format!("the {} has nothing that triggers it", subject.unit_type),
        };
        let finding = refused(subject, "no-trigger", written.or(empty), message);
        let first = triggers.split(' ').next().unwrap_or_default();
        return findings.push(finding.advice(match (written, empty) {
            (None, Some(key)) => format!("take the line {key}= away, or put it before the others"),
            (Some(key), _) => format!("mend the value of {key}="),
            _ => format!("add {first}= or another trigger"),
        }));
    }
    let own = subject.name.and_then(|name| name.with_type(UnitType::Service).ok());
    findings.tell(missing_service(subject, "Unit", own));
}

/// The key of the last empty line that cleared triggers: timers keep one list for all their keys,
/// systemd.timer(5), and so do path units.
fn last_empty<'k>(subject: &Subject<'_>, keys: &'k str) -> Option<&'k str> {
    let is_set = |line: &&Assignment| keys.split(' ').any(|key| line.key == key);
    let lines: Vec<&Assignment> =
        subject.entries().map(|entry| entry.assignment).filter(is_set).collect();
    let has_value = lines.iter().any(|line| !line.value.is_empty());
    let last = lines.iter().rfind(|line| line.value.is_empty()).filter(|_| has_value)?;
    keys.split(' ').find(|key| last.key == *key)
}

/// The unit that is started must exist, on the machine or among the files at hand.
///
/// systemd refuses a socket without its service, and a timer when it is started.
fn missing_service(subject: &Subject<'_>, key: &str, own: Option<UnitName>) -> Option<Finding> {
    let written = subject.own(key).map(|text| UnitName::new(text).ok());
    let (target, at) = match written {
        // A socket passes over a template, and the others make an instance of it.
        Some(Some(name)) if name.is_template() && key == "Service" => (own?, None),
        Some(name) => (name.map(|name| instance_for(subject, &name).unwrap_or(name))?, Some(key)),
        None => (own?, None),
    };
    let is_given = |name: &UnitName| subject.set.get(name.as_str()).is_some();
    // Of a plain service beside a socket with Accept=yes, and the contrary, nobody needs a machine.
    let sibling = if target.is_template() {
        UnitName::new(&format!("{}.service", target.prefix()))
    } else {
        UnitName::new(&format!("{}@.service", target.prefix()))
    };
    let is_mixed_up =
        subject.unit_type == UnitType::Socket && sibling.is_ok_and(|name| is_given(&name));
    // A service that is judged together with this file alone is the one that it was to start.
    let is_service = |unit: &Facts| unit.name.unit_type() == UnitType::Service;
    let is_pair = subject.set.iter().count() == 2 && subject.set.iter().any(is_service);
    let is_misnamed = is_mixed_up || is_pair && at.is_none();
    let may_be_there =
        subject.machine.map_or(!is_misnamed, |machine| machine.may_have_unit(&target));
    if may_be_there || is_given(&target) {
        return None;
    }
    let place = if subject.machine.is_some() { "on this machine" } else { "beside this file" };
    let message = format!("there is no {target} to start {place}");
    let finding = refused(subject, "no-such-unit", at, message)
        .effect(if target.is_template() && subject.unit_type == UnitType::Socket {
            "the first connection is closed at once, and the socket fails".to_owned()
        } else {
            format!("the {} can't be started", subject.unit_type)
        })
        .advice(format!("write {target}, or name the unit with {key}="));
    Some(finding)
}
