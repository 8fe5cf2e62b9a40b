//! `[Unit]` and `[Install]`, which every type of unit has; systemd.unit(5).

use std::fmt;

use systemd_types::UnitName;

use super::{Setting, Text};

/// What every unit says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unit {
    /// `Description=`
    pub description: Option<Text>,
    /// `Documentation=`
    pub documentation: Vec<Text>,
    /// `Requires=`
    pub requires: Vec<UnitName>,
    /// `Wants=`
    pub wants: Vec<UnitName>,
    /// `PartOf=`
    pub part_of: Vec<UnitName>,
    /// `After=`
    pub after: Vec<UnitName>,
}

impl Unit {
    /// A section with a description, which is the least that a good unit says.
    pub fn described(description: Text) -> Unit {
        Unit { description: Some(description), ..Unit::default() }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "[Unit]")?;
        lines(f, "Description", &self.description)?;
        list(f, "Documentation", &self.documentation)?;
        list(f, "Requires", &self.requires)?;
        list(f, "Wants", &self.wants)?;
        list(f, "PartOf", &self.part_of)?;
        list(f, "After", &self.after)
    }
}

/// Who pulls the unit in when it is enabled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Install {
    /// `WantedBy=`
    pub wanted_by: Vec<UnitName>,
}

impl fmt::Display for Install {
    /// Nothing at all if there is nothing to enable.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Install::default() {
            return Ok(());
        }
        writeln!(f, "\n[Install]")?;
        list(f, "WantedBy", &self.wanted_by)
    }
}

/// One line for each value.
pub(super) fn lines<'a, T: fmt::Display + 'a>(
    f: &mut fmt::Formatter<'_>,
    key: &str,
    values: impl IntoIterator<Item = &'a T>,
) -> fmt::Result {
    values.into_iter().try_for_each(|value| writeln!(f, "{key}={value}"))
}

/// All values on one line.
pub(super) fn list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    key: &str,
    values: &[T],
) -> fmt::Result {
    if values.is_empty() {
        return Ok(());
    }
    let words: Vec<String> = values.iter().map(T::to_string).collect();
    writeln!(f, "{key}={}", words.join(" "))
}

/// The settings of a section that have no field of their own.
pub(super) fn more(f: &mut fmt::Formatter<'_>, section: &str, settings: &[Setting]) -> fmt::Result {
    let here = settings.iter().filter(|setting| setting.section() == section);
    here.into_iter().try_for_each(|setting| writeln!(f, "{setting}"))
}
