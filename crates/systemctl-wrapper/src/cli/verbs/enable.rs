//! `enable`: make the links by which a boot finds units.

use systemctl_wrapper::Action;

use crate::cli::context::Context;
use crate::cli::files;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "enable",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Let a boot start units: make the links of their [Install] sections",
    details: "--now starts them as well, --runtime makes links that last until the next boot,\n\
              --force replaces links\n\
              that are in the way. Enabled is not started, and started is not enabled.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    files::change(
        context,
        ("enable", "EnableUnitFiles"),
        units,
        Some(Action::Start),
        |manager, files, options| manager.enable(files, options.runtime, options.force),
    )
}
