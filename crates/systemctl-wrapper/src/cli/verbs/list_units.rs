//! `list-units`: the units in memory, and what they do.

use serde::Serialize;
use systemctl_wrapper::{Error, ListedUnit};

use crate::cli::context::Context;
use crate::cli::output::{plain, table, tint_of, tinted};
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "list-units",
    aliases: &[],
    arguments: "[PATTERN…]",
    counts: (0, ANY),
    summary: "List the units in memory; what runs, failed, or has a job",
    details: "--all lists the others too, --type=service,socket and --state=failed choose, --failed is the second.\n\
              On disk there are more: list-unit-files.",
    statuses: WORKS_OR_NOT,
    run,
};

/// A row for JSON, with systemctl's names.
#[derive(Serialize)]
struct Row<'a> {
    unit: &'a str,
    load: &'a str,
    active: &'a str,
    sub: &'a str,
    description: &'a str,
}

fn run(context: &mut Context<'_>, patterns: &[String]) -> anyhow::Result<u8> {
    let units = list(context, patterns)?;
    if context.options.is_json() {
        let rows: Vec<Row<'_>> = units.iter().map(row).collect();
        serde_json::to_writer(&mut *context.out, &rows)?;
        writeln!(context.out)?;
        return Ok(0);
    }
    let is_plain = context.options.plain;
    let line = |unit: &ListedUnit| {
        let mut cells = Vec::new();
        if !is_plain {
            cells.push(dot(unit).to_owned());
        }
        cells.push(plain(&unit.name));
        let words = [unit.load.as_str(), unit.active.as_str(), &unit.sub];
        cells.extend(words.map(str::to_owned));
        cells.push(plain(&unit.description));
        cells
    };
    let rows: Vec<Vec<String>> = units.iter().map(line).collect();
    let head: &[&str] = match is_plain {
        true => &["UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION"],
        false => &[" ", "UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION"],
    };
    let legend = context.options.has_legend();
    let mut text = Vec::new();
    table(&mut text, legend.then_some(head), &rows)?;
    let text = String::from_utf8_lossy(&text);
    for (at, line) in text.lines().enumerate() {
        let unit = at.checked_sub(usize::from(legend)).and_then(|at| units.get(at));
        let tint = unit.map(|unit| tint_of(unit.active.as_str()));
        let is_bad = unit.is_some_and(|unit| unit.active.as_str() == "failed");
        match tint.filter(|_| is_bad) {
            Some(tint) => writeln!(context.out, "{}", tinted(line, tint))?,
            None => writeln!(context.out, "{line}")?,
        }
    }
    if legend {
        writeln!(context.out, "\n{} units listed{}.", units.len(), more(context))?;
    }
    Ok(0)
}

fn more(context: &Context<'_>) -> &'static str {
    if context.options.all { "" } else { "; --all lists those that are inactive too" }
}

fn row(unit: &ListedUnit) -> Row<'_> {
    Row {
        unit: &unit.name,
        load: unit.load.as_str(),
        active: unit.active.as_str(),
        sub: &unit.sub,
        description: &unit.description,
    }
}

fn dot(unit: &ListedUnit) -> &'static str {
    match (unit.load.as_str(), unit.active.as_str()) {
        ("loaded" | "merged", "failed") => "×",
        ("not-found" | "bad-setting" | "error" | "masked", _) => "●",
        _ => " ",
    }
}

/// The units that the options choose, sorted by kind and name as systemctl(1) does.
pub(crate) fn list(context: &Context<'_>, patterns: &[String]) -> Result<Vec<ListedUnit>, Error> {
    let options = context.options;
    let patterns: Vec<String> = patterns.iter().map(|text| with_suffix(text)).collect();
    let borrowed: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let mut units = context.manager()?.list_units(&borrowed)?;
    let mut states = options.states.clone();
    if options.failed {
        states.push("failed".to_owned());
    }
    let fits = |unit: &ListedUnit| {
        let words = [unit.load.as_str(), unit.active.as_str(), unit.sub.as_str()];
        let kind = unit.name.rsplit('.').next().unwrap_or_default();
        let of_type = options.types.is_empty()
            || options.types.iter().any(|wanted| wanted == kind || wanted == words[0]);
        let of_state = states.is_empty() || states.iter().any(|state| words.contains(&&**state));
        let shown = options.all || !states.is_empty() || unit.is_of_interest();
        of_type && of_state && shown
    };
    units.retain(fits);
    units.sort_by_cached_key(|unit| {
        let kind = unit.name.rsplit('.').next().unwrap_or_default();
        (kind.to_owned(), unit.name.to_lowercase())
    });
    Ok(units)
}

/// A pattern without a suffix means a service; one with a star may mean anything.
fn with_suffix(text: &str) -> String {
    use systemd_types::{Globs, UnitType, mangle};
    mangle(text, UnitType::Service, Globs::Allowed).unwrap_or_else(|_| text.to_owned())
}
