//! What the manager prints of the units that it has loaded.

use std::collections::HashMap;
use std::fmt::Write;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// What the manager prints of a unit.
#[derive(Debug, Default)]
pub(crate) struct Printed {
    pub(crate) commands: Vec<String>,
    pub(crate) environment: Vec<String>,
}

/// A directory that the user nobody can read, with one below it that it can write to.
pub(crate) fn readable_directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(directory.path().join("run")).unwrap();
    fs::set_permissions(directory.path().join("run"), Permissions::from_mode(0o777)).unwrap();
    directory
}

/// Lets the manager load units from a directory; `None` if there is no manager.
pub(crate) fn load(directory: &Path, units: &[String]) -> Option<HashMap<String, Printed>> {
    let program = ["/lib/systemd/systemd", "/usr/lib/systemd/systemd"]
        .into_iter()
        .find(|path| Path::new(path).exists());
    let Some(program) = program else {
        eprintln!("skipped: there is no systemd here");
        return None;
    };
    fs::write(directory.join("all.target"), format!("[Unit]\nWants={}\n", units.join("\nWants=")))
        .unwrap();
    let mut command = Command::new(program);
    command.args(["--test", "--user", "--unit=all.target"]).env_clear();
    command
        .env("HOME", directory)
        .env("XDG_RUNTIME_DIR", directory.join("run"))
        .env("SYSTEMD_UNIT_PATH", format!("{}:", directory.display()));
    if fs::metadata("/proc/self").is_ok_and(|data| std::os::unix::fs::MetadataExt::uid(&data) == 0)
    {
        command.uid(65534).gid(65534); // as root, it prints nothing
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("-> Unit all.target"),
        "systemd --test says: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(read(&text))
}

fn read(text: &str) -> HashMap<String, Printed> {
    let mut units: HashMap<String, Printed> = HashMap::new();
    let mut unit = String::new();
    for line in text.lines() {
        let trimmed = line.trim_start();
        if let Some(name) = trimmed.strip_prefix("-> Unit ") {
            unit = name.trim_end_matches(':').to_owned();
        } else if let Some(command) = trimmed.strip_prefix("Command Line: ") {
            units.entry(unit.clone()).or_default().commands.push(command.to_owned());
        } else if let Some(variable) = trimmed.strip_prefix("Environment: ") {
            units.entry(unit.clone()).or_default().environment.push(variable.to_owned());
        }
    }
    units
}

/// Words as the manager prints them: as a shell would need them.
pub(crate) fn shell_line(words: &[Vec<u8>]) -> String {
    words
        .iter()
        .map(|word| shell_word(&String::from_utf8_lossy(word)))
        .collect::<Vec<_>>()
        .join(" ")
}

fn shell_word(word: &str) -> String {
    let needs_quotes = |c: char| c.is_ascii_control() || " \"\\`$*?['()<>|&;!".contains(c);
    if !word.is_empty() && !word.contains(needs_quotes) {
        return word.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in word.chars() {
        match c {
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            c if c.is_ascii_control() => write!(quoted, "\\{:03o}", u32::from(c)).unwrap(),
            '"' | '\\' | '`' | '$' => quoted.extend(['\\', c]),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

pub(crate) fn version() -> u32 {
    static VERSION: OnceLock<u32> = OnceLock::new();
    *VERSION.get_or_init(|| {
        let output = Command::new("systemctl").arg("--version").output();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        // "systemd 252 (252.38-1~deb12u1)"
        let version = text.ok().and_then(|text| text.split_whitespace().nth(1)?.parse().ok());
        version.unwrap_or(252)
    })
}
