//! The header: the first 208 to 272 bytes of a file. Newer writers append fields; `header_size`
//! says how far it goes.

use super::{le32, le64};
use crate::id128::Id128;

/// The eight bytes that each journal file begins with.
pub const SIGNATURE: &[u8; 8] = b"LPKSHHRH";

/// Features without which a file can't be read. A bit that is not here makes the file unreadable
/// for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incompatible(pub u32);

impl Incompatible {
    /// Some DATA objects are compressed with XZ.
    pub const XZ: u32 = 1;
    /// Some DATA objects are compressed with LZ4.
    pub const LZ4: u32 = 2;
    /// Hashes are SipHash-2-4 with the file's id as the key, not Jenkins hashes.
    pub const KEYED_HASH: u32 = 4;
    /// Some DATA objects are compressed with Zstandard.
    pub const ZSTD: u32 = 8;
    /// Offsets in entries and entry arrays are 32 bits wide; the file ends before 4 GiB.
    pub const COMPACT: u32 = 16;
    /// Names by bit, as `journalctl --header` prints them.
    pub const NAMES: [(u32, &str); 5] = [
        (Incompatible::XZ, "COMPRESSED-XZ"),
        (Incompatible::LZ4, "COMPRESSED-LZ4"),
        (Incompatible::ZSTD, "COMPRESSED-ZSTD"),
        (Incompatible::KEYED_HASH, "KEYED-HASH"),
        (Incompatible::COMPACT, "COMPACT"),
    ];
    const KNOWN: u32 = 31;

    /// Whether all bits of `flag` are set.
    pub fn has(self, flag: u32) -> bool {
        self.0 & flag == flag
    }

    /// The bits that this crate does not know; 0 in a file that it can read.
    pub fn unknown(self) -> u32 {
        self.0 & !Incompatible::KNOWN
    }
}

/// Features that a reader may ignore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compatible(pub u32);

impl Compatible {
    /// The file contains TAG objects, which prove with a key that it was not changed.
    pub const SEALED: u32 = 1;
    /// `tail_entry_boot_id` is the boot id of the last entry (systemd 254).
    pub const TAIL_ENTRY_BOOT_ID: u32 = 2;
    /// The seals follow each other without a gap (systemd 255).
    pub const SEALED_CONTINUOUS: u32 = 4;

    /// Whether the bit is set.
    pub fn has(self, flag: u32) -> bool {
        self.0 & flag == flag
    }
}

/// What the writer has said of the file's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Closed, and all of it on disk.
    Offline,
    /// Being written, or its writer died: read it, but its end may be half-written.
    Online,
    /// Rotated away; nobody writes to it any more.
    Archived,
    /// A number that the specification doesn't have.
    Unknown(u8),
}

/// The header's fields, read once.
#[derive(Clone, Debug)]
pub struct Header {
    /// Features that a reader may ignore.
    pub compatible: Compatible,
    /// Features that a reader must know.
    pub incompatible: Incompatible,
    /// What the writer says of the end.
    pub state: State,
    /// Random; the key of the file's hashes.
    pub file_id: Id128,
    /// The machine that wrote it.
    pub machine_id: Id128,
    /// The boot in which it was last written to.
    pub boot_id: Id128,
    /// Sequence numbers can be compared between files that share this id.
    pub seqnum_id: Id128,
    /// Bytes before the first object.
    pub header_size: u64,
    /// Bytes of all objects.
    pub arena_size: u64,
    /// Where the buckets of the data hash table begin.
    pub data_hash_table_offset: u64,
    /// Their bytes.
    pub data_hash_table_size: u64,
    /// Where the buckets of the field hash table begin.
    pub field_hash_table_offset: u64,
    /// Their bytes.
    pub field_hash_table_size: u64,
    /// The last object.
    pub tail_object_offset: u64,
    /// Objects of all kinds.
    pub n_objects: u64,
    /// Entries.
    pub n_entries: u64,
    /// Sequence number of the last entry.
    pub tail_entry_seqnum: u64,
    /// Sequence number of the first entry.
    pub head_entry_seqnum: u64,
    /// The array of all entries.
    pub entry_array_offset: u64,
    /// Wall clock of the first entry, µs since 1970.
    pub head_entry_realtime: u64,
    /// Wall clock of the last entry, µs since 1970.
    pub tail_entry_realtime: u64,
    /// Monotonic clock of the last entry, µs since boot.
    pub tail_entry_monotonic: u64,
    /// DATA objects; `None` in a file of a systemd before 187.
    pub n_data: Option<u64>,
    /// FIELD objects.
    pub n_fields: Option<u64>,
    /// TAG objects; since 189.
    pub n_tags: Option<u64>,
    /// ENTRY_ARRAY objects; since 189.
    pub n_entry_arrays: Option<u64>,
    /// The longest chain of the data hash table; since 246.
    pub data_hash_chain_depth: Option<u64>,
    /// The longest chain of the field hash table; since 246.
    pub field_hash_chain_depth: Option<u64>,
}

impl Header {
    /// The smallest header that there ever was.
    pub const MIN_SIZE: usize = 208;

    /// Reads a header. `None` if the file is too short for one, or does not begin with the
    /// signature.
    pub fn read(file: &[u8]) -> Option<Header> {
        let is_one = file.len() >= Header::MIN_SIZE && file.starts_with(SIGNATURE);
        is_one.then(|| Header::fields(file))
    }

    /// Makes the best of a header that is damaged: objects begin behind the smallest one.
    pub(crate) fn guess(file: &[u8], compact: bool) -> Header {
        let mut header = Header::fields(file);
        let flags = header.incompatible.0 & Incompatible::KNOWN & !Incompatible::COMPACT;
        header.incompatible = Incompatible(flags | if compact { Incompatible::COMPACT } else { 0 });
        header.header_size = Header::MIN_SIZE as u64;
        header
    }

    fn fields(file: &[u8]) -> Header {
        let header_size = le64(file, 88);
        let later = |offset: usize| (header_size >= offset as u64 + 8).then(|| le64(file, offset));
        Header {
            compatible: Compatible(le32(file, 8)),
            incompatible: Incompatible(le32(file, 12)),
            state: match file.get(16).copied().unwrap_or_default() {
                0 => State::Offline,
                1 => State::Online,
                2 => State::Archived,
                other => State::Unknown(other),
            },
            file_id: Id128::at(file, 24),
            machine_id: Id128::at(file, 40),
            boot_id: Id128::at(file, 56),
            seqnum_id: Id128::at(file, 72),
            header_size,
            arena_size: le64(file, 96),
            data_hash_table_offset: le64(file, 104),
            data_hash_table_size: le64(file, 112),
            field_hash_table_offset: le64(file, 120),
            field_hash_table_size: le64(file, 128),
            tail_object_offset: le64(file, 136),
            n_objects: le64(file, 144),
            n_entries: le64(file, 152),
            tail_entry_seqnum: le64(file, 160),
            head_entry_seqnum: le64(file, 168),
            entry_array_offset: le64(file, 176),
            head_entry_realtime: le64(file, 184),
            tail_entry_realtime: le64(file, 192),
            tail_entry_monotonic: le64(file, 200),
            n_data: later(208),
            n_fields: later(216),
            n_tags: later(224),
            n_entry_arrays: later(232),
            data_hash_chain_depth: later(240),
            field_hash_chain_depth: later(248),
        }
    }

    /// Whether offsets are 32 bits wide.
    pub fn is_compact(&self) -> bool {
        self.incompatible.has(Incompatible::COMPACT)
    }

    /// The bytes that are in use; the file itself may be longer, or cut off.
    pub fn used(&self) -> u64 {
        self.header_size.saturating_add(self.arena_size)
    }
}
