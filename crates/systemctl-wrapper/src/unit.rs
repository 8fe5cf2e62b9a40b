//! A unit as it is at one moment: one question to the manager, and its answer with types.

use crate::states::{ActiveState, LoadState, UnitFileState};
use crate::{Properties, Value};

/// All that the manager tells of a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Its own name, also when it was asked for by an alias.
    pub id: String,
    /// What it says of itself. Untrusted text: it may have control characters.
    pub description: String,
    /// Whether its files could be read.
    pub load: LoadState,
    /// Why they could not; empty if they could.
    pub load_error: String,
    /// What it does.
    pub active: ActiveState,
    /// The same, in the words of its kind.
    pub sub: String,
    /// Whether a boot starts it; empty text for a unit without a file.
    pub file_state: UnitFileState,
    /// Its file; empty if it has none.
    pub fragment: String,
    /// The drop-ins that were read.
    pub drop_ins: Vec<String>,
    /// Whether a file of it is newer than what was read. Systemd does not see a first drop-in;
    /// [`crate::Drift`] does.
    pub needs_reload: bool,
    /// Why it ended: `success`, `exit-code`, `signal`, `timeout`…; empty for kinds that have no
    /// processes.
    pub result: String,
    /// The main process that runs now.
    pub main_pid: Option<u32>,
    /// One run of the unit, from one start to the next, as 32 hexadecimal digits; empty before the
    /// first.
    pub invocation: String,
    /// Whether the conditions held at the last start; true for a unit that was never started.
    pub conditions_held: bool,
    /// How often systemd itself has restarted it.
    pub restarts: u64,
    /// Everything else.
    pub properties: Properties,
}

/// A condition or an assertion of a unit, and how it came out; systemd.unit(5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The setting, such as `ConditionPathExists`.
    pub setting: String,
    /// Whether one of several such conditions is enough.
    pub is_trigger: bool,
    /// Whether it must *not* hold.
    pub is_negated: bool,
    /// What it is about.
    pub parameter: String,
    /// Whether it held; `None` before the first start.
    pub held: Option<bool>,
}

/// A command line of a service, and how its last run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// The setting that it stands in, such as `ExecStart`.
    pub setting: &'static str,
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Its process.
    pub pid: u64,
    /// How it ended: 1 by itself, 2 by a signal, 3 by a signal with a core dump, 0 not yet;
    /// waitid(2).
    pub code: i64,
    /// The exit status, or the signal.
    pub status: i64,
}

/// The settings with command lines, in the order in which they run.
const EXEC: [&str; 7] = [
    "ExecCondition",
    "ExecStartPre",
    "ExecStart",
    "ExecStartPost",
    "ExecReload",
    "ExecStop",
    "ExecStopPost",
];

impl Unit {
    pub(crate) fn new(properties: Properties) -> Unit {
        let text = |name: &str| properties.text(name).to_owned();
        let main_pid = properties.number("MainPID").and_then(|pid| u32::try_from(pid).ok());
        let bytes = properties.get("InvocationID").map(Value::items).unwrap_or_default();
        let hex = |byte: &Value| byte.as_number().map(|byte| format!("{byte:02x}"));
        Unit {
            id: text("Id"),
            description: text("Description"),
            load: properties.text("LoadState").into(),
            load_error: load_error(&properties),
            active: properties.text("ActiveState").into(),
            sub: text("SubState"),
            file_state: properties.text("UnitFileState").into(),
            fragment: text("FragmentPath"),
            drop_ins: properties.texts("DropInPaths").iter().map(|&path| path.into()).collect(),
            needs_reload: properties.is_true("NeedDaemonReload"),
            result: text("Result"),
            main_pid: main_pid.filter(|pid| *pid > 0),
            invocation: bytes.iter().filter_map(hex).collect(),
            conditions_held: properties.is_true("ConditionResult")
                || properties.number("ConditionTimestampMonotonic").unwrap_or(0) == 0,
            restarts: properties.number("NRestarts").unwrap_or(0),
            properties,
        }
    }

    /// Whether there is such a unit: in memory, or as a file.
    pub fn exists(&self) -> bool {
        !(self.load == LoadState::NotFound && self.active.is_down())
    }

    /// The conditions (or, with `Asserts`, the assertions), each with its result.
    pub fn conditions(&self) -> Vec<Condition> {
        let all = self.properties.get("Conditions").map(Value::items).unwrap_or_default();
        all.iter().filter_map(|row| Condition::from_row(row.items())).collect()
    }

    /// The command lines, each with the end of its last run.
    pub fn processes(&self) -> Vec<Process> {
        let rows = |setting: &'static str| {
            let rows = self.properties.get(setting).map(Value::items).unwrap_or_default();
            rows.iter().filter_map(move |row| Process::from_row(setting, row.items()))
        };
        EXEC.into_iter().flat_map(rows).collect()
    }

    /// The command line that went wrong.
    pub fn failed_process(&self) -> Option<Process> {
        self.processes().into_iter().find(Process::has_failed)
    }
}

/// LoadError is a pair: the name of an error, and a sentence.
fn load_error(properties: &Properties) -> String {
    let pair = properties.get("LoadError").map(Value::items).unwrap_or_default();
    pair.get(1).and_then(Value::as_text).unwrap_or_default().to_owned()
}

impl Condition {
    fn from_row(row: &[Value]) -> Option<Condition> {
        let [setting, trigger, negated, parameter, state] = row else { return None };
        let held = match state {
            Value::Signed(state) if *state > 0 => Some(true),
            Value::Signed(state) if *state < 0 => Some(false),
            _ => None,
        };
        Some(Condition {
            setting: setting.as_text()?.to_owned(),
            is_trigger: *trigger == Value::Bool(true),
            is_negated: *negated == Value::Bool(true),
            parameter: parameter.as_text()?.to_owned(),
            held,
        })
    }
}

impl Process {
    /// A row is `(path, argv, ignore_failure, 4 times, pid, code, status)`.
    fn from_row(setting: &'static str, row: &[Value]) -> Option<Process> {
        let [_, argv, _, _, _, _, _, pid, code, status] = row else { return None };
        let signed = |value: &Value| match value {
            Value::Signed(number) => Some(*number),
            _ => None,
        };
        Some(Process {
            setting,
            argv: argv.items().iter().filter_map(Value::as_text).map(str::to_owned).collect(),
            pid: pid.as_number()?,
            code: signed(code)?,
            status: signed(status)?,
        })
    }

    /// Whether it ended, and not well.
    pub fn has_failed(&self) -> bool {
        match self.code {
            0 => false,
            1 => self.status != 0,
            _ => true,
        }
    }
}
