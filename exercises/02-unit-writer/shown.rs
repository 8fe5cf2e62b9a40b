//! What `systemctl show` tells of a unit: properties and commands, read as systemd prints them. It
//! judges nothing.

use std::collections::HashMap;
use std::time::Duration;

use check::{Result, Unit, systemctl, time_span};

/// All properties of a unit, as `systemctl show` prints them.
pub(crate) struct Settings {
    values: HashMap<String, Vec<String>>,
    /// The programs that it runs, each with its arguments.
    commands: Vec<(String, String)>,
}

impl Settings {
    /// Asks systemd for all at once.
    #[track_caller]
    pub(crate) fn of(unit: Unit<'_>) -> Result<Self> {
        let show = systemctl(&["show", "--all", "--", unit.name()])?;
        let lines = || show.lines().filter_map(|line| line.split_once('='));
        let commands = lines()
            .filter(|(name, _)| name.starts_with("Exec") && !name.starts_with("ExecReload"))
            .filter_map(|(_, value)| command(value));
        let mut values: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in lines() {
            values.entry(name.to_owned()).or_default().push(value.to_owned());
        }
        Ok(Settings { commands: commands.collect(), values })
    }

    /// A property, empty if there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// All values of a property that may have several, each on a line of its own.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values.get(name).into_iter().flatten().map(String::as_str)
    }

    /// A property that is a time span.
    pub(crate) fn span(&self, name: &str) -> Option<Duration> {
        time_span(self.get(name))
    }

    /// The programs that it runs, each with its arguments; ExecReload= is not among them.
    pub(crate) fn commands(&self) -> &[(String, String)] {
        &self.commands
    }

    /// Whether systemd is about to start or stop it.
    pub(crate) fn has_job(&self) -> bool {
        !["", "0"].contains(&self.get("Job"))
    }

    /// Whether this kind of unit has the property.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }
}

/// Reads `{ path=/bin/x ; argv[]=/bin/x a b ; ignore_errors=no ; …`: the path, and the arguments.
fn command(value: &str) -> Option<(String, String)> {
    let (path, rest) = value.strip_prefix("{ path=")?.split_once(" ; argv[]=")?;
    let (words, _) = rest.split_once(" ; ignore_errors=").or(rest.split_once(" ; flags="))?;
    let arguments = words.split_once(' ').map_or("", |(_, arguments)| arguments);
    Some((path.to_owned(), arguments.to_owned()))
}
