//! `disable`: remove the links by which a boot finds units.

use systemctl_wrapper::Action;

use crate::cli::context::Context;
use crate::cli::files;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "disable",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Let no boot start units: remove all links to them",
    details: "--now stops them as well. Another unit may still pull them in; mask forbids that\n\
              too.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    // Its links are all over the place, and only the name says which are its own.
    let last = |unit: &String| unit.rsplit('/').next().unwrap_or_default().to_owned();
    let names: Vec<String> = units.iter().map(last).collect();
    files::change(
        context,
        ("disable", "DisableUnitFiles"),
        &names,
        Some(Action::Stop),
        |manager, files, options| manager.disable(files, options.runtime),
    )
}
