//! A property's value, whatever its type: as text, as systemctl(1) shows it, or for JSON.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use zbus::{Signature, Variant};

/// A value of D-Bus's.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text, or an object's path.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A number that is not negative.
    Number(u64),
    /// A number that may be negative.
    Signed(i64),
    /// A number with a fraction.
    Fraction(f64),
    /// Values of one type that is simple: text, or numbers.
    List(Vec<Value>),
    /// Values of one type that has parts: tuples, lists. Told apart even if there are none.
    Rows(Vec<Value>),
    /// Values of several types, together.
    Tuple(Vec<Value>),
    /// Values by name.
    Map(Vec<(Value, Value)>),
}

impl Value {
    pub(crate) fn from_variant(variant: &Variant<'_>) -> Value {
        let all = |values: &[Variant<'_>]| values.iter().map(Value::from_variant).collect();
        match variant {
            Variant::U8(number) => Value::Number(u64::from(*number)),
            Variant::U16(number) => Value::Number(u64::from(*number)),
            Variant::U32(number) => Value::Number(u64::from(*number)),
            Variant::U64(number) => Value::Number(*number),
            Variant::I16(number) => Value::Signed(i64::from(*number)),
            Variant::I32(number) => Value::Signed(i64::from(*number)),
            Variant::I64(number) => Value::Signed(*number),
            Variant::F64(number) => Value::Fraction(*number),
            Variant::Bool(truth) => Value::Bool(*truth),
            Variant::Str(text) => Value::Text(text.as_str().to_owned()),
            Variant::ObjectPath(path) => Value::Text(path.as_str().to_owned()),
            Variant::Signature(signature) => Value::Text(signature.to_string()),
            Variant::Variant(inner) => Value::from_variant(inner),
            Variant::Array(array) if is_simple(array.element_signature()) => {
                Value::List(all(array.inner()))
            }
            Variant::Array(array) => Value::Rows(all(array.inner())),
            Variant::Structure(fields) => Value::Tuple(all(fields.fields())),
            Variant::Dict(dict) => Value::Map(
                dict.iter()
                    .map(|(key, value)| (Value::from_variant(key), Value::from_variant(value)))
                    .collect(),
            ),
            // A descriptor can't be shown; no property of systemd's is one.
            Variant::Fd(_) => Value::Text("[descriptor]".to_owned()),
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one that is not negative.
    pub fn as_number(&self) -> Option<u64> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Signed(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The values in it: a list's, or a tuple's.
    pub fn items(&self) -> &[Value] {
        match self {
            Value::List(values) | Value::Rows(values) | Value::Tuple(values) => values,
            _ => &[],
        }
    }
}

fn is_simple(signature: &Signature) -> bool {
    use Signature as S;
    !matches!(signature, S::Array(_) | S::Dict { .. } | S::Structure(_) | S::Variant)
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Text(text) => to.serialize_str(text),
            Value::Bool(truth) => to.serialize_bool(*truth),
            Value::Number(number) => to.serialize_u64(*number),
            Value::Signed(number) => to.serialize_i64(*number),
            Value::Fraction(number) => to.serialize_f64(*number),
            Value::List(values) | Value::Rows(values) | Value::Tuple(values) => {
                values.serialize(to)
            }
            Value::Map(entries) => {
                let mut map = to.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    // JSON's keys are text.
                    match key {
                        Value::Text(text) => map.serialize_entry(text, value)?,
                        other => map.serialize_entry(&format!("{other:?}"), value)?,
                    }
                }
                map.end()
            }
        }
    }
}
