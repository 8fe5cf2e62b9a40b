//! Service units; systemd.service(5), systemd.exec(5).

use std::fmt;

use super::sections::{lines, list, more};
use super::{AbsolutePath, Exec, Install, Setting, Text, Unit, Variable};
use crate::values::TimeSpan;

/// A service. `Service::new` gives the least, the fields the rest.
///
/// ```
/// use unit_file::writer::{Exec, Restart, Service, Text, Unit};
///
/// let exec = Exec::new("/usr/bin/printf", ["%s", "$HOME"])?;
/// let service = Service {
///     restart: Restart::OnFailure,
///     ..Service::new(Unit::described(Text::new("100% polite")?), exec)
/// };
/// let written = "[Unit]\nDescription=100%% polite\n\n\
///                [Service]\nExecStart=/usr/bin/printf %%s $$HOME\nRestart=on-failure\n";
/// assert_eq!(service.to_string(), written);
/// # Ok::<(), unit_file::writer::Unwritable>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// `[Unit]`
    pub unit: Unit,
    /// `Type=`; not written if it is the default.
    pub service_type: ServiceType,
    /// `ExecStart=`; one command, unless the type is oneshot.
    pub exec_start: Vec<Exec>,
    /// `Restart=`; not written if it is no.
    pub restart: Restart,
    /// `RestartSec=`
    pub restart_sec: Option<TimeSpan>,
    /// `User=`
    pub user: Option<Text>,
    /// `DynamicUser=yes`
    pub dynamic_user: bool,
    /// `WorkingDirectory=`
    pub working_directory: Option<AbsolutePath>,
    /// `Environment=`, a line for each.
    pub environment: Vec<Variable>,
    /// `StateDirectory=`
    pub state_directory: Option<Text>,
    /// Other settings of `[Service]`.
    pub more: Vec<Setting>,
    /// `[Install]`
    pub install: Install,
}

impl Service {
    /// A service that runs one command.
    pub fn new(unit: Unit, exec_start: Exec) -> Service {
        Service {
            unit,
            service_type: ServiceType::Simple,
            exec_start: vec![exec_start],
            restart: Restart::No,
            restart_sec: None,
            user: None,
            dynamic_user: false,
            working_directory: None,
            environment: Vec::new(),
            state_directory: None,
            more: Vec::new(),
            install: Install::default(),
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n[Service]\n", self.unit)?;
        if self.service_type != ServiceType::Simple {
            writeln!(f, "Type={}", spelling(&ServiceType::ALL, self.service_type))?;
        }
        lines(f, "ExecStart", &self.exec_start)?;
        if self.restart != Restart::No {
            writeln!(f, "Restart={}", spelling(&Restart::ALL, self.restart))?;
        }
        lines(f, "RestartSec", &self.restart_sec)?;
        lines(f, "User", &self.user)?;
        if self.dynamic_user {
            writeln!(f, "DynamicUser=yes")?;
        }
        lines(f, "WorkingDirectory", &self.working_directory)?;
        lines(f, "Environment", &self.environment)?;
        list(f, "StateDirectory", self.state_directory.as_slice())?;
        more(f, "Service", &self.more)?;
        write!(f, "{}", self.install)
    }
}

/// How systemd knows that the service has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceType {
    /// When its process has been forked.
    Simple,
    /// When its program runs.
    Exec,
    /// When its first process has ended, and left a daemon behind.
    Forking,
    /// When its process has ended.
    Oneshot,
    /// When it says so.
    Notify,
    /// As simple, when nothing else is to be started any more.
    Idle,
}

impl ServiceType {
    /// All types, and how `Type=` spells them.
    pub const ALL: [(ServiceType, &'static str); 6] = [
        (ServiceType::Simple, "simple"),
        (ServiceType::Exec, "exec"),
        (ServiceType::Forking, "forking"),
        (ServiceType::Oneshot, "oneshot"),
        (ServiceType::Notify, "notify"),
        (ServiceType::Idle, "idle"),
    ];
}

/// When systemd starts the service again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// Never.
    No,
    /// After a good end.
    OnSuccess,
    /// After a bad status, a signal, a time-out or a missed watchdog.
    OnFailure,
    /// As on-failure, a bad status not counting.
    OnAbnormal,
    /// After a missed watchdog.
    OnWatchdog,
    /// After a signal.
    OnAbort,
    /// Always, unless somebody stopped it.
    Always,
}

impl Restart {
    /// All choices, and how `Restart=` spells them.
    pub const ALL: [(Restart, &'static str); 7] = [
        (Restart::No, "no"),
        (Restart::OnSuccess, "on-success"),
        (Restart::OnFailure, "on-failure"),
        (Restart::OnAbnormal, "on-abnormal"),
        (Restart::OnWatchdog, "on-watchdog"),
        (Restart::OnAbort, "on-abort"),
        (Restart::Always, "always"),
    ];
}

/// The spelling of one of the choices of a key; it is among them.
fn spelling<T: PartialEq>(choices: &[(T, &'static str)], choice: T) -> &'static str {
    choices.iter().find(|(known, _)| *known == choice).map_or("", |(_, word)| word)
}
