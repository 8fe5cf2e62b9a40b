//! Socket units; systemd.socket(5).

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU16;

use systemd_types::UnitName;

use super::sections::{lines, more};
use super::{AbsolutePath, Install, Mode, Setting, Unit};

/// A socket that starts a service when somebody connects.
///
/// ```
/// use unit_file::writer::{AbsolutePath, Listen, Socket, Text, Unit};
///
/// let path = Listen::Path(AbsolutePath::new("/run/demo.sock")?);
/// let socket = Socket::new(Unit::described(Text::new("Demo")?), path);
/// assert!(socket.to_string().contains("ListenStream=/run/demo.sock\n"));
/// # Ok::<(), unit_file::writer::Unwritable>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Socket {
    /// `[Unit]`
    pub unit: Unit,
    /// `ListenStream=`; at least one, or systemd refuses the unit.
    pub listen: Listen,
    /// More of them.
    pub also_listen: Vec<Listen>,
    /// `Accept=yes`: an instance of the template for each connection.
    pub accept: bool,
    /// `Service=`, if it is not the one of the same name; it does not go with `accept`.
    pub service: Option<UnitName>,
    /// `SocketMode=`
    pub socket_mode: Option<Mode>,
    /// Other settings of `[Socket]`.
    pub more: Vec<Setting>,
    /// `[Install]`
    pub install: Install,
}

impl Socket {
    /// A socket at one address.
    pub fn new(unit: Unit, listen: Listen) -> Socket {
        Socket {
            unit,
            listen,
            also_listen: Vec::new(),
            accept: false,
            service: None,
            socket_mode: None,
            more: Vec::new(),
            install: Install::default(),
        }
    }
}

impl fmt::Display for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n[Socket]\n", self.unit)?;
        writeln!(f, "ListenStream={}", self.listen)?;
        lines(f, "ListenStream", &self.also_listen)?;
        if self.accept {
            writeln!(f, "Accept=yes")?;
        }
        lines(f, "Service", self.service.as_ref().filter(|_| !self.accept))?;
        lines(f, "SocketMode", &self.socket_mode)?;
        more(f, "Socket", &self.more)?;
        write!(f, "{}", self.install)
    }
}

/// Where a stream socket listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// A TCP port on all addresses.
    Port(NonZeroU16),
    /// A TCP port on one address.
    Address(SocketAddr),
    /// A UNIX socket.
    Path(AbsolutePath),
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Listen::Port(port) => write!(f, "{port}"),
            Listen::Address(address) => write!(f, "{address}"),
            Listen::Path(path) => write!(f, "{path}"),
        }
    }
}
