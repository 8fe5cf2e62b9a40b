//! The summary in the terminal.

use std::fmt::Write as _;

use super::Summary;
use crate::cli::colour::{Colours, HIGHLIGHT_RED, NORMAL};
use crate::cli::time::{pretty, zoned};

pub(super) fn write(summary: &Summary) -> String {
    if summary.units.is_empty() {
        return "-- No entries --\n".to_owned();
    }
    let mut out = String::new();
    let (from, to) =
        (pretty(summary.first, &summary.zone, false), pretty(summary.last, &summary.zone, false));
    let total: u64 = summary.units.iter().map(|(_, unit)| unit.total()).sum();
    let _ = writeln!(out, "{total} messages of {} units, {from} to {to}", summary.units.len());
    let name_width = summary.units.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(4);
    let name_width = name_width.clamp(4, 48);
    let _ = writeln!(
        out,
        "\n{:name_width$} {:>7} {:>8} {:>8} {:>7} {:>8} {:>8}  {:14} {:14}",
        "UNIT", "ERRORS", "WARNINGS", "OTHERS", "CRASHES", "FAILURES", "RESTARTS", "FIRST", "LAST"
    );
    let colours = Colours::detect();
    for (name, unit) in &summary.units {
        let (on, off) = if unit.is_bad() {
            (colours.if_on(HIGHLIGHT_RED), colours.if_on(NORMAL))
        } else {
            ("", "")
        };
        let short = |time: u64| {
            zoned(time, &summary.zone)
                .map_or_else(String::new, |moment| moment.strftime("%m-%d %H:%M:%S").to_string())
        };
        let others = unit.total() - unit.errors() - unit.warnings();
        let line = format!(
            "{on}{name:name_width$}{off} {:>7} {:>8} {others:>8} {:>7} {:>8} {:>8}  {:14} {:14}",
            unit.errors(),
            unit.warnings(),
            unit.crashes,
            unit.failures,
            unit.restarts,
            short(unit.first),
            short(unit.last),
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let errors =
        summary.units.iter().filter_map(|(name, unit)| Some((name, unit.last_error.as_ref()?)));
    let errors: Vec<_> = errors.take(10).collect();
    if !errors.is_empty() {
        let _ = writeln!(out, "\nThe last error of the worst:");
        for (name, (time, message)) in errors {
            let time = pretty(*time, &summary.zone, false);
            let _ = writeln!(out, "  {name}, {time}:\n    {message}");
        }
    }
    out
}
