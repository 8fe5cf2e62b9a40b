//! The units of the machine, and those that somebody has collected.

use std::fs;
use std::path::PathBuf;

use unit_file::effective::Effective;
use unit_file::syntax::UnitFile;
use unit_file::values::{EnvironmentWord, parse_environment};

use crate::lines::our_lines;
use crate::printed::{load, readable_directory};

fn real_units() -> Vec<PathBuf> {
    let corpus = std::env::var_os("UNIT_WRITER_CORPUS").map(PathBuf::from);
    let directories = ["/usr/lib/systemd/system", "/usr/lib/systemd/user"]
        .into_iter()
        .map(PathBuf::from)
        .chain(corpus);
    let mut paths: Vec<PathBuf> = directories
        .filter_map(|directory| fs::read_dir(directory).ok())
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.retain(|path| {
        path.extension().is_some_and(|end| end == "service")
            && path.symlink_metadata().is_ok_and(|data| data.is_file() && data.len() > 0)
    });
    paths.sort();
    paths
}

#[test]
fn real_units_have_the_commands_and_the_environment_that_systemd_sees() {
    let directory = readable_directory();
    let mut units = Vec::new();
    let mut files = Vec::new();
    for (index, path) in real_units().iter().enumerate() {
        let bytes = fs::read(path).unwrap();
        // A name of its own, and an instance for templates.
        let at = if path.to_string_lossy().contains("@.service") { "@x" } else { "" };
        let name = format!("real{index}{at}.service");
        fs::write(directory.path().join(&name), &bytes).unwrap();
        units.push(name);
        files.push((path.clone(), UnitFile::parse(bytes)));
    }
    let Some(printed) = load(directory.path(), &units) else {
        return;
    };
    let mut compared = 0;
    for (unit, (path, file)) in units.iter().zip(&files) {
        let Some(theirs) = printed.get(unit) else {
            continue;
        };
        let effective = Effective::merge([file]);
        let keys = [
            "ExecCondition",
            "ExecStartPre",
            "ExecStart",
            "ExecStartPost",
            "ExecReload",
            "ExecStop",
            "ExecStopPost",
        ];
        let values = keys.iter().flat_map(|key| effective.values("Service", key));
        let ours: Vec<String> = values
            .flat_map(|entry| our_lines(entry.assignment.value.text()).unwrap_or_default())
            .collect();
        let has_specifier = |line: &&String| line.contains('%');
        for (ours, theirs) in
            ours.iter().zip(&theirs.commands).filter(|(ours, _)| !has_specifier(ours))
        {
            assert_eq!(ours, theirs, "{}", path.display());
        }
        assert_eq!(ours.len(), theirs.commands.len(), "{}", path.display());
        // Of several values of one variable, the last holds.
        let mut variables = std::collections::BTreeMap::new();
        for entry in effective.values("Service", "Environment") {
            for word in parse_environment(entry.assignment.value.text()).0 {
                if let EnvironmentWord::Variable { name, value, .. } = word {
                    variables.insert(name.to_string(), value.to_string());
                }
            }
        }
        for (name, value) in variables {
            let variable = format!("{name}={value}");
            let is_theirs = theirs.environment.contains(&variable) || value.contains('%');
            assert!(is_theirs, "{}: {variable}", path.display());
        }
        compared += 1;
    }
    eprintln!("compared {compared} of {} units", units.len());
    assert!(compared * 10 >= units.len() * 9, "systemd loaded {compared} of {} only", units.len());
}
