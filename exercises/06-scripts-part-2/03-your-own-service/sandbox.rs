//! How much a unit could do to the machine, by systemd's own count.

use std::process::Command;

use check::{Explain, Failure, Result, Text, Unit, text};

use super::system::REPORT;

/// What systemd-analyze(1) may say at most; from 10 (everything is open) to 0.
const EXPOSURE_MAX: f32 = 2.0;
/// How many of the open doors a failure shows.
const DOORS: usize = 5;
/// What a command has that doesn't stay in the sandbox, or keeps powers, as systemd shows it.
const OPEN: [&str; 3] = ["privileged", "no-setuid", "ambient"];

/// Fails if the unit's program is not held by what the unit says.
fn runs_in_it(unit: Unit<'_>) -> Result {
    let commands = unit.property("ExecStartEx")?;
    // Each command has its own, several of them in one list: `flags=ignore-failure privileged ; …`.
    let lists = commands.split("flags=").skip(1).filter_map(|rest| rest.split(';').next());
    if !lists.flat_map(str::split_whitespace).any(|flag| OPEN.contains(&flag)) {
        return Ok(());
    }
    Err(Failure::new("a program in the sandbox of its unit", Text::verbatim(commands))
        .say("with a + before it, a program runs outside of it, with all powers; so it does with !")
        .man("systemd.service(5), COMMAND LINES")
        .at_setting(
            if unit == REPORT { "recorder-report.service" } else { "recorder.service" },
            "ExecStart=",
        ))
}

pub(super) fn is_in_a_sandbox(unit: Unit<'_>) -> Result {
    // A check of units is outside of the lab, where only D-Bus leads to its systemd.
    let output = Command::new("systemd-analyze")
        .args(["--machine=.host", "security", "--no-pager", unit.name()])
        .output()?;
    let table = String::from_utf8_lossy(&output.stdout);
    let last = table.lines().last().and_then(|line| line.split_once(": "));
    let exposure = last.and_then(|(_, words)| words.split(' ').next()?.parse::<f32>().ok());
    if exposure.is_some_and(|exposure| exposure <= EXPOSURE_MAX) {
        return runs_in_it(unit);
    }
    let mut doors: Vec<(f32, &str)> = table
        .lines()
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            Some((words.last()?.parse().ok()?, *words.get(1)?))
        })
        .collect();
    doors.sort_by(|one, other| other.0.total_cmp(&one.0));
    let doors: Vec<String> =
        doors.iter().take(DOORS).map(|(cost, door)| format!("{cost:.1}  {door}")).collect();
    let got = exposure.map_or_else(|| table.to_string(), |exposure| format!("{exposure:.1}"));
    Err(Failure::new(
        text!(
            "an exposure of {unit} by {limit} or less",
            unit,
            limit = format!("{EXPOSURE_MAX:.1}")
        ),
        Text::verbatim(got),
    )
    .say(text!("these doors are open, the dearest first:\n{doors}", doors = doors.join("\n")))
    .man("systemd.exec(5), SANDBOXING; systemd-analyze(1), security")
    .at_setting(
        if unit == REPORT { "recorder-report.service" } else { "recorder.service" },
        "[Service]",
    ))
}
