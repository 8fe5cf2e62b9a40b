//! What became of a unit, in words: "done" is not "running".

use std::io;
use std::time::Duration;

use systemctl_wrapper::{
    ActiveState, Drift, ExitCode, JobResult, Process, Unit, UnitFileState, condition_in_words,
    signal_name,
};

use super::context::Context;
use super::journal;
use super::output::{plain, remark, tint_of, tinted};

/// The line of truth: before → after, the process, the time, and whether a boot starts it.
pub(crate) fn line(
    before: Option<&Unit>,
    after: &Unit,
    result: &JobResult,
    took: Duration,
) -> String {
    let state = |unit: &Unit| {
        let word = unit.active.as_str();
        tinted(&format!("{word} ({})", unit.sub), tint_of(word))
    };
    let mut line = format!("{}: ", after.id);
    if let Some(before) = before {
        line.push_str(&format!("{} → ", state(before)));
    }
    line.push_str(&state(after));
    if let Some(pid) = after.main_pid {
        line.push_str(&format!(", main PID {pid}"));
    }
    line.push_str(&format!(", {} ms", took.as_millis()));
    if !result.is_success() {
        line.push_str(&format!("; the job: {result}, {}", result.reason()));
    }
    line.push_str(&format!("; at boot: {}", at_boot(after)));
    line
}

/// Whether a boot starts the unit, and by what.
pub(crate) fn at_boot(unit: &Unit) -> String {
    let state = &unit.file_state;
    let word = state.as_str();
    match state.starts_at_boot() {
        Some(true) => format!("yes ({word})"),
        Some(false) if *state == UnitFileState::Transient => {
            format!("no ({word}: it was made over D-Bus, and is gone then)")
        }
        Some(false) => format!("no ({word})"),
        None if word.is_empty() => "no (it has no unit file)".to_owned(),
        None => {
            let pulls = wanted_by(unit);
            if pulls.is_empty() {
                format!("only if another unit pulls it in ({word})")
            } else {
                format!("if {} is started ({word})", pulls.join(", "))
            }
        }
    }
}

/// The units that pull this one in, by what they say or by links.
pub(crate) fn wanted_by(unit: &Unit) -> Vec<String> {
    ["RequiredBy", "WantedBy", "BoundBy", "UpheldBy", "TriggeredBy"]
        .iter()
        .flat_map(|property| unit.properties.texts(property))
        .map(str::to_owned)
        .collect()
}

/// Why a unit can't be enabled, in a sentence; `None` for one that can.
pub(crate) fn why_not_enabled(unit: &Unit) -> Option<String> {
    let pulls = wanted_by(unit);
    let pulls = if pulls.is_empty() {
        "nothing that is loaded pulls it in".to_owned()
    } else {
        format!("it is pulled in by {}", pulls.join(", "))
    };
    Some(match &unit.file_state {
        UnitFileState::Static => {
            format!("it has no [Install] section, so there is no link to make; {pulls}")
        }
        UnitFileState::Indirect => {
            format!(
                "its [Install] section names other units only (Also=, DefaultInstance=); {pulls}"
            )
        }
        UnitFileState::Masked | UnitFileState::MaskedRuntime => {
            format!("{} is a link to /dev/null, so nothing can start it", unit.fragment)
        }
        UnitFileState::Generated => {
            format!("a generator makes it at each boot, and what pulls it in as well; {pulls}")
        }
        UnitFileState::Transient => {
            "it was made over D-Bus, by systemd-run(1) for instance, and has no file that lasts"
                .to_owned()
        }
        UnitFileState::Alias => format!("it is another name of {}", unit.id),
        _ => return None,
    })
}

/// After a start: all the reasons why it may not run.
pub(crate) fn after_start(
    context: &mut Context<'_>,
    before: Option<&Unit>,
    after: &Unit,
    result: &JobResult,
) -> io::Result<()> {
    let mut remarks = Vec::new();
    if !after.conditions_held && result.is_success() {
        let unmet =
            after.conditions().into_iter().filter(|condition| condition.held == Some(false));
        let unmet: Vec<String> = unmet.map(|condition| condition_in_words(&condition)).collect();
        remarks.push(format!("not started: {} does not hold", unmet.join(", ")));
    }
    let is_looping = after.sub == "auto-restart";
    let has_died = after.active == ActiveState::Failed || is_looping;
    let tried = before.is_none_or(|before| before.invocation != after.invocation);
    if has_died && after.result == "start-limit-hit" || has_died && !tried && !is_looping {
        remarks.push(format!(
            "not even tried: too many starts in too short a time (StartLimitBurst=, \
             StartLimitIntervalSec=); reset-failed {} clears the count",
            after.id
        ));
    }
    if is_looping {
        let policy = after.properties.text("Restart");
        remarks.push(format!(
            "a loop: it ends, and Restart={policy} starts it again ({} times so far)",
            after.restarts
        ));
    }
    if has_died {
        remarks.extend(why_it_died(after));
    }
    for remark in &remarks {
        writeln!(context.out, "  {}", plain(remark))?;
    }
    if has_died {
        journal::last_lines(context, after, 5)?;
    }
    Ok(())
}

/// The command line that failed, and how; or else the manager's word for it.
fn why_it_died(unit: &Unit) -> Vec<String> {
    let mut why: Vec<String> = unit.failed_process().iter().map(process_in_words).collect();
    let more = match unit.result.as_str() {
        "timeout" => "it took longer than TimeoutStartSec= or TimeoutStopSec= allows",
        "watchdog" => "it did not notify in time: WatchdogSec=",
        "oom-kill" => "the kernel killed it for want of memory",
        "protocol" => "it ended, or said something else, before it said that it is ready",
        "resources" => "the manager could not give it what it needs: a file or a descriptor",
        _ => "",
    };
    if !more.is_empty() {
        why.push(format!("{}: {more}", unit.result));
    }
    why
}

/// `ExecStart=/usr/bin/x ended with 203/EXEC: the program was not found, or can't be run`
pub(crate) fn process_in_words(process: &Process) -> String {
    let end = match process.code {
        1 => match ExitCode::of(process.status) {
            Some(code) => {
                format!("ended with {}/{}: {}", code.number, code.name, code.meaning)
            }
            None => format!("ended with status {}", process.status),
        },
        2 => format!("was killed by {}", signal_name(process.status)),
        3 => format!("was killed by {}, and dumped core", signal_name(process.status)),
        _ => "has not ended".to_owned(),
    };
    format!("{}={} {end}", process.setting, process.argv.join(" "))
}

/// After a stop: who will start it again.
pub(crate) fn after_stop(context: &mut Context<'_>, after: &Unit) -> anyhow::Result<()> {
    if !after.active.is_down() {
        return Ok(());
    }
    let triggers = after.properties.texts("TriggeredBy");
    let states = context.manager()?.unit_texts(&triggers, "ActiveState")?;
    for (trigger, state) in triggers.into_iter().zip(states) {
        if state? == "active" {
            writeln!(
                context.out,
                "  it will be started again: {trigger} is active; stop {trigger} as well"
            )?;
        }
    }
    Ok(())
}

/// What changed on disk since the unit was read. On standard error: it is about the next line, not
/// an answer.
pub(crate) fn drift(unit: &Unit, drift: &Drift, reloads: bool) {
    let then =
        if reloads { "reading it again" } else { "daemon-reload, or --reload, reads it again" };
    remark!("{} has changed on disk since it was read: {then}", unit.id);
    for (mark, files) in [("new", &drift.new_files), ("gone", &drift.gone_files)] {
        for file in files {
            remark!("  {mark}: {}", plain(&file.to_string_lossy()));
        }
    }
    for setting in &drift.settings {
        remark!("  -{}={}", setting.name, plain(&setting.loaded));
        remark!("  +{}={}", setting.name, plain(&setting.on_disk));
    }
}
