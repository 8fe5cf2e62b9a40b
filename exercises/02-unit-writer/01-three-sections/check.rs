//! 2.1: three sections, up to a reboot; systemd.unit(5) and systemd.service(5).

use check::{Explain, Failure, Result, Text, Unit, text, wait_until};

use super::shared::{Run, Worker, runs};

const FILE: &str = "worker.service";
const WORKER: Unit = Unit::named(FILE);

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
    worker.unit().enable()?;
    let state = worker.unit().property("UnitFileState")?;
    if state == "enabled" {
        return Ok(());
    }
    Err(
        Failure::new("enabled", text!("{state}, after systemctl enable", state))
            .say("systemctl enable does what [Install] says, and there it says nothing: no target is named that would want the unit")
            .man("systemd.unit(5), [INSTALL] SECTION OPTIONS")
            .at_setting(FILE, "[Install]"),
    )
}

#[test]
fn says_what_it_is() -> Result {
    let _worker = Worker::install(FILE, &[])?;
    let description = WORKER.property("Description")?;
    if description != FILE && description.split_whitespace().count() > 1 {
        return Ok(());
    }
    Err(
        Failure::new("a Description= of a few words", Text::quoted(&description))
            .say("without Description= the journal and the status show the file's name, which says nothing new")
            .man("systemd.unit(5), Description=")
            .at_setting(FILE, "Description="),
    )
}

mod after_reboot {
    use super::{Explain, FILE, Result, Text, WORKER, is_main_process, runs, text, wait_until};

    #[test]
    fn is_at_work_again() -> Result {
        let run = wait_until("the worker to be at work after the boot", || Ok(runs().pop()))
            .say(why_not().unwrap_or_default())
            .man("systemd.special(7)")
            .at_setting(FILE, "WantedBy=")
            .journal_of(WORKER)?;
        is_main_process(&run)
    }

    /// Which targets want the unit, and whether the boot reaches any of them.
    fn why_not() -> Result<Text> {
        let by = format!("{} {}", WORKER.property("WantedBy")?, WORKER.property("RequiredBy")?);
        Ok(match by.trim() {
            "" => "nothing that this boot brings up wants the unit: is the target's name right, \
                   and is it reached at boot?"
                .into(),
            targets => text!(
                "{targets} wants it, but is not reached at boot, or the worker did not stay at work",
                targets,
            ),
        })
    }
}

/// Fails if the worker is not the process that systemd watches, or systemd doesn't take it for running.
fn is_main_process(run: &Run) -> Result {
    let mut seen = Text::default();
    wait_until("the worker to be the main process of an active unit", || {
        let (state, pid) = (WORKER.property("ActiveState")?, WORKER.property("MainPID")?);
        let worker = &run.pid;
        seen = text!("{state}, with the main process {pid} (the worker is {worker})", state, pid, worker);
        Ok((state == "active" && pid == run.pid).then_some(()))
    })
    .explain(|failure| {
        failure.set_got(seen);
        failure.add_say("Type= says when a start is done: oneshot waits for the end of the program, forking for its first process to leave");
    })
    .man("systemd.service(5), Type=")
    .at_setting(FILE, "Type=")
}
