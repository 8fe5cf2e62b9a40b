//! `Restart=` that can't work, or not as somebody expects; systemd.service(5).
//!
//! Restart= asks how the service ended; other keys decide about that before it is asked.
//!
//! ```ini
//! [Service]
//! ExecStart=-/usr/bin/app
//! Restart=on-failure
//! WatchdogSec=30
//! ```

use std::time::Duration;

use unit_file::values::{Prefix, TimeSpan};

use super::command_check::MAN;
use super::finding::{Finding, Told};
use super::programs::{base_name, is_shell};
use super::subject::Subject;

/// Everything here is about services; other units are not restarted.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    findings.tell(remains_and_restarts(subject));
    findings.tell(failure_that_does_not_count(subject));
    findings.tell(no_pause(subject));
    findings.tell(milliseconds(subject));
    findings.tell(limit_out_of_reach(subject));
    findings.tell(watchdog(subject));
    findings.tell(stays_dead(subject));
    findings.tell(java_status(subject));
}

/// When a process ends well, RemainAfterExit= keeps the service active, so there is nothing to
/// restart. A failure still restarts it.
fn remains_and_restarts(subject: &Subject<'_>) -> Option<Finding> {
    let restarts =
        subject.own("Restart").filter(|when| matches!(*when, "always" | "on-success"))?;
    if !subject.is_yes("RemainAfterExit") {
        return None;
    }
    let span = subject.key_span("Restart").or_else(|| subject.key_span("RemainAfterExit"))?;
    let message = format!("RemainAfterExit=yes takes away what Restart={restarts} waits for");
    let finding = Finding::warning("never-restarts", span, message)
        .effect("a service that ends well stays active, without a process, and is not restarted")
        .advice("take RemainAfterExit= away");
    Some(finding.man(MAN))
}

/// With the prefix `-` a failure counts as a good end, after which on-failure does nothing.
///
/// The table of Restart= in systemd.service(5) goes by how a process ended, after the prefix was
/// looked at.
fn failure_that_does_not_count(subject: &Subject<'_>) -> Option<Finding> {
    subject.own("Restart").filter(|when| matches!(*when, "on-failure" | "on-abnormal"))?;
    let run = subject.own_commands("ExecStart").next()?;
    if !run.command.has(Prefix::IgnoreFailure) {
        return None;
    }
    let span = run.assignment.value.span();
    let message = "the prefix - makes every failure a good end, and Restart= waits for a failure";
    let finding = Finding::warning("never-restarts", span, message)
        .effect("the service is not restarted when the command fails")
        .advice("take the - away, or use Restart=always");
    Some(finding.man(MAN))
}

/// The default pause is 100 ms, and the default limit five starts in ten seconds.
///
/// The limit is StartLimitBurst= in StartLimitIntervalSec=, 5 in 10 s unless the system says
/// otherwise; systemd-system.conf(5). A database that is a minute late is enough to run into it,
/// and then the unit stays failed.
fn no_pause(subject: &Subject<'_>) -> Option<Finding> {
    let is_oneshot = subject.service_type() == "oneshot";
    let pause = subject.own("RestartSec");
    // A package that says 0 knows its program: systemd's own services do so.
    let is_short = |text| {
        let pause = TimeSpan::parse(text).ok().and_then(|pause| pause.micros());
        pause.is_some_and(|micros| micros * 5 < 10_000_000) && !subject.is_of_vendor()
    };
    if subject.own("Restart") != Some("always")
        || pause.is_some_and(|text| !is_short(text))
        || is_oneshot
    {
        return None;
    }
    if ["StartLimitIntervalSec", "StartLimitInterval", "StartLimitBurst"]
        .iter()
        .any(|key| limits(subject, key))
    {
        return None;
    }
    let span = subject.key_span("Restart")?;
    let message = match pause {
        Some(pause) => format!("RestartSec={pause} lets five starts fall into ten seconds"),
        None => "without RestartSec= the service is restarted after 100ms".to_owned(),
    };
    let finding = Finding::info("no-pause", span, message)
        .effect("if it goes on failing at once, systemd gives up after five starts")
        .advice("add RestartSec=5, so that a cause outside of the service can pass");
    Some(finding.man(MAN))
}

/// `RestartSec=3000`: a number without a unit counts seconds, as the name of the key says.
fn milliseconds(subject: &Subject<'_>) -> Option<Finding> {
    let value = subject.own("RestartSec")?;
    let seconds: u64 = value.parse().ok()?;
    // Round numbers from a second on are what people write who count milliseconds.
    if seconds < 1000 || !seconds.is_multiple_of(100) || seconds.is_multiple_of(3600) {
        return None;
    }
    let waits = TimeSpan::Finite(Duration::from_secs(seconds));
    let span = subject.key_span("RestartSec")?;
    let message = format!("RestartSec={value} is {waits}: without a unit, it counts seconds");
    let finding = Finding::info("long-pause", span.clone(), message)
        .effect(format!("after an end the service is down for {waits}"))
        .suggest("write the unit too", span, format!("RestartSec={value}ms"));
    Some(finding.man(MAN))
}

/// The keys moved from [Service] to [Unit] with version 229, and both places still count.
fn limits(subject: &Subject<'_>, key: &str) -> bool {
    subject.effective.has("Unit", key) || subject.has(key)
}

/// Starts that are so far apart that the limit is never reached: the service goes on failing.
///
/// The limit counts starts in a window of time. With pauses as long as the window, the counter
/// never fills, and somebody who waits for the unit to fail, for OnFailure= or StartLimitAction=,
/// waits for ever.
fn limit_out_of_reach(subject: &Subject<'_>) -> Option<Finding> {
    let span_of = |section: &str, key: &str| {
        let text = subject.effective.last(section, key)?;
        TimeSpan::parse(text).ok()?.micros()
    };
    let restarts = subject.own("Restart").filter(|when| *when != "no")?;
    let pause = span_of("Service", "RestartSec")?;
    let burst = subject.effective.last("Unit", "StartLimitBurst");
    let burst = burst.or_else(|| subject.own("StartLimitBurst"));
    // The key has an old name, which old units use, also in [Service].
    let names = [
        ("Unit", "StartLimitIntervalSec"),
        ("Unit", "StartLimitInterval"),
        ("Service", "StartLimitInterval"),
    ];
    let interval = names.into_iter().find_map(|(section, key)| span_of(section, key));
    // Who names no limit mostly means to restart for ever, unless something waits for the failure.
    let keys = ["StartLimitBurst", "StartLimitIntervalSec", "StartLimitInterval"];
    let waits = matches!(restarts, "always" | "on-failure")
        .then(|| subject.key_span("OnFailure"))
        .flatten();
    let span = keys.into_iter().find_map(|key| subject.key_span(key)).or(waits.clone())?;
    let starts: u128 = burst.map_or(Some(5), |text| text.parse().ok())?;
    let within = interval.unwrap_or(10_000_000);
    // No limit at all is a choice.
    if within == 0 || starts == 0 || pause * starts < within {
        return None;
    }
    let message = "the limit of starts is out of reach";
    let said = |micros: u128| {
        let micros = u64::try_from(micros).unwrap_or(u64::MAX);
        TimeSpan::Finite(Duration::from_micros(micros))
    };
    let for_nothing = if waits.is_some() { ", and OnFailure= is never started" } else { "" };
    let effect = format!(
        "{starts} starts with {} between them take longer than {}, so systemd restarts for \
         ever{for_nothing}",
        said(pause),
        said(within)
    );
    let finding = Finding::warning("limit-out-of-reach", span, message).effect(effect);
    let advice = "make StartLimitIntervalSec= longer than StartLimitBurst= times RestartSec=";
    Some(finding.advice(advice).man("systemd.unit(5)"))
}

/// WatchdogSec= asks the service itself for a sign of life; nothing else gives one.
///
/// sd_watchdog_enabled(3): a program must know of the watchdog, and feed it. For a program that
/// does not, this is a timer that kills it. systemd lets the main process speak even if
/// NotifyAccess= is not set, so a Type= other than notify is no proof; but programs that feed a
/// watchdog mostly say READY=1 as well.
fn watchdog(subject: &Subject<'_>) -> Option<Finding> {
    let limit = TimeSpan::parse(subject.own("WatchdogSec")?).ok()?;
    let kind = subject.service_type();
    let run = subject.own_commands("ExecStart").next()?;
    let speaks = subject.has("NotifyAccess") || matches!(kind, "notify" | "notify-reload" | "dbus");
    let name = base_name(&run.command.program);
    // What comes with systemd keeps the promise.
    let is_own = run.command.program.contains("/lib/systemd/");
    let is_deaf = is_shell(&run.command.program) || name == "sleep";
    if is_own || (speaks && !is_deaf) || matches!(limit.micros(), None | Some(0)) {
        return None;
    }
    let span = subject.key_span("WatchdogSec")?;
    let message = "WatchdogSec= needs a program that says WATCHDOG=1";
    let again = if restarts_on_watchdog(subject) { ", again and again" } else { "" };
    let effect = format!("without it, systemd kills the service with SIGABRT after {limit}{again}");
    let finding = Finding::warning("watchdog", span, message).effect(effect);
    let advice =
        "take it away, unless the program calls sd_notify(3); such programs use Type=notify";
    Some(finding.advice(advice).man(MAN))
}

/// A watchdog ends the service when it hangs; Restart= is what brings it back.
fn stays_dead(subject: &Subject<'_>) -> Option<Finding> {
    let span = subject.key_span("WatchdogSec").filter(|_| !subject.is_of_vendor())?;
    if restarts_on_watchdog(subject) {
        return None;
    }
    let message = "the watchdog ends a service that hangs, and nothing starts it again";
    let finding = Finding::info("watchdog", span, message)
        .effect("the service is killed once, and stays failed")
        .advice("add Restart=on-watchdog, on-failure or always");
    Some(finding.man(MAN))
}

/// The table of Restart= in systemd.service(5).
fn restarts_on_watchdog(subject: &Subject<'_>) -> bool {
    let when = subject.own("Restart").unwrap_or("no");
    matches!(when, "always" | "on-failure" | "on-abnormal" | "on-watchdog")
}

/// The Java machine ends with 128 + 15 when it gets SIGTERM, instead of by the signal.
///
/// The machine catches SIGTERM to run its shutdown hooks, and then ends by itself with the status
/// that a shell would show. systemd counts only 0 and the death by SIGTERM itself as good;
/// systemd.service(5), SuccessExitStatus=.
fn java_status(subject: &Subject<'_>) -> Option<Finding> {
    let mut runs = subject.own_commands("ExecStart");
    let run = runs.find(|run| base_name(&run.command.program) == "java")?;
    let counts = subject.effective.words("Service", "SuccessExitStatus");
    if counts.iter().any(|status| matches!(*status, "143" | "SIGTERM"))
        || subject.service_type() == "oneshot"
    {
        return None;
    }
    let span = run.assignment.value.span_of(run.command.program_span.clone());
    let message = "java ends with status 143 when it is stopped";
    let finding = Finding::info("java-143", span, message)
        .effect("systemd takes every stop for a failure: the unit is failed, OnFailure= is started")
        .advice("add SuccessExitStatus=143");
    Some(finding.man(MAN))
}
