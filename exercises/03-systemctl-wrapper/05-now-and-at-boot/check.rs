//! 3.5: now, and at boot; systemctl(1).

use check::{Explain, Failure, Result, Text, systemctl, text};

use super::shared::{SLEEPER, is_active, run_commands, run_commands_on, vendor_units};

const FILE: &str = "commands";
const UNITS: [&str; 4] = ["web.service", "report.service", "backup.service", "old.service"];
const MORNING: &str = "[Unit]\nWants=old.service\n[Service]\nType=oneshot\nExecStart=/bin/true\n\
                       RemainAfterExit=yes\n[Install]\nWantedBy=multi-user.target\n";

#[test]
fn now_web_and_report_run_and_the_others_do_not() -> Result {
    prepare()?;
    expect(
        "web",
        true,
        "started is not enabled, and enabled is not started: enable makes a link for the next \
         boot, and starts nothing",
    )?;
    expect(
        "report",
        true,
        "it shall run now; disable and enable change nothing about that, start does",
    )?;
    expect("backup", false, "it ran already, and enable does not stop what runs")?;
    expect(
        "old",
        false,
        "a lock keeps it from being started; what runs already goes on until it is stopped",
    )
}

#[test]
fn nobody_can_start_the_old_one() -> Result {
    prepare()?;
    match systemctl(&["start", "old.service"]) {
        Err(_) => Ok(()),
        Ok(_) => Err(Failure::new("old.service to be refused", "it was started")
            .say(
                "disable removes links, and is no lock: whoever needs the unit, or asks for it, \
                 starts it all the same",
            )
            .man("systemctl(1), mask")),
    }
}

#[test]
fn only_the_old_one_is_out_of_reach() -> Result {
    prepare_units()?;
    run_commands_on(FILE, &[&UNITS[..], &["morning.service"]].concat())?;
    for unit in ["web.service", "report.service", "backup.service", "morning.service"] {
        let state = systemctl(&["show", "--property=LoadState", "--value", unit])?;
        if state != "loaded" {
            return Err(Failure::new(
                text!("{unit} for whoever wants to start it", unit),
                Text::verbatim(state),
            )
            .say("mask is a lock: that a unit does not run at boot takes no more than disable")
            .man("systemctl(1), mask"));
        }
    }
    let morning = systemctl(&["show", "--property=UnitFileState", "--value", "morning.service"])?;
    if morning == "enabled" {
        const STAYS: &str = "it stays as it is, and that is also: active, now";
        return expect("morning", true, STAYS);
    }
    Err(Failure::new("morning.service enabled, as it was", Text::verbatim(morning))
        .say("whoever pulls the old one in has work of his own: the lock belongs on the old one"))
}

mod after_reboot {
    use super::{Result, expect};

    #[test]
    fn after_the_boot_web_and_backup_run_and_the_others_do_not() -> Result {
        expect(
            "web",
            true,
            "what was started is gone with the boot; what was enabled comes back. Links in /run \
             are gone as well",
        )?;
        expect("backup", true, "only a link brings it up at boot: enable")?;
        expect("report", false, "it was enabled from before, and start does not change that")?;
        expect(
            "old",
            false,
            "morning.service pulls it in: no link of its own is needed for that, and a lock in \
             /run is gone with the boot",
        )
    }
}

/// The four as they are today, and then the learner's commands.
fn prepare() -> Result {
    prepare_units()?;
    run_commands(FILE)
}

fn prepare_units() -> Result {
    let mut all: Vec<(&str, &str)> = UNITS.iter().map(|name| (*name, SLEEPER)).collect();
    all.push(("morning.service", MORNING));
    vendor_units(&all)?;
    systemctl(&["enable", "--quiet", "report.service", "old.service", "morning.service"])?;
    systemctl(&["start", "backup.service", "old.service", "morning.service"]).map(drop)
}

fn expect(service: &'static str, runs: bool, say: &'static str) -> Result {
    let unit = format!("{service}.service");
    let active = is_active(&unit)?;
    if active == runs {
        return Ok(());
    }
    let word = |runs| if runs { "runs" } else { "does not run" };
    let expected = text!("{unit}: {wanted}", unit, wanted = Text::from(word(runs)));
    Err(Failure::new(expected, word(active)).say(say).man("systemctl(1), enable"))
}
