//! `list-sockets`: where systemd listens, and for whom.

use serde::Serialize;
use systemctl_wrapper::{Unit, Value};

use crate::cli::context::Context;
use crate::cli::list::List;
use crate::cli::output::plain;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};
use crate::cli::verbs::list_units;

pub(crate) const VERB: Verb = Verb {
    name: "list-sockets",
    aliases: &[],
    arguments: "[PATTERN…]",
    counts: (0, ANY),
    summary: "List the addresses at which systemd listens, and the units that a caller starts",
    details: "--all lists sockets that are inactive too.",
    statuses: WORKS_OR_NOT,
    run,
};

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    listen: String,
    unit: String,
    activates: Option<String>,
}

fn run(context: &mut Context<'_>, patterns: &[String]) -> anyhow::Result<u8> {
    context.page();
    let listed = list_units::list(context, patterns)?;
    let names: Vec<&str> = listed
        .iter()
        .map(|unit| unit.name.as_str())
        .filter(|name| name.ends_with(".socket"))
        .collect();
    let units = context.manager()?.units(&names)?;
    let mut rows: Vec<Row> = units.iter().flat_map(rows_of).collect();
    rows.sort();
    List {
        head: &["LISTEN", "UNIT", "ACTIVATES"],
        rows: &rows,
        cells: &|row| {
            let activates = row.activates.as_deref().unwrap_or("-");
            vec![plain(&row.listen), plain(&row.unit), plain(activates)]
        },
        below: |_| Vec::new(),
        tint: |_| None,
        foot: context.options.foot("sockets listed"),
    }
    .write(context)?;
    Ok(0)
}

fn rows_of(unit: &Unit) -> Vec<Row> {
    let listen = unit.properties.get("Listen").map(Value::items).unwrap_or_default();
    // None before the first caller, for a socket with a service for each: Accept=.
    let activates = Some(unit.properties.texts("Triggers").join(" "));
    let activates = activates.filter(|names| !names.is_empty());
    let row = |address: &Value| Row {
        listen: address.items().get(1).and_then(Value::as_text).unwrap_or_default().to_owned(),
        unit: unit.id.clone(),
        activates: activates.clone(),
    };
    listen.iter().map(row).collect()
}
