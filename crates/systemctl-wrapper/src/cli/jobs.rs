//! What all verbs that make jobs have in common: before, the job, after, and one line that says
//! what happened.

use std::time::{Duration, Instant};

use systemctl_wrapper::{Action, Cause, Drift, Error, Job, JobMode, JobResult, Scope, Unit};
use systemd_types::UnitType;

use super::agent::Asking;
use super::context::Context;
use super::{Usage, diagnosis, interrupt, names, output, paper, settling};
use output::{plain, remark};

/// The exit statuses of the verbs that make jobs.
pub(crate) const STATUSES: &[(u8, &str)] = &[
    (0, "the job was done; what became of the unit is another question, and the line says it"),
    (1, "a job failed, or the unit is masked or wrong"),
    (3, "the unit can't do that: not every service can reload"),
    (4, "you may not, or the unit may be started by its dependencies only"),
    (5, "there is no such unit"),
    (6, "the unit's file can't be read"),
];

/// So many units are held at most: for each, PID 1 has a match rule at the bus, of which it may not
/// have many.
const HELD_MAX: usize = 128;

/// A job, and its unit before it.
type Asked = (Job, Option<Unit>);

/// A job, and what is known of its unit.
struct Done {
    job: Job,
    result: JobResult,
    before: Option<Unit>,
    took: Duration,
}

/// Runs a verb that makes a job for each unit.
pub(crate) fn run(
    context: &mut Context<'_>,
    action: Action,
    typed: &[String],
) -> anyhow::Result<u8> {
    let units = names::expand(context, typed, UnitType::Service)?;
    let mode = context.job_mode();
    run_on(context, action, &units, &mode)
}

/// The same, for units whose names are known.
pub(crate) fn run_on(
    context: &mut Context<'_>,
    action: Action,
    units: &[String],
    mode: &JobMode,
) -> anyhow::Result<u8> {
    if units.is_empty() {
        return Ok(0);
    }
    let options = context.options;
    if options.wait && options.no_block {
        return Err(Usage("--wait and --no-block exclude each other".to_owned()).into());
    }
    let can_wait = matches!(context.verb(), "start" | "restart") || options.now;
    if options.wait && !can_wait {
        return Err(Usage("--wait is for start, restart and is-system-running".to_owned()).into());
    }
    context.manager_to_change()?;
    if options.dry_run {
        return paper::rehearse(context, action, units, mode);
    }
    let waits = options.wait && action != Action::Stop;
    if waits || context.is_loud() {
        hold(context, units)?;
    }
    let before = look_before(context, units)?;
    explain(context, action, units, mode)?;
    interrupt::waiting_for(units);
    let started = Instant::now();
    let (jobs, mut status) = enqueue(context, action, units, mode, before)?;
    if options.no_block {
        return enqueued(context, &jobs, status);
    }
    let asks = context.scope == Scope::System && !options.no_ask_password;
    let asking = asks.then(Asking::for_units);
    let done = wait(context, jobs, started)?;
    drop(asking);
    interrupt::waiting_for(&[]);
    if done.iter().any(|done| !done.result.is_success()) {
        status = 1;
    }
    tell(context, action, &done)?;
    if waits && settling::wait_for_the_end(context, units)? && status == 0 {
        status = 1;
    }
    Ok(status)
}

/// Keeps the units in memory: one that nobody needs any more is forgotten as soon as its job is
/// over, with its result. Held from the start, it is read from the disk once, and the manager looks
/// up once whether a boot starts it; that costs more than the job.
fn hold(context: &Context<'_>, units: &[String]) -> Result<(), Error> {
    if units.len() > HELD_MAX {
        return Ok(());
    }
    let borrowed: Vec<&str> = units.iter().map(String::as_str).collect();
    context.manager()?.hold(&borrowed)
}

/// The calls, where somebody wants to see them.
fn explain(
    context: &mut Context<'_>,
    action: Action,
    units: &[String],
    mode: &JobMode,
) -> anyhow::Result<()> {
    for unit in units {
        let call = if context.manager()?.tells_transactions() {
            format!("EnqueueUnitJob({unit:?}, {:?}, {:?})", action.word(), mode.0)
        } else {
            format!("{}({unit:?}, {:?})", action.method(), mode.0)
        };
        context.explain(&call)?;
    }
    Ok(())
}

/// Asks for the jobs. What the manager refuses is said here; the first of its exit statuses counts.
fn enqueue(
    context: &mut Context<'_>,
    action: Action,
    units: &[String],
    mode: &JobMode,
    before: Vec<Option<Unit>>,
) -> anyhow::Result<(Vec<Asked>, u8)> {
    let borrowed: Vec<&str> = units.iter().map(String::as_str).collect();
    let answers = context.manager()?.enqueue_all(&borrowed, action, mode)?;
    let (mut jobs, mut status) = (Vec::new(), 0);
    for ((answer, unit), before) in answers.into_iter().zip(units).zip(before) {
        match answer {
            Ok(job) => jobs.push((job, before)),
            // Nothing to restart, so nothing is wrong.
            Err(error) if action == Action::TryRestart && error.cause() == Cause::Masked => {}
            Err(error) => {
                refused(context, action, unit, &error)?;
                status = if status == 0 { error.exit_status() } else { status };
            }
        }
    }
    if context.options.show_transaction {
        for (job, _) in &jobs {
            writeln!(context.out, "{} job {}: {}", job.unit, job.id, job.kind)?;
        }
    }
    Ok((jobs, status))
}

/// Waits until all of the jobs are over.
fn wait(context: &Context<'_>, jobs: Vec<Asked>, started: Instant) -> anyhow::Result<Vec<Done>> {
    let plain_jobs: Vec<Job> = jobs.iter().map(|(job, _)| job.clone()).collect();
    let results = results(context, &plain_jobs, started)?;
    let took = started.elapsed();
    let done = jobs.into_iter().zip(results);
    Ok(done.map(|((job, before), result)| Done { job, result, before, took }).collect())
}

/// The units before the job, where somebody will read of them; and what changed on disk.
fn look_before(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<Vec<Option<Unit>>> {
    if !context.is_loud() {
        return Ok(units.iter().map(|_| None).collect());
    }
    let borrowed: Vec<&str> = units.iter().map(String::as_str).collect();
    let manager = context.manager()?;
    let before: Vec<Option<Unit>> = match manager.units_in_short(&borrowed) {
        Ok(units) => units.into_iter().map(Some).collect(),
        // A name that is no unit's, such as a template's, keeps the others from nothing.
        Err(Error::Refused { .. }) => borrowed.iter().map(|unit| manager.unit(unit).ok()).collect(),
        Err(error) => return Err(error.into()),
    };
    let mut reload = false;
    for unit in before.iter().flatten() {
        if Drift::of(unit, &context.scope).is_none() {
            continue;
        }
        // Only now all of its settings are needed.
        if let Some(drift) = Drift::of(&manager.unit(&unit.id)?, &context.scope) {
            diagnosis::drift(unit, &drift, context.options.reload);
            reload |= context.options.reload;
        }
    }
    if reload {
        context.manager()?.daemon_reload()?;
    }
    Ok(before)
}

/// How the jobs ended. Where the bus goes away meanwhile, as when its own service is restarted,
/// they are looked up over a new connection.
fn results(
    context: &Context<'_>,
    jobs: &[Job],
    started: Instant,
) -> anyhow::Result<Vec<JobResult>> {
    let manager = context.manager()?;
    match manager.wait_for_jobs(jobs, |open| progress(open, started)) {
        Err(Error::Disconnected) => {}
        other => return Ok(other?),
    }
    let manager = context.reconnect().map_err(|error| {
        anyhow::anyhow!("{error}: the bus went away, so nobody knows how the job ended")
    })?;
    Ok(manager.wait_for_jobs(jobs, |open| progress(open, started))?)
}

/// Reports what the manager would not do.
fn refused(
    context: &mut Context<'_>,
    action: Action,
    unit: &str,
    error: &Error,
) -> anyhow::Result<()> {
    let verb = if context.verb() == "isolate" { "isolate" } else { action.word() };
    remark!("systemctl-wrapper: cannot {verb} {unit}: {}", plain(&error.to_string()));
    if let Some(cure) = error.cure() {
        remark!("  {}", plain(&cure));
    }
    if matches!(error.cause(), Cause::BadSetting | Cause::LoadFailed) && context.is_loud() {
        let unit = context.manager()?.unit(unit)?;
        if !error.to_string().contains(&unit.load_error) {
            remark!("  {}", plain(&unit.load_error));
        }
    }
    Ok(())
}

fn enqueued(context: &mut Context<'_>, jobs: &[Asked], status: u8) -> anyhow::Result<u8> {
    if context.is_loud() {
        for (job, _) in jobs {
            writeln!(context.out, "{}: job {} ({}) is queued", job.unit, job.id, job.kind)?;
        }
    }
    Ok(status)
}

/// After each second: what is being waited for.
fn progress(open: &[&Job], started: Instant) {
    let names: Vec<&str> = open.iter().map(|job| job.unit.as_str()).take(3).collect();
    let more = open.len().saturating_sub(names.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    remark!(
        "waiting for {}{more}, {} s so far; Ctrl-C stops the waiting, not the job",
        names.join(", "),
        started.elapsed().as_secs()
    );
}

/// Says what happened: a line for each unit, and more if it is not what was hoped for.
fn tell(context: &mut Context<'_>, action: Action, all: &[Done]) -> anyhow::Result<()> {
    if !context.is_loud() {
        for done in all.iter().filter(|done| !done.result.is_success()) {
            let (unit, reason) = (&done.job.unit, done.result.reason());
            remark!("systemctl-wrapper: cannot {action} {unit}: {reason}");
        }
        return Ok(());
    }
    let starts = action != Action::Stop;
    let names: Vec<&str> = all.iter().map(|done| done.job.unit.as_str()).collect();
    let after = if starts {
        let started = all.iter().filter(|done| done.result.is_success());
        let started: Vec<&str> = started.map(|done| done.job.unit.as_str()).collect();
        settling::settled(context, &names, &started)?
    } else {
        context.manager()?.units(&names)?
    };
    for (done, after) in all.iter().zip(&after) {
        tell_one(context, done, after, starts)?;
    }
    Ok(())
}

fn tell_one(
    context: &mut Context<'_>,
    done: &Done,
    after: &Unit,
    starts: bool,
) -> anyhow::Result<()> {
    let before = done.before.as_ref();
    writeln!(context.out, "{}", diagnosis::line(before, after, &done.result, done.took))?;
    if !done.job.pulled_in.is_empty() {
        let others: Vec<String> =
            done.job.pulled_in.iter().map(|(unit, kind)| format!("{unit} ({kind})")).collect();
        writeln!(context.out, "  pulled in: {}", others.join(", "))?;
    }
    if starts {
        diagnosis::after_start(context, before, after, &done.result)?
    } else {
        diagnosis::after_stop(context, after)?
    }
    Ok(())
}
