//! The lab as its own processes see it, for a check that stays outside.
//!
//! Such a check sees the lab's files at their usual places, as they were mounted before anything of
//! the submission ran. What the lab has mounted since, and its processes, it finds here. A check
//! inside, or on the host, sees them directly.

use std::path::{Path, PathBuf};

/// Where a check outside finds the lab's `/proc`; nothing is there for any other.
const LAB_PROC: &str = "/lab/proc";

/// The directory in `/proc` of the lab's process `pid`; see proc(5).
///
/// ```no_run
/// use check::{Unit, proc_of};
///
/// let pid = Unit::named("web.service").property("MainPID")?;
/// let program = std::fs::read_link(proc_of(&pid).join("exe"))?;
/// # Ok::<(), check::Failure>(())
/// ```
pub fn proc_of(pid: &str) -> PathBuf {
    let proc = if Path::new(LAB_PROC).is_dir() { LAB_PROC } else { "/proc" };
    Path::new(proc).join(pid)
}

/// What the lab's processes find at the absolute `path`.
pub fn in_lab(path: impl AsRef<Path>) -> PathBuf {
    let path = path.as_ref();
    if Path::new(LAB_PROC).is_dir() {
        proc_of("1").join("root").join(path.strip_prefix("/").unwrap_or(path))
    } else {
        path.to_owned()
    }
}

/// What follows `name` on the first line of `text` that begins with it, as in the files of proc(5).
pub(crate) fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(name))
}
