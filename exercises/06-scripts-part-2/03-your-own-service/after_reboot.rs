//! What is there again after a reboot; bootup(7).

use check::{Explain, Failure, Result, Text, text, wait_until};

use super::system::{
    RECORDS, SERVICE, SOCKET, TARGET, TIMER, record, records, records_before_the_reboot,
};

#[test]
fn starts_at_boot() -> Result {
    for unit in [TARGET, SOCKET, SERVICE, TIMER] {
        let mut state = String::new();
        wait_until("what belongs to a boot", || {
            let [now, job] = unit.properties(["ActiveState", "Job"])?;
            let is_over =
                ["active", "failed"].contains(&now.as_str()) || now == "inactive" && job.is_empty();
            state = now;
            Ok(is_over.then_some(()))
        })?;
        if state != "active" {
            return Err(Failure::new(
                text!("{unit} active after a boot, and nobody has called", unit),
                Text::verbatim(state),
            )
            .say(
                "recorder.target is enabled: it needs an [Install] that hangs it on the \
                     boot, and it has to want all that belongs to it",
            )
            .man("systemd.unit(5), WantedBy= and Wants=")
            .at_setting(TARGET.name(), "Wants=")
            .journal_of(unit));
        }
    }
    Ok(())
}

#[test]
fn survives_a_reboot() -> Result {
    let before = records_before_the_reboot().map_err(Failure::into_later)?;
    let (text, _) = record().say("after the boot nobody answers")?;
    let now = records()?;
    // A call that nobody had answered by then may have been recorded since.
    if now.starts_with(&before) && now[before.len()..].last() == Some(&text) {
        return Ok(());
    }
    let (count, got) = (before.len() + 1, now.len());
    Err(Failure::new(
        text!("{count} lines in {file}: those of before, and a new one", count, file = RECORDS),
        text!("{got} lines", got),
    )
    .say("what is to outlive a reboot is kept in /var/lib, and added to")
    .man("systemd.exec(5), StateDirectory=")
    .at_setting(SERVICE.name(), "StateDirectory="))
}
