//! `is-active` and `is-failed`: a word on standard output, and an exit status for a script.

use systemctl_wrapper::{ActiveState, LoadState};
use systemd_types::UnitType;

use crate::cli::Usage;
use crate::cli::context::Context;
use crate::cli::names;
use crate::cli::verb::{ANY, Verb};

pub(crate) const IS_ACTIVE: Verb = Verb {
    name: "is-active",
    aliases: &["check"],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Print whether units are active",
    details: "Active is what has started: a oneshot that ended well is not, unless\n\
              RemainAfterExit=yes.",
    statuses: &[
        (0, "at least one is active"),
        (3, "none is"),
        (4, "there are no such units; since systemd 253"),
    ],
    run: |context, units| run(context, units, ActiveState::is_active, 3),
};

pub(crate) const IS_FAILED: Verb = Verb {
    name: "is-failed",
    aliases: &[],
    arguments: "[UNIT…]",
    counts: (0, ANY),
    summary: "Print whether units have failed",
    details: "Without a unit, since systemd 255: whether any has, by the state of the system.",
    statuses: &[
        (0, "at least one has failed"),
        (1, "none has"),
        (4, "there are no such units; since systemd 253"),
    ],
    run: is_failed,
};

fn is_failed(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    if !units.is_empty() {
        return run(context, units, |state| *state == ActiveState::Failed, 1);
    }
    if context.manager()?.version()? < 255 {
        return Err(Usage("too few arguments: systemctl-wrapper is-failed UNIT…".to_owned()).into());
    }
    let properties = context.manager()?.manager_properties()?;
    let state = properties.text("SystemState");
    if context.is_loud() {
        writeln!(context.out, "{state}")?;
    }
    Ok(u8::from(state != "degraded"))
}

fn run(
    context: &mut Context<'_>,
    typed: &[String],
    is_it: fn(&ActiveState) -> bool,
    otherwise: u8,
) -> anyhow::Result<u8> {
    let mut found = false;
    let mut missing = true;
    let units = names::expand(context, typed, UnitType::Service)?;
    let names: Vec<&str> = units.iter().map(String::as_str).collect();
    let words = context.manager()?.unit_texts(&names, "ActiveState")?;
    for (unit, word) in names.iter().zip(words) {
        let word = word?;
        if context.is_loud() {
            writeln!(context.out, "{word}")?;
        }
        let state = ActiveState::from(word.as_str());
        found |= is_it(&state);
        // Only what is inactive can be missing: no need to ask of the others.
        missing &= state == ActiveState::Inactive && is_missing(context, unit)?;
    }
    if found {
        return Ok(0);
    }
    // systemd 253 gave the case a status of its own; a pattern that fits nothing is one too.
    let is_new = missing && context.manager()?.version()? >= 253;
    Ok(if is_new { 4 } else { otherwise })
}

fn is_missing(context: &Context<'_>, unit: &str) -> anyhow::Result<bool> {
    let load = context.manager()?.unit_text(unit, "LoadState")?;
    Ok(load == LoadState::NotFound.as_str())
}
