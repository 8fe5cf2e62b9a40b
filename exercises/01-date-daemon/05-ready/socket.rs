//! A socket that the check listens to, and what comes there, or does not.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;

use check::{Directory, Result};

use super::super::shared::some;

const READY: &str = "READY=1";

/// A socket that the check listens to.
pub(super) struct Socket {
    pub(super) path: PathBuf,
    datagrams: UnixDatagram,
}

impl Socket {
    /// Makes one with a name that nobody knew before, in a directory of the submission's.
    pub(super) fn new(directory: &Directory) -> Result<Self> {
        let path = directory.path().join(format!("notify-{}", some(0..1_000_000)));
        let datagrams = UnixDatagram::bind(&path)?;
        datagrams.set_nonblocking(true)?;
        fs::set_permissions(&path, Permissions::from_mode(0o666))?;
        Ok(Socket { path, datagrams })
    }

    /// What has come since the last time, each datagram on lines of its own.
    pub(super) fn hear(&self) -> String {
        let mut heard = String::new();
        let mut buffer = [0; 4096];
        while let Ok(length) = self.datagrams.recv(&mut buffer) {
            heard += String::from_utf8_lossy(&buffer[..length]).trim_end_matches('\n');
            heard.push('\n');
        }
        heard
    }
}

pub(super) fn says_ready(heard: &str) -> bool {
    heard.lines().any(|line| line == READY)
}

/// What the daemon's own words tell of a message that did not arrive.
pub(super) fn why_not_told(said: &str, something_came: bool) -> &'static str {
    if something_came {
        "the message that counts is READY=1: these seven characters on a line of their own, in \
            one datagram"
    } else if said.contains("Address already in use") {
        "bind gives a socket of yours an address, and this one is taken: systemd listens there. \
            Send to it, from a socket without an address: UnixDatagram::unbound()"
    } else if said.contains("Protocol wrong type") {
        "the message could not be sent: the socket is a datagram socket, not a stream"
    } else if said.contains("No such device or address") {
        "the message could not be sent: the socket is no file that can be opened; send a \
            datagram to it"
    } else if said.contains("not connected") || said.contains("Destination address") {
        "send wants a socket that is connected; send_to takes the address of whom it is for"
    } else if said.contains(READY) {
        "READY=1 was printed; it has to be sent, to the socket that NOTIFY_SOCKET names"
    } else {
        "nothing came to the socket that NOTIFY_SOCKET names, and that is another one each time: \
            send READY=1 there, in one datagram"
    }
}
