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
    let lines: Vec<&str> = text.split('\n').collect();
    let mut v = Vec::new();
    for group in lines.split(|l| l.is_empty()) {
        if group.is_empty() {
            continue;
        }
        let get = |name: &str| {
            group.iter().find_map(|l| {
                let i = l.find('=')?;
                if &l[..i] == name { Some(&l[i + 1..]) } else { None }
            })
        };
        let (Some(id), Some(st)) = (get("Id"), get("ActiveState")) else {
            return Err("not an answer of systemctl show".into());
        };
        let pid: u32 = get("MainPID").unwrap_or("0").parse().map_err(|e| format!("{e}"))?;
        v.push(Unit {
            id: id.into(),
            active: State::new(st),
            sub: get("SubState").unwrap_or("").into(),
            main_pid: (pid > 0).then_some(pid),
        });
    }
    Ok(v)
}
