//! `daemon-reload` and `daemon-reexec`: the manager itself.

use std::time::Instant;

use crate::cli::context::Context;
use crate::cli::verb::{Verb, WORKS_OR_NOT};

pub(crate) const RELOAD: Verb = Verb {
    name: "daemon-reload",
    aliases: &[],
    arguments: "",
    counts: (0, 0),
    summary: "Let the manager read all unit files again",
    details: "What runs goes on, with its old settings; a restart brings the new ones.",
    statuses: WORKS_OR_NOT,
    run: reload,
};

pub(crate) const REEXEC: Verb = Verb {
    name: "daemon-reexec",
    aliases: &[],
    arguments: "",
    counts: (0, 0),
    summary: "Let the manager start itself anew, with its units as they are",
    details: "After an update of systemd; for changed unit files daemon-reload is enough.",
    statuses: WORKS_OR_NOT,
    run: reexec,
};

fn reload(context: &mut Context<'_>, _: &[String]) -> anyhow::Result<u8> {
    context.manager_to_change()?;
    if !context.may_call("Reload()")? {
        return Ok(0);
    }
    let started = Instant::now();
    context.manager()?.daemon_reload()?;
    if context.is_loud() {
        writeln!(
            context.out,
            "all unit files were read again, {} ms",
            started.elapsed().as_millis()
        )?;
    }
    Ok(0)
}

fn reexec(context: &mut Context<'_>, _: &[String]) -> anyhow::Result<u8> {
    context.manager_to_change()?;
    if context.may_call("Reexecute()")? {
        context.manager()?.daemon_reexec()?;
    }
    Ok(0)
}
