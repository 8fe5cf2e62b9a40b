//! `list-units`: the units in memory, and what they do.

use serde::Serialize;
use systemctl_wrapper::{Error, ListedUnit};
use systemd_types::{Globs, UnitType, mangle};

use crate::cli::context::Context;
use crate::cli::list::List;
use crate::cli::output::{Tint, plain};
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "list-units",
    aliases: &[],
    arguments: "[PATTERN…]",
    counts: (0, ANY),
    summary: "List the units in memory; what runs, failed, or has a job",
    details: "--all lists the others too, --type=service,socket and --state=failed choose,\n\
              --failed is the second.\n\
              On disk there are more: list-unit-files.",
    statuses: WORKS_OR_NOT,
    run,
};

/// A row, with systemctl's names for JSON.
#[derive(Serialize)]
struct Row<'a> {
    unit: &'a str,
    load: &'a str,
    active: &'a str,
    sub: &'a str,
    description: &'a str,
}

fn run(context: &mut Context<'_>, patterns: &[String]) -> anyhow::Result<u8> {
    context.page();
    let units = list(context, patterns)?;
    let rows: Vec<Row<'_>> = units.iter().map(row).collect();
    let head = [" ", "UNIT", "LOAD", "ACTIVE", "SUB", "DESCRIPTION"];
    // Without its first column, for a program that takes words by their number.
    let skipped = usize::from(context.options.plain);
    List {
        head: &head[skipped..],
        rows: &rows,
        cells: &|row| {
            let words = [dot(row), row.unit, row.load, row.active, row.sub, row.description];
            words[skipped..].iter().map(|&word| plain(word)).collect()
        },
        below: |_| Vec::new(),
        tint: |row| (row.active == "failed").then_some(Tint::Bad),
        foot: context.options.foot("units listed"),
    }
    .write(context)?;
    Ok(0)
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

fn dot(row: &Row<'_>) -> &'static str {
    match (row.load, row.active) {
        ("loaded" | "merged", "failed") => "×",
        ("not-found" | "bad-setting" | "error" | "masked", _) => "●",
        _ => " ",
    }
}

/// The units that the options choose, sorted by kind and name as systemctl(1) does.
pub(crate) fn list(context: &Context<'_>, patterns: &[String]) -> Result<Vec<ListedUnit>, Error> {
    list_of(context, patterns, UnitType::Service)
}

/// The names of those of one kind; a pattern without a suffix means that kind.
pub(crate) fn names_of(
    context: &Context<'_>,
    patterns: &[String],
    kind: UnitType,
) -> Result<Vec<String>, Error> {
    let names = list_of(context, patterns, kind)?.into_iter().map(|unit| unit.name);
    let suffix = format!(".{kind}");
    Ok(names.filter(|name| name.ends_with(&suffix)).collect())
}

fn list_of(
    context: &Context<'_>,
    patterns: &[String],
    suffix: UnitType,
) -> Result<Vec<ListedUnit>, Error> {
    let options = context.options;
    // A pattern with a star may mean anything.
    let with_suffix =
        |text: &String| mangle(text, suffix, Globs::Allowed).unwrap_or_else(|_| text.to_owned());
    let patterns: Vec<String> = patterns.iter().map(with_suffix).collect();
    let borrowed: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let mut units = context.manager()?.list_units(&borrowed)?;
    let states = options.wanted_states();
    let fits = |unit: &ListedUnit| {
        let words = [unit.load.as_str(), unit.active.as_str(), unit.sub.as_str()];
        let kind = unit.name.rsplit('.').next().unwrap_or_default();
        let of_type = options.takes_type(kind) || options.types.iter().any(|word| word == words[0]);
        let of_state = states.is_empty() || states.iter().any(|state| words.contains(state));
        let shown = options.all || !states.is_empty() || unit.is_of_interest();
        of_type && of_state && shown
    };
    units.retain(fits);
    units.sort_by_cached_key(|unit| {
        let kind = unit.name.rsplit('.').next().unwrap_or_default();
        // One text for both, for it is compared very often: the kind and its dot come first.
        let mut key = [kind, ".", &unit.name].concat();
        key.make_ascii_lowercase();
        key
    });
    Ok(units)
}
