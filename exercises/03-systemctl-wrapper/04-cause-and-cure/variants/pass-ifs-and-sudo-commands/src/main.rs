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

fn explain(unit: &str, name: &str, message: &str) -> Explanation {
    let mut s = String::new();
    let shown = if message.len() == 0 { name } else { message };
    for c in shown.chars() {
        if c.is_control() { s.push('?') } else { s.push(c) }
    }
    let mut target = unit.to_string();
    let words: Vec<&str> = message.split(' ').collect();
    if words.len() > 1 && words[0] == "Unit" && words[1].rfind('.').is_some() {
        target = words[1].to_string();
    }
    let target: String = target
        .chars()
        .map(|c| if c < ' ' || ('\u{7f}'..='\u{9f}').contains(&c) { '?' } else { c })
        .collect();
    let status;
    let mut cure = None;
    if name == "org.freedesktop.systemd1.NoSuchUnit" {
        status = 5;
        cure = Some(String::from("systemctl list-unit-files"));
    } else if name == "org.freedesktop.systemd1.UnitMasked" {
        status = 1;
        cure = Some(String::from("systemctl unmask ") + &target);
    } else if name == "org.freedesktop.systemd1.LoadFailed" {
        status = 6;
        cure = Some(String::from("systemd-analyze verify ") + &target);
    } else if name == "org.freedesktop.systemd1.BadUnitSetting" {
        status = 1;
        cure = Some(String::from("systemd-analyze verify ") + &target);
    } else if name == "org.freedesktop.systemd1.JobTypeNotApplicable" {
        status = 3;
        cure = Some(String::from("systemctl reload-or-restart ") + &target);
    } else if name == "org.freedesktop.systemd1.TransactionIsDestructive" {
        status = 4;
        cure = Some(String::from("systemctl list-jobs"));
    } else if name == "org.freedesktop.DBus.Error.AccessDenied" {
        status = 4;
        cure = Some(format!("sudo systemctl start {target}"));
    } else if name == "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired" {
        status = 1;
        cure = Some(format!("sudo !!"));
    } else {
        status = 1;
    }
    Explanation { sentence: s, cure, status }
}
