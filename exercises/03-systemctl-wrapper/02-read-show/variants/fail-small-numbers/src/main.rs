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
fn units(text: &str) -> Result<Vec<Unit>, String> {
    let mut all = Vec::new();
    for block in text.split("\n\n").filter(|block| !block.trim().is_empty()) {
        let map: std::collections::HashMap<&str, &str> =
            block.lines().filter_map(|line| line.split_once('=')).collect();
        let id = map.get("Id").ok_or("no Id")?;
        let active = map.get("ActiveState").ok_or("no ActiveState")?;
        let sub = map.get("SubState").copied().unwrap_or_default();
        let main_pid = match map.get("MainPID") {
            None => None,
            Some(pid) => Some(pid.parse::<u16>().map_err(|e| format!("MainPID={pid}: {e}"))?)
                .filter(|pid| *pid != 0)
                .map(u32::from),
        };
        all.push(Unit {
            id: id.to_string(),
            active: State::new(active),
            sub: sub.to_owned(),
            main_pid,
        });
    }
    Ok(all)
}
