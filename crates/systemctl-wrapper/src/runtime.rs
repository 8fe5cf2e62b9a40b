//! What runs a connection: the calling thread, while it waits for an answer, and nothing else.
//!
//! zbus brings a runtime along that starts a thread for what happens between two calls. A program
//! that asks once and ends would pay for a thread and for two switches with each call, and between
//! our calls nothing has to happen: what arrives meanwhile waits in the socket.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net;
use std::path::Path;
use std::pin::Pin;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use zbus::runtime::traits::{PollIo, Runtime, TaskHandle};
use zbus::runtime::{Interest, IoSource};
use zruntime::net::TcpStream;
use zruntime::net::unix::UnixStream;
use zruntime::{Registration, Shared, SharedRuntime, Sleep};

/// Runs in the thread that calls `block_on` on it, as long as that call lasts.
#[derive(Clone)]
pub(crate) struct CallersThread(pub(crate) SharedRuntime);

impl Runtime for CallersThread {
    type RegisteredIoSource = Source;
    type Sleep = Sleep<Shared>;
    type Task<T>
        = Task<T>
    where
        T: Send + 'static;

    fn register_io_source(&self, source: IoSource) -> io::Result<Source> {
        self.0.register(source).map(Source)
    }

    fn sleep(&self, duration: Duration) -> Sleep<Shared> {
        self.0.sleep(duration)
    }

    fn spawn<T>(&self, name: &str, future: impl Future<Output = T> + Send + 'static) -> Task<T>
    where
        T: Send + 'static,
    {
        Task(self.0.spawn(name.to_owned(), future))
    }

    async fn connect_tcp(&self, address: SocketAddr) -> io::Result<IoSource> {
        let stream = TcpStream::<Shared>::connect(&self.0, address).await?;
        Ok(OwnedFd::from(stream.into_std()).into())
    }

    async fn connect_unix(&self, path: &Path) -> io::Result<IoSource> {
        // An address that begins with a zero has no file; unix(7), "Abstract sockets".
        let address = match path.as_os_str().as_bytes() {
            [0, name @ ..] => net::SocketAddr::from_abstract_name(name)?,
            _ => net::SocketAddr::from_pathname(path)?,
        };
        let stream = UnixStream::<Shared>::connect_addr(&self.0, &address).await?;
        Ok(OwnedFd::from(stream.into_std()).into())
    }

    /// Only addresses that we do not make have a program at their other end.
    fn spawn_process(
        &self,
        _: Command,
        _: Stdio,
        _: Stdio,
        _: Stdio,
    ) -> io::Result<Pin<Box<dyn Future<Output = io::Result<ExitStatus>> + Send + 'static>>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// A socket that the runtime watches.
pub(crate) struct Source(Registration<Shared>);

impl PollIo for Source {
    fn poll_io<T>(
        &self,
        context: &mut Context<'_>,
        interest: Interest,
        operation: impl FnMut() -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        let interest = match interest {
            Interest::Writable => zruntime::Interest::Writable,
            _ => zruntime::Interest::Readable,
        };
        self.0.poll_io(context, interest, operation)
    }
}

/// A pipe or socket that somebody else reads.
pub(crate) struct Output {
    fd: Arc<OwnedFd>,
    registration: Registration<Shared>,
}

impl Output {
    /// Watches it; `None` for what can't be watched, such as a file, which has no reader to lose.
    pub(crate) fn new(runtime: &SharedRuntime, fd: OwnedFd) -> Option<Output> {
        let fd = Arc::new(fd);
        let registration = runtime.register(Arc::clone(&fd)).ok()?;
        Some(Output { fd, registration })
    }

    /// Whether its reader is gone. If not, the task is woken when that happens: the kernel tells it
    /// to whoever waits for anything there.
    pub(crate) fn is_unread(&self, context: &mut Context<'_>) -> bool {
        let look = || {
            let mut fds = [PollFd::new(self.fd.as_fd(), PollFlags::empty())];
            poll(&mut fds, PollTimeout::ZERO)?;
            let gone = PollFlags::POLLERR | PollFlags::POLLHUP;
            match fds[0].revents() {
                Some(events) if events.intersects(gone) => Ok(()),
                _ => Err(io::ErrorKind::WouldBlock.into()),
            }
        };
        matches!(
            self.registration.poll_io(context, zruntime::Interest::Readable, look),
            Poll::Ready(Ok(()))
        )
    }
}

/// Something that runs beside the calls: zbus's reader of messages.
pub(crate) struct Task<T>(zruntime::Task<T, Shared>);

impl<T> Future for Task<T> {
    type Output = io::Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl<T: Send + 'static> TaskHandle<T> for Task<T> {
    fn detach(self) {
        self.0.detach();
    }
}
