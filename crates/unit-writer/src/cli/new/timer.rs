//! `unit-writer new timer`

use std::path::Path;

use anyhow::Context;
use clap::Args;
use systemd_types::UnitType;
use unit_file::values::{Calendar, TimeSpan};
use unit_file::writer::{Timer, Trigger};
use unit_writer::load::{Machine, Scope};

use super::common::{Common, Draft, names, needed, values};

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct NewTimer {
    #[command(flatten)]
    pub(crate) common: Common,
    /// At these times: daily, Mon..Fri 9:00
    #[arg(long, value_name = "EVENT")]
    pub(crate) on_calendar: Vec<String>,
    /// So long after the machine booted
    #[arg(long, value_name = "SPAN")]
    pub(crate) on_boot: Option<String>,
    /// So long after the last start
    #[arg(long, value_name = "SPAN")]
    pub(crate) on_unit_active: Option<String>,
    /// Catch up on what was missed
    #[arg(long)]
    pub(crate) persistent: bool,
    /// The unit to start, if not the service of the same name
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<String>,
}

pub(super) fn draft(options: &NewTimer) -> anyhow::Result<Draft> {
    let common = &options.common;
    let (name, unit) = (common.name(UnitType::Timer)?, common.unit()?);
    let events = options.on_calendar.iter().map(|event| calendar(event));
    let mut triggers = events.collect::<anyhow::Result<Vec<Trigger>>>()?;
    let boot = values("--on-boot", &options.on_boot, TimeSpan::parse)?;
    triggers.extend(boot.into_iter().map(Trigger::AfterBoot));
    let again = values("--on-unit-active", &options.on_unit_active, TimeSpan::parse)?;
    triggers.extend(again.into_iter().map(Trigger::AfterUnitActive));
    if triggers.is_empty() {
        let question = "When, such as daily or Mon..Fri 9:00";
        triggers.push(needed(None, question, "--on-calendar", calendar)?);
    }
    let mut timer = Timer::new(unit, triggers.remove(0));
    timer.more_triggers = triggers;
    timer.persistent = options.persistent;
    timer.starts = names(&options.unit)?.pop();
    timer.more = common.settings("Timer")?;
    timer.install = common.install("timers.target")?;
    Ok(Draft { name, text: timer.to_string() })
}

fn calendar(event: &str) -> anyhow::Result<Trigger> {
    let machine = Machine::new(Path::new("/"), Scope::System);
    let calendar = Calendar::parse(event, |zone| machine.is_time_zone(zone));
    Ok(Trigger::Calendar(calendar.with_context(|| format!("cannot use --on-calendar={event}"))?))
}
