//! A cursor: the name of an entry, as `journalctl --show-cursor` prints it. It stays valid when
//! files are rotated, and finds the nearest entry when its own is gone.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::id128::Id128;

/// Where an entry is in the order of all entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Numbers are comparable within it.
    pub seqnum_id: Id128,
    /// The number.
    pub seqnum: u64,
    /// The boot.
    pub boot_id: Id128,
    /// µs since boot.
    pub monotonic: u64,
    /// µs since 1970.
    pub realtime: u64,
    /// Of its contents.
    pub xor_hash: u64,
}

impl Cursor {
    /// Which of two entries comes first. `Equal` means: the same entry, in two files.
    ///
    /// Each step takes the most reliable measure that both entries share. As pairs may share
    /// different ones, the order is not transitive in odd data: compare heads with it, never
    /// sort by it.
    pub fn compare(&self, other: &Cursor) -> Ordering {
        if self.seqnum_id == other.seqnum_id && self.seqnum != other.seqnum {
            return self.seqnum.cmp(&other.seqnum);
        }
        if self.boot_id == other.boot_id && self.monotonic != other.monotonic {
            return self.monotonic.cmp(&other.monotonic);
        }
        self.realtime.cmp(&other.realtime).then(self.xor_hash.cmp(&other.xor_hash))
    }

    /// Appends it as text.
    pub fn push_to(&self, out: &mut Vec<u8>) {
        out.extend(b"s=");
        self.seqnum_id.push_to(out);
        push_hex(out, b";i=", self.seqnum);
        out.extend(b";b=");
        self.boot_id.push_to(out);
        push_hex(out, b";m=", self.monotonic);
        push_hex(out, b";t=", self.realtime);
        push_hex(out, b";x=", self.xor_hash);
    }
}

fn push_hex(out: &mut Vec<u8>, label: &[u8], number: u64) {
    out.extend(label);
    let mut digits = [0; 16];
    let (mut rest, mut at) = (number, 16);
    loop {
        at -= 1;
        digits[at] = b"0123456789abcdef"[(rest & 15) as usize];
        rest >>= 4;
        if rest == 0 {
            return out.extend(&digits[at..]);
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::new();
        self.push_to(&mut text);
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Cursor, NoCursor> {
        let bad = |what: &str| NoCursor(text.to_owned(), what.to_owned());
        let part = |label: &str| {
            let mut parts = text.trim_end().split(';');
            let part = parts.find_map(|part| part.strip_prefix(label)?.strip_prefix('='));
            part.ok_or_else(|| bad(&format!("{label}= is missing")))
        };
        let id = |label| part(label)?.parse().map_err(|_| bad(&format!("{label}= is no id")));
        let number = |label| {
            let digits = part(label)?;
            u64::from_str_radix(digits, 16)
                .map_err(|_| bad(&format!("{label}= is no hexadecimal number")))
        };
        Ok(Cursor {
            seqnum_id: id("s")?,
            seqnum: number("i")?,
            boot_id: id("b")?,
            monotonic: number("m")?,
            realtime: number("t")?,
            xor_hash: number("x")?,
        })
    }
}

/// The text is no cursor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no cursor: {1}; journalctl --show-cursor prints one")]
pub struct NoCursor(String, String);
