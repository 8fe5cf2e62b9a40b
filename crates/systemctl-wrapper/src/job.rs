//! A job: something that the manager has been asked to do with a unit, and has not finished.

use std::fmt;

use crate::states::open_enum;

/// What a job is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start the unit, unless it is active.
    Start,
    /// Stop it.
    Stop,
    /// Stop it and start it; start it if it was stopped.
    Restart,
    /// Restart it, if it is active.
    TryRestart,
    /// Let it read its configuration again.
    Reload,
    /// Reload it if it can; otherwise restart it.
    ReloadOrRestart,
    /// The same, if it is active.
    TryReloadOrRestart,
}

impl Action {
    /// The manager's word, as EnqueueUnitJob takes it.
    pub fn word(self) -> &'static str {
        match self {
            Action::Start => "start",
            Action::Stop => "stop",
            Action::Restart => "restart",
            Action::TryRestart => "try-restart",
            Action::Reload => "reload",
            Action::ReloadOrRestart => "reload-or-restart",
            Action::TryReloadOrRestart => "reload-or-try-restart",
        }
    }

    /// The manager's own method for it, which anybody may call; polkit(8) decides.
    pub fn method(self) -> &'static str {
        match self {
            Action::Start => "StartUnit",
            Action::Stop => "StopUnit",
            Action::Restart => "RestartUnit",
            Action::TryRestart => "TryRestartUnit",
            Action::Reload => "ReloadUnit",
            Action::ReloadOrRestart => "ReloadOrRestartUnit",
            Action::TryReloadOrRestart => "ReloadOrTryRestartUnit",
        }
    }
}

/// What becomes of jobs that contradict the new one; systemctl(1), `--job-mode=`. The manager
/// refuses a word that it does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobMode(pub String);

impl Default for JobMode {
    /// They are replaced.
    fn default() -> Self {
        JobMode("replace".to_owned())
    }
}

/// A job that was made, and what it pulled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its number, as `list-jobs` shows it.
    pub id: u32,
    /// Its object on the bus. A result is known by this, never by the unit's name: a unit may have
    /// several names.
    pub(crate) path: String,
    /// Its unit, by the unit's own name.
    pub unit: String,
    /// What it does, in the manager's word.
    pub kind: String,
    /// The other jobs of the same transaction: the unit of each, and what it does.
    pub pulled_in: Vec<(String, String)>,
}

open_enum! {
    /// How a job ended; org.freedesktop.systemd1(5), `JobRemoved`.
    JobResult {
        /// What was asked for was done. Whether the unit still runs is another question.
        Done = "done",
        /// Another job took its place, or somebody cancelled it.
        Canceled = "canceled",
        /// It took too long.
        Timeout = "timeout",
        /// The unit went wrong.
        Failed = "failed",
        /// A unit that it requires went wrong.
        Dependency = "dependency",
        /// There was nothing to do.
        Skipped = "skipped",
        /// It can't be done in this state, as a reload of what does not run.
        Invalid = "invalid",
        /// An `Assert…=` of the unit does not hold.
        Assert = "assert",
        /// This system has no such kind of unit.
        Unsupported = "unsupported",
        /// The unit was forgotten in between.
        Collected = "collected",
        /// It starts once only, and has.
        Once = "once",
        /// The unit is frozen; since systemd 257.
        Frozen = "frozen",
        /// A limit of its slice; since systemd 258.
        Concurrency = "concurrency",
    }
}

impl JobResult {
    /// What systemctl(1) takes for success.
    pub fn is_success(&self) -> bool {
        matches!(self, JobResult::Done | JobResult::Skipped)
    }

    /// A half sentence: why it came to nothing.
    pub fn reason(&self) -> &str {
        match self {
            JobResult::Done => "it was done",
            JobResult::Skipped => "there was nothing to do",
            JobResult::Canceled => "another job took its place, or somebody cancelled it",
            JobResult::Timeout => "it took longer than the unit's time-out allows",
            JobResult::Failed => "the unit failed",
            JobResult::Dependency => "a unit that it requires failed",
            JobResult::Invalid => "that can't be done in this state",
            JobResult::Assert => "an Assert…= of the unit does not hold",
            JobResult::Unsupported => "this system has no such kind of unit",
            JobResult::Collected => "the unit was unloaded meanwhile",
            JobResult::Once => "it starts only once, and has already",
            JobResult::Frozen => "the unit is frozen: thaw it first",
            JobResult::Concurrency => "its slice has reached its limit",
            JobResult::Other(word) => word,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
