//! Starts a unit and waits until the job is over: `systemctl-wrapper-3 SOCKET UNIT`.

mod bus;

use std::env;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use bus::Bus;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let [socket, unit] = words.as_slice() else {
        eprintln!("usage: systemctl-wrapper-3 SOCKET UNIT");
        return ExitCode::from(2);
    };
    match Bus::connect(socket).and_then(|mut bus| start_and_wait(&mut bus, unit)) {
        Ok(result) => {
            println!("{result}");
            match result.as_str() {
                "done" | "skipped" => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            }
        }
        Err(error) => {
            eprintln!("systemctl-wrapper-3: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Starts a unit, waits for the end of its job, and gives the result back.
fn start_and_wait(bus: &mut Bus, unit: &str) -> io::Result<String> {
    // TODO: which call comes first, which signal is ours, and what if none comes?
    let _job = bus.start_unit(unit)?;
    bus.subscribe()?;
    if bus.has_job("")? {
        bus.unit_state(unit)?;
    }
    match bus.next_signal(Duration::from_secs(1))? {
        Some(signal) if signal.unit == unit => Ok(signal.result),
        Some(signal) => Ok(format!("{} of {}", signal.result, signal.job)),
        None => Ok("nothing".to_owned()),
    }
}
