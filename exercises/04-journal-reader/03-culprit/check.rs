//! 4.3: find the culprit; systemd.journal-fields(7), journalctl(1), `-b`.

use check::{Directory, Result};
use serde_json::{Value, json};

use super::shared::{Random, expect_lines, json_file};

const FAILED: &str = "d9b373ed55a64feb8242e02dbe79a49c";
const RESTART: &str = "5eb03494b6584870a536b337290809b3";

/// So many that an answer by the units' names, right one time in three, does not get through.
const NIGHTS: usize = 14;

/// A night on a machine: boots, ordinary messages, and who failed.
struct Night {
    random: Random,
    entries: Vec<Value>,
    boot: String,
    /// Microseconds since 1970, and since the boot.
    now: u64,
    up: u64,
}

impl Night {
    fn new() -> Night {
        let mut night = Night {
            random: Random::new(),
            entries: Vec::new(),
            boot: String::new(),
            now: 0,
            up: 0,
        };
        night.reboot();
        night
    }

    fn reboot(&mut self) {
        // Sometimes the clock of the machine is wrong, and is set after the boot.
        self.now = 1_700_000_000_000_000 - 86_400_000_000 * self.random.below(400) as u64;
        let digits: Vec<String> = (0..32).map(|_| format!("{:x}", self.random.below(16))).collect();
        self.boot = digits.concat();
        self.up = self.random.below(1_000_000) as u64;
        self.noise();
    }

    fn add(&mut self, mut entry: Value) {
        self.now += 1_000_000;
        self.up += 1_000_000;
        entry["_BOOT_ID"] = json!(self.boot);
        entry["__REALTIME_TIMESTAMP"] = json!(self.now.to_string());
        entry["__MONOTONIC_TIMESTAMP"] = json!(self.up.to_string());
        self.entries.push(entry);
    }

    /// Messages that have nothing to do with it, however loud they are.
    fn noise(&mut self) {
        for _ in 0..1 + self.random.below(6) {
            let unit = format!("loud-{}.service", self.random.below(3));
            self.add(json!({
                "MESSAGE": "Failed with result 'nothing'", "PRIORITY": "3", "_SYSTEMD_UNIT": unit,
                "_PID": "99",
            }));
        }
    }

    fn fails(&mut self, unit: &str) {
        let text = [
            "UNIT: Failed with result 'exit-code'.",
            "Fehlgeschlagen mit Ergebnis »exit-code«: UNIT.",
            "結果 'exit-code' で失敗しました。",
        ][self.random.below(3)];
        let (priority, run) = (3 + self.random.below(4), self.random.below(1 << 30));
        self.add(json!({
            "MESSAGE": text.replace("UNIT", unit), "MESSAGE_ID": FAILED,
            "PRIORITY": priority.to_string(), "INVOCATION_ID": format!("{run:032x}"),
            "_PID": "1", "_SYSTEMD_UNIT": "init.scope", "UNIT": unit,
        }));
        if self.random.below(3) == 0 {
            self.noise();
        }
    }

    #[track_caller]
    fn expect(&self, unit: &str, say: &'static str) -> Result {
        let directory = Directory::new()?;
        let file = json_file(&directory, &self.entries)?;
        expect_lines(&file, &[], &[unit.to_owned()], say, "culprit")
    }

    /// Units with names that differ from run to run, in no order.
    fn units(&mut self) -> Vec<String> {
        let mut names =
            ["shop-N.service", "job@N.service", "job@1N.service", "db-N.mount", "cache-N.socket"];
        for at in 0..names.len() {
            let other = self.random.below(names.len());
            names.swap(at, other);
        }
        // One number for all: with two, job@19 may be both of the jobs.
        let number = self.random.below(100).to_string();
        names.iter().map(|name| name.replace('N', &number)).collect()
    }
}

#[test]
fn counts_the_failures_of_each_unit() -> Result {
    for _ in 0..NIGHTS {
        let mut night = Night::new();
        let units = night.units();
        let mut failures = Vec::new();
        for (at, unit) in units.iter().enumerate() {
            failures.extend(vec![unit.clone(); 1 + at]);
        }
        for at in 0..failures.len() {
            let other = night.random.below(failures.len());
            failures.swap(at, other);
        }
        failures.iter().for_each(|unit| night.fails(unit));
        night.noise();
        night.expect(
            &units[4],
            "count the failures of each unit: MESSAGE_ID tells them, UNIT whose it was",
        )?;
    }
    Ok(())
}

#[test]
fn goes_by_the_id_and_not_by_the_text() -> Result {
    let mut night = Night::new();
    let units = night.units();
    for _ in 0..3 {
        night.fails(&units[0]);
    }
    for _ in 0..4 {
        night.add(json!({
            "MESSAGE": format!("{}: Failed with result 'exit-code'.", units[1]), "PRIORITY": "6",
            "_PID": "1",
            "MESSAGE_ID": RESTART, "UNIT": units[1], "_SYSTEMD_UNIT": "init.scope",
        }));
    }
    for _ in 0..4 {
        // Process 1 warns of other things as well.
        night.add(json!({
            "MESSAGE": format!("{}: Unit process 77 (sh) remains running.", units[2]),
            "PRIORITY": "4", "_PID": "1", "UNIT": units[2], "_SYSTEMD_UNIT": "init.scope",
        }));
    }
    night.expect(
        &units[0],
        "the text is for people, and is another one in each language: MESSAGE_ID says what it is \
         about",
    )
}

#[test]
fn counts_through_a_long_night() -> Result {
    let mut night = Night::new();
    let units = night.units();
    let often = 300 + night.random.below(100);
    for _ in 0..120 {
        night.fails(&units[0]);
    }
    for _ in 0..often {
        night.fails(&units[1]);
    }
    // And the other one was the last for a while.
    for _ in 0..99 {
        night.fails(&units[0]);
    }
    night.expect(&units[1], "a service that comes back every second fails often in a night")
}

#[test]
fn of_several_names_the_one_that_failed_first() -> Result {
    for _ in 0..NIGHTS {
        let mut night = Night::new();
        let units = night.units();
        // The first in the boot before is not the first in this one.
        night.fails(&units[3]);
        night.reboot();
        // Not the one that was first to fail twice, nor the one that failed first or last of all.
        for at in [0, 1, 2, 3, 3, 1, 2] {
            night.fails(&units[at]);
        }
        night.expect(
            &units[1],
            "three units failed twice; the one whose first failure came first is meant",
        )?;
    }
    Ok(())
}

#[test]
fn looks_at_the_last_boot_only() -> Result {
    // In half of the nights the clock was set back at the reboot.
    for _ in 0..NIGHTS {
        let mut night = Night::new();
        let units = night.units();
        (0..5).for_each(|_| night.fails(&units[0]));
        // This one fails again afterwards, and what was before counts for nothing.
        (0..3).for_each(|_| night.fails(&units[1]));
        night.reboot();
        night.fails(&units[1]);
        night.fails(&units[2]);
        night.fails(&units[2]);
        night.noise();
        night.expect(
            &units[2],
            "what failed before the last boot may be mended; the last entry's _BOOT_ID says which \
             boot is meant",
        )?;
    }
    Ok(())
}

#[test]
fn is_fooled_by_nobody() -> Result {
    let mut night = Night::new();
    let units = night.units();
    night.fails(&units[0]);
    for pid in ["666", "11", "21", "12"] {
        night.add(json!({
            "MESSAGE_ID": FAILED, "UNIT": units[1], "_PID": pid,
            "_UID": "0", "MESSAGE": "it was him"
        }));
        night.add(
            json!({"MESSAGE_ID": FAILED, "UNIT": units[1], "PID": "1", "MESSAGE": "it was him"}),
        );
        // The manager of a user, who can run what he likes in it.
        night.add(json!({
            "MESSAGE_ID": FAILED, "UNIT": units[1], "_PID": pid, "_COMM": "systemd",
            "_EXE": "/usr/lib/systemd/systemd", "SYSLOG_IDENTIFIER": "systemd",
            "_SYSTEMD_UNIT": "user@1000.service", "_UID": "1000", "MESSAGE": "it was him"
        }));
    }
    night.expect(&units[0], "a MESSAGE_ID can be sent by anybody; only what process 1 says is true")
}

#[test]
fn does_not_count_restarts_as_failures() -> Result {
    let mut night = Night::new();
    let units = night.units();
    night.fails(&units[0]);
    night.fails(&units[0]);
    night.fails(&units[1]);
    for _ in 0..3 {
        night.add(json!({
            "MESSAGE_ID": RESTART, "UNIT": units[1], "_PID": "1",
            "PRIORITY": "6", "MESSAGE": "Scheduled restart job"
        }));
    }
    night.expect(
        &units[0],
        "a restart is scheduled after a failure, and is none itself: its MESSAGE_ID is another one",
    )
}

#[test]
fn says_none_when_all_is_well() -> Result {
    let mut night = Night::new();
    let units = night.units();
    night.fails(&units[0]);
    night.reboot();
    night.expect("none", "nothing has failed since the last boot")?;
    night.entries.clear();
    night.expect("none", "there is no entry at all")
}
