//! `enable`: make the links by which a boot finds units.

use systemctl_wrapper::Action;

use crate::cli::context::Context;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};
use crate::cli::{files, names};

pub(crate) const VERB: Verb = Verb {
    name: "enable",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Let a boot start units: make the links of their [Install] sections",
    details: "--now starts them as well, --runtime makes links that last until the next boot, --force replaces links\nthat are in the way. Enabled is not started, and started is not enabled.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    let units = names::files(context, units)?;
    context.manager_to_change()?;
    if context.options.dry_run {
        return files::rehearse(context, "enable", &units);
    }
    context.explain(&format!("EnableUnitFiles({units:?})"))?;
    let files: Vec<&str> = units.iter().map(String::as_str).collect();
    let options = context.options;
    let answer = context.manager()?.enable(&files, options.runtime, options.force);
    let installed = files::cannot("enable", &units, answer)?;
    if !installed.has_install_section && installed.changes.is_empty() && context.is_loud() {
        files::explain_static(context, &units)?;
    }
    files::finish(context, &installed, &units, Some(Action::Start))
}
