//! All properties of an object, in the order in which the manager gives them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use zbus::{OwnedVariant, Signature, Type};

use crate::Value;

/// Properties by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Properties(Vec<(String, Value)>);

impl Properties {
    /// The properties, in the manager's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// One of them.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// A text; empty if there is none of that name.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_text).unwrap_or_default()
    }

    /// A number. The greatest one is the manager's word for "not set", and is none.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.get(name).and_then(Value::as_number).filter(|number| *number != u64::MAX)
    }

    /// Whether it is `true`.
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name) == Some(&Value::Bool(true))
    }

    /// The texts of a list, such as the units that it needs.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        let items = self.get(name).map(Value::items).unwrap_or_default();
        items.iter().filter_map(Value::as_text).collect()
    }
}

impl<'a> FromIterator<(&'a str, Value)> for Properties {
    fn from_iter<I: IntoIterator<Item = (&'a str, Value)>>(all: I) -> Self {
        Properties(all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

/// On the wire it is a dictionary. A map of Rust's would lose the order, which `show` keeps.
impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Properties;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("properties by name")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Properties, M::Error> {
                let mut all = Vec::new();
                while let Some((name, variant)) = map.next_entry::<String, OwnedVariant>()? {
                    all.push((name, Value::from_variant(&variant)));
                }
                Ok(Properties(all))
            }
        }
        from.deserialize_map(InOrder)
    }
}

impl Type for Properties {
    const SIGNATURE: &'static Signature =
        &Signature::static_dict(&Signature::Str, &Signature::Variant);
}
