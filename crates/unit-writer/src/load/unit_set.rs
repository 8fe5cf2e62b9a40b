//! What the units that are judged together must know of each other.
//!
//! Some faults show in no single file: two units that wait for each other, two services that share
//! a directory, a timer whose service never ends.

use std::borrow::Borrow;
use std::cell::OnceCell;
use std::collections::HashMap;

use unit_file::effective::Effective;

use super::facts::Facts;
use super::order::Order;
use super::source::{Role, Source};

/// The units that are judged together, by name.
///
/// ```
/// use std::path::Path;
/// use unit_writer::load::{Identity, Source, UnitSet};
///
/// let path = Path::new("demo.service");
/// let identity = Identity::of(path).expect("a unit's name");
/// let source = Source::of_bytes(path, identity, b"[Service]\nExecStart=/bin/true\n".to_vec())?;
/// let units = UnitSet::of([&source]);
/// assert!(units.get("demo.service").is_some());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct UnitSet {
    units: HashMap<String, Facts>,
    order: OnceCell<Order>,
}

impl UnitSet {
    /// The units among some files; drop-ins count with the units beside them.
    pub fn of<'a>(sources: impl IntoIterator<Item = &'a Source>) -> UnitSet {
        UnitSet::of_merged(sources.into_iter().map(|source| (source, source.effective())))
    }

    /// The same for files that are merged already, which is the dear part.
    pub fn of_merged<'a>(
        merged: impl IntoIterator<Item = (&'a Source, impl Borrow<Effective<'a>>)>,
    ) -> UnitSet {
        let merged = merged.into_iter();
        let mut units = HashMap::with_capacity(merged.size_hint().0);
        for (source, unit) in merged {
            if let (Role::Unit, Some(name)) = (source.identity.role, source.identity.unit_name()) {
                units.insert(name.to_string(), Facts::of(name, unit.borrow()));
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
