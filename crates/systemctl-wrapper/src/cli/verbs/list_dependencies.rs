//! `list-dependencies`: what a unit pulls in, as a tree.

use std::collections::HashSet;

use systemctl_wrapper::{Graph, Relation, Unit};
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
              below others with --all. --type= and --state= choose, since systemd 253.",
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
    let (relations, backward): (&[Relation], bool) = if options.after {
        (&[Relation::After], false)
    } else if options.before {
        (&[Relation::Before], false)
    } else {
        (&Relation::FORWARD, options.reverse)
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
        let hidden = hidden(context, &graph)?;
        // What is filtered is no tree any more; and for a program a tree is nothing, with
        // systemctl(1) too.
        let is_plain = options.plain || options.is_json() || hidden.is_some();
        let hides = |unit: &str| hidden.as_ref().is_some_and(|hidden| hidden.contains(unit));
        let tree = Tree { graph: &graph, is_plain, is_whole: options.all, hides: &hides };
        tree.write(context.out, &mut seen)?;
    }
    Ok(0)
}

/// The units that `--type=` and `--state=` leave out; `None` without them, and before systemd 253,
/// which takes no notice of them here.
fn hidden(context: &Context<'_>, graph: &Graph) -> anyhow::Result<Option<HashSet<String>>> {
    let options = context.options;
    let states = options.wanted_states();
    let manager = context.manager()?;
    if !options.chooses() || manager.version()? < 253 {
        return Ok(None);
    }
    let names: Vec<&str> = graph.states.keys().map(String::as_str).collect();
    let is_hidden = |unit: &Unit, name: &str| {
        let kind = name.rsplit('.').next().unwrap_or_default();
        let words = [unit.active.as_str(), unit.load.as_str(), &unit.sub];
        let fits = states.is_empty() || states.iter().any(|state| words.contains(state));
        !fits || !options.takes_type(kind)
    };
    let units = manager.units(&names)?;
    let hidden = units.iter().zip(&names).filter(|(unit, name)| is_hidden(unit, name));
    Ok(Some(hidden.map(|(_, name)| (*name).to_owned()).collect()))
}
