//! Says why the manager said no, and what to do: `systemctl-wrapper-4 UNIT NAME MESSAGE`.

use std::env;
use std::process::ExitCode;

/// What is said to somebody at a terminal.
struct Explanation {
    sentence: String,
    cure: Option<String>,
    status: u8,
}

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let [unit, name, message] = words.as_slice() else {
        eprintln!("usage: systemctl-wrapper-4 UNIT NAME MESSAGE");
        return ExitCode::from(2);
    };
    let explanation = explain(unit, name, message);
    println!("{}", explanation.sentence);
    if let Some(cure) = explanation.cure {
        println!("{cure}");
    }
    ExitCode::from(explanation.status)
}

/// Explains an error of the manager's.
fn explain(unit: &str, name: &str, message: &str) -> Explanation {
    // TODO: the name decides, not the sentence; which unit is it about; what may not reach a terminal.
    let _ = name;
    let masked = message.contains("masked");
    Explanation {
        sentence: message.to_owned(),
        cure: masked.then(|| format!("systemctl unmask {unit}")),
        status: 1,
    }
}
