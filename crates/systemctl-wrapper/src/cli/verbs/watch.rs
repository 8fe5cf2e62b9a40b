//! `watch`: states as they change; a table on a terminal, lines elsewhere.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use systemctl_wrapper::{Action, JobMode, ListedUnit, StateChange, Watch, fits};
use systemd_types::{Globs, UnitType, mangle};

use crate::cli::context::Context;
use crate::cli::names::is_pattern;
use crate::cli::output::{plain, tint_of, tinted};
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

mod screen;

pub(crate) const VERB: Verb = Verb {
    name: "watch",
    aliases: &[],
    arguments: "[PATTERN…]",
    counts: (0, ANY),
    summary: "Show states as they change, by signals; Ctrl-C ends it",
    details: "On a terminal: a table, with the keys ↑ ↓ to choose, s start, x stop, r restart,\n\
              l log, q quit.\n\
              Elsewhere: a line for each change, UNIT ACTIVE (SUB).",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, patterns: &[String]) -> anyhow::Result<u8> {
    let patterns: Vec<String> = patterns
        .iter()
        .map(|text| mangle(text, UnitType::Service, Globs::Allowed))
        .collect::<Result<_, _>>()?;
    if io::stdout().is_terminal() && io::stdin().is_terminal() && !context.options.plain {
        return screen::run(context, &patterns);
    }
    let manager = context.manager()?;
    let mut watch = manager.watch(one_unit(&patterns))?;
    // What is there already is said first, so that a reader knows where it begins.
    for unit in listed(&mut watch, &patterns)? {
        writeln!(context.out, "{} {} ({})", plain(&unit.name), unit.active, unit.sub)?;
    }
    context.out.flush()?;
    watch.write_to(io::stdout().as_fd().try_clone_to_owned()?);
    let mut fits = Fits::new(&patterns);
    while let Some(change) = watch.next(None)? {
        if fits.fits(&change.unit) {
            let state = tinted(&change.active, tint_of(&change.active));
            writeln!(context.out, "{} {state} ({})", plain(&change.unit), plain(&change.sub))?;
            context.out.flush()?;
        }
    }
    Ok(0)
}

/// A watch for a single unit is told of that unit only.
fn one_unit(patterns: &[String]) -> Option<&str> {
    match patterns {
        [name] if !is_pattern(name) => Some(name),
        _ => None,
    }
}

/// The units in memory that fit.
fn listed(watch: &mut Watch<'_>, patterns: &[String]) -> anyhow::Result<Vec<ListedUnit>> {
    let borrowed: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let mut units = watch.begin(&borrowed)?;
    units.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(units)
}

/// Whether a unit's name fits one of the patterns, as fnmatch(3) has it.
pub(crate) struct Fits<'a>(&'a [String]);

impl<'a> Fits<'a> {
    pub(crate) fn new(patterns: &'a [String]) -> Self {
        Fits(patterns)
    }

    pub(crate) fn fits(&mut self, name: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| fits(pattern, name))
    }
}
