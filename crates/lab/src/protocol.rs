//! What launcher, monitor and keeper say to each other: JSON in packets, with file descriptors
//! where they are needed.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::error::End;
use crate::mode::Mode;
use crate::options::Bind;
use crate::refusal::{Refusal, Step};

/// The longest packet: a command's arguments and environment have room in it.
const PACKET_MAX: usize = 192 * 1024;

/// How many descriptors travel with a message at most: a command's streams and the socket for the
/// reply.
const FDS_MAX: usize = 4;

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
    pub(crate) directory: String,
    pub(crate) user: Account,
    pub(crate) position: Position,
    /// The rows and columns of the lab's own terminal that the command is to have, if any.
    pub(crate) terminal: Option<(u16, u16)>,
}

/// Where a command runs; see `Lab::command` and `Lab::outside_command`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Position {
    Inside,
    Outside,
}

/// An account of the lab that commands can run as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Account {
    Root,
    Learner,
}

impl Account {
    /// The id of the learner's user and group: the first that ordinary users get.
    pub(crate) const LEARNER_ID: u32 = 1000;
    /// The group that may read the journal; see systemd-journald.service(8).
    pub(crate) const JOURNAL_GROUP: u32 = 101;
}

/// How a command went, sent on its reply socket.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The terminal's other end travels with this.
    Terminal,
    /// The command ended, with this wait status; see wait(2).
    Ended(i32),
    /// The command did not start: why, and what the kernel answered.
    NotStarted { cause: String, errno: Option<i32> },
}

/// What happens to a lab, told by the keeper to the monitor and by the monitor to the launcher.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Event {
    /// A step of the boot is done.
    Passed(Step),
    /// PID 1 was started, with this id outside.
    Started(i32),
    /// The mounts of this boot are done. The mount namespace for commands outside travels with
    /// this.
    Mounted,
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
    Ok(socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}

/// Sends one message, with descriptors. A peer that is gone is an error, never a signal.
pub(crate) fn send(
    socket: impl AsFd,
    message: &impl Serialize,
    fds: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let packet = serde_json::to_vec(message)?;
    if packet.len() > PACKET_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the arguments are too long"));
    }
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FDS_MAX))];
    let mut rights = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && !rights.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "too many descriptors"));
    }
    sendmsg(socket, &[IoSlice::new(&packet)], &mut rights, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Receives one message and its descriptors; `None` when the peer has closed.
pub(crate) fn receive<T: DeserializeOwned>(
    socket: impl AsFd,
) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
    let mut packet = vec![0; PACKET_MAX];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FDS_MAX))];
    let mut rights = RecvAncillaryBuffer::new(&mut space);
    let length = loop {
        let mut buffers = [IoSliceMut::new(&mut packet)];
        match recvmsg(&socket, &mut buffers, &mut rights, RecvFlags::CMSG_CLOEXEC) {
            Ok(message) => break message.bytes,
            // The peer ended with packets of ours unread. The kernel says so once, before it hands
            // out what the peer had sent.
            Err(rustix::io::Errno::INTR | rustix::io::Errno::CONNRESET) => {}
            Err(errno) => return Err(errno.into()),
        }
    };
    if length == 0 {
        return Ok(None);
    }
    let fds = rights.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(fds) => Some(fds),
        _ => None,
    });
    Ok(Some((serde_json::from_slice(&packet[..length])?, fds.flatten().collect())))
}

#[cfg(test)]
mod tests;
