//! `cancel`: end jobs that wait or run.

use crate::cli::Usage;
use crate::cli::context::Context;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "cancel",
    aliases: &["clear-jobs"],
    arguments: "[JOB…]",
    counts: (0, ANY),
    summary: "Cancel jobs, by their numbers in list-jobs; all of them without one",
    details: "What a job has begun is not undone.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, jobs: &[String]) -> anyhow::Result<u8> {
    context.manager_to_change()?;
    if jobs.is_empty() && context.may_call("ClearJobs()")? {
        context.manager()?.cancel(None)?;
    }
    for job in jobs {
        let id = job
            .parse()
            .map_err(|_| Usage(format!("{job:?} is no job: list-jobs shows their numbers")))?;
        if context.may_call(&format!("CancelJob({id})"))? {
            context.manager()?.cancel(Some(id))?;
        }
    }
    Ok(0)
}
