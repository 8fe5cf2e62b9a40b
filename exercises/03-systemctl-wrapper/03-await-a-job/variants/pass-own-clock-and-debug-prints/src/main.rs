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

use std::time::Instant;
fn start_and_wait(bus: &mut Bus, unit: &str) -> io::Result<String> {
    bus.subscribe()?;
    let mine = bus.start_unit(unit)?;
    let mut heard = Instant::now();
    loop {
        if let Some(removed) = bus.next_signal(Duration::from_millis(50))? {
            eprintln!("debug: {removed:?}");
            heard = Instant::now();
            if removed.job == mine {
                break Ok(removed.result);
            }
        } else if heard.elapsed() >= Duration::from_millis(400) {
            eprintln!("debug: quiet");
            heard = Instant::now();
            if bus.has_job(&mine)? {
                continue;
            }
            break match bus.unit_state(unit)?.as_str() {
                "failed" => Ok("failed".to_string()),
                _ => Ok("done".to_string()),
            };
        }
    }
}
