//! `is-enabled`: whether a boot starts units, as a word and an exit status.

use systemctl_wrapper::{Cause, UnitFileState};

use crate::cli::context::Context;
use crate::cli::output::{plain, remark};
use crate::cli::verb::{ANY, Verb};
use crate::cli::{diagnosis, names};

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
        (4, "there are no such units; since systemd 253"),
    ],
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    let (mut enabled, mut found) = (false, false);
    for unit in names::files(context, units)? {
        let state = match context.manager()?.unit_file_state(&unit) {
            Ok(state) => state,
            Err(error) if error.cause() == Cause::NoSuchFile => {
                // systemd 253 gave the case a word and a status of its own.
                if context.manager()?.version()? >= 253 {
                    missing(context)?;
                    continue;
                }
                remark!("systemctl-wrapper: there is no unit file {}", plain(&unit));
                return Ok(1);
            }
            Err(error) => return Err(error.into()),
        };
        found = true;
        enabled |= counts(&state);
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
    Ok(match (enabled, found) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 4,
    })
}

/// The states that systemctl(1) takes for a yes.
fn counts(state: &UnitFileState) -> bool {
    use UnitFileState as S;
    matches!(
        state,
        S::Enabled | S::EnabledRuntime | S::Static | S::Alias | S::Indirect | S::Generated
    )
}

fn missing(context: &mut Context<'_>) -> std::io::Result<()> {
    if context.is_loud() {
        writeln!(context.out, "not-found")?;
    }
    Ok(())
}
