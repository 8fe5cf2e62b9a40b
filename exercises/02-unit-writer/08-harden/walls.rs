//! All the places where the courier must not write, and what it could mark of them.

use std::fs;
use std::path::{Path, PathBuf};

use check::{Result, in_lab, install_program, put_program, wait_until};

use super::{LETTERS, is_over, is_own, run};

/// What a wall is marked with.
pub(super) const MARK: &str = ".the-courier-was-here";
/// Where nothing stays, or where nobody can write in a lab. /run is as systemd leaves it: some
/// settings that protect the kernel give a unit a writable one, whatever ProtectSystem= says.
pub(super) const NO_WALLS: [&str; 5] = ["/proc", "/sys", "/dev", "/run", "/usr"];
/// How many directories are tried at most.
const WALLS_MAX: usize = 4000;

/// All directories but the courier's own, and those that are no place for a file.
pub(super) fn walls() -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("/"), PathBuf::from("/usr/local")];
    let root = in_lab("/");
    let mut next = 0;
    while next < found.len() && found.len() < WALLS_MAX {
        let entries = fs::read_dir(seen(&root, &found[next])).into_iter().flatten().flatten();
        // A link leads to a directory that is found by itself.
        let directories = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        let directory = found[next].clone();
        let is_wall =
            |path: &PathBuf| !is_own(path) && !NO_WALLS.iter().any(|none| path == Path::new(none));
        found.extend(directories.map(|entry| directory.join(entry.file_name())).filter(is_wall));
        next += 1;
    }
    found
}

/// A place of the lab, from its root.
fn seen(root: &Path, place: &Path) -> PathBuf {
    root.join(place.strip_prefix("/").unwrap_or(place))
}

/// Has a courier that is one no more try every wall, and returns those that it has marked. It is
/// the kernel that says so: the mark is there for others as well, not only in a /tmp of the unit's
/// own.
pub(super) fn mark(walls: &[PathBuf]) -> Result<Vec<PathBuf>> {
    // A word in quotes is read as it is, except for the quote.
    let quoted =
        |wall: &PathBuf| format!("'{}'", wall.display().to_string().replace('\'', "'\\''"));
    let list = walls.iter().map(quoted).collect::<Vec<_>>().join(" ");
    // Nobody wants to read thousands of complaints.
    let vandal = format!(
        "#!/bin/sh\nexec 2>&-\nfor wall in {list}; do echo x > \"$wall/{MARK}\"; done\necho \"no \
         letter\" >> {LETTERS}\n"
    );
    let result = put_program("courier", &vandal).and_then(|()| {
        run()?;
        wait_until("the courier to come back", || Ok(is_over()?.then_some(())))
    });
    install_program("courier")?;
    result?;
    let root = in_lab("/");
    let mut marked: Vec<PathBuf> = walls.iter().map(|wall| wall.join(MARK)).collect();
    marked.retain(|mark| fs::remove_file(seen(&root, mark)).is_ok());
    Ok(marked)
}
