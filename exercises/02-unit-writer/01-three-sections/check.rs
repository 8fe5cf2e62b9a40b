//! 2.1: three sections, up to a reboot; systemd.unit(5) and systemd.service(5).

use check::{Explain, Failure, Known, Result, systemctl, wait_until};

use super::shared::{Run, Worker, runs};

const FILE: &str = "worker.service";

#[test]
fn a_start_puts_the_worker_to_work() -> Result {
    let worker = Worker::install(FILE, &[])?;
    let run = worker.start().explain(|failure| {
        let say = match failure.journal_has("take no arguments") {
            true => "no shell reads ExecStart=: >, |, & and $(…) reach the program as arguments, like any other word",
            false => "the program does not get as far as its work",
        };
        failure.add_say(say);
    })?;
    is_main_process(&run)
}

#[test]
fn being_enabled_hangs_it_on_the_boot() -> Result {
    let worker = Worker::install(FILE, &[])?;
    systemctl(&["enable", FILE])?;
    let state = worker.unit().property("UnitFileState")?;
    if state == "enabled" {
        return Ok(());
    }
    Err(
        Failure::new("enabled", format!("{state}, after systemctl enable"))
            .say("systemctl enable does what [Install] says, and there it says nothing: no target is named that would want the unit")
            .man("systemd.unit(5), [INSTALL] SECTION OPTIONS")
            .at_setting(FILE, "[Install]"),
    )
}

#[test]
fn says_what_it_is() -> Result {
    let _worker = Worker::install(FILE, &[])?;
    let description = Known(FILE).property("Description")?;
    if description != FILE && description.split_whitespace().count() > 1 {
        return Ok(());
    }
    Err(
        Failure::new("a Description= of a few words", format!("{description:?}"))
            .say("without Description= the journal and the status show the file's name, which says nothing new")
            .man("systemd.unit(5), Description=")
            .at_setting(FILE, "Description="),
    )
}

mod after_reboot {
    use super::{Explain, FILE, Result, is_main_process, runs, systemctl, wait_until};

    #[test]
    fn is_at_work_again() -> Result {
        let run = wait_until("the worker to be at work after the boot", || Ok(runs().pop()))
            .say(why_not().unwrap_or_default())
            .man("systemd.special(7)")
            .at_setting(FILE, "WantedBy=")
            .explain(|failure| failure.show_journal(FILE))?;
        is_main_process(&run)
    }

    /// Which targets want the unit, and whether the boot reaches any of them.
    fn why_not() -> Result<String> {
        let wanted = |property| systemctl(&["show", "--value", "--property", property, FILE]);
        let by = format!("{} {}", wanted("WantedBy")?, wanted("RequiredBy")?);
        Ok(match by.trim() {
            "" => "nothing that this boot brings up wants the unit: is the target's name right, and is it reached at boot?".to_owned(),
            targets => format!("{targets} wants it, but is not reached at boot, or the worker did not stay at work"),
        })
    }
}

/// Fails if the worker is not the process that systemd watches, or systemd doesn't take it for running.
fn is_main_process(run: &Run) -> Result {
    let unit = Known(FILE);
    let mut seen = String::new();
    wait_until("the worker to be the main process of an active unit", || {
        let (state, pid) = (unit.property("ActiveState")?, unit.property("MainPID")?);
        seen = format!("{state}, with the main process {pid} (the worker is {})", run.pid);
        Ok((state == "active" && pid == run.pid).then_some(()))
    })
    .explain(|failure| {
        failure.set_got(&seen);
        failure.add_say("Type= says when a start is done: oneshot waits for the end of the program, forking for its first process to leave");
    })
    .man("systemd.service(5), Type=")
    .at_setting(FILE, "Type=")
}
