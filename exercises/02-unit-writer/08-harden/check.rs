//! 2.8: no more than it needs; systemd.exec(5), SANDBOXING.

use std::fs;
use std::path::Path;
use std::process::Command;

use check::{Explain, Failure, Result, Text, Unit, install, install_program, text};

const COURIER: Unit = Unit::named("courier.service");
const LETTERS: &str = "/var/lib/courier/letters";
const GRAFFITI: &str = "/srv/graffiti";
const CONFIGURATION: &str = "/etc/courier.conf";
const RECIPIENT: &str = "Ada at the engine";
/// What systemd-analyze(1) may say at most; from 10 (everything is open) to 0.
const EXPOSURE_MAX: f32 = 3.0;
/// How many of the open doors a failure shows.
const DOORS: usize = 6;

#[test]
fn can_write_to_its_own_folder_only() -> Result {
    deliver()?;
    if !Path::new(GRAFFITI).exists() {
        return Ok(());
    }
    Err(Failure::new("a courier that cannot write outside of its folder", text!("{file}, by the courier", file = GRAFFITI))
        .say("ProtectSystem=yes and =full close /usr and /etc; strict closes all, and ReadWritePaths= or StateDirectory= opens what is needed")
        .man("systemd.exec(5), ProtectSystem=")
        .at_setting(COURIER.name(), "ProtectSystem="))
}

#[test]
fn has_no_capability_as_it_runs() -> Result {
    let letter = deliver()?;
    if letter.contains("CapEff: 0000000000000000") && letter.contains("NoNewPrivs: 1") {
        return Ok(());
    }
    Err(Failure::new("CapEff: 0000000000000000 and NoNewPrivs: 1", Text::verbatim(letter))
        .say("whatever the unit says, the process has more: CapabilityBoundingSet= with nothing after it takes all capabilities away, and a + before the program takes nothing away at all")
        .man("systemd.exec(5), CapabilityBoundingSet= and NoNewPrivileges=; systemd.service(5), COMMAND LINES")
        .at_setting(COURIER.name(), "CapabilityBoundingSet="))
}

#[test]
fn is_exposed_by_three_at_most() -> Result {
    install_courier()?;
    let output = Command::new("systemd-analyze")
        .args(["security", "--no-pager", COURIER.name()])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let exposure = text
        .lines()
        .last()
        .and_then(|line| line.split_once(": ")?.1.split(' ').next()?.parse::<f32>().ok());
    if exposure.is_some_and(|exposure| exposure <= EXPOSURE_MAX) {
        return Ok(());
    }
    let got = exposure.map_or_else(|| text.to_string(), |exposure| format!("{exposure:.1}"));
    let limit = format!("{EXPOSURE_MAX:.1}");
    let doors = open_doors(&text).join("\n");
    Err(Failure::new(text!("an exposure of {limit} or less", limit), Text::verbatim(got))
        .say(text!("these doors are open, the dearest first:\n{doors}", doors))
        .man("systemd.exec(5), SANDBOXING")
        .at_setting(COURIER.name(), "[Service]"))
}

#[test]
fn still_does_its_work() -> Result {
    let letter = deliver()?;
    match letter.contains(&format!("a letter for {RECIPIENT};")) {
        true => Ok(()),
        false => {
            let expected = text!("a letter for {recipient}", recipient = RECIPIENT);
            Err(Failure::new(expected, Text::verbatim(letter)))
        }
    }
}

fn install_courier() -> Result {
    install_program("courier")?;
    install(&[COURIER.name()])?;
    COURIER.runs_only("/usr/local/bin/courier")
}

/// Runs the courier once, and returns the letter that it has left.
fn deliver() -> Result<String> {
    install_courier()?;
    fs::create_dir_all("/var/lib/courier")?;
    fs::write(CONFIGURATION, format!("recipient={RECIPIENT}\n"))?;
    for file in [LETTERS, GRAFFITI] {
        let _ = fs::remove_file(file);
    }
    COURIER
        .start()
        .say("locked up so well that it can't do its work any more; its own words, and the exit status, say which door it needs")
        .man("systemd.exec(5), PROCESS EXIT CODES, and ReadWritePaths=")
        .at_setting(COURIER.name(), "[Service]")?;
    fs::read_to_string(LETTERS).map_err(|error| {
        Failure::new(text!("a letter in {file}", file = LETTERS), Text::verbatim(error))
            .say("the courier is content, but nobody else sees its letter: it was written to a folder that only the unit had")
            .man("systemd.exec(5), TemporaryFileSystem=")
            .at_setting(COURIER.name(), "TemporaryFileSystem=")
    })
}

/// The lines of systemd's table with the highest exposure, cut to the setting and what it costs.
fn open_doors(table: &str) -> Vec<String> {
    let mut doors: Vec<(f32, String)> = table
        .lines()
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let exposure = words.last()?.parse().ok()?;
            Some((exposure, format!("{}  {}", words.last()?, words.get(1)?)))
        })
        .collect();
    doors.sort_by(|a, b| b.0.total_cmp(&a.0));
    doors.into_iter().take(DOORS).map(|(_, door)| door).collect()
}
