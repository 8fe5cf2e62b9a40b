//! `revert`: back to what the vendor ships.

use crate::cli::context::Context;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};
use crate::cli::{files, names};

pub(crate) const VERB: Verb = Verb {
    name: "revert",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Remove drop-ins and overriding files, so that the vendor's units remain",
    details: "",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    let units = names::files(context, units)?;
    context.manager_to_change()?;
    if context.options.dry_run {
        return files::rehearse(context, "revert", &units);
    }
    context.explain(&format!("RevertUnitFiles({units:?})"))?;
    let files: Vec<&str> = units.iter().map(String::as_str).collect();
    let _options = context.options;
    let answer = context.manager()?.revert(&files);
    let installed = files::cannot("revert", &units, answer)?;
    files::finish(context, &installed, &units, None)
}
