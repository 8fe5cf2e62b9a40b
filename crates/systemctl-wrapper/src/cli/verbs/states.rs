//! `states`: the state machine of a unit, as a picture.

use systemctl_wrapper::{picture_svg, picture_text};

use crate::cli::context::Context;
use crate::cli::verb::{Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "states",
    aliases: &[],
    arguments: "",
    counts: (0, 0),
    summary: "Draw the states of a unit, and what leads from one to another",
    details: "--svg draws it for a page.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, _: &[String]) -> anyhow::Result<u8> {
    if context.options.svg {
        write!(context.out, "{}", picture_svg())?
    } else {
        write!(context.out, "{}", picture_text())?
    }
    Ok(0)
}
