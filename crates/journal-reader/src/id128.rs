//! A 128-bit id: of a boot, a machine, a file; sd-id128(3). Written as 32 lower-case hexadecimal
//! digits.

use std::fmt;
use std::str::FromStr;

/// A 128-bit id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id128(pub [u8; 16]);

impl Id128 {
    /// The id at `offset`; all zeros where the file ends before.
    pub(crate) fn at(bytes: &[u8], offset: usize) -> Id128 {
        let found = bytes.get(offset..).and_then(|rest| rest.first_chunk());
        Id128(found.copied().unwrap_or_default())
    }

    /// Appends its 32 digits.
    pub fn push_to(self, out: &mut Vec<u8>) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for byte in self.0 {
            out.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
    }
}

impl fmt::Display for Id128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Id128 {
    type Err = NoId;

    /// Reads 32 hexadecimal digits, or a UUID with its dashes.
    fn from_str(text: &str) -> Result<Id128, NoId> {
        let digits: Vec<u8> = match text.len() {
            32 => text.bytes().collect(),
            36 if [8, 13, 18, 23].iter().all(|at| text.as_bytes()[*at] == b'-') => {
                text.bytes().filter(|byte| *byte != b'-').collect()
            }
            _ => return Err(NoId(text.to_owned())),
        };
        let value = |digit: u8| char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
        let mut id = [0; 16];
        if digits.len() != 32 {
            return Err(NoId(text.to_owned()));
        }
        for (byte, pair) in id.iter_mut().zip(digits.chunks_exact(2)) {
            let (Some(high), Some(low)) = (value(pair[0]), value(pair[1])) else {
                return Err(NoId(text.to_owned()));
            };
            *byte = high << 4 | low;
        }
        Ok(Id128(id))
    }
}

/// The text is no id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no id: an id has 32 hexadecimal digits")]
pub struct NoId(String);
