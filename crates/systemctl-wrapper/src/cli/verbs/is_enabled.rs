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
    details: "-l lists the links that enable a unit, and says why it is static, indirect or\n\
              masked, and what pulls it in.",
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
            if context.options.full || context.options.explain {
                tell_more(context, &unit)?;
            }
        }
    }
    Ok(match (enabled, found) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 4,
    })
}

/// The links, as systemctl(1) lists them, and the reason why there are none.
fn tell_more(context: &mut Context<'_>, name: &str) -> anyhow::Result<()> {
    for link in context.manager()?.links(name, context.options.runtime)? {
        writeln!(context.out, "  {}", plain(&link))?;
    }
    // A template is a file, and no unit that could be asked for.
    let unit = context.manager()?.unit(name).ok();
    if let Some(why) = unit.and_then(|unit| diagnosis::why_not_enabled(&unit)) {
        writeln!(context.out, "  {}", plain(&why))?;
    }
    Ok(())
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
