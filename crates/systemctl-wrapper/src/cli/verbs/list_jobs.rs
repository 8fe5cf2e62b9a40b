//! `list-jobs`: what the manager is about to do.

use serde::Serialize;
use systemctl_wrapper::{ListedJob, fits};
use systemd_types::{Globs, UnitType, mangle};

use crate::cli::context::Context;
use crate::cli::list::List;
use crate::cli::output::plain;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "list-jobs",
    aliases: &[],
    arguments: "[PATTERN…]",
    counts: (0, ANY),
    summary: "List the jobs that wait or run",
    details: "A job that waits, waits for others: units are started one after the other only\n\
              where After= says so.\n\
              --before shows for which jobs each one waits, --after which jobs wait for it.",
    statuses: WORKS_OR_NOT,
    run,
};

/// A job, and the jobs that stand before and after it, where they were asked for.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    job: ListedJob,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blocking: Vec<ListedJob>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    waiting_for: Vec<ListedJob>,
}

fn run(context: &mut Context<'_>, patterns: &[String]) -> anyhow::Result<u8> {
    context.page();
    let jobs = context.manager()?.list_jobs()?;
    let what = if jobs.is_empty() { "running" } else { "listed" };
    let rows = rows(context, jobs, patterns)?;
    if rows.is_empty() && !context.options.is_json() {
        if context.options.has_legend() {
            writeln!(context.out, "No jobs {what}.")?;
        }
        return Ok(0);
    }
    List {
        head: &["JOB", "UNIT", "TYPE", "STATE"],
        rows: &rows,
        cells: &|Row { job, .. }| {
            let id = job.id.to_string().into();
            vec![id, plain(&job.unit), plain(&job.kind), plain(&job.state)]
        },
        below,
        tint: |_| None,
        foot: "jobs listed".to_owned(),
    }
    .write(context)?;
    Ok(0)
}

fn rows(
    context: &Context<'_>,
    mut jobs: Vec<ListedJob>,
    patterns: &[String],
) -> anyhow::Result<Vec<Row>> {
    let pattern = |text: &String| mangle(text, UnitType::Service, Globs::Allowed);
    let patterns = patterns.iter().map(pattern).collect::<Result<Vec<_>, _>>()?;
    let manager = context.manager()?;
    let is_wanted = |unit: &str| patterns.iter().any(|pattern| fits(pattern, unit));
    jobs.retain(|job| patterns.is_empty() || is_wanted(&job.unit));
    jobs.sort_by_key(|job| job.id);
    let mut rows = Vec::with_capacity(jobs.len());
    for job in jobs {
        let (mut blocking, mut waiting_for) = (Vec::new(), Vec::new());
        if context.options.after {
            blocking = manager.jobs_after(job.id)?;
        }
        if context.options.before {
            waiting_for = manager.jobs_before(job.id)?;
        }
        rows.push(Row { job, blocking, waiting_for });
    }
    Ok(rows)
}

/// A line for each of the other jobs.
fn below(row: &Row) -> Vec<String> {
    let line = |word: &str, job: &ListedJob| {
        format!("{word} job {} ({}/{})", job.id, plain(&job.unit), plain(&job.kind))
    };
    let after = row.blocking.iter().map(|job| line("blocking", job));
    let before = row.waiting_for.iter().map(|job| line("waiting for", job));
    after.chain(before).collect()
}
