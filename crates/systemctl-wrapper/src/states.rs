//! The manager's words for the state of a unit; systemctl(1), "UNIT STATE".
//!
//! All are open: systemd has added words before, and a word that this library doesn't know is kept
//! as it came.

/// An enum over the words of the manager, with a variant for words that are not known yet.
macro_rules! open_enum {
    ($(#[$about:meta])* $name:ident { $($(#[$says:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$says])* $variant,)*
            /// A word that this library does not know.
            Other(String),
        }

        impl $name {
            /// All words that are known.
            pub const KNOWN: &'static [&'static str] = &[$($word),*];

            /// The manager's word.
            pub fn as_str(&self) -> &str {
                match self {
                    $($name::$variant => $word,)*
                    $name::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => $name::$variant,)*
                    other => $name::Other(other.to_owned()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use open_enum;

open_enum! {
    /// Whether the unit's files could be read.
    LoadState {
        /// Named by another unit, not looked at yet.
        Stub = "stub",
        /// Read.
        Loaded = "loaded",
        /// There is no file of that name.
        NotFound = "not-found",
        /// A line is so wrong that the unit can't be used.
        BadSetting = "bad-setting",
        /// The file could not be read.
        Error = "error",
        /// Another name of a unit that has been read.
        Merged = "merged",
        /// A link to `/dev/null` stands in its place: it can't be started at all.
        Masked = "masked",
    }
}

open_enum! {
    /// What the unit does now, in the words that all kinds of unit share.
    ActiveState {
        /// Started.
        Active = "active",
        /// Started, and reading its configuration again.
        Reloading = "reloading",
        /// Stopped.
        Inactive = "inactive",
        /// Stopped, because something went wrong.
        Failed = "failed",
        /// Between stopped and started.
        Activating = "activating",
        /// Between started and stopped.
        Deactivating = "deactivating",
        /// Somebody works on it: a file system is being checked, a directory is being cleaned.
        Maintenance = "maintenance",
        /// Started, and its mounts are being renewed; since systemd 257.
        Refreshing = "refreshing",
    }
}

impl ActiveState {
    /// What `is-active` takes for active.
    pub fn is_active(&self) -> bool {
        matches!(self, ActiveState::Active | ActiveState::Reloading | ActiveState::Refreshing)
    }

    /// Neither running nor about to.
    pub fn is_down(&self) -> bool {
        matches!(self, ActiveState::Inactive | ActiveState::Failed)
    }
}

open_enum! {
    /// What is known of a unit's start at boot; the words of `systemctl is-enabled`.
    UnitFileState {
        /// Links lead to it, so it is started.
        Enabled = "enabled",
        /// The same, until the next boot.
        EnabledRuntime = "enabled-runtime",
        /// Its file is elsewhere, a link makes it known.
        Linked = "linked",
        /// The same, until the next boot.
        LinkedRuntime = "linked-runtime",
        /// Another name of a unit.
        Alias = "alias",
        /// A link to `/dev/null` keeps it from being started.
        Masked = "masked",
        /// The same, until the next boot.
        MaskedRuntime = "masked-runtime",
        /// It has no `[Install]` section: whoever wants it names it.
        Static = "static",
        /// It can be enabled, and is not.
        Disabled = "disabled",
        /// Its `[Install]` section names only other units, with `Also=` or `DefaultInstance=`.
        Indirect = "indirect",
        /// A program made it at boot; systemd.generator(7).
        Generated = "generated",
        /// Somebody made it over D-Bus; it has no file that lasts.
        Transient = "transient",
        /// Its file can't be read.
        Bad = "bad",
    }
}

impl UnitFileState {
    /// Whether enabling means something for it, so that a preset may ask for it.
    pub fn can_be_enabled(&self) -> bool {
        use UnitFileState as S;
        !matches!(self, S::Alias | S::Static | S::Generated | S::Transient)
    }

    /// Whether a boot starts the unit by its own links: `None` where that depends on others, as for
    /// a static unit.
    pub fn starts_at_boot(&self) -> Option<bool> {
        use UnitFileState as S;
        match self {
            S::Enabled => Some(true),
            S::Static | S::Indirect | S::Generated | S::Alias | S::Other(_) => None,
            S::EnabledRuntime | S::Linked | S::LinkedRuntime | S::Masked | S::MaskedRuntime => {
                Some(false)
            }
            S::Disabled | S::Transient | S::Bad => Some(false),
        }
    }
}
