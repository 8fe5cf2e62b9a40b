//! `reset-failed`: forget that units failed.

use systemd_types::UnitType;

use crate::cli::context::Context;
use crate::cli::names;
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
    context.manager_to_change()?;
    if units.is_empty() {
        context.explain("ResetFailed()")?;
        context.manager()?.reset_failed(None)?;
        return Ok(0);
    }
    let mut failed = None;
    for unit in names::expand(context, units, UnitType::Service)? {
        context.explain(&format!("ResetFailedUnit({unit:?})"))?;
        match context.manager()?.reset_failed(Some(&unit)) {
            Ok(()) if context.is_loud() => {
                let now = context.manager()?.unit_text(&unit, "ActiveState")?;
                writeln!(context.out, "{unit}: {now}, its failures are forgotten")?;
            }
            Ok(()) => {}
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(0), |error| Err(error.into()))
}
