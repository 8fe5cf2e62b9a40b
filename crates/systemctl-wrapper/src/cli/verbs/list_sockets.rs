//! `list-sockets`: where systemd listens, and for whom.

use serde::Serialize;
use systemctl_wrapper::{Unit, Value};
use systemd_types::UnitType;

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
    details: "--all lists sockets that are inactive too, --show-types says what they carry.",
    statuses: WORKS_OR_NOT,
    run,
};

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    listen: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    unit: String,
    activates: Option<String>,
}

fn run(context: &mut Context<'_>, patterns: &[String]) -> anyhow::Result<u8> {
    context.page();
    let listed = list_units::names_of(context, patterns, UnitType::Socket)?;
    let names: Vec<&str> = listed.iter().map(String::as_str).collect();
    let units = context.manager()?.units(&names)?;
    let shows_types = context.options.show_types;
    let mut rows: Vec<Row> = units.iter().flat_map(|unit| rows_of(unit, shows_types)).collect();
    rows.sort();
    let mut head = vec!["LISTEN", "UNIT", "ACTIVATES"];
    if shows_types {
        head.insert(1, "TYPE");
    }
    List {
        head: &head,
        rows: &rows,
        cells: &|row| {
            let activates = row.activates.as_deref().unwrap_or("-");
            let kind = row.kind.as_deref();
            let first = std::iter::once(row.listen.as_str()).chain(kind);
            first.chain([row.unit.as_str(), activates]).map(plain).collect()
        },
        below: |_| Vec::new(),
        tint: |_| None,
        foot: context.options.foot("sockets listed"),
    }
    .write(context)?;
    Ok(0)
}

fn rows_of(unit: &Unit, shows_types: bool) -> Vec<Row> {
    let listen = unit.properties.get("Listen").map(Value::items).unwrap_or_default();
    // None before the first caller, for a socket with a service for each: Accept=.
    let activates = Some(unit.properties.texts("Triggers").join(" "));
    let activates = activates.filter(|names| !names.is_empty());
    let word = |address: &Value, at| {
        address.items().get(at).and_then(Value::as_text).unwrap_or_default().to_owned()
    };
    let row = |address: &Value| Row {
        listen: word(address, 1),
        kind: shows_types.then(|| word(address, 0)),
        unit: unit.id.clone(),
        activates: activates.clone(),
    };
    listen.iter().map(row).collect()
}
