//! `reenable`: remove the links of units and make them anew.

use systemctl_wrapper::Action;

use crate::cli::context::Context;
use crate::cli::files;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "reenable",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Make the links of units anew, after their [Install] sections were changed",
    details: "--now restarts those that are active; since systemd 257.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    files::change(
        context,
        ("reenable", "ReenableUnitFiles"),
        units,
        Some(Action::TryRestart),
        |manager, files, options| manager.reenable(files, options.runtime, options.force),
    )
}
