//! `kill`: send a signal to the processes of units.

use systemctl_wrapper::{signal_name, signal_number};

use crate::cli::Usage;
use crate::cli::context::Context;
use crate::cli::each::each;
use crate::cli::verb::{ANY, Verb};

pub(crate) const VERB: Verb = Verb {
    name: "kill",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Send a signal to the processes of units",
    details: "-s SIGNAL, by name or number, SIGTERM without it; --kill-whom=main, control or all.\n\
              A unit that is killed was not stopped: Restart= may start it again.",
    statuses: &[(0, "the signal was sent"), (1, "the unit has no processes, or you may not")],
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    let signal = number(context.options.signal.as_deref().unwrap_or("SIGTERM"))?;
    let whom = context.options.kill_whom.as_deref().unwrap_or("all");
    let call = |unit: &str| format!("KillUnit({unit:?}, {whom:?}, {signal})");
    each(context, units, call, |manager, unit| {
        manager.kill(unit, whom, signal)?;
        let name = signal_name(i64::from(signal));
        let after = manager.unit_text(unit, "ActiveState")?;
        Ok(format!("sent {name} to {whom}; just after: {after}"))
    })
}

/// A signal by its number or its name.
fn number(text: &str) -> Result<i32, Usage> {
    let unknown = || Usage(format!("{text:?} is no signal: --signal=help lists them"));
    signal_number(text).ok_or_else(unknown)
}
