//! Why a line could not be written.

use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

/// Each names the file and the cause; where there is a cure, also that.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened or made.
    #[error("cannot open {}: {}{}", path.display(), reason(cause), cure(path, cause))]
    Open {
        /// The file.
        path: PathBuf,
        /// What the kernel said.
        cause: io::Error,
    },
    /// A folder, a device, a pipe: nothing that lines can be appended to and found again.
    #[error("cannot append to {}: not a regular file", path.display())]
    NotAFile {
        /// What was found in the file's place.
        path: PathBuf,
    },
    /// The file is open, but does not take the line.
    #[error("cannot append to {}: {}", path.display(), reason(cause))]
    Append {
        /// The file.
        path: PathBuf,
        /// What the kernel said.
        cause: io::Error,
    },
}

/// What to do about a folder that is not there.
fn cure(path: &Path, error: &io::Error) -> String {
    match path.parent() {
        Some(folder) if error.kind() == io::ErrorKind::NotFound && !folder.exists() => {
            format!("; mkdir -p {} makes its folder", folder.display())
        }
        _ => String::new(),
    }
}

/// The cause in the kernel's words, without the number that the standard library adds.
fn reason(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => Errno::from_raw(number).desc().to_owned(),
        None => error.to_string(),
    }
}
