//! tracing-appender's writers as sinks: its rolling files, and its non-blocking writer.
//!
//! Know what the non-blocking one does before you use it. By default it is *lossy*: with 128,000
//! lines waiting, it throws away what comes next, and says so nowhere but in a counter. Even when
//! it is not, its guard waits one second at the end and then gives up; `std::process::exit` doesn't
//! run the guard at all; and when the disk is full, the lines are gone without a word.
//! [`Batched`](crate::Batched) does none of that; `just bench` measures the two side by side.

use std::io::{self, Write};

use tracing_subscriber::fmt::MakeWriter;

use super::{About, Sink};

/// Any of tracing's writers: `AppenderSink::new(tracing_appender::rolling::daily("/var/log/app",
/// "app.log"))`.
///
/// Its rolling files are named by UTC, whatever the machine's clock says;
/// [`TimedSink`](crate::TimedSink) goes by local time, and removes old files by Python's rule.
pub struct AppenderSink<M>(M);

impl<M> AppenderSink<M>
where
    M: for<'a> MakeWriter<'a> + Send + Sync,
{
    /// Writes with that writer.
    pub fn new(writer: M) -> AppenderSink<M> {
        AppenderSink(writer)
    }
}

impl<M> Sink for AppenderSink<M>
where
    M: for<'a> MakeWriter<'a> + Send + Sync,
{
    fn write_line(&self, line: &[u8], _: About) -> io::Result<()> {
        self.0.make_writer().write_all(line)
    }

    fn flush(&self) -> io::Result<()> {
        self.0.make_writer().flush()
    }

    fn place(&self) -> String {
        "the appender".to_owned()
    }
}
