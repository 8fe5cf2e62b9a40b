//! `is-system-running`: the state of the whole.

use crate::cli::context::Context;
use crate::cli::verb::Verb;

pub(crate) const VERB: Verb = Verb {
    name: "is-system-running",
    aliases: &[],
    arguments: "",
    counts: (0, 0),
    summary: "Print the state of the whole system",
    details: "degraded: it runs, but a unit has failed; list-units --failed names it.",
    statuses: &[(0, "running"), (1, "anything else")],
    run,
};

fn run(context: &mut Context<'_>, _: &[String]) -> anyhow::Result<u8> {
    let properties = context.manager()?.manager_properties()?;
    let state = properties.text("SystemState");
    if context.is_loud() {
        writeln!(context.out, "{state}")?;
    }
    Ok(u8::from(state != "running"))
}
