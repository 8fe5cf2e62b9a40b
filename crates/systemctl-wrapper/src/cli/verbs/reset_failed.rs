//! `reset-failed`: forget that units failed.

use crate::cli::context::Context;
use crate::cli::each::each;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "reset-failed",
    aliases: &[],
    arguments: "[UNIT…]",
    counts: (0, ANY),
    summary: "Forget that units failed, and how often they were started lately",
    details: "Without a unit: all of them. It starts nothing.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    if units.is_empty() {
        context.manager_to_change()?;
        if context.may_call("ResetFailed()")? {
            context.manager()?.reset_failed(None)?;
        }
        return Ok(0);
    }
    each(
        context,
        units,
        |unit| format!("ResetFailedUnit({unit:?})"),
        |manager, unit| {
            manager.reset_failed(Some(unit))?;
            let now = manager.unit_text(unit, "ActiveState")?;
            Ok(format!("{now}, its failures are forgotten"))
        },
    )
}
