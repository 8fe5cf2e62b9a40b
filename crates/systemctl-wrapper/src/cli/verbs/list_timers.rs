//! `list-timers`: what will be started when.

use std::borrow::Cow;

use serde::Serialize;
use systemctl_wrapper::Unit;
use systemd_types::UnitType;

use crate::cli::context::Context;
use crate::cli::format::{ago, next_elapse, now, timestamp};
use crate::cli::list::List;
use crate::cli::output::plain;
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
    left: u64,
    last: u64,
    passed: u64,
    unit: String,
    activates: String,
}

fn run(context: &mut Context<'_>, patterns: &[String]) -> anyhow::Result<u8> {
    context.page();
    let listed = list_units::names_of(context, patterns, UnitType::Timer)?;
    let names: Vec<&str> = listed.iter().map(String::as_str).collect();
    let units = context.manager()?.units(&names)?;
    // Since systemd 254 the column says without a word that it is time which is left, and what has
    // passed is told by the clock that nobody sets.
    let is_new = context.manager()?.version()? >= 254;
    let mut rows: Vec<Row> = units.iter().map(|unit| row(unit, is_new)).collect();
    rows.sort_by_key(|row| (if row.next == 0 { u64::MAX } else { row.next }, row.unit.clone()));
    let now = now();
    let times = |usec: u64| match timestamp(usec) {
        Some(text) => [text.into(), ago(usec, now).into()],
        None => ["-".into(), "-".into()],
    };
    List {
        head: &["NEXT", "LEFT", "LAST", "PASSED", "UNIT", "ACTIVATES"],
        rows: &rows,
        cells: &|row| {
            let names = [plain(&row.unit), plain(&row.activates)];
            let mut next: [Cow<'_, str>; 2] = times(row.next);
            if let Some(left) = next[1].strip_suffix(" left").filter(|_| is_new) {
                next[1] = left.to_owned().into();
            }
            [next, times(row.last), names].concat()
        },
        below: |_| Vec::new(),
        tint: |_| None,
        foot: context.options.foot("timers listed"),
    }
    .write(context)?;
    Ok(0)
}

fn row(unit: &Unit, is_new: bool) -> Row {
    let next = next_elapse(unit).unwrap_or(0);
    let last = unit.properties.number("LastTriggerUSec").unwrap_or(0);
    let monotonic = unit.properties.number("LastTriggerUSecMonotonic").unwrap_or(0);
    Row {
        next,
        left: next,
        last,
        passed: if is_new { monotonic } else { last },
        unit: unit.id.clone(),
        activates: unit.properties.texts("Triggers").join(", "),
    }
}
