//! What a verb is: its name, its help, its effect and its exit statuses, all in one file of
//! `verbs`.

use std::io::{self, Write};

use super::Usage;
use super::context::Context;
use super::jobs;
use super::verbs::{
    add_dependency, blame, cancel, cat, clean, daemon, default_target, disable, edit, enable,
    environment, freeze, graph, help, is_active, is_enabled, is_system_running, isolate, kill,
    link, list_dependencies, list_jobs, list_sockets, list_timers, list_unit_files, list_units,
    mask, preset, reenable, reload, reset_failed, restart, revert, set_property, show, start,
    states, status, stop, watch,
};

/// What a verb does; its result is the program's exit status.
pub(crate) type Run = fn(&mut Context<'_>, &[String]) -> anyhow::Result<u8>;

/// A verb.
pub(crate) struct Verb {
    /// What is typed.
    pub(crate) name: &'static str,
    /// Other names for the same.
    pub(crate) aliases: &'static [&'static str],
    /// What stands behind it, for the help.
    pub(crate) arguments: &'static str,
    /// How many arguments it takes, at least and at most.
    pub(crate) counts: (usize, usize),
    /// One line for the list.
    pub(crate) summary: &'static str,
    /// The rest of its help: options, examples.
    pub(crate) details: &'static str,
    /// Its exit statuses, each with what it says.
    pub(crate) statuses: &'static [(u8, &'static str)],
    /// What it does.
    pub(crate) run: Run,
}

/// No upper bound.
pub(crate) const ANY: usize = usize::MAX;

/// For verbs that either work or don't.
pub(crate) const WORKS_OR_NOT: &[(u8, &str)] = &[(0, "it was done"), (1, "it was not")];

/// All verbs, in the order of the help.
pub(crate) const VERBS: &[Verb] = &[
    list_units::VERB,
    list_unit_files::VERB,
    list_dependencies::VERB,
    list_jobs::VERB,
    list_timers::VERB,
    list_sockets::VERB,
    status::VERB,
    show::VERB,
    cat::VERB,
    is_active::IS_ACTIVE,
    is_active::IS_FAILED,
    is_enabled::VERB,
    is_system_running::VERB,
    start::VERB,
    stop::VERB,
    restart::RESTART,
    restart::TRY_RESTART,
    reload::RELOAD,
    reload::RELOAD_OR_RESTART,
    reload::TRY_RELOAD_OR_RESTART,
    isolate::VERB,
    kill::VERB,
    clean::VERB,
    freeze::FREEZE,
    freeze::THAW,
    reset_failed::VERB,
    cancel::VERB,
    enable::VERB,
    disable::VERB,
    reenable::VERB,
    preset::VERB,
    mask::MASK,
    mask::UNMASK,
    link::VERB,
    revert::VERB,
    add_dependency::WANTS,
    add_dependency::REQUIRES,
    edit::VERB,
    daemon::RELOAD,
    daemon::REEXEC,
    default_target::GET,
    default_target::SET,
    set_property::VERB,
    environment::SHOW,
    environment::SET,
    environment::UNSET,
    watch::VERB,
    graph::VERB,
    blame::VERB,
    states::VERB,
    help::VERB,
];

impl Verb {
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }

    /// Whether it may wait for a job.
    pub(crate) fn makes_jobs(&self) -> bool {
        self.statuses == jobs::STATUSES
    }

    /// Refuses too few or too many arguments.
    pub(crate) fn expects(&self, args: &[String]) -> Result<(), Usage> {
        let (least, most) = self.counts;
        let fault = match args.len() {
            count if count < least => "too few arguments",
            count if count > most => "too many arguments",
            _ => return Ok(()),
        };
        Err(Usage(format!("{fault}: systemctl-wrapper {} {}", self.name, self.arguments)))
    }

    /// Writes the verb's help.
    pub(crate) fn help(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\n", self.summary)?;
        writeln!(out, "Usage: systemctl-wrapper {} {}", self.name, self.arguments)?;
        if !self.aliases.is_empty() {
            writeln!(out, "Also:  {}", self.aliases.join(", "))?;
        }
        if !self.details.is_empty() {
            writeln!(out, "\n{}", self.details)?;
        }
        writeln!(out, "\nExit status:")?;
        for (status, says) in self.statuses {
            writeln!(out, "  {status}  {says}")?;
        }
        Ok(())
    }
}
