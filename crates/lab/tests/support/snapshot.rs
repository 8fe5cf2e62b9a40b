//! What a machine looks like: everything that a careless lab has changed on some machine, as lines
//! to compare.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Names of things and what they are like.
type Snapshot = BTreeMap<String, String>;

/// Does `action`, and fails if the host has changed by it. Others work on this machine too: only a
/// change that comes each time is the action's.
#[track_caller]
pub(crate) fn unchanged_by(action: impl Fn()) {
    let mut moving = moving_by_itself();
    let mut blamed: Option<BTreeSet<String>> = None;
    for _ in 0..3 {
        let before = take();
        action();
        let after = take();
        let mut changed = changes(&before, &after);
        changed.retain(|change| !moving.contains(name(change)));
        let again = match &blamed {
            Some(earlier) => changed.intersection(earlier).cloned().collect(),
            None => changed,
        };
        if again.is_empty() {
            return;
        }
        blamed = Some(again);
        moving.extend(moving_by_itself());
    }
    panic!("the host changed: {blamed:#?}");
}

/// What changes without a lab: counters, clocks, random numbers.
fn moving_by_itself() -> BTreeSet<String> {
    let before = take();
    for _ in 0..20 {
        let _ = Command::new("true").status();
    }
    std::thread::sleep(Duration::from_millis(100));
    changes(&before, &take()).iter().map(|change| name(change).to_owned()).collect()
}

fn name(change: &str) -> &str {
    change.split(": ").next().unwrap_or(change)
}

/// One line for each difference.
fn changes(before: &Snapshot, after: &Snapshot) -> BTreeSet<String> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| format!("{name}: {:?} became {:?}", before.get(name), after.get(name)))
        .collect()
}

fn take() -> Snapshot {
    let mut found = Snapshot::new();
    sysctls(Path::new("/proc/sys"), &mut found);
    for (directory, depth) in [
        ("/dev", 3),
        ("/etc", 3),
        ("/run", 3),
        ("/run/log/journal", 2),
        ("/var/log/journal", 2),
        ("/var/lib/systemd", 3),
        ("/sys/fs/cgroup", 3),
        ("/sys/class/net", 1),
    ] {
        files(Path::new(directory), depth, &mut found);
    }
    for line in fs::read_to_string("/proc/self/mountinfo").expect("it can be read").lines() {
        found.insert(format!("mount {line}"), String::new());
    }
    for line in kernel_log() {
        found.insert(format!("kernel log {line}"), String::new());
    }
    let name = nix::unistd::gethostname().expect("there is a name");
    found.insert("host name".to_owned(), name.to_string_lossy().into_owned());
    found
}

fn sysctls(directory: &Path, found: &mut Snapshot) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            sysctls(&path, found);
        } else if let Ok(value) = fs::read_to_string(&path) {
            found.insert(path.display().to_string(), value);
        }
    }
}

/// Names, modes, owners and device numbers; the time of the last change too, where files are not
/// changed by everybody.
fn files(directory: &Path, depth: u32, found: &mut Snapshot) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(about) = path.symlink_metadata() else {
            continue;
        };
        let name = path.display().to_string();
        // Other tests and labs of this machine; each test looks at its own. Open terminals come and
        // go.
        if name.contains("/servicios-") || name.starts_with("/dev/pts/") {
            continue;
        }
        let changed = if name.starts_with("/etc") { about.mtime() } else { 0 };
        found.insert(
            name,
            format!(
                "{:o} {}:{} {} {changed}",
                about.mode(),
                about.uid(),
                about.gid(),
                about.rdev()
            ),
        );
        if about.is_dir() && depth > 1 {
            files(&path, depth - 1, found);
        }
    }
}

/// What programs, as opposed to the kernel, have written to the kernel's log; see dev-kmsg in the
/// kernel's documentation.
fn kernel_log() -> Vec<String> {
    let mut lines = Vec::new();
    let Ok(mut log) =
        fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open("/dev/kmsg")
    else {
        return lines;
    };
    let mut record = [0; 8192];
    loop {
        match log.read(&mut record) {
            Ok(length) => {
                let line = String::from_utf8_lossy(&record[..length]).into_owned();
                let priority: u32 =
                    line.split(',').next().and_then(|word| word.parse().ok()).unwrap_or(0);
                if priority >= 8 || line.contains("sysrq") {
                    lines.push(line);
                }
            }
            // Records that were overwritten while we read.
            Err(error) if error.raw_os_error() == Some(libc::EPIPE) => {}
            Err(_) => return lines,
        }
    }
}
