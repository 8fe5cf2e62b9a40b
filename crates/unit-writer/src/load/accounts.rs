//! The users and groups of a machine: those that are there, and those that will be.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::directory::paths_in;

/// The names of users and groups.
#[derive(Debug)]
pub(super) struct Accounts {
    users: HashSet<String>,
    groups: HashSet<String>,
    /// Names may come from the network or from a program, so nobody can say that one is missing.
    is_open: bool,
}

impl Accounts {
    /// Reads `/etc/passwd`, `/etc/group`, `sysusers.d` and the user records below a root.
    pub(super) fn of(root: &Path) -> Accounts {
        let mut users = first_fields(root, "etc/passwd");
        let mut groups = first_fields(root, "etc/group");
        // sysusers.d(5): systemd-sysusers makes these before any ordinary service starts.
        for line in configuration(root, "sysusers.d") {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [kind, name, ..] = words[..] else {
                continue;
            };
            let (kind, name) = (kind.trim_end_matches('!'), name.trim_matches('"').to_owned());
            if kind == "u" {
                users.insert(name.clone());
            }
            if matches!(kind, "u" | "g") {
                groups.insert(name);
            }
        }
        // Records of userdbctl(1): `name.user`, `name.group`.
        for directory in ["etc/userdb", "run/userdb", "usr/lib/userdb"] {
            for path in files_of(&root.join(directory)) {
                let stem = path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
                match path.extension().and_then(|end| end.to_str()) {
                    Some("user") => users.extend(stem),
                    Some("group") => groups.extend(stem),
                    _ => {}
                }
            }
        }
        Accounts { users, groups, is_open: asks_elsewhere(root) }
    }

    pub(super) fn has_user(&self, name: &str) -> bool {
        self.is_open || self.users.contains(name)
    }

    pub(super) fn has_group(&self, name: &str) -> bool {
        self.is_open || self.groups.contains(name)
    }
}

/// nsswitch.conf(5) names a source of users that is not a file of this machine.
fn asks_elsewhere(root: &Path) -> bool {
    let text = fs::read_to_string(root.join("etc/nsswitch.conf")).unwrap_or_default();
    let lines = text.lines().filter(|line| line.starts_with("passwd:"));
    let known = ["passwd:", "files", "compat", "systemd", "altfiles", "cache"];
    let is_known = |word: &str| known.contains(&word) || word.starts_with('[');
    lines.into_iter().any(|line| !line.split_whitespace().all(is_known))
}

/// What stands before the first colon of each line.
fn first_fields(root: &Path, file: &str) -> HashSet<String> {
    let text = fs::read(root.join(file)).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name.to_owned()).collect()
}

/// The lines of all files of a kind of configuration, such as `tmpfiles.d`.
pub(super) fn configuration(root: &Path, kind: &str) -> Vec<String> {
    let places = ["etc", "run", "usr/local/lib", "usr/lib"];
    let files = places.into_iter().flat_map(|place| files_of(&root.join(place).join(kind)));
    let texts = files.filter_map(|path| fs::read_to_string(path).ok());
    texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn files_of(directory: &Path) -> Vec<PathBuf> {
    paths_in(directory).filter(|path| path.is_file()).collect()
}
