//! Reads what `systemctl show` prints, and says of each unit in a line what it does: `systemctl-wrapper-2 TEXT`.

use std::collections::HashMap;
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
    text.trim_end().split("\n\n").map(unit).collect()
}

fn unit(text: &str) -> Result<Unit, String> {
    let properties: HashMap<&str, &str> =
        text.lines().filter_map(|line| line.split_once('=')).collect();
    let get = |name: &str| properties.get(name).copied().unwrap_or_default();
    let needed = |name: &str| match get(name) {
        "" => Err(format!("no {name}= in {text:?}")),
        value => Ok(value),
    };
    let main_pid = match get("MainPID") {
        "" => None,
        pid => Some(pid.parse().map_err(|_| format!("{pid:?} is no process id"))?),
    };
    Ok(Unit {
        id: needed("Id")?.to_owned(),
        active: State::new(needed("ActiveState")?),
        sub: get("SubState").to_owned(),
        main_pid,
    })
}
