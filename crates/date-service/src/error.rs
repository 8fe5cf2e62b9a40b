//! What keeps the service from starting. Each names the thing, and the command that mends it.

use std::io;
use std::path::PathBuf;

/// Why the service can't begin. None of these is mended by a second try, so the unit's
/// `RestartPreventExitStatus=` keeps systemd from making one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No socket was handed over.
    #[error(
        "there is no socket to answer on: systemctl start date-service.socket, \
         or by hand: systemd-socket-activate --listen=1300 date-service …"
    )]
    NoSocket,
    /// A descriptor was handed over that takes no callers.
    #[error("descriptor {0} is no socket that listens: does the .socket unit say Accept=no?")]
    NotListening(i32),
    /// There is neither a credential nor an option that names the key.
    #[error(
        "there is no key: LoadCredential=key:PATH in the unit, or --key PATH; \
         date-service new-key makes one"
    )]
    NoKey,
    /// The key can't be read.
    #[error("cannot read the key {}: {cause}", path.display())]
    ReadKey {
        /// The file.
        path: PathBuf,
        /// What the kernel said.
        cause: io::Error,
    },
    /// The file holds something else than a key.
    #[error("{} holds no key: {cause}; date-service new-key makes one", path.display())]
    BadKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: BadKey,
    },
    /// The register can't be read to its end.
    #[error("cannot read the register {}: {cause}", path.display())]
    ReadRegister {
        /// The file.
        path: PathBuf,
        /// What the kernel said.
        cause: io::Error,
    },
    /// The file ends in something else than a numbered date, so the next number is not known.
    #[error(
        "{} is no register: its last line is {line:?}; move it away, and a new one is begun",
        path.display()
    )]
    NoRegister {
        /// The file.
        path: PathBuf,
        /// The line, at most 80 characters of it.
        line: String,
    },
    /// The register can't be opened for writing.
    #[error(transparent)]
    OpenRegister(#[from] date_daemon::Error),
}

/// Why a text is no [`Key`](crate::Key). It says nothing of the text: that may be somebody's other
/// secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is 32 hexadecimal digits")]
pub struct BadKey;
