//! Templates: files from which units are made, and no units themselves; systemd.unit(5).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::{Error, LoadState, Manager, Properties, Unit, Value};

impl Manager {
    /// A unit; or what is known of a template's files, in the same shape. The manager has no object
    /// for a template: its drop-ins are looked for on this machine's disk.
    ///
    /// # Errors
    /// As [`Manager::properties`].
    pub fn unit_or_template(&self, name: &str) -> Result<Unit, Error> {
        let Some((_, kind)) = name.split_once("@.") else { return self.unit(name) };
        let file = self.list_unit_files(&[name])?.into_iter().next();
        let load = if file.is_some() { LoadState::Loaded } else { LoadState::NotFound };
        let (path, state) =
            file.map_or_else(Default::default, |file| (file.path, file.state.to_string()));
        let manager = self.manager_properties()?;
        let drop_ins =
            drop_ins(&manager.texts("UnitPath"), &[&format!("{name}.d"), &format!("{kind}.d")]);
        let text = |text: &str| Value::Text(text.to_owned());
        let drop_ins = drop_ins.iter().map(|path| text(path)).collect();
        let properties = Properties::from_iter([
            ("Id", text(name)),
            ("LoadState", text(load.as_str())),
            ("ActiveState", text("inactive")),
            ("SubState", text("dead")),
            ("FragmentPath", text(&path)),
            ("UnitFileState", text(&state)),
            ("DropInPaths", Value::List(drop_ins)),
        ]);
        Ok(Unit::new(properties))
    }
}

/// The drop-ins below the directories, by name: of two with one name, the one that is found first.
fn drop_ins(directories: &[&str], below: &[&str]) -> Vec<String> {
    let mut by_name = BTreeMap::new();
    for part in below {
        for directory in directories {
            let files = fs::read_dir(Path::new(directory).join(part)).into_iter().flatten();
            for path in files.flatten().map(|file| file.path()) {
                let name = path.file_name().unwrap_or_default().to_owned();
                if path.extension().is_some_and(|end| end == "conf") {
                    by_name.entry(name).or_insert(path);
                }
            }
        }
    }
    by_name.into_values().map(|path| path.to_string_lossy().into_owned()).collect()
}
