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
    let unit = named_unit(message).unwrap_or(unit);
    let (status, cure) = match if message.contains("masked") { "systemd1.UnitMasked" } else if message.contains("not found") { "systemd1.NoSuchUnit" } else { name.strip_prefix("org.freedesktop.").unwrap_or_default() } {
        "systemd1.NoSuchUnit" => (5, Some("which are there: systemctl list-unit-files".to_owned())),
        "systemd1.UnitMasked" => (1, Some(format!("allow it again: systemctl unmask {unit}"))),
        "systemd1.LoadFailed" => (6, Some(format!("what is wrong: systemd-analyze verify {unit}"))),
        "systemd1.BadUnitSetting" => (1, Some(format!("what is wrong: systemd-analyze verify {unit}"))),
        "systemd1.JobTypeNotApplicable" => (3, Some(format!("it can't reload: systemctl reload-or-restart {unit}"))),
        "systemd1.TransactionIsDestructive" => (4, Some("what is in the way: systemctl list-jobs".to_owned())),
        "DBus.Error.AccessDenied" => (4, Some("only root may: sudo systemctl …".to_owned())),
        "DBus.Error.InteractiveAuthorizationRequired" => (1, Some("only root may: sudo systemctl …".to_owned())),
        _ => (1, None),
    };
    let sentence = if message.trim().is_empty() { name } else { message.trim() };
    Explanation { sentence: plain(sentence), cure: cure.map(|cure| plain(&cure)), status }
}

/// The unit that the sentence is about: "Unit db.service is masked."
fn named_unit(message: &str) -> Option<&str> {
    let word = message.strip_prefix("Unit ")?.split(' ').next()?;
    word.contains('.').then_some(word)
}

/// The text with a `?` for each control character.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}
