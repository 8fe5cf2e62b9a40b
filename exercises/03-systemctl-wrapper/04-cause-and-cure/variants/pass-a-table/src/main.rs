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

const ERRORS: [(&str, u8, &str); 8] = [
    ("org.freedesktop.systemd1.NoSuchUnit", 5, "systemctl list-unit-files"),
    ("org.freedesktop.systemd1.UnitMasked", 1, "systemctl unmask UNIT"),
    ("org.freedesktop.systemd1.LoadFailed", 6, "systemd-analyze verify UNIT"),
    ("org.freedesktop.systemd1.BadUnitSetting", 1, "systemd-analyze verify UNIT"),
    ("org.freedesktop.systemd1.JobTypeNotApplicable", 3, "systemctl reload-or-restart UNIT"),
    ("org.freedesktop.systemd1.TransactionIsDestructive", 4, "systemctl list-jobs"),
    ("org.freedesktop.DBus.Error.AccessDenied", 4, "use sudo"),
    ("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", 1, "use sudo"),
];

/// Explains an error of the manager's.
fn explain(unit: &str, name: &str, message: &str) -> Explanation {
    let clean = |text: &str| text.replace(char::is_control, "?");
    let mut words = message.split_whitespace();
    let unit = match (words.next(), words.next()) {
        (Some("Unit"), Some(named)) if named.contains('.') => named,
        _ => unit,
    };
    let known = ERRORS.iter().find(|(known, _, _)| *known == name);
    let message = message.trim();
    Explanation {
        sentence: clean(if message.is_empty() { name } else { message }),
        cure: known.map(|(_, _, cure)| clean(&cure.replace("UNIT", unit))),
        status: known.map_or(1, |(_, status, _)| *status),
    }
}
