//! What launcher, monitor and keeper say to each other: JSON in packets, with file descriptors where they are needed.

use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg,
    sendmsg, socketpair,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::error::{End, Refusal, Step};
use crate::{Bind, Mode};

/// The longest packet: a command's arguments and environment have room in it.
const PACKET_MAX: usize = 192 * 1024;

/// What a lab is to be, once its mode is chosen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) mode: Mode,
    pub(crate) binds: Vec<Bind>,
}

/// A command to run inside; its standard streams and the socket for the reply travel with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) program: String,
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) dir: String,
    pub(crate) user: Account,
    /// Rows and columns, if the command is to have a terminal of the lab's own.
    pub(crate) terminal: Option<(u16, u16)>,
}

/// An account of the lab that commands can run as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Account {
    Root,
    Learner,
}

/// How a command went, sent on its reply socket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The terminal's other end travels with this.
    Terminal,
    /// The command ended, with this wait status; see wait(2).
    Ended(i32),
    /// The command did not start.
    NotStarted(String),
}

/// What happens to a lab, told by the keeper to the monitor and by the monitor to the launcher.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Event {
    /// A step of the boot is done.
    Passed(Step),
    /// PID 1 was started, with this id outside.
    Started(i32),
    /// systemd says that it runs.
    Running,
    /// systemd rebooted; the next `Running` will follow.
    Rebooting,
    /// There will be no more boots and no more events.
    Off(End),
    /// The boot failed.
    Failed(Refusal),
}

/// A pair of connected sockets that keep the borders of packets.
pub(crate) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?)
}

/// Sends one message, with descriptors. A peer that is gone is an error, never a signal.
pub(crate) fn send(
    socket: impl AsFd,
    message: &impl Serialize,
    fds: &[BorrowedFd],
) -> io::Result<()> {
    let packet = serde_json::to_vec(message)?;
    if packet.len() > PACKET_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the arguments are too long"));
    }
    let raw: Vec<RawFd> = fds.iter().map(|fd| fd.as_raw_fd()).collect();
    let rights = [ControlMessage::ScmRights(&raw)];
    let control: &[ControlMessage] = if raw.is_empty() { &[] } else { &rights };
    sendmsg::<()>(
        socket.as_fd().as_raw_fd(),
        &[IoSlice::new(&packet)],
        control,
        MsgFlags::MSG_NOSIGNAL,
        None,
    )?;
    Ok(())
}

/// Receives one message and its descriptors; `None` when the peer has closed.
pub(crate) fn receive<T: DeserializeOwned>(
    socket: impl AsFd,
) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
    let mut packet = vec![0; PACKET_MAX];
    let mut space = nix::cmsg_space!([RawFd; 4]);
    let (length, fds) = loop {
        let mut buffers = [IoSliceMut::new(&mut packet)];
        match recvmsg::<()>(
            socket.as_fd().as_raw_fd(),
            &mut buffers,
            Some(&mut space),
            MsgFlags::MSG_CMSG_CLOEXEC,
        ) {
            Ok(message) => break (message.bytes, rights(message.cmsgs()?)),
            Err(nix::errno::Errno::EINTR) => {}
            // The peer ended with packets of ours unread.
            Err(nix::errno::Errno::ECONNRESET) => return Ok(None),
            Err(errno) => return Err(errno.into()),
        }
    };
    if length == 0 {
        return Ok(None);
    }
    Ok(Some((serde_json::from_slice(&packet[..length])?, fds)))
}

fn rights<'a>(messages: impl Iterator<Item = ControlMessageOwned> + 'a) -> Vec<OwnedFd> {
    messages
        .filter_map(|message| match message {
            ControlMessageOwned::ScmRights(fds) => Some(fds),
            _ => None,
        })
        .flatten()
        // SAFETY: the kernel made these descriptors for this message alone; nobody else owns them.
        .map(|fd| unsafe { OwnedFd::from_raw_fd(fd) })
        .collect()
}
