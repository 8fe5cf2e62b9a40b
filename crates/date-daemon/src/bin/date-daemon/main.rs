//! The program: reads the command line, brings the file, the timer, the signals and the service
//! manager together, and reports how it ended.

mod args;
mod log;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use tracing::{info, warn};

use args::Args;
use date_daemon::DatesFile;
use date_daemon::daemon::Daemon;
use date_daemon::events::{Events, Signals};
use date_daemon::notify::{self, Notifier};

fn main() -> ExitCode {
    // Before anything else: no signal shall find us unprepared.
    let signals = Signals::block();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) if error.use_stderr() => {
            complain(&args::one_line_of(&error));
            return ExitCode::from(2);
        }
        Err(help) => {
            // To standard output; a pipe that closes is not an error.
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    log::start(args.log_level);
    let result = signals.context("cannot block signals").and_then(|signals| run(args, signals));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args, signals: Signals) -> anyhow::Result<()> {
    let notifier = Notifier::from_env().context("cannot use $NOTIFY_SOCKET")?;
    let watchdog = notify::watchdog_from_env();
    let file = DatesFile::open(args.file.clone())?;
    let mut events =
        Events::start(args.interval, signals, watchdog).context("cannot start the timer")?;
    info!("appending the date to {} every {:?}", args.file.display(), args.interval.as_duration());

    let mut deaf = false;
    let notify = |state: &str| match notifier.send(state) {
        // Said once: a manager that does not listen is no reason to stop.
        Err(error) if !deaf => {
            deaf = true;
            warn!("cannot tell the service manager: {error}");
        }
        _ => {}
    };
    Daemon::new(args.format, file, notify, watchdog)
        .run(|| events.next_event())
        .context("cannot wait for the next tick")
}

/// One line on standard error, also when that is closed.
fn complain(what: &str) {
    let priority = if log::stderr_is_journal() { "<3>" } else { "" };
    let _ = writeln!(io::stderr(), "{priority}date-daemon: {what}");
}
