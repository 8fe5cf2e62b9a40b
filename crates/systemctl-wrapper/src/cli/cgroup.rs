//! Processes in their control groups, as a tree; systemd-cgls(1) draws it alike.

use std::collections::BTreeMap;

use super::output::plain;

/// A control group: its processes, and the groups in it.
#[derive(Default)]
pub(crate) struct Group {
    processes: BTreeMap<u32, String>,
    groups: BTreeMap<String, Group>,
}

impl Group {
    /// Puts processes (group, process id, command line) where they belong below the group `root`.
    pub(crate) fn new(root: &str, processes: Vec<(String, u32, String)>) -> Group {
        let mut tree = Group::default();
        for (path, pid, command) in processes {
            let below = path.strip_prefix(root.trim_end_matches('/')).unwrap_or(&path);
            let mut group = &mut tree;
            for name in below.split('/').filter(|name| !name.is_empty()) {
                group = group.groups.entry(name.to_owned()).or_default();
            }
            group.processes.insert(pid, command);
        }
        tree
    }

    /// The lines of the tree, without the group itself.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.below(&mut lines, "");
        lines
    }

    fn below(&self, lines: &mut Vec<String>, indent: &str) {
        let mut left = self.processes.len() + self.groups.len();
        let digits = self.processes.keys().max().map_or(0, |pid| pid.to_string().len());
        let mut branch = || {
            left -= 1;
            if left == 0 { ("└─", "  ") } else { ("├─", "│ ") }
        };
        for (pid, command) in &self.processes {
            lines.push(format!("{indent}{}{pid:>digits$} {}", branch().0, plain(command)));
        }
        for (name, group) in &self.groups {
            let (line, more) = branch();
            lines.push(format!("{indent}{line}{}", plain(name)));
            group.below(lines, &format!("{indent}{more}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_stand_in_their_groups_and_before_the_groups_below() {
        let process = |path: &str, pid, command: &str| (path.to_owned(), pid, command.to_owned());
        let tree = Group::new(
            "/system.slice",
            vec![
                process("/system.slice/b.service/sub", 7, "/bin/x"),
                process("/system.slice/b.service", 12, "/bin/y \u{1b}[31m"),
                process("/system.slice/b.service", 8, "/bin/z"),
                process("/system.slice/a.service", 5, "/bin/w"),
            ],
        );
        let expected = "\
├─a.service
│ └─5 /bin/w
└─b.service
  ├─ 8 /bin/z
  ├─12 /bin/y \\u{1b}[31m
  └─sub
    └─7 /bin/x";
        assert_eq!(tree.lines().join("\n"), expected);
    }
}
