//! `clean`: remove what stopped units have left in their directories.

use std::time::{Duration, Instant};

use systemd_types::UnitType;

use crate::cli::context::Context;
use crate::cli::names;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "clean",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Remove the directories that stopped units have left behind",
    details: "--what=cache,runtime (the default), state, logs, configuration or all.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    context.manager_to_change()?;
    let what: Vec<&str> = match context.options.what.is_empty() {
        true => vec!["cache", "runtime"],
        false => context.options.what.iter().map(String::as_str).collect(),
    };
    let mut failed = None;
    for unit in names::expand(context, units, UnitType::Service)? {
        context.explain(&format!("CleanUnit({unit:?}, {what:?})"))?;
        match clean(context, &unit, &what) {
            Ok(()) => {}
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(0), Err)
}

/// The manager answers before the directories are gone; the unit is in `maintenance` meanwhile.
fn clean(context: &mut Context<'_>, unit: &str, what: &[&str]) -> anyhow::Result<()> {
    let manager = context.manager()?;
    let mut watch = manager.watch(Some(unit))?;
    manager.clean(unit, what)?;
    let deadline = Instant::now() + Duration::from_secs(90);
    while manager.unit_text(unit, "ActiveState")? == "maintenance" {
        if watch.next(Some(deadline))?.is_none() {
            anyhow::bail!("cannot clean {unit}: it is still at it after 90 s");
        }
    }
    if context.is_loud() {
        writeln!(context.out, "{unit}: removed its directories: {}", what.join(", "))?;
    }
    Ok(())
}
