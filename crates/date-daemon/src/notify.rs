//! Telling the service manager how things stand: the protocol of sd_notify(3), in full in one file.
//!
//! A datagram of `NAME=value` lines to the Unix socket that $NOTIFY_SOCKET names, nothing else. No
//! library is needed, and systemd promises that the protocol stays as it is.

use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// The way to the service manager, if there is one.
///
/// ```
/// use date_daemon::notify::Notifier;
///
/// // Under systemd with Type=notify it is heard; started by hand it is said to nobody.
/// Notifier::from_env()?.send("READY=1\nSTATUS=Writing dates")?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Notifier(Option<(UnixDatagram, SocketAddr)>);

impl Notifier {
    /// The socket that $NOTIFY_SOCKET names. Without that variable, started by hand, there is
    /// nobody to tell, and `send` does nothing.
    pub fn from_env() -> io::Result<Self> {
        let Some(name) = std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()) else {
            return Ok(Self(None));
        };
        let address = match name.as_bytes() {
            // An `@` stands for the zero byte that marks a name in the abstract namespace, see
            // unix(7).
            [b'@', abstract_name @ ..] => SocketAddr::from_abstract_name(abstract_name)?,
            [b'/', ..] => SocketAddr::from_pathname(&name)?,
            _ => return Err(io::Error::other("neither a path nor an abstract name")),
        };
        let socket = UnixDatagram::unbound()?;
        // A manager that does not listen must not stop us from doing our work.
        socket.set_write_timeout(Some(Duration::from_secs(1)))?;
        Ok(Self(Some((socket, address))))
    }

    /// Sends `state`: `READY=1`, or several such lines.
    ///
    /// Finds the socket by its name each time, so that a manager that made it anew still hears us.
    pub fn send(&self, state: &str) -> io::Result<()> {
        if let Some((socket, address)) = &self.0 {
            socket.send_to_addr(state.as_bytes(), address)?;
        }
        Ok(())
    }
}

/// How long the manager waits for a sign of life before it kills us, if it does: see
/// sd_watchdog_enabled(3).
pub fn watchdog_from_env() -> Option<Duration> {
    let pid = std::env::var("WATCHDOG_PID");
    // A shell between the manager and us would pass the variables on, though they are not meant for
    // us.
    if pid.is_ok_and(|pid| pid != std::process::id().to_string()) {
        return None;
    }
    let usec = std::env::var("WATCHDOG_USEC").ok()?.parse().ok()?;
    (usec > 0).then(|| Duration::from_micros(usec))
}
