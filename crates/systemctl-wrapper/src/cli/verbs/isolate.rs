//! `isolate`: start one target, and stop all that it does not need.

use systemctl_wrapper::{Action, JobMode};
use systemd_types::UnitType;

use crate::cli::context::Context;
use crate::cli::verb::Verb;
use crate::cli::{jobs, names};

pub(crate) const VERB: Verb = Verb {
    name: "isolate",
    aliases: &[],
    arguments: "TARGET",
    counts: (1, 1),
    summary: "Start a target, and stop everything that it does not need",
    details: "The target needs AllowIsolate=yes; --dry-run shows what would be stopped.",
    statuses: jobs::STATUSES,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    let units = names::expand(context, units, UnitType::Target)?;
    jobs::run_on(context, Action::Start, &units, &JobMode("isolate".to_owned()))
}
