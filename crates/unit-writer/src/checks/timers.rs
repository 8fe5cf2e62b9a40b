//! Timers that never begin, or begin at the wrong time; systemd.timer(5).
//!
//! A timer that never elapses looks well in systemctl status, but has no time under "Trigger".
//!
//! ```ini
//! [Unit]
//! Requires=backup.service
//!
//! [Timer]
//! OnUnitActiveSec=1h
//! ```

use systemd_types::UnitType;
use unit_file::values::{Calendar, TimeSpan, looks_like_zone};

use super::finding::{Finding, Severity, Told};
use super::subject::Subject;
use super::triggers::started;
use crate::load::{Role, Scope};

const MAN: &str = "systemd.timer(5)";

/// First whether the timer ever elapses, then what happens to its service, and last how exact it
/// is.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if subject.unit_type != UnitType::Timer || subject.role == Role::DropIn {
        return;
    }
    findings.tell(never_begins(subject));
    findings.tell(never_repeats(subject));
    findings.extend(dates_that_never_come(subject));
    findings.tell(starts_its_service(subject));
    findings.tell(already_over(subject));
    findings.tell(wanted_by_its_service(subject));
    findings.tell(coarse(subject));
    findings.tell(uneven(subject));
    findings.tell(not_enabled(subject));
    findings.tell(wakes_up(subject));
}

/// The right to wake the machine is root's, CAP_WAKE_ALARM; timerfd_create(2).
fn wakes_up(subject: &Subject<'_>) -> Option<Finding> {
    if subject.scope != Scope::User || !subject.is_yes("WakeSystem") {
        return None;
    }
    let message = "WakeSystem= needs root, and the manager of a user is not root";
    let finding = Finding::error("wrong-manager", subject.key_span("WakeSystem")?, message)
        .effect("the timer can't be started: it fails with the result \"resources\"")
        .advice("take the line away, or make it a unit of the system");
    Some(finding.man(MAN))
}

/// OnUnitActiveSec= and OnUnitInactiveSec= count from a start of the unit; somebody else must start
/// it for the first time.
///
/// systemd.timer(5) has these keys for repeating: they are relative to an event, and before the
/// event there is nothing to be relative to. The state of such a timer is "elapsed", which looks
/// as if it had worked.
fn never_begins(subject: &Subject<'_>) -> Option<Finding> {
    let begins = [
        "OnCalendar",
        "OnBootSec",
        "OnActiveSec",
        "OnStartupSec",
        "OnClockChange",
        "OnTimezoneChange",
    ];
    let goes_on = ["OnUnitActiveSec", "OnUnitInactiveSec"];
    let key = goes_on.into_iter().find(|key| subject.has(key))?;
    if begins.iter().any(|key| subject.has(key)) {
        return None;
    }
    let span = subject.key_span(key)?;
    let message = format!("{key}= counts from a start of the unit, and nothing starts it first");
    let finding = Finding::warning("never-begins", span, message)
        .effect("the timer never elapses, unless the unit is started by hand or by another unit")
        .advice("add OnBootSec=, or OnActiveSec= to begin when the timer is started");
    Some(finding.man(MAN))
}

/// OnBootSec=1h beside OnActiveSec=1d: each of these keys is one moment, not a period.
///
/// Who writes two of them has mostly meant the second for the time between two runs. One of them
/// alone is a common way to run something once after the boot.
fn never_repeats(subject: &Subject<'_>) -> Option<Finding> {
    let once = ["OnActiveSec", "OnBootSec", "OnStartupSec"];
    let repeats = ["OnCalendar", "OnUnitActiveSec", "OnUnitInactiveSec", "OnClockChange"];
    let mut given = once.into_iter().filter(|key| subject.has(key));
    let (key, other) = (given.next()?, given.next()?);
    if repeats.iter().any(|key| subject.has(key)) {
        return None;
    }
    let message = format!("{key}= and {other}= are one moment each, and nothing repeats them");
    let finding = Finding::info("never-repeats", subject.key_span(key)?, message)
        .effect("after the two the timer is elapsed, and does nothing until it is started again")
        .advice("for a period, use OnUnitActiveSec=, which counts from the last run");
    Some(finding.man(MAN))
}

/// `*-02-30`, `Thu 2027-01-01`, a year that is over: systemd takes them, and waits for ever.
///
/// systemd.time(7) lets an event name a day of the week and a date, and both must fit. It looks
/// for the next one up to the year 2199, and says nothing if there is none.
fn dates_that_never_come(subject: &Subject<'_>) -> Vec<Finding> {
    let never = |line: &&unit_file::syntax::Assignment| {
        let event = Calendar::parse(line.value.text(), looks_like_zone);
        event.is_ok_and(|event| event.next_day(subject.today).is_none())
    };
    let finding = |line: &unit_file::syntax::Assignment| {
        let message = format!("{} never comes", line.value.text());
        Finding::warning("never-comes", line.value.span(), message)
            .effect("systemd takes the line, and this event never starts the unit")
            .advice("systemd-analyze calendar shows when an event comes next")
            .man("systemd.time(7)")
    };
    subject.lines_of("OnCalendar").filter(never).map(finding).collect()
}

/// A timer that requires its own service starts it whenever it is started itself, at each boot.
///
/// The timer needs no dependency on what it starts: Unit= is one. A dependency of [Unit] is about
/// the start of the timer itself, and After= only changes the order of the two.
fn starts_its_service(subject: &Subject<'_>) -> Option<Finding> {
    let service = started(subject)?;
    let keys = ["Requires", "Wants", "BindsTo", "Upholds"];
    let (key, span) = keys
        .into_iter()
        .find_map(|key| Some((key, subject.place_of("Unit", key, service.as_str())?)))?;
    let message = format!("{key}= starts the service whenever the timer is started, at each boot");
    let finding = Finding::warning("timer-starts-service", span, message)
        .effect("the timer starts the service by itself when it is time; this starts it at once")
        .advice("take the line away");
    Some(finding.man(MAN))
}

/// The timer is to start the service, so nobody starts the service before it.
fn wanted_by_its_service(subject: &Subject<'_>) -> Option<Finding> {
    let service = started(subject)?;
    let span = subject.place_of("Install", "WantedBy", service.as_str())?;
    let message = format!("the timer waits to be started by {service}, which it is to start");
    let finding = Finding::warning("never-begins", span.clone(), message)
        .effect("enabled so, the timer is not started at boot")
        .suggest("write timers.target", span, "timers.target");
    Some(finding.man(MAN))
}

/// OnBootSec= counts from the boot of the machine, and a user's timers are started at the login.
/// When the span is over by then, the timer elapses at once.
fn already_over(subject: &Subject<'_>) -> Option<Finding> {
    let span = subject.key_span("OnBootSec").filter(|_| subject.scope == Scope::User)?;
    let message = "OnBootSec= counts from the boot of the machine, not from the login";
    let finding = Finding::info("runs-at-once", span, message)
        .effect("after a late login the unit is started at once")
        .advice("OnStartupSec= counts from the start of the user's manager");
    Some(finding.man(MAN))
}

/// Timers are late by up to AccuracySec=, which is a minute if nobody says otherwise.
///
/// The default saves energy: the kernel wakes up once for several timers. A timer for every ten
/// seconds needs the accuracy of a second.
fn coarse(subject: &Subject<'_>) -> Option<Finding> {
    let keys = ["OnUnitActiveSec", "OnUnitInactiveSec", "OnActiveSec", "OnBootSec"];
    let is_short = |key: &&str| {
        let span = subject.own(key).and_then(|text| TimeSpan::parse(text).ok()?.micros());
        span.is_some_and(|micros| (1..60_000_000).contains(&micros)) && key.starts_with("OnUnit")
    };
    let is_fine = || subject.own("OnCalendar").is_some_and(counts_seconds).then_some("OnCalendar");
    let key = keys.into_iter().find(is_short).or_else(is_fine);
    let key = key.filter(|_| !subject.has("AccuracySec"))?;
    let severity = if subject.is_of_vendor() { Severity::Info } else { Severity::Warning };
    let message = "a timer may be a minute late";
    let finding = Finding::new(severity, "coarse", subject.key_span(key)?, message)
        .effect("AccuracySec= is 1min, so a shorter span becomes irregular: one run a minute")
        .advice("add AccuracySec=1s");
    Some(finding.man(MAN))
}

/// `*:0/45`: the steps are counted anew in each hour, so the last pause is shorter than the others.
///
/// A calendar event is a pattern of dates and no distance between them; systemd.time(7), "Calendar
/// Events". `systemd-analyze calendar --iterations=5` shows it.
fn uneven(subject: &Subject<'_>) -> Option<Finding> {
    let mut lines = subject.lines_of("OnCalendar");
    let (line, step, whole) = lines.find_map(|line| {
        let time = line.value.text().split(' ').find(|part| part.contains(':'))?;
        let steps = time.split(':').zip([24, 60, 60]).filter_map(|(part, whole)| {
            let step: u32 = part.split_once('/')?.1.parse().ok()?;
            (step > 0 && step < whole && whole % step != 0).then_some((step, whole))
        });
        steps.last().map(|(step, whole)| (line, step, whole))
    })?;
    let message = format!("steps of {step} do not fill {whole}");
    let finding = Finding::info("uneven", line.value.span(), message)
        .effect("the count begins anew each time, so the last pause is shorter than the others")
        .advice("for a steady pause use OnUnitActiveSec=, with OnActiveSec= to begin");
    Some(finding.man("systemd.time(7)"))
}

/// `*:*:0/10`: several events in a minute.
fn counts_seconds(event: &str) -> bool {
    let time = event.split(' ').find(|part| part.matches(':').count() == 2);
    time.and_then(|time| time.rsplit(':').next()).is_some_and(|part| part.contains(['/', '*', ',']))
}

/// Enabling the service instead of the timer is a common slip; a timer needs an [Install] too.
///
/// A template of timers is enabled instance by instance, and packages start their timers in other
/// ways.
fn not_enabled(subject: &Subject<'_>) -> Option<Finding> {
    let vendor = subject.is_of_vendor();
    let is_spelt_right =
        subject.file.sections().all(|(section, _)| subject.sections().contains(&section));
    let is_template_instance =
        subject.name.is_some_and(|name| name.instance().is_some_and(|i| !i.is_empty()));
    if subject.effective.has_section("Install") || vendor || !is_spelt_right || is_template_instance
    {
        return None;
    }
    let finding = Finding::whole(Severity::Info, "no-install", "there is no [Install] section");
    Some(
        finding
            .effect("systemctl enable has nothing to do, so the timer does not start at boot")
            .advice("add [Install] with WantedBy=timers.target, unless another unit starts it")
            .man("systemd.unit(5)"),
    )
}
