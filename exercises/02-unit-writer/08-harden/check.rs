//! 2.8: no more than it needs; systemd.exec(5), SANDBOXING.

mod walls;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use check::{
    Explain, Failure, Result, Text, Unit, in_lab, install, install_program, text, wait_until,
};

use walls::{NO_WALLS, mark, walls};

use super::shared::{Settings, Written, needed, once, skipped};

const COURIER: Written<'static> = Written::as_named("courier.service");
const UNIT: Unit = COURIER.unit;
const PROGRAM: &str = "/usr/local/bin/courier";
/// Its own directory; with DynamicUser=, the first is a link to the second.
const OWN: [&str; 2] = ["/var/lib/courier", "/var/lib/private/courier"];
const LETTERS: &str = "/var/lib/courier/letters";
const GRAFFITI: &str = "/srv/graffiti";
const CONFIGURATION: &str = "/etc/courier.conf";
const RECIPIENTS: [&str; 3] =
    ["Ada at the engine", "Grace at the compiler", "Margaret at the lander"];
/// What is in the directory already, in bytes: a courier that has been at work for years.
const EARLIER: usize = 100_000;
/// What systemd-analyze(1) may say at most; from 10 (everything is open) to 0.
const EXPOSURE_MAX: f32 = 3.0;
/// How many of the open doors a failure shows.
const DOORS: usize = 6;
/// Settings that give a unit directories of its own, besides StateDirectory=.
const DIRECTORIES: [&str; 4] =
    ["RuntimeDirectory", "CacheDirectory", "LogsDirectory", "ConfigurationDirectory"];

#[test]
fn can_write_to_its_own_directory_only() -> Result {
    deliver(RECIPIENTS[0])?;
    if Path::new(GRAFFITI).exists() {
        return Err(writes_to(GRAFFITI));
    }
    opens_nothing_else()?;
    prints_to_no_file()?;
    let walls = walls();
    let marked = mark(&walls)?;
    match marked.first() {
        None => Ok(()),
        Some(wall) => Err(writes_to(&wall.display().to_string())),
    }
}

/// Fails if the courier is handed a file that is open already: no wall is before that.
fn prints_to_no_file() -> Result {
    let settings = Settings::of(COURIER.unit)?;
    for property in ["StandardOutput", "StandardError"] {
        let kind = settings.get(property);
        if ["file", "append", "truncate"].iter().any(|name| kind.starts_with(name)) {
            return Err(Failure::new(
                "a courier that cannot write outside of its directory",
                text!("{property}={kind}", property, kind),
            )
            .say(
                "systemd opens this file before the walls are up, and the courier can write to \
                 it: what it says belongs to the journal",
            )
            .man("systemd.exec(5), StandardOutput=")
            .at_setting(COURIER.file, property));
        }
    }
    Ok(())
}

#[test]
fn has_no_capability_as_it_runs() -> Result {
    let letter = deliver(RECIPIENTS[0])?;
    if letter.contains("CapEff: 0000000000000000") {
        return Ok(());
    }
    Err(Failure::new("CapEff: 0000000000000000", Text::verbatim(letter))
        .say(
            "whatever the unit says, the process has more: CapabilityBoundingSet= with nothing \
             after it takes all capabilities away, and a + before the program takes nothing away \
             at all",
        )
        .man("systemd.exec(5), CapabilityBoundingSet=; systemd.service(5), COMMAND LINES")
        .at_setting(COURIER.file, "CapabilityBoundingSet="))
}

#[test]
fn is_exposed_by_three_at_most() -> Result {
    install_courier()?;
    // A check of units is outside of the lab, where only D-Bus leads to its systemd.
    let output = Command::new("systemd-analyze")
        .args(["--machine=.host", "security", "--no-pager", COURIER.file])
        .output()?;
    let table = String::from_utf8_lossy(&output.stdout);
    let exposure = table
        .lines()
        .last()
        .and_then(|line| line.split_once(": ")?.1.split(' ').next()?.parse::<f32>().ok());
    if exposure.is_some_and(|exposure| exposure <= EXPOSURE_MAX) {
        return Ok(());
    }
    let got = exposure.map_or_else(|| table.to_string(), |exposure| format!("{exposure:.1}"));
    let limit = format!("{EXPOSURE_MAX:.1}");
    let mut doors = open_doors(&table);
    let more = doors.split_off(doors.len().min(DOORS)).len();
    let doors = doors.join("\n");
    let say = if more == 0 {
        text!("these doors are open, the dearest first:\n{doors}", doors)
    } else {
        text!("these doors are open, the dearest first, and {more} others:\n{doors}", more, doors)
    };
    Err(Failure::new(text!("an exposure of {limit} or less", limit), Text::verbatim(got))
        .say(say)
        .man("systemd.exec(5), SANDBOXING")
        .at_setting(COURIER.file, "[Service]"))
}

#[test]
fn still_does_its_work() -> Result {
    for recipient in RECIPIENTS {
        deliver(recipient)?;
    }
    COURIER.starts_often()?;
    let letters = fs::read_to_string(LETTERS)?;
    let kept = letters.starts_with(&earlier_letters())
        && RECIPIENTS.iter().all(|name| letters.contains(&format!("a letter for {name};")));
    if kept {
        Ok(())
    } else {
        Err(Failure::new(
            "all letters, the old ones too",
            text!("{bytes} bytes of letters", bytes = letters.len()),
        )
        .say("each run adds a letter to those that are there")
        .at_setting(COURIER.file, "[Service]"))
    }
}

fn install_courier() -> Result {
    once(|| {
        install_program("courier")?;
        install(&[COURIER.file])?;
        COURIER.keeps_to_itself_in_a_sandbox(&[COURIER.file])?;
        COURIER.runs_only(PROGRAM, "")?;
        shows_nothing_in_place_of_another()?;
        fs::create_dir_all(OWN[0])?;
        fs::write(LETTERS, earlier_letters())?;
        Ok(())
    })
}

fn earlier_letters() -> String {
    "a letter for Charles;\n".repeat(EARLIER / 22)
}

/// Runs the courier once, and returns the letter that it has left.
fn deliver(recipient: &str) -> Result<String> {
    install_courier()?;
    needed(|| try_to_deliver(recipient))
}

fn try_to_deliver(recipient: &str) -> Result<String> {
    fs::write(in_lab(CONFIGURATION), format!("recipient={recipient}\n"))?;
    let _ = fs::remove_file(GRAFFITI);
    let before = letters().len();
    run()?;
    let mut letter = String::new();
    wait_until("the courier's letter", || {
        let is_over = is_over()?;
        letter = letters().split_off(before.min(letters().len()));
        Ok((is_over || letter.ends_with('\n')).then_some(()))
    })
    .journal_of(UNIT)?;
    if letter.contains(&format!("a letter for {recipient};")) {
        return Ok(letter);
    }
    let failed = UNIT.property("ActiveState")? == "failed";
    let expected = text!("a letter for {recipient} in {file}", recipient, file = LETTERS);
    let failure = Failure::new(expected, text!("no such letter; it said: {letter}", letter));
    Err(if failed {
        locked_up(failure)
    } else if !skipped(UNIT).is_empty() {
        failure.say(skipped(UNIT)).at_setting(COURIER.file, "Condition")
    } else {
        failure
            .say(
                "the courier is content, but nobody else sees its letter: it was written to a \
                 directory that only the unit had",
            )
            .man("systemd.exec(5), TemporaryFileSystem=")
            .at_setting(COURIER.file, "TemporaryFileSystem=")
    })
}

/// A unit that was done, and one that stays with RemainAfterExit=, begin anew.
fn run() -> Result {
    UNIT.reset_failed();
    check::systemctl(&["restart", UNIT.name()]).map(drop).journal_of(UNIT).map_err(locked_up)
}

fn locked_up(failure: Failure) -> Failure {
    let failure = failure.journal_of(UNIT);
    if failure.journal_has("status=31/SYS") {
        return failure
            .say(
                "the kernel has ended it: SystemCallFilter= forbids a system call that it makes; \
                 @system-service allows what services commonly need",
            )
            .man("systemd.exec(5), SystemCallFilter=")
            .at_setting(COURIER.file, "SystemCallFilter");
    }
    failure
        .say(
            "locked up so well that it can't do its work any more; its own words, and the exit \
             status, say which door it needs",
        )
        .man("systemd.exec(5), PROCESS EXIT CODES, and ReadWritePaths=")
        .at_setting(COURIER.file, "[Service]")
}

/// Whether no process of it is left.
fn is_over() -> Result<bool> {
    Ok(["dead", "failed", "exited"].contains(&UNIT.property("SubState")?.as_str()))
}

fn letters() -> String {
    fs::read_to_string(LETTERS).unwrap_or_default()
}

fn writes_to(place: &str) -> Failure {
    let is_home = ["/home", "/root"].iter().any(|home| Path::new(place).starts_with(home));
    let (say, setting) = if is_home {
        (
            "ProtectSystem=strict leaves the homes open: ProtectHome= closes /home and /root",
            "ProtectHome=",
        )
    } else {
        (
            "ProtectSystem=yes and =full close /usr and /etc; strict closes all but the homes, \
             and ReadWritePaths= or StateDirectory= opens what is needed: /var/lib/courier, and \
             nothing above or beside it",
            "ReadWritePaths=",
        )
    };
    Failure::new(
        "a courier that cannot write outside of its directory",
        text!("{place}, by the courier", place),
    )
    .say(say)
    .man("systemd.exec(5), ProtectSystem= and ProtectHome=")
    .at_setting(COURIER.file, setting)
}

/// Fails if a bind mount has one file in the place of another: what runs and what is read would not
/// be what it seems.
fn shows_nothing_in_place_of_another() -> Result {
    let settings = Settings::of(UNIT)?;
    for property in ["BindPaths", "BindReadOnlyPaths"] {
        for mount in settings.get(property).split_whitespace() {
            let mut paths = mount.trim_start_matches('-').split(':');
            let (from, to) = (paths.next().unwrap_or_default(), paths.next());
            let is_own = property == "BindReadOnlyPaths" || is_own(Path::new(from));
            if !is_own || to.is_some_and(|to| to != from) {
                return Err(Failure::new(
                    "files at their own places",
                    text!("{property}={mount}", property, mount),
                )
                .say(
                    "this shows the courier something in another place, or opens more than its \
                     own directory",
                )
                .man("systemd.exec(5), BindPaths=")
                .at_setting(COURIER.file, property));
            }
        }
    }
    Ok(())
}

/// Fails if the unit's settings open more than its own directory: a single file, or a directory
/// that comes and goes.
fn opens_nothing_else() -> Result {
    let settings = Settings::of(UNIT)?;
    let private_tmp = settings.get("PrivateTmp") == "yes";
    let opened = settings.get("ReadWritePaths").split_whitespace();
    let is_fine = |path: &&str| {
        let path = Path::new(path.trim_start_matches(['-', '+']));
        let is_tmp = path.starts_with("/tmp") || path.starts_with("/var/tmp");
        is_own(path)
            || private_tmp && is_tmp
            || NO_WALLS[..3].iter().any(|api| path.starts_with(api))
    };
    if let Some(path) = opened.into_iter().find(|path| !is_fine(path)) {
        return Err(writes_to(path));
    }
    for property in DIRECTORIES {
        let value = settings.get(property);
        if !value.is_empty() {
            return Err(Failure::new(
                "one directory that the courier can write to",
                text!("{property}={value}", property, value),
            )
            .say(
                "systemd makes this directory for the unit, and the courier may write there; it \
                 needs one directory only",
            )
            .man("systemd.exec(5), RuntimeDirectory=")
            .at_setting(COURIER.file, property));
        }
    }
    Ok(())
}

fn is_own(path: &Path) -> bool {
    OWN.iter().any(|own| path.starts_with(own))
}

/// The settings that systemd's table finds open, each with what it costs, the dearest first.
fn open_doors(table: &str) -> Vec<String> {
    let mut doors: BTreeMap<&str, f32> = BTreeMap::new();
    for line in table.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, name, .., cost] = &words[..] else { continue };
        let Ok(cost) = cost.parse::<f32>() else { continue };
        // Some have a row for each part, such as `CapabilityBoundingSet=~CAP_(CHOWN|FSETID)`, which
        // is no value that one could write.
        let setting = name.split_once('~').map_or(*name, |(setting, _)| setting);
        *doors.entry(setting).or_default() += cost;
    }
    let mut doors: Vec<_> = doors.into_iter().collect();
    doors.sort_by(|a, b| b.1.total_cmp(&a.1));
    doors.iter().map(|(setting, cost)| format!("{cost:.1}  {setting}")).collect()
}
