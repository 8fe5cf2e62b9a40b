//! `graph`: what a unit depends on, as a picture.

use systemctl_wrapper::Relation;
use systemd_types::UnitType;

use crate::cli::context::Context;
use crate::cli::output::{plain, tint_of, tinted};
use crate::cli::verb::{Verb, WORKS_OR_NOT};
use crate::cli::{names, svg};

/// So many steps are drawn, unless `--depth` says otherwise.
const DEPTH: usize = 3;

const RELATIONS: [Relation; 6] = [
    Relation::Requires,
    Relation::Requisite,
    Relation::BindsTo,
    Relation::Wants,
    Relation::Triggers,
    Relation::OnFailure,
];

pub(crate) const VERB: Verb = Verb {
    name: "graph",
    aliases: &[],
    arguments: "UNIT",
    counts: (1, 1),
    summary: "Draw what a unit depends on: as text, or as SVG",
    details: "--depth=STEPS (3), --reverse draws who depends on it.\n\n  \
              systemctl-wrapper graph multi-user.target --svg > boot.svg",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, args: &[String]) -> anyhow::Result<u8> {
    let Some(unit) = names::expand(context, args, UnitType::Service)?.into_iter().next() else {
        return Ok(1);
    };
    let depth = context.options.depth.unwrap_or(DEPTH).min(64);
    let reverse = context.options.reverse;
    let unit = context.manager()?.unit(&unit)?;
    if !unit.exists() {
        anyhow::bail!("there is no unit {}", plain(&unit.id));
    }
    let graph = context.manager()?.graph(&unit.id, &RELATIONS, reverse, depth)?;
    if context.options.svg {
        write!(context.out, "{}", svg::graph(&graph))?;
        return Ok(0);
    }
    // A paragraph for each unit that leads somewhere, nearest first: arrows name the relation.
    let mut sources: Vec<&str> = graph.edges.iter().map(|edge| edge.from.as_str()).collect();
    sources.sort_by_key(|name| (graph.depths.get(*name), *name));
    sources.dedup();
    let shown = |name: &str| {
        let word = graph.states.get(name).map(|state| state.as_str()).unwrap_or_default();
        format!(
            "{} {}",
            tinted(&plain(name), tint_of(word)),
            tinted(&format!("({word})"), tint_of(word))
        )
    };
    if sources.is_empty() {
        writeln!(context.out, "{}", shown(&graph.root))?;
    }
    for source in sources {
        writeln!(context.out, "{}", shown(source))?;
        for edge in graph.edges.iter().filter(|edge| edge.from == source) {
            let arrow = format!("──{}──▶", edge.relation.property());
            writeln!(context.out, "  {arrow:<16} {}", shown(&edge.to))?;
        }
    }
    if graph.is_cut {
        writeln!(context.out, "… and more")?;
    }
    Ok(0)
}
