//! `status`: everything that a person wants to know of a unit, and the last lines of its log.

use systemctl_wrapper::{LoadState, Unit, Value, condition_in_words};
use systemd_types::UnitType;

use crate::cli::cgroup::Group;
use crate::cli::context::Context;
use crate::cli::format::{ago, bytes, next_elapse, now, timespan, timestamp};
use crate::cli::journal::{self, Reading};
use crate::cli::list::cut;
use crate::cli::options::Options;
use crate::cli::output::{Tint, plain, remark, tint_of, tinted};
use crate::cli::verb::{ANY, Verb};
use crate::cli::verbs::list_units;
use crate::cli::{diagnosis, names};

pub(crate) const VERB: Verb = Verb {
    name: "status",
    aliases: &[],
    arguments: "[UNIT…|PID…]",
    counts: (0, ANY),
    summary: "Show what units do, and the last lines of their logs",
    details: "-n LINES of the log (10), -o FORMAT of journalctl's. --explain says what each\n\
              line means.\n\
              Without a unit: the state of the whole, and all processes by their units. -l\n\
              cuts no line.",
    statuses: &[
        (0, "the unit is active; of several, the first that is not decides"),
        (3, "it is not"),
        (4, "there is no such unit"),
    ],
    run,
};

fn run(context: &mut Context<'_>, args: &[String]) -> anyhow::Result<u8> {
    context.page();
    let mut status = 0;
    let mut is_first = true;
    let options = context.options;
    let names = if !args.is_empty() {
        units(context, args)?
    } else {
        if !options.all && !options.chooses() {
            return whole(context);
        }
        let units = list_units::list(context, &[])?;
        units.into_iter().map(|unit| unit.name).collect()
    };
    for name in names {
        let (count, format) = log(options);
        let ahead = journal::ahead(&context.scope, &name, count, format);
        let unit = context.manager()?.unit(&name)?;
        let own = if !unit.exists() {
            remark!("Unit {} could not be found.", plain(&name));
            4
        } else {
            if !is_first {
                writeln!(context.out)?;
            }
            is_first = false;
            // The log is read by another program, while the manager is asked for the rest.
            let ahead = ahead.and_then(|ahead| ahead.if_whole(&context.scope, &unit));
            let start = || journal::start(&context.scope, &unit, count, format);
            write_unit(context, &unit, ahead.unwrap_or_else(start))?;
            if unit.active.is_active() { 0 } else { 3 }
        };
        status = if status == 0 { own } else { status };
    }
    Ok(status)
}

/// How many lines of the log, and how.
fn log(options: &Options) -> (u32, &str) {
    (options.lines.unwrap_or(10), options.output.as_deref().unwrap_or("short"))
}

/// The units that were asked for: by name, by pattern, or by a process that belongs to one.
fn units(context: &Context<'_>, args: &[String]) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for word in args {
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        // No process has a greater number, but a unit may.
        if let Some(pid) = word.parse().ok().filter(|_| is_number) {
            names.push(context.manager()?.unit_of_process(pid)?);
        } else {
            names.extend(names::expand(context, std::slice::from_ref(word), UnitType::Service)?);
        }
    }
    Ok(names)
}

/// The manager's own state, and all processes by their units.
fn whole(context: &mut Context<'_>) -> anyhow::Result<u8> {
    let properties = context.manager()?.manager_properties()?;
    let state = properties.text("SystemState").to_owned();
    let tint = if state == "running" { Tint::Good } else { Tint::Bad };
    let number = |name: &str| properties.number(name).unwrap_or(0);
    writeln!(context.out, "{} {}", tinted("●", tint), plain(&context.scope.to_string()))?;
    let mut line = |label: &str, text: &str| writeln!(context.out, "{label:>9}: {text}");
    line("State", &tinted(&state, tint))?;
    line("Units", &format!("{} in memory", number("NNames")))?;
    line("Jobs", &format!("{} queued", number("NJobs")))?;
    line("Failed", &format!("{} units", number("NFailedUnits")))?;
    if let Some(since) = timestamp(number("UserspaceTimestamp")) {
        line("Since", &format!("{since}; {}", ago(number("UserspaceTimestamp"), now())))?;
    }
    line("systemd", &plain(properties.text("Version")))?;
    let tainted = properties.text("Tainted");
    if !tainted.is_empty() {
        line("Tainted", &plain(tainted))?;
    }
    let group = properties.text("ControlGroup");
    line("CGroup", if group.is_empty() { "/" } else { group })?;
    // All slices lie in this one.
    let processes = context.manager()?.processes("-.slice")?;
    for branch in Group::new(group, processes).lines() {
        let line = format!("           {branch}");
        writeln!(context.out, "{}", cut(&line, context.columns().unwrap_or(usize::MAX)))?;
    }
    Ok(0)
}

fn write_unit(context: &mut Context<'_>, unit: &Unit, log: Reading) -> anyhow::Result<()> {
    let word = unit.active.as_str();
    let dot = match word {
        "failed" => "×",
        "inactive" => "○",
        "reloading" => "↻",
        _ => "●",
    };
    let title = if unit.description.is_empty() || unit.description == unit.id {
        plain(&unit.id).into_owned()
    } else {
        format!("{} - {}", plain(&unit.id), plain(&unit.description))
    };
    writeln!(context.out, "{} {title}", tinted(dot, tint_of(word)))?;
    for (label, text, meaning) in lines(context, unit)? {
        let colon = if label.is_empty() { ' ' } else { ':' };
        let line = format!("{label:>11}{colon} {text}");
        // Only a process's command line may be as long as it likes.
        let room = context.columns().filter(|_| label.is_empty()).unwrap_or(usize::MAX);
        writeln!(context.out, "{}", cut(&line, room))?;
        if context.options.explain {
            writeln!(context.out, "             {}", tinted(meaning, Tint::Faint))?;
        }
    }
    let log = log.lines();
    if !log.is_empty() {
        writeln!(context.out)?;
    }
    for line in log {
        writeln!(context.out, "{}", plain(&line))?;
    }
    Ok(())
}

type Line = (&'static str, String, &'static str);

/// The lines below the title: label, text, and what the line means.
fn lines(context: &Context<'_>, unit: &Unit) -> anyhow::Result<Vec<Line>> {
    let mut lines = vec![("Loaded", loaded(unit), LOADED)];
    if unit.properties.is_true("Transient") {
        lines.push(("Transient", "yes".to_owned(), TRANSIENT));
    }
    lines.extend(drop_ins(unit));
    lines.push(("Active", active(unit), ACTIVE));
    lines.extend(triggers(context, unit)?);
    for condition in unit.conditions().iter().filter(|condition| condition.held == Some(false)) {
        lines.push((
            "Condition",
            format!("{} does not hold", plain(&condition_in_words(condition))),
            CONDITION,
        ));
    }
    let docs = unit.properties.texts("Documentation");
    if !docs.is_empty() {
        lines.push(("Docs", plain(&docs.join(" ")).into_owned(), DOCS));
    }
    for process in unit.processes().iter().filter(|process| process.code != 0) {
        let text = format!("{} {}", process.pid, diagnosis::process_in_words(process));
        lines.push(("Process", plain(&text).into_owned(), PROCESS));
    }
    if let Some(pid) = unit.main_pid {
        // Another machine's processes are not in this one's /proc.
        let is_here = context.options.host.is_none();
        let program = if is_here { program(pid) } else { String::new() };
        lines.push(("Main PID", format!("{pid}{program}"), MAIN_PID));
    }
    let text = unit.properties.text("StatusText");
    if !text.is_empty() {
        lines.push(("Status", format!("{:?}", plain(text)), STATUS));
    }
    lines.extend(resources(unit));
    let group = unit.properties.text("ControlGroup");
    if !group.is_empty() {
        lines.push(("CGroup", plain(group).into_owned(), CGROUP));
        let processes = context.manager()?.processes(&unit.id).unwrap_or_default();
        let branches = Group::new(group, processes).lines();
        lines.extend(branches.into_iter().map(|branch| ("", branch, PROCESSES)));
    }
    Ok(lines)
}

const LOADED: &str = "which file, and whether a boot starts the unit";
const TRANSIENT: &str =
    "somebody made it over D-Bus, as systemd-run(1) does: it is gone after its end, or at a boot";
const DROP_IN: &str = "a directory with files that were read after it, each overriding lines";
const DROP_IN_FILES: &str = "the files in it, in the order in which they were read";
const ACTIVE: &str = "the state all units share, its own finer word, since when, and why it ended";
const TRIGGER: &str = "when the timer elapses next, and starts what it triggers";
const TRIGGERS: &str = "units that start it when something happens: a caller, a time, a file";
const CONDITION: &str =
    "a condition that is not met: the start was skipped, and that is no failure";
const DOCS: &str = "where its authors explain it";
const PROCESS: &str = "a command line of the unit that has ended, and how";
const MAIN_PID: &str = "the process that the unit lives and dies with";
const STATUS: &str = "what the service says of itself: sd_notify(3), STATUS=";
const USE: &str = "what the kernel counts for the unit's control group";
const CGROUP: &str =
    "the control group: all processes in it are the unit's, however they were made";
const PROCESSES: &str = "a process in it";

fn loaded(unit: &Unit) -> String {
    let load = unit.load.as_str();
    let mut parts = Vec::new();
    let path =
        if unit.fragment.is_empty() { unit.properties.text("SourcePath") } else { &unit.fragment };
    if !path.is_empty() && unit.load != LoadState::Masked {
        parts.push(plain(path).into_owned());
    }
    if !unit.load_error.is_empty() {
        parts.push(plain(&unit.load_error).into_owned());
    }
    let file_state = unit.file_state.as_str();
    if !file_state.is_empty() {
        parts.push(file_state.to_owned());
    }
    let preset = unit.properties.text("UnitFilePreset");
    if !preset.is_empty() && unit.file_state.can_be_enabled() && unit.load != LoadState::Masked {
        parts.push(format!("preset: {preset}"));
    }
    if parts.is_empty() { load.to_owned() } else { format!("{load} ({})", parts.join("; ")) }
}

/// A line for each directory, and the names of the files in it.
fn drop_ins(unit: &Unit) -> Vec<Line> {
    let mut directories: Vec<(&str, Vec<&str>)> = Vec::new();
    for (directory, name) in unit.drop_ins.iter().filter_map(|path| path.rsplit_once('/')) {
        match directories.last_mut().filter(|(last, _)| *last == directory) {
            Some((_, names)) => names.push(name),
            None => directories.push((directory, vec![name])),
        }
    }
    let mut lines = Vec::new();
    for (at, (directory, names)) in directories.iter().enumerate() {
        let label = if at == 0 { "Drop-In" } else { "" };
        lines.push((label, plain(directory).into_owned(), DROP_IN));
        lines.push(("", format!("└─{}", plain(&names.join(", "))), DROP_IN_FILES));
    }
    lines
}

fn active(unit: &Unit) -> String {
    let word = unit.active.as_str();
    let mut text = format!("{word} ({})", unit.sub);
    if !unit.result.is_empty() && unit.result != "success" && unit.active.is_down() {
        text = format!("{word} (Result: {})", unit.result);
    }
    let since = match word {
        "active" | "reloading" | "refreshing" => "ActiveEnterTimestamp",
        "inactive" | "failed" => "InactiveEnterTimestamp",
        "activating" => "InactiveExitTimestamp",
        _ => "ActiveExitTimestamp",
    };
    let mut text = tinted(&text, tint_of(word));
    let usec = unit.properties.number(since).unwrap_or(0);
    if let Some(since) = timestamp(usec) {
        text.push_str(&format!(" since {since}; {}", ago(usec, now())));
    }
    text
}

/// When a timer elapses next.
fn next_time(unit: &Unit) -> Option<String> {
    let next = next_elapse(unit)?;
    Some(match timestamp(next) {
        Some(text) => format!("{text}; {}", ago(next, now())),
        None => "n/a".to_owned(),
    })
}

fn triggers(context: &Context<'_>, unit: &Unit) -> anyhow::Result<Vec<Line>> {
    let mut lines = Vec::new();
    lines.extend(next_time(unit).map(|text| ("Trigger", text, TRIGGER)));
    for label in ["TriggeredBy", "Triggers"] {
        let others = unit.properties.texts(label);
        let states = context.manager()?.unit_texts(&others, "ActiveState")?;
        for (other, state) in others.into_iter().zip(states) {
            let dot = tinted("●", tint_of(&state?));
            lines.push((label, format!("{dot} {}", plain(other)), TRIGGERS));
        }
    }
    let listen = unit.properties.get("Listen").map(Value::items).unwrap_or_default();
    for address in listen {
        if let [kind, address] = address.items() {
            let words = (kind.as_text().unwrap_or_default(), address.as_text().unwrap_or_default());
            let text = format!("{} ({})", plain(words.1), plain(words.0));
            lines.push(("Listen", text, TRIGGERS));
        }
    }
    Ok(lines)
}

/// The program's own name, as the kernel knows it.
fn program(pid: u32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    if name.is_empty() { String::new() } else { format!(" ({})", plain(name.trim_end())) }
}

fn resources(unit: &Unit) -> Vec<Line> {
    let number = |name: &str| unit.properties.number(name);
    let mut lines = Vec::new();
    if let Some(tasks) = number("TasksCurrent") {
        let limit = number("TasksMax").map(|max| format!(" (limit: {max})")).unwrap_or_default();
        lines.push(("Tasks", format!("{tasks}{limit}"), USE));
    }
    if let Some(memory) = number("MemoryCurrent") {
        lines.push(("Memory", bytes(memory), USE));
    }
    if let Some(time) = number("CPUUsageNSec") {
        lines.push(("CPU", timespan(time / 1000, 1000), USE));
    }
    lines
}
