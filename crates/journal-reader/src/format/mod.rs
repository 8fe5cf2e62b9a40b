//! The file format, as <https://systemd.io/JOURNAL_FILE_FORMAT> specifies it: what lies at which
//! offset. Nothing is looked up here, and nothing is trusted: whoever reads an object learns first
//! whether it fits into the file.
//!
//! A journal file is a header and then *objects*, one after the other, each aligned to 8 bytes. All
//! numbers are little endian; an offset counts bytes from the start of the file, and 0 means
//! "none".
//!
//! ```text
//! header ─┬─► data hash table ──► DATA "PRIORITY=3" ──► entry array: all entries with it
//!         ├─► field hash table ─► FIELD "PRIORITY" ───► its DATA objects, a chain
//!         └─► entry array: all entries ──► ENTRY ──► its DATA objects
//! ```

pub mod hash;
mod header;
mod object;

pub use header::{Compatible, Header, Incompatible, SIGNATURE, State};
pub use object::{
    Compression, DataObject, EntryArrayObject, EntryObject, FieldObject, HASH_ITEM_SIZE, Kind,
    OBJECT_HEADER_SIZE, ObjectHeader,
};

/// The number at `offset`; 0 where the file ends before, as in a file that is shorter than its
/// header says.
#[inline]
pub(crate) fn le64(bytes: &[u8], offset: usize) -> u64 {
    let found = bytes.get(offset..).and_then(|rest| rest.first_chunk());
    found.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The number at `offset`; 0 where the file ends before.
#[inline]
pub(crate) fn le32(bytes: &[u8], offset: usize) -> u32 {
    let found = bytes.get(offset..).and_then(|rest| rest.first_chunk());
    found.map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// The next offset at which an object may begin.
pub(crate) fn align(offset: u64) -> u64 {
    offset.saturating_add(7) & !7
}
