//! `stop`: take units down.

use systemctl_wrapper::Action;

use crate::cli::jobs;
use crate::cli::verb::{ANY, Verb};

pub(crate) const VERB: Verb = Verb {
    name: "stop",
    aliases: &["condstop"],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Stop units, and name what will start them again",
    details: "What requires a unit is stopped with it; --dry-run shows what that is.",
    statuses: jobs::STATUSES,
    run: |context, units| jobs::run(context, Action::Stop, units),
};
