//! Which service manager is meant, and where its bus is.

use std::env;
use std::fmt;

use nix::unistd::Uid;

use crate::Error;

/// The system bus's socket, where `DBUS_SYSTEM_BUS_ADDRESS` says nothing else; dbus-daemon(1).
const SYSTEM_BUS: &str = "unix:path=/run/dbus/system_bus_socket";

/// A service manager to talk to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// PID 1 of this machine.
    System,
    /// The calling user's own manager, `user@UID.service`.
    User,
    /// PID 1 of another machine, through ssh(1) and systemd-stdio-bridge(1): `[USER@]HOST[:PORT]`.
    Host(String),
}

impl Scope {
    /// How to reach the bus on which the manager is.
    pub(crate) fn route(&self) -> Result<Route, Error> {
        match self {
            Scope::System => {
                let address = variable("DBUS_SYSTEM_BUS_ADDRESS");
                Ok(Route::Address(address.unwrap_or_else(|| SYSTEM_BUS.to_owned())))
            }
            Scope::User => user_bus().map(Route::Address),
            // What begins with a dash would be an option of ssh's, and some of those run commands.
            Scope::Host(host) if host.is_empty() || host.starts_with('-') => {
                Err(Error::NoHost(host.clone()))
            }
            Scope::Host(host) => {
                let (host, port) = host_and_port(host);
                Ok(Route::Ssh { host, port })
            }
        }
    }
}

/// A way to a bus.
pub(crate) enum Route {
    /// A D-Bus address.
    Address(String),
    /// ssh(1) to this host, with systemd-stdio-bridge(1) at its end.
    Ssh { host: String, port: Option<u16> },
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Route::Address(address) => f.write_str(address),
            Route::Ssh { host, port: Some(port) } => write!(f, "ssh -p{port} {host}"),
            Route::Ssh { host, port: None } => write!(f, "ssh {host}"),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::System => f.write_str("the system's service manager"),
            Scope::User => f.write_str("your service manager"),
            Scope::Host(host) => write!(f, "the service manager of {host}"),
        }
    }
}

/// Takes `HOST:PORT` apart, which ssh(1) does not. An IPv6 address has colons of its own: before a
/// port it stands in brackets.
fn host_and_port(text: &str) -> (String, Option<u16>) {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if host.ends_with(']') || !host.contains(':') => (host, Some(port)),
        _ => (text, None),
    };
    match port.map(str::parse) {
        Some(Err(_)) => (text.to_owned(), None),
        Some(Ok(port)) => (host.replace(['[', ']'], ""), Some(port)),
        None => (host.replace(['[', ']'], ""), None),
    }
}

/// The user's bus is where the session says, or in the runtime directory that pam_systemd(8) makes
/// at login.
///
/// After `sudo` or `su` that directory is still another user's, or there is none. Both are told
/// apart, for their cures differ.
fn user_bus() -> Result<String, Error> {
    let sudo = || variable("SUDO_USER").filter(|_| Uid::effective().is_root());
    if let Some(address) = variable("DBUS_SESSION_BUS_ADDRESS") {
        return Ok(address);
    }
    match variable("XDG_RUNTIME_DIR") {
        Some(directory) => Ok(format!("unix:path={}/bus", escape(&directory))),
        None => Err(Error::NoRuntimeDirectory { sudo: sudo() }),
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// In an address, only these bytes stand for themselves; the D-Bus specification, "Server
/// Addresses".
fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/.*".contains(&byte);
    let escaped = |byte: u8| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") }
    };
    text.bytes().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_no_option() {
        let route = |host: &str| Scope::Host(host.to_owned()).route();
        assert!(route("ann@box").is_ok());
        assert!(route("-oProxyCommand=x").is_err());
        assert!(route("").is_err());
    }

    #[test]
    fn a_port_is_none_of_the_hosts_name() {
        let check = |text: &str, host: &str, port: Option<u16>| {
            assert_eq!(host_and_port(text), (host.to_owned(), port), "{text}");
        };
        check("ann@box", "ann@box", None);
        check("ann@box:2222", "ann@box", Some(2222));
        check("::1", "::1", None);
        check("ann@[::1]", "ann@::1", None);
        check("ann@[::1]:2222", "ann@::1", Some(2222));
        check("box:port", "box:port", None);
        check("box:99999", "box:99999", None);
    }
}
