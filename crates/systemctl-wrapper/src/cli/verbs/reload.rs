//! `reload` and its kin: let units read their own configuration again.

use systemctl_wrapper::Action;

use crate::cli::jobs;
use crate::cli::verb::{ANY, Verb};

pub(crate) const RELOAD: Verb = Verb {
    name: "reload",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Let services read their own configuration again",
    details: "That is ExecReload= of the unit, and has nothing to do with daemon-reload, which\n\
              reads unit files.",
    statuses: jobs::STATUSES,
    run: |context, units| jobs::run(context, Action::Reload, units),
};

pub(crate) const RELOAD_OR_RESTART: Verb = Verb {
    name: "reload-or-restart",
    aliases: &["force-reload"],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Reload units that can, restart the others",
    details: "",
    statuses: jobs::STATUSES,
    run: |context, units| jobs::run(context, Action::ReloadOrRestart, units),
};

pub(crate) const TRY_RELOAD_OR_RESTART: Verb = Verb {
    name: "try-reload-or-restart",
    aliases: &["reload-or-try-restart", "condreload"],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "The same, for those units that are active",
    details: "",
    statuses: jobs::STATUSES,
    run: |context, units| jobs::run(context, Action::TryReloadOrRestart, units),
};
