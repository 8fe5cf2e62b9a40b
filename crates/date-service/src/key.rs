//! The secret that seals a date, so that nobody else can give one out in this service's name.
//!
//! It comes as a credential, see systemd.exec(5), `LoadCredential=`: a file that only this service
//! sees. Not in the environment, which every child inherits, and `systemctl show` prints.

use std::ffi::OsStr;
use std::fs::File;
use std::hash::Hasher;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use siphasher::sip::SipHasher24;

use crate::{BadKey, Error};

/// The name of the credential.
const CREDENTIAL: &str = "key";
const BYTES: usize = 16;
/// A key is 32 digits and a newline; who gives us a disk for a key shall not fill our memory.
const MAX_FILE: u64 = 4096;

/// A secret of 128 bits.
///
/// The seal is SipHash-2-4, which was made for this: a keyed hash of short messages, which nobody
/// can compute without the key.
pub struct Key([u8; BYTES]);

impl Key {
    /// Sixteen bytes of the kernel's randomness, see random(4).
    ///
    /// # Errors
    ///
    /// When there is no `/dev/urandom`.
    pub fn random() -> io::Result<Key> {
        let mut bytes = [0; BYTES];
        File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        Ok(Key(bytes))
    }

    /// Where the key is: `path`, or else the credential in the directory that systemd made, which
    /// `$CREDENTIALS_DIRECTORY` names.
    ///
    /// # Errors
    ///
    /// When neither is given.
    pub fn place(path: Option<PathBuf>, credentials: Option<&OsStr>) -> Result<PathBuf, Error> {
        let credential = || credentials.map(|directory| Path::new(directory).join(CREDENTIAL));
        path.or_else(credential).ok_or(Error::NoKey)
    }

    /// Reads a key from a file.
    ///
    /// # Errors
    ///
    /// When it can't be read, or is none.
    pub fn read(path: PathBuf) -> Result<Key, Error> {
        let mut text = String::new();
        let read = File::open(&path).and_then(|file| file.take(MAX_FILE).read_to_string(&mut text));
        match read {
            Ok(_) => text.trim_ascii().parse().map_err(|cause| Error::BadKey { path, cause }),
            // Bytes that are no text are no digits either.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(Error::BadKey { path, cause: BadKey })
            }
            Err(cause) => Err(Error::ReadKey { path, cause }),
        }
    }

    /// The seal of `text`: 16 hexadecimal digits.
    pub fn seal(&self, text: &str) -> String {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        hasher.write(text.as_bytes());
        format!("{:016x}", hasher.finish())
    }

    /// The key as text, for the file that it is kept in.
    pub fn to_text(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl FromStr for Key {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Key, BadKey> {
        // Asked first, because a number may also begin with a `+`.
        if text.len() != 2 * BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(BadKey);
        }
        let mut bytes = [0; BYTES];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| BadKey)?;
        }
        Ok(Key(bytes))
    }
}
