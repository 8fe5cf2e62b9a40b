//! `heartbeat FILE INTERVAL_MS`: a service that logs to a file of its own, and follows it when it
//! is rotated. Without a FILE it logs to standard error, as a service should.

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use leveled_logger::{
    Formatter, Handler, Level, StreamSink, Style, WatchedSink, info, reopen_on_hangup, root,
};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (file, interval) = (args.next(), args.next());
    let interval = interval.and_then(|text| text.parse().ok()).unwrap_or(1000);
    match handler(file.as_deref()) {
        Ok(handler) => root().add_handler(&Arc::new(handler)),
        Err(error) => {
            eprintln!("heartbeat: {error}");
            return ExitCode::FAILURE;
        }
    }
    root().set_level(Level::INFO);
    for beat in 1_u64.. {
        info!("beat {beat}");
        thread::sleep(Duration::from_millis(interval));
    }
    ExitCode::SUCCESS
}

fn handler(file: Option<&str>) -> Result<Handler, leveled_logger::Error> {
    let Some(file) = file else {
        return Ok(Handler::new(StreamSink::new(io::stderr)));
    };
    // Before the file is open: a rotation that comes at once shall not end the service.
    reopen_on_hangup();
    let format = Formatter::new("%(asctime)s %(levelname)s %(message)s", None, Style::Percent)?;
    Ok(Handler::new(WatchedSink::open(file)?).with_formatter(format))
}
