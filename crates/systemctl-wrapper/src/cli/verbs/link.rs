//! `link`: make unit files known that lie elsewhere.

use crate::cli::context::Context;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};
use crate::cli::{files, names};

pub(crate) const VERB: Verb = Verb {
    name: "link",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Make unit files known that lie elsewhere; by absolute path",
    details: "The link lies in /etc/systemd/system, the file stays where it is.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    let units = names::files(context, units)?;
    context.manager_to_change()?;
    if context.options.dry_run {
        return files::rehearse(context, "link", &units);
    }
    context.explain(&format!("LinkUnitFiles({units:?})"))?;
    let files: Vec<&str> = units.iter().map(String::as_str).collect();
    let options = context.options;
    let answer = context.manager()?.link(&files, options.runtime, options.force);
    let installed = files::cannot("link", &units, answer)?;
    files::finish(context, &installed, &units, None)
}
