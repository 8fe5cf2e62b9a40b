//! `list-dependencies`: what a unit pulls in, as a tree.

use systemctl_wrapper::Relation;
use systemd_types::UnitType;

use crate::cli::context::Context;
use crate::cli::names;
use crate::cli::paper::Tree;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "list-dependencies",
    aliases: &[],
    arguments: "[UNIT…]",
    counts: (0, ANY),
    summary: "Show what units pull in, as a tree; default.target without one",
    details: "--reverse shows who pulls them in, --after and --before the order. Below targets\n\
              it goes on by itself,\n\
              below others with --all.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    context.page();
    let units = if units.is_empty() {
        vec!["default.target".to_owned()]
    } else {
        names::expand(context, units, UnitType::Service)?
    };
    let options = context.options;
    let (relations, backward): (&[Relation], bool) = match () {
        () if options.after => (&[Relation::After], false),
        () if options.before => (&[Relation::Before], false),
        () => (&Relation::FORWARD, options.reverse),
    };
    let mut seen = Vec::new();
    for (at, unit) in units.iter().enumerate() {
        if at > 0 {
            writeln!(context.out)?;
        }
        // The name that was typed may be an alias, such as default.target.
        let own = context.manager()?.unit(unit)?.id;
        let mut graph = context.manager()?.graph(&own, relations, backward, usize::MAX)?;
        if own != *unit {
            graph.rename_root(unit);
        }
        let is_plain = options.plain;
        Tree { graph: &graph, is_plain, is_whole: options.all }.write(context.out, &mut seen)?;
    }
    Ok(0)
}
