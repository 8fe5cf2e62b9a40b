//! Where the host is while a lab is built.

use std::path::{Path, PathBuf};

/// Where the host's root is while a lab is built. Gone when systemd starts.
pub(super) const HOST: &str = "/.lab/host";

/// The path of something of the host while the lab is built.
pub(super) fn host(path: impl AsRef<Path>) -> PathBuf {
    let path = path.as_ref();
    Path::new(HOST).join(path.strip_prefix("/").unwrap_or(path))
}
