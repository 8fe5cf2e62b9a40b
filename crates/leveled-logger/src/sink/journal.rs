//! The journal, by its own protocol: one datagram for each entry, or a sealed file in memory for
//! one that is too large.
//!
//! journald may be busy, or stopped. Then the socket fills up, and an ordinary send would wait: so
//! the sink sends only what can be taken at once, and the rest waits in a queue of its own, up to a
//! bound. What does not fit there is lost, counted, and said in the journal itself.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, IoSlice, Write as _};
use std::ops::{Deref, DerefMut};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::socket::{ControlMessage, MsgFlags, UnixAddr, sendmsg, setsockopt, sockopt};

use super::{About, Sink};
use crate::encode::journal_note;
use crate::layer::process_id;
use crate::{Encoding, Error, at_end};

/// Where journald listens.
const SOCKET: &str = "/run/systemd/journal/socket";
/// So many bytes wait when journald does not take them; some twenty thousand ordinary entries.
const MAX_WAITING: usize = 8 << 20;
/// A packet is closed at this size; a datagram may be three times as large.
const MAX_PACKET: usize = 64 << 10;
/// At the end of the program, how long a journal that takes nothing at all is waited for.
const MAX_FLUSH: Duration = Duration::from_secs(1);

/// Sends entries to systemd's journal. Never waits for it.
pub struct JournalSink {
    shared: Arc<Shared>,
    identifier: String,
}

struct Shared {
    socket: UnixDatagram,
    path: PathBuf,
    identifier: String,
    queue: Mutex<Queue>,
    lost: AtomicU64,
}

#[derive(Default)]
struct Queue {
    packets: VecDeque<Packet>,
    /// Of all packets, the one that is just being sent among them.
    bytes: usize,
    /// Lost since it was last said.
    unsaid: u64,
    /// The process that has a thread to send what waits; 0 for none.
    sender: u32,
}

/// Entries that wait together. journald reads several from one datagram, with an empty line
/// between them: what piled up takes one send, not hundreds.
struct Packet {
    text: Vec<u8>,
    entries: u64,
}

/// The queue, while nobody forks.
struct Locked<'a> {
    queue: MutexGuard<'a, Queue>,
    _gate: at_end::Gate,
}

impl Deref for Locked<'_> {
    type Target = Queue;

    fn deref(&self) -> &Queue {
        &self.queue
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut Queue {
        &mut self.queue
    }
}

impl JournalSink {
    /// Connects to the journal. `identifier` is the name that journalctl(1) shows in front of each
    /// line.
    ///
    /// # Errors
    ///
    /// When there is no journal, as in most containers.
    pub fn connect(identifier: &str) -> Result<JournalSink, Error> {
        JournalSink::connect_to(Path::new(SOCKET), identifier)
    }

    /// As [`JournalSink::connect`], for a journal that listens elsewhere, as a log namespace's
    /// does: `/run/systemd/journal.NAME/socket`.
    ///
    /// # Errors
    ///
    /// When nobody listens there.
    pub fn connect_to(path: &Path, identifier: &str) -> Result<JournalSink, Error> {
        let socket = UnixDatagram::unbound().and_then(|socket| {
            socket.connect(path)?;
            socket.set_nonblocking(true)?;
            // More room than the default lets a burst through; the kernel gives what it allows.
            let _ = setsockopt(&socket, sockopt::SndBuf, &MAX_WAITING);
            Ok(socket)
        });
        let place = || format!("the journal at {}", path.display());
        let socket = socket.map_err(|cause| Error::Unreachable { place: place(), cause })?;
        let shared = Shared {
            socket,
            path: path.to_owned(),
            identifier: identifier.to_owned(),
            queue: Mutex::default(),
            lost: AtomicU64::new(0),
        };
        Ok(JournalSink { shared: Arc::new(shared), identifier: identifier.to_owned() })
    }
}

impl Sink for JournalSink {
    fn write_line(&self, entry: &[u8], _: About) -> io::Result<()> {
        let mut queue = self.shared.queue();
        // Not past those that wait: an entry has its turn.
        if queue.is_idle() {
            match self.shared.send(entry) {
                Ok(()) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        if queue.bytes + entry.len() > MAX_WAITING {
            queue.unsaid += 1;
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
        } else {
            queue.add(entry);
        }
        if queue.sender == 0 {
            let shared = Arc::clone(&self.shared);
            let started = thread::Builder::new()
                .name("journal".to_owned())
                .spawn(move || shared.send_waiting());
            queue.sender = if started.is_ok() { process_id() } else { 0 };
        }
        Ok(())
    }

    /// What the journal does not take within a second is lost, counted, and said when it takes
    /// something again.
    fn flush(&self) -> io::Result<()> {
        let mut until = Instant::now() + MAX_FLUSH;
        let mut before = usize::MAX;
        loop {
            let mut queue = self.shared.queue();
            if queue.is_idle() {
                return Ok(());
            }
            // A slow journal is not a stopped one.
            if queue.bytes < before {
                before = queue.bytes;
                until = Instant::now() + MAX_FLUSH;
            }
            if Instant::now() > until {
                let left = queue.give_up();
                self.shared.lost.fetch_add(left, Ordering::Relaxed);
                let what = format!("the journal takes nothing; {left} entries are lost");
                return Err(io::Error::other(what));
            }
            drop(queue);
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn has_locks(&self) -> bool {
        // It has one, and asks for the gate itself: `flush` must not keep it while it waits.
        false
    }

    fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }

    fn encoding(&self) -> Encoding {
        Encoding::Journal { identifier: self.identifier.clone() }
    }

    fn place(&self) -> String {
        format!("the journal at {}", self.shared.path.display())
    }
}

impl Shared {
    /// The queue of this process: after a fork, what waits is the parent's, and so is the thread
    /// that sends it.
    fn queue(&self) -> Locked<'_> {
        let gate = at_end::gate();
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.sender != 0 && queue.sender != process_id() {
            *queue = Queue::default();
        }
        Locked { queue, _gate: gate }
    }

    /// Sends an entry, if it can be taken at once.
    fn send(&self, entry: &[u8]) -> io::Result<()> {
        match self.socket.send(entry) {
            Err(error) if error.raw_os_error() == Some(Errno::EMSGSIZE as i32) => {
                self.send_large(entry)
            }
            // journald was started again, and listens on a new socket.
            Err(error) if is_gone(&error) => {
                self.socket.connect(&self.path)?;
                self.socket.send(entry).map(drop)
            }
            other => other.map(drop),
        }
    }

    /// An entry that no datagram can hold: its bytes in a file in memory, sealed so that nobody can
    /// change them while they are read, and only the descriptor is sent.
    fn send_large(&self, entry: &[u8]) -> io::Result<()> {
        let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
        let mut memory = File::from(memfd_create(c"journal-entry", flags)?);
        memory.write_all(entry)?;
        fcntl(&memory, FcntlArg::F_ADD_SEALS(SealFlag::all()))?;
        let descriptors = [memory.as_raw_fd()];
        let message = [ControlMessage::ScmRights(&descriptors)];
        let nothing = [IoSlice::new(&[])];
        sendmsg::<UnixAddr>(self.socket.as_raw_fd(), &nothing, &message, MsgFlags::empty(), None)?;
        Ok(())
    }

    /// The thread that is there while something waits.
    fn send_waiting(&self) {
        at_end::block_signals();
        loop {
            let mut queue = self.queue();
            let Some(packet) = queue.next(&self.identifier) else {
                queue.sender = 0;
                return;
            };
            drop(queue);
            let mut tries = 0;
            let outcome = loop {
                match self.send(&packet.text) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        wait_for_room(&self.socket, tries);
                        tries += 1;
                    }
                    outcome => break outcome,
                }
            };
            if outcome.is_err() {
                self.lost.fetch_add(packet.entries, Ordering::Relaxed);
            }
            let mut queue = self.queue();
            queue.bytes = queue.bytes.saturating_sub(packet.text.len());
        }
    }
}

impl Queue {
    /// Whether the next entry can be sent without overtaking another.
    fn is_idle(&self) -> bool {
        self.packets.is_empty() && self.unsaid == 0 && self.sender == 0
    }

    fn add(&mut self, entry: &[u8]) {
        self.bytes += entry.len();
        match self.packets.back_mut() {
            Some(last) if last.text.len() + entry.len() < MAX_PACKET => {
                last.text.push(b'\n');
                last.text.extend_from_slice(entry);
                last.entries += 1;
                self.bytes += 1;
            }
            _ => self.packets.push_back(Packet { text: entry.to_owned(), entries: 1 }),
        }
    }

    /// Throws away what waits; returns how many entries those were.
    fn give_up(&mut self) -> u64 {
        let left = self.packets.drain(..).map(|packet| packet.entries).sum();
        self.bytes = 0;
        self.unsaid += left;
        left
    }

    /// Takes the packet whose turn it is; what was lost is said after all those that came before
    /// it.
    fn next(&mut self, identifier: &str) -> Option<Packet> {
        if self.packets.is_empty() && self.unsaid > 0 {
            let lost = std::mem::take(&mut self.unsaid);
            let message = format!("{lost} entries were lost here: the journal did not keep up");
            self.add(&journal_note(&message, identifier));
        }
        self.packets.pop_front()
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::NotConnected | io::ErrorKind::NotFound
    )
}

/// Until the socket may have room, or for a tenth of a second: journald may have been started
/// again.
fn wait_for_room(socket: &UnixDatagram, tries: u32) {
    use nix::poll::{PollFd, PollFlags, poll};
    use std::os::fd::AsFd as _;
    let _ = poll(&mut [PollFd::new(socket.as_fd(), PollFlags::POLLOUT)], 100_u8);
    // Others send too, and may have been quicker; and older kernels look at this end only. A pause
    // keeps that from being a busy loop.
    if tries > 10 {
        thread::park_timeout(Duration::from_millis(1));
    }
}
