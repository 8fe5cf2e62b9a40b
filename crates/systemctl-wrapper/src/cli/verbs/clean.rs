//! `clean`: remove what stopped units have left in their directories.

use std::time::{Duration, Instant};

use systemctl_wrapper::{Error, Manager};

use crate::cli::context::Context;
use crate::cli::each::each;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

/// After so long it is no longer waited for; the manager goes on.
const LIMIT: Duration = Duration::from_secs(90);

pub(crate) const VERB: Verb = Verb {
    name: "clean",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Remove the directories that stopped units have left behind",
    details: "--what=cache,runtime (the default), state, logs, configuration or all; and fdstore,\n\
              since systemd 254, which is then part of the default.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    let what: Vec<&str> = if context.options.what.is_empty() {
        default_for(context.manager()?.version()?)
    } else {
        context.options.what.iter().map(String::as_str).collect()
    };
    each(
        context,
        units,
        |unit| format!("CleanUnit({unit:?}, {what:?})"),
        |manager, unit| {
            clean(manager, unit, &what)?;
            Ok(format!("removed its directories: {}", what.join(", ")))
        },
    )
}

fn default_for(version: u32) -> Vec<&'static str> {
    // Older managers refuse a word that they don't know.
    if version >= 254 { vec!["cache", "runtime", "fdstore"] } else { vec!["cache", "runtime"] }
}

/// The manager answers before the directories are gone; the unit is in `maintenance` meanwhile.
fn clean(manager: &Manager, unit: &str, what: &[&str]) -> Result<(), Error> {
    let mut watch = manager.watch(Some(unit))?;
    manager.clean(unit, what)?;
    let deadline = Instant::now() + LIMIT;
    while manager.unit_text(unit, "ActiveState")? == "maintenance" {
        if watch.next(Some(deadline))?.is_none() {
            return Err(Error::TimedOut { what: format!("clean {unit}"), limit: LIMIT });
        }
    }
    Ok(())
}
