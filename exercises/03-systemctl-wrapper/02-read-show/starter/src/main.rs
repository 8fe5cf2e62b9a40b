//! Reads what `systemctl show` prints, and says of each unit in a line what it does: `systemctl-wrapper-2 TEXT`.

use std::env;
use std::process::ExitCode;

/// What a unit does.
enum State {
    Active,
    Inactive,
}

impl State {
    fn new(word: &str) -> State {
        // TODO: there are six words, and one day there will be a seventh.
        if word == "active" { State::Active } else { State::Inactive }
    }

    fn word(&self) -> String {
        match self {
            State::Active => "active".to_owned(),
            State::Inactive => "inactive".to_owned(),
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
    // TODO: several units, any order, values with a =, what is missing, what is no answer.
    let value = |at: usize| text.lines().nth(at).and_then(|line| line.split('=').nth(1)).unwrap_or_default();
    Ok(vec![Unit {
        id: value(0).to_owned(),
        active: State::new(value(1)),
        sub: value(2).to_owned(),
        main_pid: value(3).parse().ok(),
    }])
}
