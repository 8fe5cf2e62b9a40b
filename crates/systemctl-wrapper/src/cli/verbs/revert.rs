//! `revert`: back to what the vendor ships.

use crate::cli::context::Context;
use crate::cli::files;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

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
    files::change(context, ("revert", "RevertUnitFiles"), units, None, |manager, files, _| {
        manager.revert(files)
    })
}
