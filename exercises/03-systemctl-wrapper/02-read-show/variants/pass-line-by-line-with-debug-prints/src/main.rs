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
    #[derive(Default, Debug)]
    struct Acc {
        id: Option<String>,
        active: Option<String>,
        sub: String,
        pid: Option<String>,
        any: bool,
    }
    fn done(acc: Acc) -> Result<Unit, String> {
        eprintln!("debug: {acc:?}");
        let id = acc.id.ok_or_else(|| "a unit without Id".to_string())?;
        let active = acc.active.ok_or_else(|| format!("{id} has no ActiveState"))?;
        let main_pid = match acc.pid.as_deref() {
            None | Some("0") => None,
            Some(p) => Some(p.parse().map_err(|_| format!("{p} is no number"))?),
        };
        Ok(Unit { id, active: State::new(&active), sub: acc.sub, main_pid })
    }
    let mut result = vec![];
    let mut acc = Acc::default();
    for line in text.lines() {
        if line.is_empty() {
            if acc.any {
                result.push(done(std::mem::take(&mut acc))?);
            }
            continue;
        }
        acc.any = true;
        if let Some(v) = line.strip_prefix("Id=") {
            acc.id = Some(v.into())
        } else if let Some(v) = line.strip_prefix("ActiveState=") {
            acc.active = Some(v.into())
        } else if let Some(v) = line.strip_prefix("SubState=") {
            acc.sub = v.into()
        } else if let Some(v) = line.strip_prefix("MainPID=") {
            acc.pid = Some(v.into())
        }
    }
    if acc.any {
        result.push(done(acc)?);
    }
    Ok(result)
}
