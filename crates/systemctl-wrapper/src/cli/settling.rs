//! What is waited for after the job: "done" is not "running", and with `--wait` not the end.

use std::time::{Duration, Instant};

use systemctl_wrapper::{ActiveState, Error, Unit};

use super::context::Context;

/// How long a service is watched after its start, unless `--settle` says otherwise.
const SETTLE: Duration = Duration::from_millis(300);

/// The units, after those that were `started` have been watched for a moment: many services die
/// just then. Ends early when none is left to be watched.
pub(crate) fn settled(
    context: &Context<'_>,
    units: &[&str],
    started: &[&str],
) -> Result<Vec<Unit>, Error> {
    let manager = context.manager()?;
    let time = context.options.settle.map_or(SETTLE, Duration::from_millis);
    let services = started.iter().copied();
    let mut services: Vec<&str> = services.filter(|unit| unit.ends_with(".service")).collect();
    if services.is_empty() || time.is_zero() {
        return manager.units(units);
    }
    let deadline = Instant::now() + time;
    let mut watch = match services.as_slice() {
        [service] if units.len() == 1 => manager.watch(Some(service))?,
        _ => manager.watch(None)?,
    };
    // Some may have died before the watch began.
    let seen = manager.units(units)?;
    services.retain(|service| seen.iter().any(|unit| unit.id == *service && has_a_process(unit)));
    let mut is_settled = true;
    while !services.is_empty() {
        let Some(change) = watch.next(Some(deadline))? else { break };
        is_settled &= !units.contains(&change.unit.as_str());
        if change.active != ActiveState::Active.as_str() {
            services.retain(|service| *service != change.unit);
        }
    }
    // What no signal spoke of is as it was.
    if is_settled { Ok(seen) } else { manager.units(units) }
}

/// Only a process can die: a oneshot that has ended, and a service that was skipped, need no watch.
fn has_a_process(unit: &Unit) -> bool {
    unit.active.is_active() && unit.main_pid.is_some()
}

/// Waits until all of the units have ended; true if one of them failed.
pub(crate) fn wait_for_the_end(context: &Context<'_>, units: &[String]) -> Result<bool, Error> {
    let manager = context.manager()?;
    let mut watch = manager.watch(None)?;
    let mut failed = false;
    for unit in units {
        loop {
            let now = manager.unit(unit)?;
            let has_job = now.properties.get("Job").map(|job| job.items()).is_some_and(|job| {
                job.first().and_then(systemctl_wrapper::Value::as_number).unwrap_or(0) != 0
            });
            if now.active.is_down() && !has_job {
                failed |= now.active == ActiveState::Failed;
                break;
            }
            // Looked at again after each change of any unit, and now and then in case one was
            // missed.
            watch.next(Some(Instant::now() + Duration::from_secs(5)))?;
        }
    }
    Ok(failed)
}
