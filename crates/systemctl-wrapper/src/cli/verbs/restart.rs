//! `restart` and `try-restart`: down and up again.

use systemctl_wrapper::Action;

use crate::cli::jobs;
use crate::cli::verb::{ANY, Verb};

pub(crate) const RESTART: Verb = Verb {
    name: "restart",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Stop units and start them; start those that were stopped",
    details: "",
    statuses: jobs::STATUSES,
    run: |context, units| jobs::run(context, Action::Restart, units),
};

pub(crate) const TRY_RESTART: Verb = Verb {
    name: "try-restart",
    aliases: &["condrestart"],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Restart those units that are active",
    details: "A unit that is stopped stays so, and that is no error.",
    statuses: jobs::STATUSES,
    run: |context, units| jobs::run(context, Action::TryRestart, units),
};
