//! `--now`, behind a verb that changes links on disk: the jobs that follow. What systemctl(1) does
//! here has changed twice, so it goes by the version of the manager.

use systemctl_wrapper::{Action, JobMode};
use systemd_types::UnitType;

use super::context::Context;
use super::output::{plain, remark};
use super::{Usage, jobs, names};

/// Runs the jobs, if `--now` was typed: `action` is what the verb has for it.
pub(crate) fn run(
    context: &mut Context<'_>,
    verb: &str,
    action: Option<Action>,
    units: &[String],
) -> anyhow::Result<u8> {
    if !context.options.now {
        return Ok(0);
    }
    let version = context.manager()?.version()?;
    // Reenabling was given its restart in systemd 257.
    let Some(action) = action.filter(|action| *action != Action::TryRestart || version >= 257)
    else {
        return without_jobs(verb, version);
    };
    let names = names_for(context, action, units, version)?;
    jobs::run_on(context, action, &names, &JobMode::default())
}

/// Older versions take the option in silence; since systemd 256 it is an error, once all else is
/// done.
fn without_jobs(verb: &str, version: u32) -> anyhow::Result<u8> {
    if version >= 256 {
        return Err(Usage(format!("{verb} takes no --now; all else was done")).into());
    }
    remark!("{verb} takes no --now: nothing was started or stopped");
    Ok(0)
}

/// The units that the jobs are for. A template has none of its own: systemd 256 takes its instances
/// for it where something is stopped, and 257 skips it where something is started. Before that, the
/// manager was left to refuse it.
fn names_for(
    context: &Context<'_>,
    action: Action,
    units: &[String],
    version: u32,
) -> anyhow::Result<Vec<String>> {
    let mut all = Vec::new();
    for unit in units {
        // A path was linked: from here on the unit has a name.
        let name = unit.rsplit('/').next().unwrap_or_default();
        match (name.split_once("@."), action) {
            (Some(_), Action::Start) if version >= 257 => {
                if context.is_loud() {
                    remark!("{} is a template, so --now starts nothing", plain(name));
                }
            }
            (Some((prefix, suffix)), Action::Stop | Action::TryRestart) if version >= 256 => {
                let instances = [format!("{prefix}@*.{suffix}")];
                all.extend(names::expand(context, &instances, UnitType::Service)?);
            }
            _ => all.push(name.to_owned()),
        }
    }
    Ok(all)
}
