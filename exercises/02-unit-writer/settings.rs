//! What systemd has read from a unit: settings that end it later.
//!
//! A check that starts a unit sees some milliseconds of its life. What happens after a minute, or
//! at the tenth start, is decided by a property, and read from there. It isn't about what a unit is
//! to say: each exercise knows that itself.

use std::time::Duration;

use check::{Explain, Failure, Result, Unit, text, time_span};

use super::shown::Settings;

/// A property that has one of the `fine` values, or a unit that does something that it should not.
pub(super) struct Rule {
    pub(super) property: &'static str,
    pub(super) setting: &'static str,
    pub(super) fine: &'static [&'static str],
    pub(super) say: &'static str,
}

/// What ends a unit, or its start, after some time.
const ENDINGS: [Rule; 6] = [
    Rule {
        property: "RuntimeMaxUSec",
        setting: "RuntimeMaxSec=",
        fine: &["infinity"],
        say: "RuntimeMaxSec= ends a service after that time, however well it works",
    },
    Rule {
        property: "WatchdogUSec",
        setting: "WatchdogSec=",
        fine: &["0", "infinity"],
        say: "WatchdogSec= kills a service that does not report in time, and this program never \
              reports",
    },
    Rule {
        property: "LimitCPU",
        setting: "LimitCPU=",
        fine: &["infinity", "18446744073709551615"],
        say: "LimitCPU= ends a program that has worked for so long, however well it works",
    },
    Rule {
        property: "JobTimeoutUSec",
        setting: "JobTimeoutSec=",
        fine: &["infinity"],
        say: "JobTimeoutSec= gives up a start that has to wait, though all is well",
    },
    Rule {
        property: "JobRunningTimeoutUSec",
        setting: "JobRunningTimeoutSec=",
        fine: &["infinity"],
        say: "JobRunningTimeoutSec= gives up a start that takes its time, though all is well",
    },
    Rule {
        property: "KillMode",
        setting: "KillMode=",
        fine: &["control-group", "mixed", "process"],
        say: "KillMode=none leaves the program behind when the unit is stopped, and nobody \
              watches it any more",
    },
];

/// What even a shell that does nothing needs: bytes, and processes at a time.
const LEAST: [(&str, u64); 3] = [("MemoryMax", 2 << 20), ("MemoryHigh", 2 << 20), ("TasksMax", 2)];

/// A learner's file, and the unit that systemd has made of it.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    pub(crate) file: &'static str,
    pub(crate) unit: Unit<'a>,
}

impl Written<'static> {
    /// A file that has its unit's name.
    pub(crate) const fn as_named(file: &'static str) -> Self {
        Written { file, unit: Unit::named(file) }
    }
}

impl Written<'_> {
    /// Fails if something ends the unit after some time, or keeps it from being started often. A
    /// service should run meanwhile: systemd tells of a watchdog only when there is something
    /// to watch.
    pub(crate) fn lasts(self) -> Result {
        let settings = Settings::of(self.unit)?;
        for rule in &ENDINGS {
            self.keeps(rule, &settings, "a unit that nothing ends but its program, or a stop")?;
        }
        self.has_room(&settings)?;
        self.is_ready_at_once(&settings)?;
        self.starts_often()
    }

    pub(super) fn keeps(self, rule: &Rule, settings: &Settings, expected: &'static str) -> Result {
        let value = settings.get(rule.property);
        // A kind of unit that has no such property can't do it.
        if !settings.has(rule.property) || rule.fine.contains(&value) {
            return Ok(());
        }
        let got = text!("{setting}{value}", setting = rule.setting, value);
        Err(Failure::new(expected, got)
            .say(rule.say)
            .man("systemd.directives(7)")
            .at_setting(self.file, rule.setting))
    }

    /// Less than any program needs ends it, or keeps it from its work, sooner or later; where a lab
    /// has no controllers, nobody would see it.
    fn has_room(self, settings: &Settings) -> Result {
        for (property, least) in LEAST {
            let value = settings.get(property);
            if value.parse::<u64>().is_ok_and(|value| value < least) {
                let got = text!("{property}={value}", property, value);
                return Err(Failure::new("room for the program and what it starts", got)
                    .say(
                        "a limit that is lower than what the program needs ends it, sooner or \
                         later, or stops its work",
                    )
                    .man("systemd.resource-control(5)")
                    .at_setting(self.file, property));
            }
        }
        Ok(())
    }

    /// A program that never says that it is ready is taken for one that hangs, and killed.
    fn is_ready_at_once(self, settings: &Settings) -> Result {
        let (kind, limit) = (settings.get("Type"), settings.get("TimeoutStartUSec"));
        let waits = ["notify", "notify-reload", "forking", "dbus", "oneshot"].contains(&kind);
        if !waits || limit == "infinity" {
            return Ok(());
        }
        let got = text!("Type={kind} and TimeoutStartSec={limit}", kind, limit);
        Err(Failure::new("a start that is done once the program runs", got)
            .say(
                "with this Type=, systemd waits for a sign of the program that never comes, and \
                 kills it in the end",
            )
            .man("systemd.service(5), Type= and TimeoutStartSec=")
            .at_setting(self.file, "Type="))
    }

    /// Four starts in a row, or one a minute all day long, are nothing unusual.
    pub(crate) fn starts_often(self) -> Result {
        let settings = Settings::of(self.unit)?;
        let (interval, burst) =
            (settings.get("StartLimitIntervalUSec"), settings.get("StartLimitBurst"));
        let (Some(time), Ok(starts)) = (time_span(interval), burst.parse::<u32>()) else {
            return Ok(());
        };
        let is_enough = starts >= 5 && time <= Duration::from_secs(60) * starts;
        if is_enough || starts == 0 || time.is_zero() {
            return Ok(());
        }
        let got = text!("at most {burst} starts in {interval}", burst, interval);
        Err(Failure::new(
            "a unit that can be started four times in a row, and once a minute all day",
            got,
        )
        .say(
            "after so many starts systemd refuses the next one, whoever asks for it, until the \
             interval is over",
        )
        .man("systemd.unit(5), StartLimitIntervalSec=")
        .at_setting(self.file, "StartLimit"))
    }
}
