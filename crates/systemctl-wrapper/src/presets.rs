//! What the distribution and the administrator would have enabled; systemd.preset(5).
//!
//! The manager applies presets and does not list them, so systemctl(1) reads the files itself, and
//! so do we.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::{Scope, pattern};

/// No preset file is longer, in bytes; the rest of a longer one is not read.
const FILE_MAX: u64 = 1 << 20;

/// Where the files lie, the directory that overrides the others last.
const DIRECTORIES: [&str; 5] =
    ["/lib/systemd", "/usr/lib/systemd", "/usr/local/lib/systemd", "/run/systemd", "/etc/systemd"];

/// The lines of all preset files, in the order in which they count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presets(Vec<Rule>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    word: &'static str,
    pattern: String,
    instances: Vec<String>,
}

impl Presets {
    /// Reads the files of this machine. `None` for another one, whose files are not here.
    pub fn read(scope: &Scope) -> Option<Presets> {
        let kind = match scope {
            Scope::System => "system-preset",
            Scope::User => "user-preset",
            Scope::Host(_) => return None,
        };
        // Of files with one name only one counts, and the names alone give the order.
        let mut files: BTreeMap<_, PathBuf> = BTreeMap::new();
        for directory in DIRECTORIES {
            let entries = fs::read_dir(Path::new(directory).join(kind)).into_iter().flatten();
            for path in entries.flatten().map(|entry| entry.path()) {
                if path.extension().is_some_and(|end| end == "preset") {
                    files.insert(path.file_name().map(ToOwned::to_owned), path);
                }
            }
        }
        let mut text = Vec::new();
        for file in files.into_values().filter_map(|path| fs::File::open(path).ok()) {
            // What can't be read has no say, as with systemctl.
            let _ = file.take(FILE_MAX).read_to_end(&mut text);
            text.push(b'\n');
        }
        Some(Presets::parse(&String::from_utf8_lossy(&text)))
    }

    fn parse(text: &str) -> Presets {
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';']));
        let rule = |line: &str| {
            let mut words = line.split_whitespace();
            let word = match words.next()? {
                "enable" => "enabled",
                "disable" => "disabled",
                "ignore" => "ignored",
                _ => return None,
            };
            let pattern = words.next()?.to_owned();
            Some(Rule { word, pattern, instances: words.map(str::to_owned).collect() })
        };
        Presets(lines.filter_map(rule).collect())
    }

    /// `enabled`, `disabled` or `ignored`, as the first line says that fits; a unit that none
    /// names is enabled.
    pub fn of(&self, unit: &str) -> &'static str {
        let rule = self.0.iter().find(|rule| rule.fits(unit));
        rule.map_or("enabled", |rule| rule.word)
    }
}

impl Rule {
    fn fits(&self, unit: &str) -> bool {
        if self.instances.is_empty() || pattern::fits(&self.pattern, unit) {
            return pattern::fits(&self.pattern, unit);
        }
        // `enable x@.service a b` is about x@a.service and x@b.service too.
        let Some((stem, kind)) = self.pattern.split_once('@') else { return false };
        self.instances.iter().any(|instance| unit == format!("{stem}@{instance}{kind}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_decides() {
        let presets = Presets::parse(
            "# policy\nenable dbus.*\n disable dbus.service\nenable x@.service a b\n\
             ignore left.service\nnonsense y.service\ndisable *\n",
        );
        let check = |unit: &str, expected: &str| assert_eq!(presets.of(unit), expected, "{unit}");
        check("dbus.service", "enabled");
        check("x@a.service", "enabled");
        check("x@.service", "enabled");
        check("x@c.service", "disabled");
        check("left.service", "ignored");
        check("y.service", "disabled");
        assert_eq!(Presets::default().of("any.service"), "enabled");
    }
}
