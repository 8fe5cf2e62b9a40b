//! `start`: bring units up, and everything that they need.

use systemctl_wrapper::Action;

use crate::cli::jobs;
use crate::cli::verb::{ANY, Verb};

pub(crate) const VERB: Verb = Verb {
    name: "start",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Start units, and wait until their jobs are done",
    details: "--no-block returns at once, --wait waits until the units have ended again,\n\
              -T lists the jobs, --dry-run shows the transaction and makes none of it.\n\
              --settle=MS watches a service for so long after its start (300).\n\n  \
              systemctl-wrapper start date-daemon\n  \
              systemctl-wrapper start --explain date-daemon",
    statuses: jobs::STATUSES,
    run: |context, units| jobs::run(context, Action::Start, units),
};
