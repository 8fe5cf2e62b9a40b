//! `is-system-running`: the state of the whole.

use crate::cli::context::Context;
use crate::cli::verb::Verb;

pub(crate) const VERB: Verb = Verb {
    name: "is-system-running",
    aliases: &[],
    arguments: "",
    counts: (0, 0),
    summary: "Print the state of the whole system",
    details: "degraded: it runs, but a unit has failed; list-units --failed names it.\n\
              --wait waits for the end of the boot.",
    statuses: &[(0, "running"), (1, "anything else")],
    run,
};

fn run(context: &mut Context<'_>, _: &[String]) -> anyhow::Result<u8> {
    let manager = context.manager()?;
    if context.options.wait {
        manager.wait_for_boot()?;
    }
    let state = manager.state()?;
    if context.is_loud() {
        writeln!(context.out, "{state}")?;
    }
    Ok(u8::from(state != "running"))
}
