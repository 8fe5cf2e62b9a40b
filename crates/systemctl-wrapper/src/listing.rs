//! The rows of the manager's lists.

use serde::{Deserialize, Deserializer, Serialize};
use zbus::{Signature, Type};

use crate::UnitFileState;
use crate::proxies::RawJob;
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

/// A row as the manager sends it, read where it stands in the message: its name, description, three
/// states, the unit that it follows, its object, and its job's number, kind and object. An object's
/// path is laid out as a text is.
type Row<'a> =
    (&'a str, &'a str, &'a str, &'a str, &'a str, &'a str, &'a str, u32, &'a str, &'a str);

impl<'de> Deserialize<'de> for ListedUnit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (name, description, load, active, sub, following, _, job_id, job, _) =
            Row::deserialize(from)?;
        Ok(ListedUnit {
            name: name.to_owned(),
            description: description.to_owned(),
            load: load.into(),
            active: active.into(),
            sub: sub.to_owned(),
            following: following.to_owned(),
            job: if job_id == 0 { String::new() } else { job.to_owned() },
        })
    }
}

impl Type for ListedUnit {
    const SIGNATURE: &'static Signature = <Row<'_> as Type>::SIGNATURE;
}

impl ListedUnit {
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
