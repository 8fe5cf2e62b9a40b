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

/// How long it is quiet before we ask.
const QUIET: Duration = Duration::from_millis(500);

/// Starts a unit, waits for the end of its job, and gives the result back.
fn start_and_wait(bus: &mut Bus, unit: &str) -> io::Result<String> {
    bus.subscribe()?;
    let job = bus.start_unit(unit)?;
    loop {
        while let Some(signal) = bus.next_signal(QUIET)? {
            if signal.job == job {
                return Ok(signal.result);
            }
        }
        if !bus.has_job(&job)? {
            return how_it_went(bus, unit);
        }
    }
}

/// The result of a job whose signal never came.
fn how_it_went(bus: &mut Bus, unit: &str) -> io::Result<String> {
    Ok(match bus.unit_state(unit)?.as_str() {
        "failed" => "failed".to_owned(),
        _ => "done".to_owned(),
    })
}
