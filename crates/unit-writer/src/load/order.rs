//! In which order units start: who comes after whom, by what they say and by systemd's defaults.

use std::collections::{HashMap, HashSet};

use systemd_types::UnitType;

use super::facts::Facts;

/// The order in which a boot reaches its targets; bootup(7).
const BOOT: &[(&str, &str)] = &[
    ("local-fs.target", "local-fs-pre.target"),
    ("sysinit.target", "local-fs.target"),
    ("sysinit.target", "swap.target"),
    ("basic.target", "sysinit.target"),
    ("basic.target", "sockets.target"),
    ("basic.target", "timers.target"),
    ("basic.target", "paths.target"),
    ("multi-user.target", "basic.target"),
    ("graphical.target", "multi-user.target"),
    ("network.target", "network-pre.target"),
    ("network-online.target", "network.target"),
];

/// Services of the early boot, which sysinit.target waits for.
const EARLY: &[&str] = &[
    "systemd-sysusers.service",
    "systemd-tmpfiles-setup.service",
    "systemd-tmpfiles-setup-dev.service",
    "systemd-udevd.service",
    "systemd-udev-trigger.service",
    "systemd-udev-settle.service",
    "systemd-journald.service",
    "systemd-journal-flush.service",
    "systemd-modules-load.service",
    "systemd-sysctl.service",
    "systemd-random-seed.service",
    "systemd-remount-fs.service",
    "systemd-machine-id-commit.service",
    "systemd-hwdb-update.service",
    "systemd-binfmt.service",
    "systemd-update-utmp.service",
    "systemd-timesyncd.service",
    "kmod-static-nodes.service",
    "keyboard-setup.service",
    "apparmor.service",
    "cryptsetup.target",
];

/// Who comes after whom.
#[derive(Debug, Default)]
pub struct Order {
    after: HashMap<String, Vec<String>>,
    /// Units on a circle, or between two circles; of most sets there are none.
    suspects: HashSet<String>,
}

impl Order {
    /// The order of some units and of the boot.
    pub(super) fn of<'a>(units: impl Iterator<Item = &'a Facts>) -> Order {
        let mut order = Order::default();
        for (later, earlier) in BOOT {
            order.add(later, earlier);
        }
        EARLY.iter().for_each(|early| order.add("sysinit.target", early));
        units.for_each(|unit| order.add_unit(unit));
        order.suspects = order.peel();
        order
    }

    /// systemd drops a unit's order with itself.
    fn add(&mut self, later: &str, earlier: &str) {
        if later == earlier {
            return;
        }
        self.after.entry(later.to_owned()).or_default().push(earlier.to_owned());
    }

    fn add_unit(&mut self, unit: &Facts) {
        let name = unit.name.as_str();
        unit.after.iter().for_each(|earlier| self.add(name, earlier));
        unit.before.iter().for_each(|later| self.add(later, name));
        if !unit.has_default_dependencies {
            return;
        }
        // The defaults of each type; systemd.service(5) and so on, "Default Dependencies".
        let defaults: &[&str] = match unit.name.unit_type() {
            UnitType::Service => &["sysinit.target", "basic.target"],
            UnitType::Socket | UnitType::Timer | UnitType::Path => &["sysinit.target"],
            _ => &[],
        };
        defaults.iter().for_each(|earlier| self.add(name, earlier));
        // A target comes after the units that it wants, unless they are ordered already.
        for target in unit.wanted_by.iter().filter(|target| target.ends_with(".target")) {
            let is_ordered = unit.after.contains(target) || defaults.contains(&target.as_str());
            if !is_ordered {
                self.add(target, name);
            }
        }
    }

    /// Takes away, again and again, whoever waits for nobody and whomever nobody waits for. What
    /// stays is on a circle or between two.
    fn peel(&self) -> HashSet<String> {
        let mut left: HashSet<&str> = self.after.keys().map(String::as_str).collect();
        loop {
            let waits = |name: &&str| {
                self.after.get(*name).is_some_and(|earlier| {
                    earlier.iter().any(|other| left.contains(other.as_str()))
                })
            };
            let waiting: HashSet<&str> = left.iter().copied().filter(|name| waits(name)).collect();
            let is_smaller = waiting.len() < left.len();
            left = waiting;
            if !is_smaller {
                break;
            }
        }
        left.into_iter().map(str::to_owned).collect()
    }

    /// A circle through a unit: the unit, whom it waits for, and so on, back to the unit.
    pub fn circle(&self, name: &str) -> Option<Vec<String>> {
        if !self.suspects.contains(name) {
            return None;
        }
        let mut seen = HashSet::new();
        let mut path = vec![name.to_owned()];
        self.search(name, name, &mut seen, &mut path).then_some(path)
    }

    fn search(
        &self,
        from: &str,
        goal: &str,
        seen: &mut HashSet<String>,
        path: &mut Vec<String>,
    ) -> bool {
        let earlier = self.after.get(from).into_iter().flatten();
        for next in earlier.filter(|next| self.suspects.contains(next.as_str())) {
            if next == goal {
                path.push(next.clone());
                return true;
            }
            if seen.insert(next.clone()) {
                path.push(next.clone());
                if self.search(next, goal, seen, path) {
                    return true;
                }
                path.pop();
            }
        }
        false
    }
}
