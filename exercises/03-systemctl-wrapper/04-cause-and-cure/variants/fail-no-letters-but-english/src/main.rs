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

fn clean(text: &str) -> String {
    text.chars().map(|c| if !(' '..='~').contains(&c) { '?' } else { c }).collect()
}
fn explain(unit: &str, name: &str, message: &str) -> Explanation {
    let about = message
        .strip_prefix("Unit ")
        .and_then(|rest| rest.split(' ').next())
        .filter(|word| word.contains('.'))
        .unwrap_or(unit);
    let (status, cure) = match name.strip_prefix("org.freedesktop.") {
        Some("systemd1.NoSuchUnit") => (5, Some("systemctl list-unit-files".to_owned())),
        Some("systemd1.UnitMasked") => (1, Some(format!("systemctl unmask {about}"))),
        Some("systemd1.LoadFailed") => (6, Some(format!("systemd-analyze verify {about}"))),
        Some("systemd1.BadUnitSetting") => (1, Some(format!("systemd-analyze verify {about}"))),
        Some("systemd1.JobTypeNotApplicable") => {
            (3, Some(format!("systemctl reload-or-restart {about}")))
        }
        Some("systemd1.TransactionIsDestructive") => (4, Some("systemctl list-jobs".to_owned())),
        Some("DBus.Error.AccessDenied") => (4, Some("try it again with sudo".to_owned())),
        Some("DBus.Error.InteractiveAuthorizationRequired") => {
            (1, Some("try it again with sudo".to_owned()))
        }
        _ => (1, None),
    };
    let sentence = if message.is_empty() { name } else { message };
    Explanation { sentence: clean(sentence), cure: cure.map(|cure| clean(&cure)), status }
}
