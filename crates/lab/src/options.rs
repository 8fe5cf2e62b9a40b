//! What a launcher can ask for: a mode, and folders of the host to see inside.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::Mode;

/// How a lab is to be booted. The default tries all modes and shows nothing of the host but its programs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Options {
    /// The mode to use; without one, the first that works.
    pub mode: Option<Mode>,
    /// Folders of the host that appear inside, at the same path.
    pub binds: Vec<Bind>,
}

/// A folder of the host that appears inside at the same path.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bind {
    /// An absolute path without links.
    pub path: PathBuf,
    /// Whether the lab may write there.
    pub access: Access,
}

/// Whether the lab may write to a folder of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Access {
    /// The lab can look, not touch.
    ReadOnly,
    /// What the lab writes is written on the host.
    ReadWrite,
}
