//! 2.7: half past six, on weekdays; systemd.timer(5) and systemd.time(7).

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::process::Command;
use std::time::{Duration, SystemTime};

use check::{
    Explain, Failure, Result, Text, Unit, install, install_program, systemctl, text, wait_until,
};

use super::shared::settle;

const TIMER: Unit = Unit::named("backup.timer");
const SERVICE: Unit = Unit::named("backup.service");
/// The file whose time says when the timer was last due; see `Persistent=` in systemd.timer(5).
const STAMP: &str = "/var/lib/systemd/timers/stamp-backup.timer";
const RUNS: &str = "/run/backup.runs";
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
/// A Monday, at midnight, and the Monday after.
const WEEK: [&str; 2] = ["2026-03-02 00:00:00", "2026-03-09 00:00:00"];

#[test]
fn being_enabled_hangs_it_on_the_boot() -> Result {
    install_timer()?;
    TIMER.enable()?;
    match TIMER.property("UnitFileState")?.as_str() {
        "enabled" => Ok(()),
        state => Err(Failure::new("enabled", text!("{state}, after systemctl enable", state))
            .say("it is the timer that has to be there after a boot: it needs an [Install]")
            .man("systemd.special(7), timers.target")
            .at_setting(TIMER.name(), "[Install]")),
    }
}

#[test]
fn makes_up_for_what_it_missed() -> Result {
    start_last_due(SystemTime::now() - YEAR)?;
    wait_until("a backup, as the last one is a year old", || Ok((runs() > 0).then_some(())))
        .say("without Persistent= a timer knows only of the moments to come; what was missed stays missed")
        .man("systemd.timer(5), Persistent= and RandomizedDelaySec=")
        .at_setting(TIMER.name(), "Persistent=")
}

#[test]
fn means_half_past_six_on_weekdays() -> Result {
    install_timer()?;
    let mut moments = BTreeSet::new();
    for event in events()? {
        moments.extend(moments_of(&event)?);
    }
    let wanted: BTreeSet<String> = (2..=6).map(|day| format!("2026-03-0{day} 06:30:00")).collect();
    if moments == wanted {
        return Ok(());
    }
    let list = |moments: BTreeSet<String>| moments.into_iter().collect::<Vec<_>>().join(", ");
    let expected =
        text!("in the week of {week}: {moments}", week = WEEK[0], moments = list(wanted));
    Err(Failure::new(expected, Text::verbatim(list(moments)))
        .say("systemd-analyze calendar shows what an event means, and --iterations=7 a week of it")
        .man("systemd.time(7), CALENDAR EVENTS")
        .at_setting(TIMER.name(), "On"))
}

#[test]
fn starts_no_backup_if_none_was_missed() -> Result {
    // A moment that can't be missed yet, whatever the day: this one.
    start_last_due(SystemTime::now())?;
    settle()?;
    let monotonic = TIMER.property("TimersMonotonic")?;
    if runs() == 0 && monotonic.is_empty() {
        return Ok(());
    }
    Err(Failure::new("no backup but those on the calendar", text!("{count} of them; {monotonic}", count = runs(), monotonic))
        .say("OnBootSec=, OnActiveSec= and their like count from a boot or a start, and the calendar is nothing to them")
        .man("systemd.timer(5), OnActiveSec=")
        .at_setting(TIMER.name(), "On"))
}

mod after_reboot {
    use super::{Explain, Result, TIMER};

    #[test]
    fn the_timer_is_waiting_again() -> Result {
        TIMER
            .wait_for("ActiveState", "active")
            .say("it is enabled, but what wants it is no part of this boot")
            .man("systemd.special(7), timers.target")
            .at_setting(TIMER.name(), "WantedBy=")
    }
}

fn install_timer() -> Result {
    install_program("backup")?;
    install(&[SERVICE.name(), TIMER.name()])?;
    let unit = TIMER.property("Unit")?;
    if unit == SERVICE.name() {
        return Ok(());
    }
    Err(Failure::new("a timer that starts backup.service", Text::verbatim(unit))
        .say("without Unit=, a timer starts the service of its own name")
        .man("systemd.timer(5), Unit=")
        .at_setting(TIMER.name(), "Unit="))
}

/// Starts the timer as if it had last been due at `time`, with no backup so far.
fn start_last_due(time: SystemTime) -> Result {
    install_timer()?;
    TIMER.stop()?;
    let _ = fs::remove_file(RUNS);
    fs::create_dir_all("/var/lib/systemd/timers")?;
    File::create(STAMP)?.set_modified(time)?;
    TIMER.start()
}

fn runs() -> usize {
    fs::read_to_string(RUNS).unwrap_or_default().lines().count()
}

/// The calendar events of the timer, as systemd writes them.
fn events() -> Result<Vec<String>> {
    let show = systemctl(&["show", "--property=TimersCalendar", TIMER.name()])?;
    let event =
        |line: &str| Some(line.split_once("OnCalendar=")?.1.split(" ; ").next()?.to_owned());
    Ok(show.lines().filter_map(event).collect())
}

/// The moments in [`WEEK`] that an event means, as far as there are not too many.
fn moments_of(event: &str) -> Result<Vec<String>> {
    let output = Command::new("systemd-analyze")
        .args(["calendar", "--iterations=10", "--base-time", WEEK[0], event])
        .env("TZ", "UTC")
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    // `    Next elapse: Mon 2026-03-02 06:30:00 UTC`, and from the second on `       Iter. #2: …`
    let moment = |line: &str| {
        let (label, rest) = line.split_once(": ")?;
        let rest = rest.trim_end_matches(" UTC").split_once(' ')?.1;
        let is_moment = label.contains("elapse") || label.contains("Iter");
        (is_moment && rest < WEEK[1]).then(|| rest.to_owned())
    };
    Ok(text.lines().filter_map(moment).collect())
}
