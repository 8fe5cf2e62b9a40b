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
use unit_file::values::CommandLine;

use super::dependencies::instance_for;
use super::finding::{Finding, REFUSED, Severity, Told};
use super::line::Line;
use super::subject::Subject;
use super::values;
use crate::load::Role;

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
        UnitType::Mount | UnitType::Automount => named_after(subject, "Where", findings),
        UnitType::Swap => named_after(subject, "What", findings),
        UnitType::Slice => slice(subject, findings),
        UnitType::Target | UnitType::Scope | UnitType::Device => {}
    }
}

/// systemd checks these when all lines and drop-ins of a unit are read, in a function of each
/// type, service_verify() and so on, and gives the unit the state bad-setting.
fn refused(
    subject: &Subject<'_>,
    code: &'static str,
    at: Option<&str>,
    message: impl Into<String>,
) -> Finding {
    let span = at.and_then(|key| subject.key_span(key)).or_else(|| subject.header_span());
    let finding = Finding::error(code, span.clone().unwrap_or(0..0), message);
    let finding = Finding { span, ..finding };
    finding.effect(REFUSED).man(format!("systemd.{}(5)", subject.unit_type))
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

/// Whether one of the keys has a value that systemd takes.
///
/// A line that systemd ignores counts as not there, so a bad trigger can be the reason that there
/// is none.
fn has_good(subject: &Subject<'_>, keys: &str) -> bool {
    let section = subject.own_section();
    let entries = keys.split(' ').flat_map(|key| subject.effective.values(section, key));
    entries.into_iter().any(|entry| {
        let row = subject.obeyed(&entry);
        row.is_some_and(|row| values::holds(&Line { subject, assignment: entry.assignment, row }))
    })
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
        let message = match written {
            Some(_) => format!("the {} has no trigger that systemd takes", subject.unit_type),
            None => format!("the {} has nothing that triggers it", subject.unit_type),
        };
        let finding = refused(subject, "no-trigger", written, message);
        let first = triggers.split(' ').next().unwrap_or_default();
        return findings.push(finding.advice(match written {
            Some(key) => format!("mend the value of {key}="),
            None => format!("add {first}= or another trigger"),
        }));
    }
    let own = subject.name.and_then(|name| name.with_type(UnitType::Service).ok());
    findings.tell(missing_service(subject, "Unit", own));
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
    let may_be_there =
        subject.machine.map_or(!is_mixed_up, |machine| machine.may_have_unit(&target));
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

/// Mounts, automounts and swaps are named after their path, so that whoever needs the path finds
/// the unit.
///
/// A name that does not fit the path is refused, since two units of one mount point would fight.
fn named_after(subject: &Subject<'_>, key: &'static str, findings: &mut Vec<Finding>) {
    let section = subject.own_section();
    if section != "Automount" && !subject.effective.has(section, "What") {
        findings.push(
            refused(subject, "no-what", None, "What= is missing")
                .advice("add What= with what is to be mounted or swapped on"),
        );
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

/// Each dash of a slice's name is a level of the tree of control groups.
///
/// `a-b.slice` lies in `a.slice`, so a part without a name has no place in the tree.
fn slice(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if let Some(name) = subject.name.filter(|name| !name.is_valid_slice()) {
        let message = format!("{name} is no slice: each part between dashes needs a name");
        let finding = Finding::whole(Severity::Error, "wrong-name", message);
        findings.push(finding.effect(REFUSED).man("systemd.slice(5)"));
    }
}
