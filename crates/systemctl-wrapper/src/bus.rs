//! One connection to a bus: each call waits for its answer, at most for so long, and takes in the
//! signals meanwhile.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::env;
use std::future::{Future, poll_fn};
use std::num::NonZeroUsize;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::pin::{Pin, pin};
use std::process::Command;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;
use zbus::{Connection, MatchRule, Message, MessageStream};
use zruntime::SharedRuntime;

use crate::runtime::{CallersThread, Output};
use crate::scope::Route;
use crate::{Error, Scope};

/// How long sd-bus(3) waits for an answer, and so do we; `SYSTEMD_BUS_TIMEOUT` changes both.
const TIMEOUT: Duration = Duration::from_secs(25);

/// How many signals zbus keeps for us. It stops reading when they are full, so we take them in
/// whenever we wait.
const QUEUE: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// A connection, and the signals that it has brought so far.
pub(crate) struct Bus {
    runtime: SharedRuntime,
    connection: Connection,
    signals: RefCell<Signals>,
    timeout: Duration,
    output: RefCell<Option<Output>>,
}

impl Bus {
    /// Connects to the bus of `scope`.
    pub(crate) fn connect(scope: &Scope) -> Result<Bus, Error> {
        let route = scope.route()?;
        let timeout = timeout();
        let builder = match &route {
            Route::Address(address) => zbus::connection::Builder::address(address.as_str()),
            Route::Ssh { host, port } => zbus::connection::Builder::unix_stream(ssh(host, *port)?),
        };
        let runtime = SharedRuntime::new().map_err(|error| Error::Protocol {
            what: "watch a socket".to_owned(),
            cause: error.to_string(),
        })?;
        let connecting = builder.runtime(CallersThread(runtime.clone())).build();
        let mut nothing = Signals::default();
        let connected = wait(&runtime, "Hello", connecting, timeout, &mut nothing);
        let connection = connected.map_err(|error| match error {
            Error::TimedOut { .. } => error,
            other => Error::NoBus {
                scope: scope.clone(),
                address: route.to_string(),
                cause: other.to_string(),
            },
        })?;
        let (signals, output) = (RefCell::default(), RefCell::default());
        Ok(Bus { runtime, connection, signals, timeout, output })
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Waits for one answer.
    pub(crate) fn wait<T>(
        &self,
        what: &str,
        answer: impl Future<Output = zbus::Result<T>>,
    ) -> Result<T, Error> {
        wait(&self.runtime, what, answer, self.timeout, &mut self.signals.borrow_mut())
    }

    /// Asks for the signals of a rule from now on. The bus has the rule when this returns.
    pub(crate) fn subscribe(&self, rule: MatchRule<'_>) -> Result<(), Error> {
        let rule = rule.into_owned();
        let stream = self
            .wait("AddMatch", MessageStream::for_match_rule(rule, &self.connection, Some(QUEUE)))?;
        self.signals.borrow_mut().streams.push(stream);
        Ok(())
    }

    /// From now on, no signal is waited for once nobody is left to read what is written to
    /// `output`.
    pub(crate) fn write_to(&self, output: OwnedFd) {
        *self.output.borrow_mut() = Output::new(&self.runtime, output);
    }

    /// The next signal; `None` after `deadline`, or when the reader of the output is gone.
    pub(crate) fn next_signal(&self, deadline: Option<Instant>) -> Result<Option<Message>, Error> {
        let signals = &mut self.signals.borrow_mut();
        let output = &*self.output.borrow();
        if let Some(signal) = signals.heard.pop_front() {
            return Ok(Some(signal));
        }
        self.runtime.block_on(async {
            let mut sleep = pin!(sleep_until(&self.runtime, deadline));
            poll_fn(|context| {
                signals.take_in(context);
                match signals.heard.pop_front() {
                    Some(signal) => Poll::Ready(Ok(Some(signal))),
                    None if signals.ended => Poll::Ready(Err(Error::Disconnected)),
                    None if is_unread(output, context) => Poll::Ready(Ok(None)),
                    None => sleep.as_mut().poll(context).map(|()| Ok(None)),
                }
            })
            .await
        })
    }
}

fn is_unread(output: &Option<Output>, context: &mut Context<'_>) -> bool {
    output.as_ref().is_some_and(|output| output.is_unread(context))
}

/// The signals that have arrived and have not been looked at.
#[derive(Default)]
struct Signals {
    streams: Vec<MessageStream>,
    heard: VecDeque<Message>,
    ended: bool,
}

impl Signals {
    /// Empties zbus's queues into ours.
    fn take_in(&mut self, context: &mut Context<'_>) {
        for stream in &mut self.streams {
            loop {
                match Pin::new(&mut *stream).poll_next(context) {
                    Poll::Ready(Some(Ok(message))) => self.heard.push_back(message),
                    Poll::Ready(Some(Err(_)) | None) => {
                        self.ended = true;
                        break;
                    }
                    Poll::Pending => break,
                }
            }
        }
    }
}

/// Waits for `answer`, at most for `limit`.
fn wait<T>(
    runtime: &SharedRuntime,
    what: &str,
    answer: impl Future<Output = zbus::Result<T>>,
    limit: Duration,
    signals: &mut Signals,
) -> Result<T, Error> {
    let mut pending = pin!(answer);
    let mut answer = None;
    run_until(runtime, limit, signals, &mut |context| {
        let polled = pending.as_mut().poll(context);
        polled.map(|ready| answer = Some(ready))
    });
    match answer {
        Some(answer) => answer.map_err(|error| from_zbus(what, &error)),
        None => Err(Error::TimedOut { what: what.to_owned(), limit }),
    }
}

/// Polls until it is ready, or `limit` is over. Not generic, so that the program has it once and
/// not for each type of answer.
///
/// The queues are emptied at each wake-up. A client that waits for an answer and doesn't read
/// signals meanwhile hangs as soon as the queue is full: the answer is behind the signals.
fn run_until(
    runtime: &SharedRuntime,
    limit: Duration,
    signals: &mut Signals,
    poll: &mut dyn FnMut(&mut Context<'_>) -> Poll<()>,
) {
    runtime.block_on(async {
        let mut sleep = pin!(sleep_until(runtime, Instant::now().checked_add(limit)));
        poll_fn(|context| {
            signals.take_in(context);
            match poll(context) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => sleep.as_mut().poll(context),
            }
        })
        .await;
    });
}

/// Ends at `deadline`, or never.
async fn sleep_until(runtime: &SharedRuntime, deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => runtime.sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// Starts ssh(1) with a socket as its standard input and output; it ends when the socket closes.
fn ssh(host: &str, port: Option<u16>) -> Result<UnixStream, Error> {
    let start = || {
        let (ours, theirs) = UnixStream::pair()?;
        let theirs = OwnedFd::from(theirs);
        let port = port.map(|port| format!("-p{port}"));
        Command::new("ssh")
            .arg("-xT")
            .args(port)
            .args(["--", host, "systemd-stdio-bridge"])
            .stdin(theirs.try_clone()?)
            .stdout(theirs)
            .spawn()?;
        Ok(ours)
    };
    start().map_err(|error: std::io::Error| Error::Protocol {
        what: "start ssh".to_owned(),
        cause: error.to_string(),
    })
}

fn timeout() -> Duration {
    let seconds = env::var("SYSTEMD_BUS_TIMEOUT").ok().and_then(|text| text.parse::<f64>().ok());
    let wanted = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    wanted.filter(|limit| !limit.is_zero()).unwrap_or(TIMEOUT)
}

/// zbus's errors, told apart as far as somebody could act on it.
fn from_zbus(what: &str, error: &zbus::Error) -> Error {
    match error {
        zbus::Error::MethodError(name, message, _) => {
            Error::refused(name.as_str(), message.as_deref())
        }
        zbus::Error::FDO(fdo) => match fdo.as_ref() {
            zbus::fdo::Error::ZBus(inner) => from_zbus(what, inner),
            other => {
                use zbus::DBusError;
                Error::refused(other.name().as_str(), other.description())
            }
        },
        zbus::Error::InputOutput(cause) => match cause.kind() {
            std::io::ErrorKind::BrokenPipe
            | std::io::ErrorKind::ConnectionReset
            | std::io::ErrorKind::UnexpectedEof => Error::Disconnected,
            _ => Error::Protocol { what: what.to_owned(), cause: cause.to_string() },
        },
        zbus::Error::Connection(cause, _) => {
            Error::Protocol { what: what.to_owned(), cause: cause.to_string() }
        }
        other => Error::Protocol { what: what.to_owned(), cause: other.to_string() },
    }
}
