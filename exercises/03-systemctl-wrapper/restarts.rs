//! What the checks of lesson 3 ask of a service that comes back: as often as systemd lets others,
//! and whatever kills it.

use check::{Explain, Failure, Result, Unit, text, time_span};

pub(crate) const SECOND_US: u64 = 1_000_000;

/// Whether it comes back whatever the signal that kills it.
pub(crate) fn no_signal_is_left_out(unit: Unit<'_>, file: &'static str) -> Result {
    let prevents = unit.property("RestartPreventExitStatus")?;
    if !prevents.contains(char::is_alphabetic) {
        return Ok(());
    }
    Err(Failure::new(
        "a new run whatever kills it",
        text!("RestartPreventExitStatus={prevents}", prevents),
    )
    .say("after this signal it stays down")
    .man("systemd.service(5), RestartPreventExitStatus=")
    .at_setting(file, "RestartPreventExitStatus="))
}

/// Whether systemd lets it come back as often as it lets others, or more often.
pub(crate) fn has_no_limit_of_its_own(unit: Unit<'_>, file: &'static str) -> Result {
    let burst: u64 = unit.property("StartLimitBurst")?.parse().unwrap_or(u64::MAX);
    let interval = micros(&unit.property("StartLimitIntervalUSec")?);
    // systemd's own limit is five starts in ten seconds. As many in the same time or less is no
    // stricter, and a thousand is no limit to anybody.
    let allowed = burst == 0
        || burst >= 1000
        || interval == 0
        || u128::from(interval) <= u128::from(burst) * 2_000_000;
    if allowed {
        return Ok(());
    }
    let got = text!(
        "{burst} starts in {interval}",
        burst,
        interval = unit.property("StartLimitIntervalUSec")?
    );
    Err(Failure::new("a limit as systemd's own, or none", got)
        .say("it comes back a few times, and then systemd gives up")
        .man("systemd.unit(5), StartLimitIntervalSec=")
        .at_setting(file, "StartLimitBurst="))
}

/// A time span as systemctl prints it, such as `1min 30s`, in microseconds.
pub(crate) fn micros(span: &str) -> u64 {
    let micros = time_span(span).and_then(|time| u64::try_from(time.as_micros()).ok());
    micros.unwrap_or(u64::MAX)
}
