//! syslog, on this machine or on another.

use std::io::{self, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{About, Sink};
use crate::encode::SyslogFormat;
use crate::{Encoding, Error};

/// Where a syslog daemon listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyslogAddress {
    /// A socket on this machine; `/dev/log` is the usual one, and journald listens there too.
    Local(PathBuf),
    /// `host:port`; 514 is the usual port. A datagram may get lost on the way, and nobody will
    /// know.
    Udp(String),
    /// `host:port`. Messages are counted out, see RFC 6587, section 3.4.1.
    Tcp(String),
}

enum Connection {
    Local(UnixDatagram),
    Udp(UdpSocket),
    Tcp(Mutex<Option<TcpStream>>),
}

/// Sends messages to syslog.
pub struct SyslogSink {
    address: SyslogAddress,
    connection: Connection,
    format: SyslogFormat,
}

/// So long a peer that takes nothing may keep the caller.
const MAX_WAIT: Duration = Duration::from_secs(5);

impl SyslogSink {
    /// Connects.
    ///
    /// # Errors
    ///
    /// When nobody listens there; over UDP, only when the address makes no sense.
    pub fn connect(address: SyslogAddress, format: SyslogFormat) -> Result<SyslogSink, Error> {
        let connected = match &address {
            SyslogAddress::Local(path) => UnixDatagram::unbound().and_then(|socket| {
                socket.connect(path)?;
                socket.set_write_timeout(Some(MAX_WAIT))?;
                Ok(Connection::Local(socket))
            }),
            SyslogAddress::Udp(peer) => UdpSocket::bind("[::]:0")
                .or_else(|_| UdpSocket::bind("0.0.0.0:0"))
                .and_then(|socket| {
                    socket.connect(peer)?;
                    Ok(Connection::Udp(socket))
                }),
            SyslogAddress::Tcp(peer) => {
                dial(peer).map(|stream| Connection::Tcp(Mutex::new(Some(stream))))
            }
        };
        let place = address.to_string();
        let connection = connected.map_err(|cause| Error::Unreachable { place, cause })?;
        Ok(SyslogSink { address, connection, format })
    }
}

fn dial(peer: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(peer)?;
    stream.set_write_timeout(Some(MAX_WAIT))?;
    Ok(stream)
}

impl Sink for SyslogSink {
    fn write_line(&self, message: &[u8], _: About) -> io::Result<()> {
        match (&self.connection, &self.address) {
            (Connection::Local(socket), SyslogAddress::Local(path)) => match socket.send(message) {
                // The daemon was started again.
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => {
                    socket.connect(path).map_err(|_| error)?;
                    socket.send(message).map(drop)
                }
                other => other.map(drop),
            },
            (Connection::Udp(socket), _) => socket.send(message).map(drop),
            (Connection::Tcp(stream), SyslogAddress::Tcp(peer)) => {
                let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                send_counted(&mut stream, peer, message)
            }
            (Connection::Local(_) | Connection::Tcp(_), _) => {
                Err(io::ErrorKind::NotConnected.into())
            }
        }
    }

    fn encoding(&self) -> Encoding {
        Encoding::Syslog(self.format.clone())
    }

    fn place(&self) -> String {
        self.address.to_string()
    }
}

/// A message behind its length, in one write. A stream that broke is dialed again, once.
fn send_counted(stream: &mut Option<TcpStream>, peer: &str, message: &[u8]) -> io::Result<()> {
    let mut frame = format!("{} ", message.len()).into_bytes();
    frame.extend_from_slice(message);
    if let Some(open) = stream
        && open.write_all(&frame).is_ok()
    {
        return Ok(());
    }
    *stream = None;
    let mut open = dial(peer)?;
    open.write_all(&frame)?;
    *stream = Some(open);
    Ok(())
}

impl std::fmt::Display for SyslogAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SyslogAddress::Local(path) => write!(f, "syslog at {}", path.display()),
            SyslogAddress::Udp(peer) => write!(f, "syslog at udp:{peer}"),
            SyslogAddress::Tcp(peer) => write!(f, "syslog at tcp:{peer}"),
        }
    }
}
