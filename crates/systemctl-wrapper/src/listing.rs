//! The rows of the manager's lists.

use serde::Serialize;

use crate::UnitFileState;
use crate::proxies::{RawJob, RawUnit};
use crate::states::{ActiveState, LoadState};

/// A unit that the manager has in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedUnit {
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub description: String,
    /// Whether its files could be read.
    pub load: LoadState,
    /// What it does.
    pub active: ActiveState,
    /// The same, in the words of its kind.
    pub sub: String,
    /// The unit whose state this one shows, as devices do; empty for most.
    pub following: String,
    /// What its job does; empty without a job.
    pub job: String,
}

impl ListedUnit {
    pub(crate) fn from_raw(raw: RawUnit) -> ListedUnit {
        let (name, description, load, active, sub, following, _, job_id, job, _) = raw;
        ListedUnit {
            name,
            description,
            load: load.as_str().into(),
            active: active.as_str().into(),
            sub,
            following,
            job: if job_id == 0 { String::new() } else { job },
        }
    }

    /// What `list-units` shows without `--all`: what runs, has failed, or has a job.
    pub fn is_of_interest(&self) -> bool {
        let idle = self.active == ActiveState::Inactive && self.job.is_empty();
        !idle && self.following.is_empty()
    }
}

/// A unit file on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFile {
    /// Where it is.
    pub path: String,
    /// Whether a boot starts it.
    pub state: UnitFileState,
}

impl UnitFile {
    /// Its name, which is the unit's.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// A job that the manager has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedJob {
    /// Its number.
    #[serde(rename = "job")]
    pub id: u32,
    /// Its unit.
    pub unit: String,
    /// What it does.
    #[serde(rename = "type")]
    pub kind: String,
    /// `waiting` or `running`.
    pub state: String,
}

impl ListedJob {
    pub(crate) fn from_raw(raw: RawJob) -> ListedJob {
        let (id, unit, kind, state, ..) = raw;
        ListedJob { id, unit, kind, state }
    }
}
