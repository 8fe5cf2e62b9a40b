//! `lose WAY FILE`: says ten thousand lines, then crashes. What is in the file?
//!
//! The ways are `buffer` (a BufWriter, as many programs have it), `guard` (tracing-appender, its
//! guard thrown away), `file` and `batch` (ours).

use std::fs::OpenOptions;
use std::io::BufWriter;
use std::process;
use std::sync::Arc;

use leveled_logger::{
    AppenderSink, Batched, FileMode, FileSink, Handler, Level, Sink, StreamSink, info, root,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(way), Some(path)) = (args.next(), args.next()) else {
        return Err("usage: lose buffer|guard|file|batch FILE".into());
    };
    let file = OpenOptions::new().append(true).create(true).open(&path)?;
    match way.as_str() {
        "buffer" => say_all(StreamSink::own(Lazy(BufWriter::with_capacity(1 << 20, file)))),
        "guard" => {
            // The underscore drops the guard here and now, and with it the thread that would write.
            let (writer, _) = tracing_appender::non_blocking(file);
            say_all(AppenderSink::new(move || writer.clone()));
        }
        "file" => say_all(FileSink::open(&path, FileMode::Append)?),
        "batch" => say_all(Batched::new(FileSink::open(&path, FileMode::Append)?)),
        other => return Err(format!("{other} is no way to lose lines").into()),
    }
    // No destructor runs here, and no buffer is flushed: as after a failed assertion in a C
    // library.
    process::abort();
}

fn say_all(sink: impl Sink + 'static) {
    root().add_handler(&Arc::new(Handler::new(sink)));
    root().set_level(Level::INFO);
    (1..=10_000).for_each(|line| info!("line {line}"));
}

/// A buffer that nobody flushes after each line.
struct Lazy<W>(W);

impl<W: std::io::Write> std::io::Write for Lazy<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
