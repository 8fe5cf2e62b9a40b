//! Sentences about settings: what a condition wants, and which page documents a unit.

use crate::Condition;

/// Says a condition as it stands in a unit file: `ConditionPathExists=!/run/x`.
pub fn condition_in_words(condition: &Condition) -> String {
    let trigger = if condition.is_trigger { "|" } else { "" };
    let negated = if condition.is_negated { "!" } else { "" };
    format!("{}={trigger}{negated}{}", condition.setting, condition.parameter)
}

/// The man page for a kind of unit, by the suffix of its name.
pub fn documentation(unit: &str) -> String {
    match unit.rsplit_once('.') {
        Some((_, kind)) => format!("systemd.{kind}(5)"),
        None => "systemd.unit(5)".to_owned(),
    }
}
