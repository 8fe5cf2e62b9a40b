//! `disable`: remove the links by which a boot finds units.

use systemctl_wrapper::Action;

use crate::cli::context::Context;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};
use crate::cli::{files, names};

pub(crate) const VERB: Verb = Verb {
    name: "disable",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Let no boot start units: remove all links to them",
    details: "--now stops them as well. Another unit may still pull them in; mask forbids that too.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    let units = names::files(context, units)?;
    context.manager_to_change()?;
    if context.options.dry_run {
        return files::rehearse(context, "disable", &units);
    }
    context.explain(&format!("DisableUnitFiles({units:?})"))?;
    let files: Vec<&str> = units.iter().map(String::as_str).collect();
    let options = context.options;
    let answer = context.manager()?.disable(&files, options.runtime);
    let installed = files::cannot("disable", &units, answer)?;
    files::finish(context, &installed, &units, Some(Action::Stop))
}
