//! Reads what `systemctl show` prints, and says of each unit in a line what it does: `systemctl-wrapper-2 TEXT`.

use std::env;
use std::process::ExitCode;

/// What a unit does.
enum State {
    Active,
    Reloading,
    Inactive,
    Failed,
    Activating,
    Deactivating,
    /// A word of a newer systemd.
    Other(String),
}

impl State {
    fn new(word: &str) -> State {
        match word {
            "active" => State::Active,
            "reloading" => State::Reloading,
            "inactive" => State::Inactive,
            "failed" => State::Failed,
            "activating" => State::Activating,
            "deactivating" => State::Deactivating,
            other => State::Other(other.to_owned()),
        }
    }

    fn word(&self) -> String {
        match self {
            State::Active => "active".to_owned(),
            State::Reloading => "reloading".to_owned(),
            State::Inactive => "inactive".to_owned(),
            State::Failed => "failed".to_owned(),
            State::Activating => "activating".to_owned(),
            State::Deactivating => "deactivating".to_owned(),
            State::Other(word) => format!("?{word}"),
        }
    }
}

/// What is known of a unit.
struct Unit {
    id: String,
    active: State,
    sub: String,
    main_pid: Option<u32>,
}

fn main() -> ExitCode {
    let text = env::args().nth(1).unwrap_or_default();
    match units(&text) {
        Ok(units) => {
            for unit in units {
                let sub = if unit.sub.is_empty() { "-" } else { &unit.sub };
                let pid = unit.main_pid.map_or("-".to_owned(), |pid| pid.to_string());
                println!("{} {} {sub} {pid}", unit.id, unit.active.word());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("systemctl-wrapper-2: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The units of an answer, or what is wrong with it.
fn units(text: &str) -> Result<Vec<Unit>, String> {
    let mut units = Vec::new();
    let (mut id, mut active, mut sub, mut main_pid) = (None, None, String::new(), None);
    for line in text.trim_end().lines().chain([""]) {
        match line.split_once('=') {
            Some(("Id", value)) => id = Some(value.to_owned()),
            Some(("ActiveState", value)) => active = Some(State::new(value)),
            Some(("SubState", value)) => sub = value.to_owned(),
            Some(("MainPID", "0")) => {}
            Some(("MainPID", value)) => {
                main_pid = Some(value.parse().map_err(|error| format!("MainPID={value}: {error}"))?);
            }
            _ if line.is_empty() => {
                let (Some(id), Some(active)) = (id.take(), active.take()) else {
                    return Err("a unit without a name or a state".to_owned());
                };
                units.push(Unit { id, active, sub: std::mem::take(&mut sub), main_pid: main_pid.take() });
            }
            _ => {}
        }
    }
    Ok(units)
}
