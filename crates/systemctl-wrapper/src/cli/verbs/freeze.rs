//! `freeze` and `thaw`: hold the processes of units as they are, and let them go on.

use systemctl_wrapper::{Error, Manager};

use crate::cli::context::Context;
use crate::cli::each::each;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const FREEZE: Verb = Verb {
    name: "freeze",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Hold all processes of units, as they are",
    details: "They use no time until thaw. It needs a kernel with the unified control groups.",
    statuses: WORKS_OR_NOT,
    run: |context, units| run(context, units, "FreezeUnit", Manager::freeze),
};

pub(crate) const THAW: Verb = Verb {
    name: "thaw",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Let the processes of frozen units go on",
    details: "",
    statuses: WORKS_OR_NOT,
    run: |context, units| run(context, units, "ThawUnit", Manager::thaw),
};

fn run(
    context: &mut Context<'_>,
    units: &[String],
    call: &str,
    effect: fn(&Manager, &str) -> Result<(), Error>,
) -> anyhow::Result<u8> {
    each(
        context,
        units,
        |unit| format!("{call}({unit:?})"),
        |manager, unit| {
            effect(manager, unit)?;
            manager.unit_text(unit, "FreezerState")
        },
    )
}
