//! What would happen, on paper: the transaction of a job, and trees of dependencies.

use std::collections::BTreeMap;
use std::io::{self, Write};

use systemctl_wrapper::{Action, Graph, JobMode, LoadState, Relation};

use super::context::Context;
use super::output::{plain, tint_of, tinted};

/// A tree is drawn so deep at most: on paper, nobody reads more.
const DEPTH_MAX: usize = 32;

/// What a start pulls in, what a stop takes along, and what stands in the way; systemd.unit(5).
const STARTS: [Relation; 4] =
    [Relation::Requires, Relation::BindsTo, Relation::Wants, Relation::Upholds];
const STOPS_WITH: [Relation; 3] = [Relation::Requires, Relation::BindsTo, Relation::Requisite];

/// Says which jobs a verb would make, and makes none.
pub(crate) fn rehearse(
    context: &mut Context<'_>,
    action: Action,
    units: &[String],
    mode: &JobMode,
) -> anyhow::Result<u8> {
    for unit in units {
        let jobs = match action {
            Action::Start if mode.0 == "isolate" => isolates(context, unit)?,
            Action::Stop => stops(context, unit)?,
            Action::Reload => BTreeMap::from([(unit.clone(), "reload")]),
            _ => starts(context, unit, action)?,
        };
        let now = context.manager()?.unit(unit)?;
        writeln!(context.out, "would {action} {unit}, which is {}:", now.active)?;
        if !now.exists() {
            writeln!(context.out, "  there is no such unit: it would be refused")?;
            continue;
        }
        for (name, job) in &jobs {
            writeln!(context.out, "  {job} {name}")?;
        }
        if jobs.is_empty() {
            writeln!(context.out, "  nothing: all of it is so already")?;
        }
    }
    Ok(0)
}

/// The unit and what it pulls in, as far as it does not run; and what it can't run beside.
fn starts(
    context: &Context<'_>,
    unit: &str,
    action: Action,
) -> anyhow::Result<BTreeMap<String, &'static str>> {
    let manager = context.manager()?;
    let graph = manager.graph(unit, &STARTS, false, DEPTH_MAX)?;
    let is_up = |name: &str| graph.states.get(name).is_some_and(|state| state.is_active());
    let mut jobs: BTreeMap<String, &'static str> = BTreeMap::new();
    let down: Vec<&str> =
        graph.states.keys().map(String::as_str).filter(|name| !is_up(name)).collect();
    for (name, found) in down.iter().zip(manager.units(&down)?) {
        // What is wanted and missing, or masked, is left out without a word.
        if found.load == LoadState::Loaded || *name == unit {
            jobs.insert((*name).to_owned(), "start");
        }
    }
    if matches!(action, Action::Restart | Action::ReloadOrRestart) && is_up(unit) {
        jobs.insert(unit.to_owned(), action.word());
    }
    if matches!(action, Action::TryRestart | Action::TryReloadOrRestart) {
        jobs = is_up(unit).then(|| (unit.to_owned(), action.word())).into_iter().collect();
    }
    let enemies = [Relation::Conflicts];
    for name in jobs.clone().keys() {
        for enemy in manager.graph(name, &enemies, false, 1)?.children(name) {
            if manager.unit(enemy)?.active.is_active() {
                jobs.insert(enemy.to_owned(), "stop");
            }
        }
    }
    Ok(jobs)
}

/// What a start does, and the end of all that runs and is not part of it; but for what has
/// `IgnoreOnIsolate=`, or is triggered by something that stays.
fn isolates(context: &Context<'_>, unit: &str) -> anyhow::Result<BTreeMap<String, &'static str>> {
    let manager = context.manager()?;
    let kept = manager.graph(unit, &STARTS, false, DEPTH_MAX)?.states;
    let listed = manager.list_units(&[])?;
    let others = listed.iter().filter(|other| {
        !other.active.is_down() && other.following.is_empty() && !kept.contains_key(&other.name)
    });
    let others: Vec<&str> = others.map(|other| other.name.as_str()).collect();
    let mut jobs = starts(context, unit, Action::Start)?;
    for other in manager.units(&others)? {
        let triggers = other.properties.texts("TriggeredBy");
        let is_kept = triggers.iter().any(|trigger| kept.contains_key(*trigger));
        if !is_kept && !other.properties.is_true("IgnoreOnIsolate") {
            jobs.insert(other.id, "stop");
        }
    }
    Ok(jobs)
}

/// The unit and all that can't do without it.
fn stops(context: &Context<'_>, unit: &str) -> anyhow::Result<BTreeMap<String, &'static str>> {
    let relations: Vec<Relation> = STOPS_WITH.into_iter().chain([Relation::ConsistsOf]).collect();
    // Who is `PartOf=` the unit stands on its own side of the relation, the others on the far one.
    let backward = context.manager()?.graph(unit, &relations[..3], true, DEPTH_MAX)?;
    let parts = context.manager()?.graph(unit, &relations[3..], false, DEPTH_MAX)?;
    let running = |graph: Graph| {
        graph.states.into_iter().filter(|(_, state)| !state.is_down()).map(|(name, _)| name)
    };
    Ok(running(backward).chain(running(parts)).map(|name| (name, "stop")).collect())
}

/// How a tree is drawn.
pub(crate) struct Tree<'a> {
    pub(crate) graph: &'a Graph,
    /// Blanks instead of lines, and no dots.
    pub(crate) is_plain: bool,
    /// Goes on below every unit, not only below targets.
    pub(crate) is_whole: bool,
    /// Units that are left out, with all that is below them.
    pub(crate) hides: &'a dyn Fn(&str) -> bool,
}

impl Tree<'_> {
    /// Writes the tree below the graph's first unit. What is plain goes on where another tree has
    /// left off, and has nothing twice.
    pub(crate) fn write(&self, out: &mut dyn Write, seen: &mut Vec<String>) -> io::Result<()> {
        writeln!(out, "{}", plain(&self.graph.root))?;
        seen.push(self.graph.root.clone());
        self.below(out, seen, "")?;
        if !self.is_plain {
            seen.clear();
        }
        Ok(())
    }

    /// The units below the last one of `seen`: the way to it, or all so far where it is plain.
    fn below(&self, out: &mut dyn Write, seen: &mut Vec<String>, indent: &str) -> io::Result<()> {
        let unit = seen.last().cloned().unwrap_or_default();
        let children = self.graph.children(&unit);
        let depth = seen.len();
        let mut is_circle = false;
        for (at, child) in children.iter().enumerate() {
            if seen.iter().any(|above| above == child) {
                is_circle = true;
                continue;
            }
            if (self.hides)(child) {
                continue;
            }
            let is_last = at + 1 == children.len();
            let branch = match (self.is_plain, is_last && !is_circle) {
                (true, _) => "  ",
                (false, true) => "└─",
                (false, false) => "├─",
            };
            writeln!(out, "{}{indent}{branch}{}", self.dot(child), plain(child))?;
            let goes_on = self.is_whole || child.ends_with(".target");
            let is_deep = !self.is_plain && depth >= DEPTH_MAX;
            if goes_on && !is_deep {
                seen.push((*child).to_owned());
                let more = if is_last { "  " } else { "│ " };
                let more = if self.is_plain { "" } else { more };
                self.below(out, seen, &format!("{indent}{more}"))?;
                if !self.is_plain {
                    seen.truncate(depth);
                }
            }
        }
        if is_circle && !self.is_plain {
            writeln!(out, "  {indent}└─...")?;
        }
        Ok(())
    }

    fn dot(&self, unit: &str) -> String {
        if self.is_plain {
            return String::new();
        }
        let word = self.graph.states.get(unit).map(|state| state.as_str()).unwrap_or_default();
        let dot = match word {
            "active" | "reloading" | "refreshing" | "activating" => "●",
            "failed" => "×",
            _ => "○",
        };
        format!("{} ", tinted(dot, tint_of(word)))
    }
}
