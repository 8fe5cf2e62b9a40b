//! `reenable`: remove the links of units and make them anew.

use crate::cli::context::Context;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};
use crate::cli::{files, names};

pub(crate) const VERB: Verb = Verb {
    name: "reenable",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Make the links of units anew, after their [Install] sections were changed",
    details: "",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    let units = names::files(context, units)?;
    context.manager_to_change()?;
    if context.options.dry_run {
        return files::rehearse(context, "reenable", &units);
    }
    context.explain(&format!("ReenableUnitFiles({units:?})"))?;
    let files: Vec<&str> = units.iter().map(String::as_str).collect();
    let options = context.options;
    let answer = context.manager()?.reenable(&files, options.runtime, options.force);
    let installed = files::cannot("reenable", &units, answer)?;
    files::finish(context, &installed, &units, None)
}
