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

fn start_and_wait(bus: &mut Bus, unit: &str) -> io::Result<String> {
    bus.subscribe()?;
    let job = bus.start_unit(unit)?;
    let t = std::time::Instant::now();
    loop {
        match bus.next_signal(Duration::from_millis(500))? {
            Some(signal) if signal.job == job => return Ok(signal.result),
            Some(_) => {}
            None => {
                if !bus.has_job(&job)? || t.elapsed() > Duration::from_millis(1200) {
                    return Ok(if bus.unit_state(unit)? == "failed" {
                        "failed".into()
                    } else {
                        "done".into()
                    });
                }
            }
        }
    }
}
