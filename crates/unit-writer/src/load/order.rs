//! In which order units start: who comes after whom, by what they say and by systemd's defaults.

use std::collections::{HashMap, HashSet};

use systemd_types::UnitType;

use super::facts::Facts;

/// The order in which a boot reaches its targets, and the services of the early boot, for which
/// sysinit.target waits; bootup(7).
static BOOT: &str = include_str!("../../data/boot-order.tsv");

/// Targets of systemd's own that a boot reaches and that have no default dependencies.
const WITHOUT_DEFAULTS: [&str; 3] = ["timers.target", "local-fs.target", "remote-fs.target"];

/// Who comes after whom, of the units on a circle or between two circles; of most sets there are
/// none.
#[derive(Debug, Default)]
pub struct Order {
    after: HashMap<String, Vec<String>>,
}

/// Who comes after whom, of all units.
type After<'a> = HashMap<&'a str, Vec<&'a str>>;

impl Order {
    /// The order of some units and of the boot.
    pub(super) fn of<'a>(units: impl Iterator<Item = &'a Facts>) -> Order {
        let mut after = After::with_capacity(1024);
        for (later, earlier) in BOOT.lines().filter_map(|line| line.split_once('\t')) {
            earlier.split(' ').for_each(|earlier| add(&mut after, later, earlier));
        }
        units.for_each(|unit| add_unit(&mut after, unit));
        peel(&mut after);
        let owned = |(name, earlier): (&str, Vec<&str>)| {
            (name.to_owned(), earlier.into_iter().map(str::to_owned).collect())
        };
        Order { after: after.into_iter().map(owned).collect() }
    }

    /// A circle through a unit: the unit, whom it waits for, and so on, back to the unit.
    pub fn circle(&self, name: &str) -> Option<Vec<String>> {
        self.after.get(name)?;
        let mut path = vec![name.to_owned()];
        self.search(&mut path, &mut HashSet::new()).then_some(path)
    }

    /// Goes on from the end of the path, until it comes back to where it began.
    fn search(&self, path: &mut Vec<String>, seen: &mut HashSet<String>) -> bool {
        for next in path.last().and_then(|last| self.after.get(last)).into_iter().flatten() {
            if *next == path[0] {
                path.push(next.clone());
                return true;
            }
            if seen.insert(next.clone()) {
                path.push(next.clone());
                if self.search(path, seen) {
                    return true;
                }
                path.pop();
            }
        }
        false
    }
}

/// systemd drops a unit's order with itself.
fn add<'a>(after: &mut After<'a>, later: &'a str, earlier: &'a str) {
    if later != earlier {
        after.entry(later).or_default().push(earlier);
    }
}

fn add_unit<'a>(after: &mut After<'a>, unit: &'a Facts) {
    let name = unit.name.as_str();
    unit.after.iter().for_each(|earlier| add(after, name, earlier));
    unit.before.iter().for_each(|later| add(after, later, name));
    if !unit.has_default_dependencies {
        return;
    }
    // The defaults of each type; systemd.service(5) and so on, "Default Dependencies".
    let defaults: &[&str] = match unit.name.unit_type() {
        UnitType::Service => &["sysinit.target", "basic.target"],
        UnitType::Socket | UnitType::Timer | UnitType::Path => &["sysinit.target"],
        _ => &[],
    };
    defaults.iter().for_each(|earlier| add(after, name, earlier));
    // A target comes after the units that it wants, unless they are ordered already, or the target
    // is without the default dependencies.
    for target in unit.wanted_by.iter().filter(|target| target.ends_with(".target")) {
        let is_ordered = unit.after.contains(target)
            || defaults.contains(&target.as_str())
            || WITHOUT_DEFAULTS.contains(&target.as_str());
        if !is_ordered {
            add(after, target, name);
        }
    }
}

/// Takes away, again and again, who waits for nobody that is left. What stays is on a circle, or
/// waits for one.
fn peel(after: &mut After<'_>) {
    loop {
        let waits = |earlier: &[&str]| earlier.iter().any(|other| after.contains_key(other));
        let free = after.iter().filter(|(_, earlier)| !waits(earlier));
        let free: Vec<&str> = free.map(|(name, _)| *name).collect();
        if free.is_empty() {
            return;
        }
        free.iter().for_each(|name| drop(after.remove(name)));
    }
}
