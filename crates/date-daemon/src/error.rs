//! Why a line could not be written.

use std::path::PathBuf;

use nix::errno::Errno;

/// Each names the file and the cause; where there is a cure, also that.
///
/// The cause is an [`Errno`], not a [`std::io::Error`]: two of them can be compared, and so the
/// daemon knows whether a failure is still the one that it has reported.
///
/// ```
/// use date_daemon::{DatesFile, Error};
///
/// let Err(error) = DatesFile::open("/no/such/directory/dates.log".into()) else { unreachable!() };
/// assert_eq!(
///     error.to_string(),
///     "cannot open /no/such/directory/dates.log: No such file or directory; \
///      mkdir -p /no/such/directory makes its directory",
/// );
/// ```
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened or made.
    #[error("cannot open {}: {}", path.display(), cause.desc())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the kernel said.
        cause: Errno,
    },
    /// There is no directory in which the file could be made.
    #[error(
        "cannot open {}: {}; mkdir -p {} makes its directory",
        path.display(), Errno::ENOENT.desc(), directory.display(),
    )]
    NoDirectory {
        /// The file.
        path: PathBuf,
        /// The directory that is not there.
        directory: PathBuf,
    },
    /// A directory, a device, a pipe: nothing that lines can be appended to and found again.
    #[error("cannot append to {}: not a regular file", path.display())]
    NotAFile {
        /// What was found in the file's place.
        path: PathBuf,
    },
    /// The file is open, but does not take the line.
    #[error("cannot append to {}: {}", path.display(), cause.desc())]
    Append {
        /// The file.
        path: PathBuf,
        /// What the kernel said.
        cause: Errno,
    },
}
