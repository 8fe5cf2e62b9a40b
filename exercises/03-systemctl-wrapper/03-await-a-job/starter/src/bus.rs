//! A small client for the manager, as far as this exercise needs it. It is given; nothing here is to be changed.
//!
//! The answers and the signals come over one connection, in the order in which the manager sends them. While an answer is
//! waited for, the signals that arrive before it are kept for `next_signal`.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// The manager says that a job is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRemoved {
    /// The job, as `start_unit` has named it.
    pub job: String,
    /// The unit, by its own name; that need not be the name that was asked for.
    pub unit: String,
    /// How it ended: `done`, `failed`, `canceled`, `timeout`, `dependency`, `skipped`, …
    pub result: String,
}

/// A connection to the manager.
pub struct Bus {
    reader: BufReader<UnixStream>,
    signals: VecDeque<JobRemoved>,
    /// The beginning of a line whose end has not arrived.
    line: String,
}

impl Bus {
    pub fn connect(path: &str) -> io::Result<Bus> {
        let stream = UnixStream::connect(path)?;
        Ok(Bus { reader: BufReader::new(stream), signals: VecDeque::new(), line: String::new() })
    }

    /// Asks for the signal JobRemoved. Jobs that end before this are never heard of.
    pub fn subscribe(&mut self) -> io::Result<()> {
        self.call("subscribe").map(drop)
    }

    /// Asks for a start, and gives the job back. The job may be over by then.
    pub fn start_unit(&mut self, unit: &str) -> io::Result<String> {
        self.call(&format!("start {unit}"))
    }

    /// Whether the manager still has the job.
    pub fn has_job(&mut self, job: &str) -> io::Result<bool> {
        Ok(self.call(&format!("has-job {job}"))? == "yes")
    }

    /// What a unit does: `active`, `failed`, `inactive`, …
    pub fn unit_state(&mut self, unit: &str) -> io::Result<String> {
        self.call(&format!("state {unit}"))
    }

    /// The next signal; `None` if there was none for so long.
    pub fn next_signal(&mut self, limit: Duration) -> io::Result<Option<JobRemoved>> {
        if let Some(signal) = self.signals.pop_front() {
            return Ok(Some(signal));
        }
        match self.read_line(Some(limit)) {
            Ok(line) => Ok(signal(&line)),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn call(&mut self, request: &str) -> io::Result<String> {
        self.reader.get_mut().write_all(format!("{request}\n").as_bytes())?;
        loop {
            let line = self.read_line(None)?;
            if let Some(answer) = line.strip_prefix("answer ") {
                return Ok(answer.to_owned());
            }
            self.signals.extend(signal(&line));
        }
    }

    fn read_line(&mut self, limit: Option<Duration>) -> io::Result<String> {
        self.reader.get_ref().set_read_timeout(limit)?;
        match self.reader.read_line(&mut self.line)? {
            0 => Err(io::Error::new(ErrorKind::UnexpectedEof, "the manager has closed the connection")),
            _ => Ok(std::mem::take(&mut self.line).trim_end().to_owned()),
        }
    }
}

fn signal(line: &str) -> Option<JobRemoved> {
    let words: Vec<&str> = line.strip_prefix("removed ")?.split(' ').collect();
    let [job, unit, result] = words.as_slice() else { return None };
    Some(JobRemoved { job: (*job).to_owned(), unit: (*unit).to_owned(), result: (*result).to_owned() })
}
