//! The program: brings the register, the socket, the key and the service manager together, and
//! reports how it ended.

mod args;
mod commands;

use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::process::ExitCode;
use std::thread;

use anyhow::Context;
use chrono::Utc;
use clap::Parser;
use date_daemon::LineFormat;
use date_daemon::daemon::Daemon;
use date_daemon::events::{Events, Signals};
use date_daemon::notify::{self, Notifier};
use date_service::{DATE_FORMAT, Doubt, Error, Key, Register, SharedRegister, callers, listen};
use leveled_logger::{Level, basic_config, critical, debug, info, warning};

use args::{Args, Command};

/// EX_CONFIG of sysexits(3): something is set up wrongly, and a second try would not mend it.
const WRONG_SETTING: u8 = 78;

fn main() -> ExitCode {
    // First of all: no signal shall find us unprepared, and nobody else shall get descriptor 3.
    let signals = Signals::block();
    let args = Args::parse();
    match args.command {
        Some(Command::NewKey) => return commands::new_key(),
        Some(Command::Verify { key, answer }) => return commands::verify(key, &answer),
        None => {}
    }
    let sockets = listen::sockets_from_env();
    if let Err(error) = start_log() {
        let _ = writeln!(io::stderr(), "date-service: LEVELS: {error}");
        return ExitCode::from(WRONG_SETTING);
    }
    let result = signals.context("cannot block signals").and_then(|signals| {
        let (sockets, key) = (sockets?, key(&args)?);
        run(&args, signals, sockets, &key)
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            critical!("{error:#}");
            let is_setting = error.downcast_ref::<Error>().is_some();
            ExitCode::from(if is_setting { WRONG_SETTING } else { 1 })
        }
    }
}

/// On standard error, where the journal keeps time, unit and level beside the message.
fn start_log() -> Result<(), leveled_logger::Error> {
    basic_config().level(Level::INFO).format("%(message)s").levels_from_env("LEVELS").apply()
}

fn key(args: &Args) -> Result<Key, Error> {
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY");
    Key::read(Key::place(args.key.clone(), credentials.as_deref())?)
}

fn run(args: &Args, signals: Signals, sockets: Vec<OwnedFd>, key: &Key) -> anyhow::Result<()> {
    let notifier = Notifier::from_env().context("cannot use $NOTIFY_SOCKET")?;
    let watchdog = notify::watchdog_from_env();
    let format: LineFormat = DATE_FORMAT.parse().context("the format of a date")?;
    let register = Register::open(args.register.clone())?;
    look_back(&register, args);
    let register = SharedRegister::new(register);
    let mut events =
        Events::start(args.interval, signals, watchdog).context("cannot start the timer")?;

    let (stop, stopping) = io::pipe().context("cannot make a pipe")?;
    let answer = answers(&register, format.clone(), key);
    thread::scope(|scope| {
        scope.spawn(|| {
            if let Err(error) = callers::serve(&sockets, stop.as_fd(), answer) {
                // A service that answers nobody must not look like a healthy one.
                critical!("cannot answer callers any more: {error}");
                std::process::exit(1);
            }
        });
        let notify = |state: &str| {
            if let Err(error) = notifier.send(state) {
                debug!("cannot tell the service manager: {error}");
            }
        };
        let daemon = Daemon::new(format, register.clone(), notify, watchdog);
        let result = daemon.run(|| events.next_event());
        // Closed, it tells the other thread to end.
        drop(stopping);
        result.context("cannot wait for the next tick")
    })?;
    info!("the register stands at {}", register.lock().number());
    Ok(())
}

/// What is told to each caller: number, date and seal. Where the register takes nothing, the date
/// alone: to know it, nobody needs a disk.
fn answers(register: &SharedRegister, format: LineFormat, key: &Key) -> impl FnMut() -> String {
    let register = register.clone();
    move || {
        let date = format.line(Utc::now());
        let date = date.trim_end();
        match register.lock().enter(date) {
            Ok(number) => {
                let answer = format!("{number} {date}");
                let seal = key.seal(&answer);
                format!("{answer} {seal}")
            }
            Err(error) => {
                debug!("an answer without a number: {error}");
                format!("- {date}")
            }
        }
    }
}

/// What the last run left, and whether it makes sense.
fn look_back(register: &Register, args: &Args) {
    info!("the register stands at {}", register.number());
    let Some(last) = register.last() else {
        return;
    };
    match last.doubt(Utc::now(), args.interval.as_duration()) {
        None => {}
        Some(Doubt::Gap(age)) => {
            warning!("a gap: the last date is {}, {} s ago", last.date, age.as_secs());
        }
        Some(Doubt::ClockWentBack(ahead)) => warning!(
            "the clock went back: the last date is {}, {} s ahead of now",
            last.date,
            ahead.as_secs()
        ),
    }
}
