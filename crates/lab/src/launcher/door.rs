//! A door to a running lab: through it another program of the same user runs commands in it, as
//! from a second terminal.
//!
//! What comes through is a command and its streams, which the launcher hands on to the monitor. The
//! visitor never holds the launcher's own socket: a lab still ends with its launcher, whoever is
//! visiting.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use nix::sys::signal::{SigSet, SigmaskHow};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, Shutdown, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, connect,
    listen, shutdown, socket_with, sockopt,
};
use rustix::process::geteuid;
use serde::{Deserialize, Serialize};

use super::command::Command;
use super::lab::Lab;
use super::link::Link;
use crate::error::Error;
use crate::mode::Mode;
use crate::protocol::{Request, receive, send};

/// How many may wait for the door at once.
const WAITING_MAX: i32 = 4;

/// What a visitor is told first.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Welcome {
    mode: Mode,
    about: String,
    directory: PathBuf,
}

/// An open door; it closes when this is dropped. Who is in stays, at most until the lab ends.
pub struct Door {
    listener: Arc<OwnedFd>,
}

impl Lab {
    /// Lets other programs of this user run commands in this lab; they find it by `name`, with
    /// [`join`]. `about` says in a few words what the lab is for, and `directory` is where a
    /// visitor begins.
    ///
    /// # Errors
    /// When somebody else has taken the name.
    pub fn open_door(&self, name: &str, about: &str, directory: &Path) -> Result<Door, Error> {
        let listener = Arc::new(socket()?);
        bind(&listener, &address(name)?).map_err(io::Error::from)?;
        listen(&listener, WAITING_MAX).map_err(io::Error::from)?;
        let control = Arc::new(self.link().socket.try_clone()?);
        let welcome =
            Welcome { mode: self.mode(), about: about.to_owned(), directory: directory.to_owned() };
        let at_the_door = Arc::clone(&listener);
        spawn_deaf(move || {
            // Ends when the door is closed.
            while let Ok(visitor) = accept_with(&at_the_door, SocketFlags::CLOEXEC) {
                let (welcome, control) = (welcome.clone(), Arc::clone(&control));
                if is_ours(&visitor) && send(&visitor, &welcome, &[]).is_ok() {
                    spawn_deaf(move || hand_on(&visitor, &control));
                }
            }
        });
        Ok(Door { listener })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = shutdown(&self.listener, Shutdown::Both);
    }
}

/// Starts a thread that gets no signals: those of the process are for the thread that started it.
fn spawn_deaf(work: impl FnOnce() + Send + 'static) {
    // Blocking and setting a mask fails only for signals that do not exist.
    if let Ok(before) = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK) {
        thread::spawn(work);
        let _ = before.thread_set_mask();
    }
}

/// Whether the visitor is a process of this user, or root's, whom nobody can keep out.
fn is_ours(visitor: &OwnedFd) -> bool {
    let peer = sockopt::socket_peercred(visitor);
    peer.is_ok_and(|peer| peer.uid == geteuid() || peer.uid.is_root())
}

/// Hands a visitor's commands on to the monitor, until the visitor leaves or the lab ends.
fn hand_on(visitor: &OwnedFd, control: &OwnedFd) {
    while let Ok(Some((request, fds))) = receive::<Request>(visitor) {
        let fds: Vec<_> = fds.iter().map(AsFd::as_fd).collect();
        if send(control, &request, &fds).is_err() {
            return;
        }
    }
}

/// A lab that another program of this user has booted, and keeps.
pub struct Joined {
    link: Link,
    welcome: Welcome,
}

/// Goes into the lab whose door is called `name`; none where there is no such door.
///
/// ```no_run
/// let lab = lab::Lab::boot(&lab::Options::default())?;
/// let _door = lab.open_door("mine", "an example", "/".as_ref())?;
/// // In another program of the same user:
/// if let Some(joined) = lab::join("mine")? {
///     joined.command("bash").current_dir(joined.directory()).status()?;
/// }
/// # Ok::<(), lab::Error>(())
/// ```
///
/// # Errors
/// When the one who keeps the lab does not answer.
pub fn join(name: &str) -> Result<Option<Joined>, Error> {
    let socket = socket()?;
    match connect(&socket, &address(name)?) {
        Ok(()) => {}
        Err(Errno::CONNREFUSED) => return Ok(None),
        Err(errno) => return Err(io::Error::from(errno).into()),
    }
    // Somebody else may have taken the name, to be given our streams.
    if !is_ours(&socket) {
        return Ok(None);
    }
    let welcome = receive::<Welcome>(&socket)?.map(|(welcome, _)| welcome);
    Ok(welcome.map(|welcome| Joined { link: Link::new(socket, welcome.mode), welcome }))
}

impl Joined {
    /// A command to run inside; see [`Lab::command`].
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command<'_> {
        Command::new(&self.link, program.as_ref())
    }

    /// What the lab is for, in the words of the one who keeps it.
    pub fn about(&self) -> &str {
        &self.welcome.about
    }

    /// Where to begin.
    pub fn directory(&self) -> &Path {
        &self.welcome.directory
    }
}

fn socket() -> io::Result<OwnedFd> {
    Ok(socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}

/// An abstract address: no file is left when the process ends; see unix(7).
fn address(name: &str) -> io::Result<SocketAddrUnix> {
    let name = format!("servicios-lab-{}-{name}", geteuid().as_raw());
    Ok(SocketAddrUnix::new_abstract_name(name.as_bytes())?)
}
