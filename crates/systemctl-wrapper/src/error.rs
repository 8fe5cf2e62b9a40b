//! What can go wrong, why, and what helps.

use std::time::Duration;

use systemd_types::InvalidUnitName;

use crate::Scope;

/// An error, with its cause; [`Error::cure`] says what helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No bus answers at that address.
    #[error("no bus for {scope} at {address}: {cause}")]
    NoBus {
        /// Whose bus it would be.
        scope: Scope,
        /// The D-Bus address.
        address: String,
        /// What the kernel, or the bus, said.
        cause: String,
    },
    /// `XDG_RUNTIME_DIR` is not set, so nobody knows where the user's bus is.
    #[error("cannot find your bus: XDG_RUNTIME_DIR is not set")]
    NoRuntimeDirectory {
        /// Who called `sudo`, if that is the reason.
        sudo: Option<String>,
    },
    /// Not the name of a machine.
    #[error("{0:?} is not the name of a host")]
    NoHost(String),
    /// The manager, or the bus, said no.
    #[error("{message}")]
    Refused {
        /// The D-Bus name of the error, such as `org.freedesktop.systemd1.NoSuchUnit`.
        name: String,
        /// What was said.
        message: String,
        /// The unit that it is about.
        unit: Option<String>,
    },
    /// No answer came.
    #[error("{what}: no answer within {} s", limit.as_secs_f32())]
    TimedOut {
        /// The call.
        what: String,
        /// How long it was waited for.
        limit: Duration,
    },
    /// The bus went away.
    #[error("the bus closed the connection")]
    Disconnected,
    /// What came is no answer to what was asked.
    #[error("{what}: {cause}")]
    Protocol {
        /// The call.
        what: String,
        /// What is wrong with the answer.
        cause: String,
    },
    /// Not the name of a unit.
    #[error("{0}")]
    InvalidName(#[from] InvalidUnitName),
}

/// Why the manager said no, as far as that has a name; sd-bus-errors(3), bus-common-errors.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// There is no such unit.
    NoSuchUnit,
    /// There is no such unit file.
    NoSuchFile,
    /// A link to `/dev/null` stands in its place.
    Masked,
    /// A generator made its file, or somebody over D-Bus: there is nothing to enable.
    Generated,
    /// A line of the unit is wrong, so that it can't be started.
    BadSetting,
    /// The unit's file could not be read.
    LoadFailed,
    /// Only root, or whom polkit allows.
    AccessDenied,
    /// Polkit would ask, but nobody is there to be asked.
    NobodyToAsk,
    /// The unit can be started by its dependencies only: `RefuseManualStart=`.
    OnlyByDependency,
    /// The unit lacks `AllowIsolate=yes`.
    NoIsolation,
    /// Another job stands in the way, and the mode forbids to replace it.
    Conflict,
    /// The unit can't do that: most services can't reload.
    NotApplicable,
    /// The manager can't do that.
    NotSupported,
    /// A file stands where a link was to be made.
    FileExists,
    /// Another argument that the manager does not take.
    InvalidArguments,
    /// The manager is older than the call.
    UnknownMethod,
    /// Something else.
    Other,
}

impl Error {
    /// The manager's answer, from its parts.
    pub(crate) fn refused(name: &str, message: Option<&str>) -> Error {
        let message = match message.filter(|text| !text.is_empty()).unwrap_or(name) {
            // What dbus-daemon says is for those who write its rules.
            text if text.starts_with("Rejected send message") => "the bus lets only root do that",
            text => text,
        };
        Error::Refused { name: name.to_owned(), message: message.to_owned(), unit: None }
    }

    /// Says which unit the error is about.
    #[must_use]
    pub(crate) fn about(self, unit: &str) -> Error {
        match self {
            Error::Refused { name, message, .. } => {
                Error::Refused { name, message, unit: Some(unit.to_owned()) }
            }
            other => other,
        }
    }

    /// Why the manager said no.
    pub fn cause(&self) -> Cause {
        let Error::Refused { name, .. } = self else {
            return Cause::Other;
        };
        let known = CAUSES.iter().find(|(known, _)| known == name);
        known.map_or(Cause::Other, |(_, cause)| *cause)
    }

    /// Whether there is no bus to talk to, as on a system without a D-Bus daemon.
    pub fn is_no_bus(&self) -> bool {
        matches!(self, Error::NoBus { .. })
    }

    /// What helps, if that is known: mostly a command.
    pub fn cure(&self) -> Option<String> {
        match self {
            Error::NoBus { scope: Scope::User, .. } => Some(
                "is your service manager running? loginctl enable-linger starts it without a login"
                    .to_owned(),
            ),
            Error::NoBus { scope: Scope::Host(_), address, .. } => {
                Some(format!("does this work? {address} systemd-stdio-bridge --version"))
            }
            Error::NoBus { scope: Scope::System, .. } => {
                Some("is systemd PID 1 here, and D-Bus installed? systemctl status dbus".to_owned())
            }
            Error::NoRuntimeDirectory { sudo: Some(user) } => Some(format!(
                "sudo leaves it behind: run it as {user}, or with --machine={user}@ (systemctl(1))"
            )),
            Error::NoRuntimeDirectory { sudo: None } => Some(
                "log in anew, or after su: export XDG_RUNTIME_DIR=/run/user/$(id -u)".to_owned(),
            ),
            Error::TimedOut { .. } => {
                Some("SYSTEMD_BUS_TIMEOUT= sets how long to wait, in seconds".to_owned())
            }
            Error::Refused { unit, message, .. } => {
                let named = named_unit(message).or(unit.as_deref()).unwrap_or("UNIT");
                // The manager forgets a unit that does nothing, and looks for no file then.
                if message.ends_with(" not loaded.") {
                    return Some(format!("it does nothing now; is there one? status {named}"));
                }
                if self.cause() == Cause::InvalidArguments
                    && let Some((stem, kind)) = named.split_once("@.")
                {
                    return Some(format!("a template starts as an instance: {stem}@NAME.{kind}"));
                }
                self.cause().cure(named)
            }
            _ => None,
        }
    }

    /// The exit status that systemctl(1) has for a job that could not even be made: the LSB's
    /// numbers.
    ///
    /// Masked units, bad settings and missing agents have none of their own: 1.
    pub fn exit_status(&self) -> u8 {
        match self.cause() {
            Cause::AccessDenied
            | Cause::OnlyByDependency
            | Cause::NoIsolation
            | Cause::Conflict => 4,
            Cause::NoSuchUnit => 5,
            Cause::NotApplicable | Cause::NotSupported => 3,
            Cause::LoadFailed => 6,
            _ => 1,
        }
    }
}

/// The unit that the manager's sentence is about: of several in a transaction, the one that is in
/// the way.
fn named_unit(message: &str) -> Option<&str> {
    let words = message.strip_prefix("Unit ")?;
    let words = words.strip_prefix("file ").or(words.strip_prefix("name ")).unwrap_or(words);
    let word = words.split(' ').next()?;
    let word = word.rsplit('/').next()?;
    word.contains('.').then_some(word)
}

impl Cause {
    fn cure(self, unit: &str) -> Option<String> {
        let cure = match self {
            Cause::NoSuchUnit | Cause::NoSuchFile => {
                // A name such as `../x` has nothing in front of its first dot to look for.
                let stem = unit.split('.').next().filter(|stem| !stem.is_empty());
                let pattern = stem.map(|stem| format!(" '*{stem}*'")).unwrap_or_default();
                format!("which are there? list-unit-files{pattern}")
            }
            Cause::Masked => format!("somebody forbade it: unmask {unit} allows it again"),
            Cause::Generated => {
                "its file was made by a program, and is not yours to enable: mask forbids it"
                    .to_owned()
            }
            Cause::BadSetting | Cause::LoadFailed => {
                format!("what is wrong with it: systemd-analyze verify {unit}")
            }
            Cause::AccessDenied => {
                "only root may: sudo systemctl-wrapper …; for a unit of your own, --user".to_owned()
            }
            Cause::NobodyToAsk => "polkit would ask for a password, and finds nobody to ask: sudo \
                                   systemctl-wrapper …; for a unit of your own, --user"
                .to_owned(),
            Cause::OnlyByDependency => {
                "it has RefuseManualStart= or RefuseManualStop=: use a unit that needs it"
                    .to_owned()
            }
            Cause::NoIsolation => "only a target with AllowIsolate=yes can be isolated".to_owned(),
            Cause::Conflict => {
                "another job stands in the way: list-jobs shows it, cancel ends it".to_owned()
            }
            Cause::NotApplicable => {
                format!("without ExecReload= there is no reload: reload-or-restart {unit}")
            }
            Cause::FileExists => {
                "a file of that name is in the way: the message names it".to_owned()
            }
            Cause::NotSupported | Cause::InvalidArguments | Cause::UnknownMethod | Cause::Other => {
                return None;
            }
        };
        Some(cure)
    }
}

const CAUSES: [(&str, Cause); 20] = [
    ("org.freedesktop.systemd1.NoSuchUnit", Cause::NoSuchUnit),
    ("org.freedesktop.systemd1.NoSuchUnitFile", Cause::NoSuchFile),
    ("org.freedesktop.DBus.Error.FileNotFound", Cause::NoSuchFile),
    ("System.Error.ENOENT", Cause::NoSuchFile),
    ("org.freedesktop.systemd1.UnitMasked", Cause::Masked),
    ("org.freedesktop.systemd1.UnitGenerated", Cause::Generated),
    ("org.freedesktop.systemd1.BadUnitSetting", Cause::BadSetting),
    ("org.freedesktop.systemd1.LoadFailed", Cause::LoadFailed),
    ("org.freedesktop.DBus.Error.AccessDenied", Cause::AccessDenied),
    ("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", Cause::NobodyToAsk),
    ("org.freedesktop.systemd1.OnlyByDependency", Cause::OnlyByDependency),
    ("org.freedesktop.systemd1.NoIsolation", Cause::NoIsolation),
    ("org.freedesktop.systemd1.TransactionIsDestructive", Cause::Conflict),
    ("org.freedesktop.systemd1.JobTypeNotApplicable", Cause::NotApplicable),
    ("org.freedesktop.DBus.Error.NotSupported", Cause::NotSupported),
    ("org.freedesktop.systemd1.UnitExists", Cause::FileExists),
    ("org.freedesktop.DBus.Error.FileExists", Cause::FileExists),
    ("System.Error.EEXIST", Cause::FileExists),
    ("org.freedesktop.DBus.Error.InvalidArgs", Cause::InvalidArguments),
    ("org.freedesktop.DBus.Error.UnknownMethod", Cause::UnknownMethod),
];
