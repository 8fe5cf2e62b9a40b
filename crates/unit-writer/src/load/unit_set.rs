//! What the units that are judged together must know of each other.
//!
//! Some faults show in no single file: two units that wait for each other, two services that share
//! a directory, a timer whose service never ends.

use std::cell::OnceCell;
use std::collections::HashMap;

use systemd_types::UnitName;
use unit_file::effective::Effective;
use unit_file::values::parse_boolean;

use super::order::Order;
use super::source::{Role, Source};

/// What other units ask about a unit.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The unit's name.
    pub name: UnitName,
    /// `After=`
    pub after: Vec<String>,
    /// `Before=`
    pub before: Vec<String>,
    /// `WantedBy=` and `RequiredBy=`
    pub wanted_by: Vec<String>,
    /// `DefaultDependencies=`, which is yes if nothing else is said.
    pub has_default_dependencies: bool,
    /// `RuntimeDirectory=`, unless its directories stay when the unit stops.
    pub runtime_directories: Vec<String>,
    /// `RemainAfterExit=yes`
    pub remains: bool,
}

impl Facts {
    /// Takes the facts out of a unit.
    pub fn of(name: &UnitName, unit: &Effective<'_>) -> Facts {
        let words = |section: &str, key: &str| -> Vec<String> {
            unit.words(section, key).into_iter().map(str::to_owned).collect()
        };
        let says = |section: &str, key: &str| unit.last(section, key).map(parse_boolean);
        let stays =
            unit.last("Service", "RuntimeDirectoryPreserve").is_some_and(|value| value != "no");
        Facts {
            name: name.clone(),
            after: words("Unit", "After"),
            before: words("Unit", "Before"),
            wanted_by: [words("Install", "WantedBy"), words("Install", "RequiredBy")].concat(),
            has_default_dependencies: says("Unit", "DefaultDependencies") != Some(Ok(false)),
            runtime_directories: if stays {
                Vec::new()
            } else {
                words("Service", "RuntimeDirectory")
            },
            remains: says("Service", "RemainAfterExit") == Some(Ok(true)),
        }
    }
}

/// The units that are judged together, by name.
#[derive(Debug, Default)]
pub struct UnitSet {
    units: HashMap<String, Facts>,
    order: OnceCell<Order>,
}

impl UnitSet {
    /// The units among some files; drop-ins count with the units beside them.
    pub fn of<'a>(sources: impl IntoIterator<Item = &'a Source>) -> UnitSet {
        let mut units = HashMap::new();
        for source in sources {
            if let (Role::Unit, Some(name)) = (source.identity.role, source.identity.unit_name()) {
                units.insert(name.to_string(), Facts::of(name, &source.effective()));
            }
        }
        UnitSet { units, order: OnceCell::new() }
    }

    /// The unit of a name.
    pub fn get(&self, name: &str) -> Option<&Facts> {
        self.units.get(name)
    }

    /// In which order they start.
    pub fn order(&self) -> &Order {
        self.order.get_or_init(|| Order::of(self.iter()))
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Facts> {
        self.units.values()
    }
}
