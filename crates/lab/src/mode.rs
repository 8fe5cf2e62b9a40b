//! The five ways in which a lab can get the rights that it needs.

use std::fmt;
use std::str::FromStr;

use nix::unistd::Uid;
use serde::{Deserialize, Serialize};

/// Where a lab's rights come from. The order is the order in which they are tried.
///
/// ```
/// use lab::Mode;
///
/// assert_eq!("single".parse(), Ok(Mode::Single));
/// assert!(Mode::Subuid.has_users() && !Mode::Single.has_users());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// A user namespace with 65,536 ids from `/etc/subuid`, mapped by newuidmap(1).
    Subuid,
    /// A user namespace with the learner's id alone: no `User=`, no `DynamicUser=`.
    Single,
    /// A user namespace that root makes for the learner, through sudo(8). Root itself stays
    /// outside.
    Sudo,
    /// A user namespace that root makes, with 65,536 ids that nobody has outside.
    Root,
    /// No user namespace: the lab's root is the machine's, and can change it. For containers that
    /// forbid user namespaces.
    HostRoot,
}

impl Mode {
    /// All modes, in the order in which they are tried.
    pub const ALL: [Mode; 5] = [Mode::Subuid, Mode::Single, Mode::Sudo, Mode::Root, Mode::HostRoot];

    /// The modes worth trying for the user who runs this process, best first.
    pub(crate) fn candidates() -> &'static [Mode] {
        match (Uid::effective().is_root(), sudo_user().is_some()) {
            (true, true) => &[Mode::Sudo, Mode::Root, Mode::HostRoot],
            (true, false) => &[Mode::Root, Mode::HostRoot],
            (false, _) => &[Mode::Subuid, Mode::Single, Mode::Sudo],
        }
    }

    /// The word that `--mode` takes.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Subuid => "subuid",
            Mode::Single => "single",
            Mode::Sudo => "sudo",
            Mode::Root => "root",
            Mode::HostRoot => "host-root",
        }
    }

    /// Whether the lab's root is another user outside.
    pub(crate) fn has_user_namespace(self) -> bool {
        self != Mode::HostRoot
    }

    /// The user outside whom the lab's root is, where the machine's root chooses.
    pub(crate) fn root_outside(self) -> Option<u32> {
        match self {
            Mode::Sudo => sudo_user(),
            Mode::Root => Some(FIRST_OF_ROOT),
            Mode::Subuid | Mode::Single | Mode::HostRoot => None,
        }
    }

    /// Whether the lab has users besides root.
    pub fn has_users(self) -> bool {
        self != Mode::Single
    }
}

/// The first of the ids that [`Mode::Root`] takes: the last 65,536 that fit into 31 bits. Neither
/// distributions, useradd(8) nor systemd give them to anybody; see "UIDS-GIDS" in systemd's
/// documentation.
const FIRST_OF_ROOT: u32 = 0x7fff_0000;

/// The id of the user who called sudo(8), if that is how this process became root.
pub(crate) fn sudo_user() -> Option<u32> {
    std::env::var("SUDO_UID").ok()?.parse().ok().filter(|&uid| uid != 0)
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mode::Subuid => "rootless with subordinate ids",
            Mode::Single => "rootless with one id",
            Mode::Sudo => "sudo",
            Mode::Root => "root",
            Mode::HostRoot => "root without a user namespace",
        })
    }
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Mode::ALL.into_iter().find(|mode| mode.word() == word).ok_or_else(|| {
            format!("no mode is called {word:?}: choose subuid, single, sudo, root or host-root")
        })
    }
}
