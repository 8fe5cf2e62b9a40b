//! `watch`: states as they change; a table on a terminal, lines elsewhere.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use systemctl_wrapper::{Action, JobMode, ListedUnit, StateChange};
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
    details: "On a terminal: a table, with the keys ↑ ↓ to choose, s start, x stop, r restart, l log, q quit.\n\
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
    for unit in listed(context, &patterns)? {
        writeln!(context.out, "{} {} ({})", plain(&unit.name), unit.active, unit.sub)?;
    }
    context.out.flush()?;
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
fn listed(context: &Context<'_>, patterns: &[String]) -> anyhow::Result<Vec<ListedUnit>> {
    let borrowed: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let mut units = context.manager()?.list_units(&borrowed)?;
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
        let fits = |pattern: &String| fnmatch(pattern.as_bytes(), name.as_bytes());
        self.0.is_empty() || self.0.iter().any(fits)
    }
}

/// `*`, `?` and `[…]`, as the manager matches them in its own lists.
fn fnmatch(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => (0..=name.len()).any(|skip| fnmatch(rest, &name[skip..])),
        (Some((b'?', rest)), Some((_, name))) => fnmatch(rest, name),
        (Some((b'[', rest)), Some((letter, after))) => match class(rest, *letter) {
            Some((is_in, rest)) => is_in && fnmatch(rest, after),
            None => *letter == b'[' && fnmatch(rest, after),
        },
        (Some((wanted, rest)), Some((letter, name))) => wanted == letter && fnmatch(rest, name),
        _ => false,
    }
}

/// Whether a letter is in the class that begins here, and what follows the class; `None` if it has
/// no end.
fn class(pattern: &[u8], letter: u8) -> Option<(bool, &[u8])> {
    let end = pattern.iter().skip(1).position(|byte| *byte == b']')? + 1;
    let (mut inside, rest) = (&pattern[..end], &pattern[end + 1..]);
    let is_negated = matches!(inside.first(), Some(b'!' | b'^'));
    if is_negated {
        inside = &inside[1..];
    }
    let mut is_in = false;
    while let Some((first, more)) = inside.split_first() {
        inside = more;
        if let [b'-', last, more @ ..] = more {
            is_in |= (*first..=*last).contains(&letter);
            inside = more;
        } else {
            is_in |= *first == letter;
        }
    }
    Some((is_in != is_negated, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_a_shell() {
        let check = |pattern: &str, name: &str, expected: bool| {
            assert_eq!(fnmatch(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        };
        check("date*", "date-daemon.service", true);
        check("*.timer", "a.service", false);
        check("a?c.service", "abc.service", true);
        check("[a-c]x.*", "bx.socket", true);
        check("[!a-c]x.*", "bx.socket", false);
        check("", "a", false);
    }
}
