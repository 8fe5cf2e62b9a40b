//! `is-enabled`: whether a boot starts units, as a word and an exit status.

use systemctl_wrapper::{Cause, UnitFileState};
use systemd_types::{Globs, UnitType, mangle};

use crate::cli::context::Context;
use crate::cli::diagnosis;
use crate::cli::output::remark;
use crate::cli::verb::{ANY, Verb};

pub(crate) const VERB: Verb = Verb {
    name: "is-enabled",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Print whether a boot starts units",
    details: "-l says why a unit is static, indirect or masked, and what pulls it in.",
    statuses: &[
        (0, "enabled, or static, alias, indirect, generated: it can start without being enabled"),
        (1, "it is not, or before systemd 253 there is no such unit"),
        (4, "there is no such unit; since systemd 253"),
    ],
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    let mut status = 1;
    for unit in units {
        let unit = mangle(unit, UnitType::Service, Globs::Refused)?;
        let state = match context.manager()?.unit_file_state(&unit) {
            Ok(state) => state,
            Err(error) if error.cause() == Cause::NoSuchFile => return missing(context, &unit),
            Err(error) => return Err(error.into()),
        };
        if counts(&state) {
            status = 0;
        }
        if context.is_loud() {
            writeln!(context.out, "{state}")?;
        }
        if context.options.full || context.options.explain {
            let unit = context.manager()?.unit(&unit)?;
            if let Some(why) = diagnosis::why_not_enabled(&unit) {
                writeln!(context.out, "  {why}")?;
            }
        }
    }
    Ok(status)
}

/// The states that systemctl(1) takes for a yes.
fn counts(state: &UnitFileState) -> bool {
    use UnitFileState as S;
    matches!(
        state,
        S::Enabled | S::EnabledRuntime | S::Static | S::Alias | S::Indirect | S::Generated
    )
}

fn missing(context: &mut Context<'_>, unit: &str) -> anyhow::Result<u8> {
    if context.manager()?.version()? >= 253 {
        writeln!(context.out, "not-found")?;
        return Ok(4);
    }
    remark!("systemctl-wrapper: there is no unit file {unit}");
    Ok(1)
}
