//! 2.7: half past six, on weekdays; systemd.timer(5) and systemd.time(7).

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, SystemTime};

use check::{
    Explain, Failure, Result, Text, Unit, in_lab, install, install_program, text, wait_until,
};

mod calendar;
mod days;

use super::shared::{Settings, Written, needed, once, settle, skipped};
use calendar::{differs, events, in_their_minute, moments_of, of_interest, zone_of};
use days::{this_year, weekdays};

const FILE: &str = "backup.timer";
const TIMER: Unit = Unit::named(FILE);
const SERVICE: Unit = Unit::named("backup.service");
/// The file whose time says when the timer was last due; see `Persistent=` in systemd.timer(5).
const STAMP: &str = "/var/lib/systemd/timers/stamp-backup.timer";
const RUNS: &str = "/run/backup.runs";
/// From Friday's backup to Monday's are 72 hours: whoever was off for longer has missed one.
const WEEKEND: Duration = Duration::from_secs(73 * 3600);
/// How late a backup may be. The default of AccuracySec= is this.
const LATE_MAX: Duration = Duration::from_secs(60);
/// A zone in which neither the hours nor the clock changes are London's.
const ZONE: &str = "/usr/share/zoneinfo/Europe/Madrid";
/// Zones in the notation of tzset(3), which needs no database, with a clock change in spring and in
/// autumn.
const ZONES: [&str; 3] =
    ["CET-1CEST,M3.5.0,M10.5.0/3", "ACST-9:30ACDT,M10.1.0,M4.1.0/3", "EST5EDT,M3.2.0,M11.1.0"];
/// A year in which the 29th of February is a Monday; the other years that are looked at are this
/// one and the next.
const LEAP_YEAR: u64 = 2044;
#[test]
fn begins_at_half_past_six_on_weekdays_all_year() -> Result {
    install_timer()?;
    needed(means_weekdays)
}

#[test]
fn being_enabled_hangs_it_on_the_boot() -> Result {
    install_timer()?;
    TIMER.enable()?;
    match TIMER.property("UnitFileState")?.as_str() {
        "enabled" => Ok(()),
        state => Err(Failure::new("enabled", text!("{state}, after systemctl enable", state))
            .say("it is the timer that has to be there after a boot: it needs an [Install]")
            .man("systemd.special(7), timers.target")
            .at_setting(FILE, "[Install]")),
    }
}

#[test]
fn makes_up_for_what_it_missed() -> Result {
    install_timer()?;
    // Another calendar has missed other moments.
    needed(|| Ok(()))?;
    let settings = Settings::of(TIMER)?;
    let say = match (settings.get("Persistent"), settings.get("RandomizedDelayUSec")) {
        ("yes", "0") => {
            "it is to make up for what was missed, and does not: does it mean the moment that was \
             missed?"
        }
        ("yes", _) => "RandomizedDelaySec= keeps it waiting, nobody knows for how long",
        _ => {
            "without Persistent= a timer knows only of the moments to come; what was missed stays \
             missed"
        }
    };
    let _ = fs::remove_file(RUNS);
    // More than once: a machine is off every weekend.
    for time in 1..=2 {
        start_last_due(SystemTime::now() - WEEKEND)?;
        wait_until("a backup, as the last one is from before the weekend", || {
            // systemd may be late by AccuracySec=, even for a moment that has passed: it sleeps on,
            // and looks at its timers when something else has woken it. This wakes it.
            TIMER.property("SubState")?;
            Ok((runs() >= time).then_some(()))
        })
        .say(say)
        .man("systemd.timer(5), Persistent=")
        .at_setting(FILE, "Persistent=")
        .journal_of(TIMER)?;
        // Only then is the moment noted, and no more to be made up for.
        SERVICE.wait_for("ActiveState", "inactive")?;
    }
    match runs() {
        2 => outlives_its_service(),
        runs => Err(Failure::new("one backup after each weekend", text!("{runs} after two", runs))
            .man("systemd.timer(5), Persistent=")
            .at_setting(FILE, "[Timer]")),
    }
}

#[test]
fn starts_no_backup_at_any_other_time() -> Result {
    // A moment that can't be missed yet, whatever the day: this one.
    install_timer()?;
    let _ = fs::remove_file(RUNS);
    start_last_due(SystemTime::now())?;
    settle()?;
    let settings = Settings::of(TIMER)?;
    let monotonic = settings.get("TimersMonotonic");
    if runs() > 0 || !monotonic.is_empty() {
        let got = text!("{runs} of them; {monotonic}", runs = runs(), monotonic);
        return Err(Failure::new("no backup but those on the calendar", got)
            .say(
                "OnBootSec=, OnActiveSec= and their like count from a boot or a start, and what a \
                 unit wants is started with it; the calendar is nothing to them",
            )
            .man("systemd.timer(5), OnActiveSec=")
            .at_setting(FILE, "On"));
    }
    is_no_clock_watcher(&settings)?;
    is_punctual(&settings, latest_second(&settings)?)?;
    Written::as_named(FILE).lasts()
}

mod after_reboot {
    use super::{Explain, FILE, Failure, Result, TIMER, runs, settle, text};

    #[test]
    fn the_timer_is_waiting_again() -> Result {
        TIMER
            .wait_for("SubState", "waiting")
            .say("it is enabled, but what wants it is no part of this boot")
            .man("systemd.special(7), timers.target")
            .at_setting(FILE, "WantedBy=")?;
        settle()?;
        match runs() {
            0 => Ok(()),
            runs => Err(Failure::new(
                "no backup, as none was missed",
                text!("{runs} at the boot", runs),
            )
            .say("a boot is no half past six")
            .at_setting(FILE, "On")),
        }
    }
}

/// Fails unless the timer's events are 06:30 on the weekdays, whatever the year and the zone.
fn means_weekdays() -> Result {
    let settings = Settings::of(TIMER)?;
    let events = events(settings.all("TimersCalendar"));
    if events.is_empty() {
        return Err(Failure::new(
            "an event on the calendar",
            Text::verbatim(settings.get("TimersMonotonic")),
        )
        .say(
            "there is no OnCalendar=; OnBootSec=, OnActiveSec= and their like count from a boot \
             or a start, and the calendar is nothing to them",
        )
        .man("systemd.timer(5), OnCalendar=")
        .at_setting(FILE, "On"));
    }
    if let Some(zone) = events.iter().find_map(|event| zone_of(event)) {
        return Err(Failure::new(
            "half past six where the machine is",
            text!("half past six in {zone}", zone),
        )
        .say(
            "a time zone in an event says whose half past six is meant; without one it is the \
             machine's",
        )
        .man("systemd.time(7), CALENDAR EVENTS")
        .at_setting(FILE, "OnCalendar="));
    }
    let years = [this_year(), this_year() + 1, LEAP_YEAR].into_iter().chain(of_interest(&events));
    for (zone, year) in ZONES.into_iter().cycle().zip(years) {
        let mut moments = BTreeSet::new();
        for event in &events {
            moments.extend(moments_of(event, zone, year)?);
        }
        differs(&in_their_minute(&weekdays(year).collect(), &moments), &moments, year)?;
    }
    is_waiting_for_half_past_six()
}

fn install_timer() -> Result {
    once(|| {
        if Path::new(ZONE).exists() {
            let link = in_lab("/etc/localtime");
            let _ = fs::remove_file(&link);
            symlink(ZONE, link)?;
        }
        install_program("backup")?;
        install(&[SERVICE.name(), FILE])?;
        Written::as_named(FILE).keeps_to_itself(&[SERVICE.name(), FILE])?;
        let unit = TIMER.property("Unit")?;
        if unit == SERVICE.name() {
            return Ok(());
        }
        Err(Failure::new("a timer that starts backup.service", Text::verbatim(unit))
            .say("without Unit=, a timer starts the service of its own name")
            .man("systemd.timer(5), Unit=")
            .at_setting(FILE, "Unit="))
    })
}

/// Fails if a backup, or somebody who starts or stops one by hand, ends the timer.
fn outlives_its_service() -> Result {
    let waits = || {
        TIMER
            .wait_for("SubState", "waiting")
            .say(
                "a backup that begins or ends took the timer along, and nothing starts the \
                 next one",
            )
            .man("systemd.unit(5), Conflicts= and PartOf=")
            .at_setting(FILE, "[Unit]")
    };
    waits()?;
    SERVICE.start()?;
    SERVICE.stop()?;
    settle()?;
    waits()
}

/// Starts the timer as if it had last been due at `time`.
fn start_last_due(time: SystemTime) -> Result {
    TIMER.stop()?;
    TIMER.reset_failed();
    SERVICE.reset_failed();
    fs::create_dir_all("/var/lib/systemd/timers")?;
    File::create(STAMP)?.set_modified(time)?;
    TIMER.start()
}

fn runs() -> usize {
    fs::read_to_string(RUNS).unwrap_or_default().lines().count()
}

/// Fails if a clock that is set, or a journey, starts a backup.
fn is_no_clock_watcher(settings: &Settings) -> Result {
    for property in ["OnClockChange", "OnTimezoneChange"] {
        if settings.get(property) == "yes" {
            return Err(Failure::new(
                "no backup but those on the calendar",
                text!("{property}=yes", property),
            )
            .say("that starts a backup whenever somebody sets the clock, or the time zone")
            .man("systemd.timer(5), OnClockChange=")
            .at_setting(FILE, property));
        }
    }
    Ok(())
}

/// How long after the minute has begun the timer means to start a backup.
fn latest_second(settings: &Settings) -> Result<Duration> {
    let mut latest = 0;
    for event in events(settings.all("TimersCalendar")) {
        for moment in moments_of(&event, ZONES[0], this_year() + 1)? {
            let second = moment.rsplit(':').next().and_then(|second| second.parse().ok());
            latest = latest.max(second.unwrap_or_default());
        }
    }
    Ok(Duration::from_secs(latest))
}

/// Fails if systemd may be late by more than a minute: it moves elapses together to let the machine
/// sleep.
fn is_punctual(settings: &Settings, second: Duration) -> Result {
    let [accuracy, delay] =
        ["AccuracyUSec", "RandomizedDelayUSec"].map(|name| settings.span(name).unwrap_or_default());
    if accuracy.saturating_add(delay).saturating_add(second) <= LATE_MAX {
        return Ok(());
    }
    let (accuracy, delay) = (settings.get("AccuracyUSec"), settings.get("RandomizedDelayUSec"));
    let got = match second.as_secs() {
        0 => text!("AccuracySec={accuracy}, RandomizedDelaySec={delay}", accuracy, delay),
        second => text!(
            "second {second} of the minute, AccuracySec={accuracy}, RandomizedDelaySec={delay}",
            second,
            accuracy,
            delay
        ),
    };
    Err(Failure::new("a backup in the minute of half past six", got)
        .say(
            "AccuracySec= says how late a timer may be at systemd's convenience, \
             RandomizedDelaySec= how late by chance",
        )
        .man("systemd.timer(5), AccuracySec= and RandomizedDelaySec=")
        .at_setting(FILE, "AccuracySec=")
        .at_setting(FILE, "RandomizedDelaySec="))
}

/// Fails unless systemd itself waits for a half past six, by the machine's clock.
fn is_waiting_for_half_past_six() -> Result {
    // With a delay by chance it waits for another moment; that is another promise.
    if TIMER.property("RandomizedDelayUSec")? != "0" {
        return Ok(());
    }
    TIMER.start()?;
    let mut next = String::new();
    wait_until("a timer that waits for 06:30", || {
        next = TIMER.property("NextElapseUSecRealtime")?;
        Ok(next.contains(" 06:30:").then_some(()))
    })
    .explain(|failure| {
        failure.set_got(text!("NextElapseUSecRealtime={next}", next));
        failure.add_say(skipped(TIMER));
    })
    .man("systemd.timer(5), OnCalendar=")
    .at_setting(FILE, "OnCalendar=")
}
