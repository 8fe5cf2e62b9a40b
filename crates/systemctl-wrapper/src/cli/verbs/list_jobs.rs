//! `list-jobs`: what the manager is about to do.

use systemctl_wrapper::ListedJob;

use crate::cli::context::Context;
use crate::cli::list::List;
use crate::cli::names::is_pattern;
use crate::cli::output::plain;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "list-jobs",
    aliases: &[],
    arguments: "[PATTERN…]",
    counts: (0, ANY),
    summary: "List the jobs that wait or run",
    details: "A job that waits, waits for others: units are started one after the other only\n\
              where After= says so.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, patterns: &[String]) -> anyhow::Result<u8> {
    context.page();
    let mut jobs = context.manager()?.list_jobs()?;
    if !patterns.is_empty() {
        // The manager's own matching, so that a pattern means the same everywhere.
        let with_suffix = |text: &String| {
            if text.contains('.') || is_pattern(text) {
                text.clone()
            } else {
                format!("{text}.service")
            }
        };
        let patterns: Vec<String> = patterns.iter().map(with_suffix).collect();
        let borrowed: Vec<&str> = patterns.iter().map(String::as_str).collect();
        let fitting = context.manager()?.list_units(&borrowed)?;
        jobs.retain(|job| fitting.iter().any(|unit| unit.name == job.unit));
    }
    jobs.sort_by_key(|job| job.id);
    if jobs.is_empty() && !context.options.is_json() {
        if context.options.has_legend() {
            writeln!(context.out, "No jobs running.")?;
        }
        return Ok(0);
    }
    List {
        head: &["JOB", "UNIT", "TYPE", "STATE"],
        rows: &jobs,
        cells: &|job: &ListedJob| {
            let id = job.id.to_string().into();
            vec![id, plain(&job.unit), plain(&job.kind), plain(&job.state)]
        },
        tint: |_| None,
        foot: "jobs listed".to_owned(),
    }
    .write(context)?;
    Ok(0)
}
