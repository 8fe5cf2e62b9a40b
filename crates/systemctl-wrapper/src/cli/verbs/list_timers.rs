//! `list-timers`: what will be started when.

use serde::Serialize;
use systemctl_wrapper::Unit;

use crate::cli::context::Context;
use crate::cli::format::{ago, now, timestamp};
use crate::cli::output::{plain, table};
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};
use crate::cli::verbs::list_units;

pub(crate) const VERB: Verb = Verb {
    name: "list-timers",
    aliases: &[],
    arguments: "[PATTERN…]",
    counts: (0, ANY),
    summary: "List the timers in memory, the next one first",
    details: "--all lists those that are inactive too.",
    statuses: WORKS_OR_NOT,
    run,
};

#[derive(Serialize)]
struct Row {
    next: u64,
    last: u64,
    unit: String,
    activates: String,
}

fn run(context: &mut Context<'_>, patterns: &[String]) -> anyhow::Result<u8> {
    let listed = list_units::list(context, patterns)?;
    let names: Vec<&str> = listed
        .iter()
        .map(|unit| unit.name.as_str())
        .filter(|name| name.ends_with(".timer"))
        .collect();
    let units = context.manager()?.units(&names)?;
    let boot = boot_time();
    let mut rows: Vec<Row> = units.iter().map(|unit| row(unit, boot)).collect();
    rows.sort_by_key(|row| (if row.next == 0 { u64::MAX } else { row.next }, row.unit.clone()));
    if context.options.is_json() {
        serde_json::to_writer(&mut *context.out, &rows)?;
        writeln!(context.out)?;
        return Ok(0);
    }
    let now = now();
    let cells = |usec: u64| match timestamp(usec) {
        Some(text) => [text, ago(usec, now)],
        None => ["-".to_owned(), "-".to_owned()],
    };
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let mut line = cells(row.next).to_vec();
            line.extend(cells(row.last));
            line.extend([plain(&row.unit), plain(&row.activates)]);
            line
        })
        .collect();
    let head = &["NEXT", "LEFT", "LAST", "PASSED", "UNIT", "ACTIVATES"][..];
    let legend = context.options.has_legend();
    table(context.out, legend.then_some(head), &lines)?;
    if legend {
        writeln!(context.out, "\n{} timers listed.", rows.len())?;
    }
    Ok(0)
}

/// The next time of a timer is one of the calendar, or one since boot: the sooner counts.
fn row(unit: &Unit, boot: u64) -> Row {
    let number = |name: &str| unit.properties.number(name).filter(|usec| *usec > 0);
    let calendar = number("NextElapseUSecRealtime");
    let since_boot = number("NextElapseUSecMonotonic").map(|usec| boot + usec);
    Row {
        next: calendar.into_iter().chain(since_boot).min().unwrap_or(0),
        last: number("LastTriggerUSec").unwrap_or(0),
        unit: unit.id.clone(),
        activates: unit.properties.texts("Triggers").join(" "),
    }
}

/// When the machine booted, in microseconds since 1970; proc(5), uptime.
fn boot_time() -> u64 {
    let uptime = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
    let seconds: f64 =
        uptime.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0.0);
    now().saturating_sub((seconds * 1e6) as u64)
}
