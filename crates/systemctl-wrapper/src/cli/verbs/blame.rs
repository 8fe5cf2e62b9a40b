//! `blame`: what a boot, or the start of one unit, waited for; as a timeline.

use systemctl_wrapper::{Relation, Unit};
use systemd_types::UnitType;

use crate::cli::context::Context;
use crate::cli::format::timespan;
use crate::cli::names;
use crate::cli::output::plain;
use crate::cli::svg::{self, Bar};
use crate::cli::verb::{Verb, WORKS_OR_NOT};

/// The timeline in a terminal is so many characters wide.
const WIDTH: u64 = 40;

/// Starts that took less than this are left out, in microseconds, unless --all is said.
const SHORT: u64 = 1000;

pub(crate) const VERB: Verb = Verb {
    name: "blame",
    aliases: &[],
    arguments: "[UNIT]",
    counts: (0, 1),
    summary: "Show what the last boot, or the last start of a unit, waited for",
    details: "A bar is the time from inactive to active. --all shows those under 1 ms too,\n\
              --svg draws it for a page.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, args: &[String]) -> anyhow::Result<u8> {
    let units = match names::expand(context, args, UnitType::Service)?.first() {
        Some(unit) => pulled_in(context, unit)?,
        None => {
            let all = context.manager()?.list_units(&[])?;
            let names: Vec<&str> = all.iter().map(|unit| unit.name.as_str()).collect();
            context.manager()?.units(&names)?
        }
    };
    let all = context.options.all;
    // Of what started later, the boot did not wait for anything.
    let finished = if args.is_empty() {
        context.manager()?.manager_properties()?.number("FinishTimestampMonotonic")
    } else {
        None
    };
    let limit = finished.filter(|usec| *usec > 0).unwrap_or(u64::MAX);
    let mut bars: Vec<Bar> = units.iter().filter_map(bar).collect();
    bars.retain(|bar| bar.from <= limit && (all || bar.took >= SHORT));
    bars.sort_by_key(|bar| (bar.from, bar.unit.clone()));
    bars.dedup_by(|a, b| a.unit == b.unit);
    let begin = bars.first().map_or(0, |bar| bar.from);
    for bar in &mut bars {
        bar.from -= begin;
    }
    if context.options.svg {
        write!(context.out, "{}", svg::timeline(&bars))?;
        return Ok(0);
    }
    let end = bars.iter().map(|bar| bar.from + bar.took).max().unwrap_or(0).max(1);
    for bar in &bars {
        let scale = |usec: u64| usize::try_from(usec * WIDTH / end).unwrap_or(0);
        let (indent, length) = (scale(bar.from), scale(bar.took).max(1));
        let line = format!("{}{}", " ".repeat(indent), "█".repeat(length));
        let pad = (WIDTH as usize + 1).saturating_sub(indent + length);
        let took = timespan(bar.took, 1000);
        writeln!(context.out, "{line}{} {took:>9}  {}", " ".repeat(pad), plain(&bar.unit))?;
    }
    writeln!(context.out, "{} in all", timespan(end, 1000))?;
    Ok(0)
}

/// The unit, and what its start waits for.
fn pulled_in(context: &Context<'_>, unit: &str) -> anyhow::Result<Vec<Unit>> {
    let relations = [Relation::Requires, Relation::BindsTo, Relation::Wants];
    if !context.manager()?.unit(unit)?.exists() {
        anyhow::bail!("there is no unit {}", plain(unit));
    }
    let graph = context.manager()?.graph(unit, &relations, false, usize::MAX)?;
    let names: Vec<&str> = graph.depths.keys().map(String::as_str).collect();
    Ok(context.manager()?.units(&names)?)
}

/// From leaving `inactive` to reaching `active`, of the last start.
fn bar(unit: &Unit) -> Option<Bar> {
    let number = |name: &str| unit.properties.number(name).filter(|usec| *usec > 0);
    let from = number("InactiveExitTimestampMonotonic")?;
    let until = number("ActiveEnterTimestampMonotonic")?;
    let took = until.checked_sub(from)?;
    Some(Bar { unit: unit.id.clone(), from, took })
}
