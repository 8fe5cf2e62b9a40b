//! The objects: a header of 16 bytes each, then what the kind of object has. An object is read from
//! a slice that holds exactly it, so nothing here can reach beyond its end.

use super::{Header, le32, le64};
use crate::id128::Id128;

/// type, flags, 6 reserved bytes, size.
pub const OBJECT_HEADER_SIZE: u64 = 16;
/// A bucket of a hash table: the first and the last object of its chain.
pub const HASH_ITEM_SIZE: u64 = 16;

/// The kinds of objects, with the smallest size of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One `FIELD=value`, shared by all entries that have it.
    Data = 1,
    /// The name of a field, and its values.
    Field,
    /// One log message: references to its DATA objects.
    Entry,
    /// The buckets that lead to DATA objects.
    DataHashTable,
    /// The buckets that lead to FIELD objects.
    FieldHashTable,
    /// References to entries, in the order in which they were written.
    EntryArray,
    /// A seal.
    Tag,
}

impl Kind {
    /// The kind that a type byte means.
    #[inline]
    pub fn of(byte: u8) -> Option<Kind> {
        Some(match byte {
            1 => Kind::Data,
            2 => Kind::Field,
            3 => Kind::Entry,
            4 => Kind::DataHashTable,
            5 => Kind::FieldHashTable,
            6 => Kind::EntryArray,
            7 => Kind::Tag,
            _ => return None,
        })
    }

    /// Its name in the specification.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Data => "DATA",
            Kind::Field => "FIELD",
            Kind::Entry => "ENTRY",
            Kind::DataHashTable => "DATA_HASH_TABLE",
            Kind::FieldHashTable => "FIELD_HASH_TABLE",
            Kind::EntryArray => "ENTRY_ARRAY",
            Kind::Tag => "TAG",
        }
    }

    /// Bytes before the part whose length varies.
    #[inline]
    pub fn fixed_size(self, compact: bool) -> u64 {
        match self {
            Kind::Data if compact => 72,
            Kind::Data | Kind::Entry | Kind::Tag => 64,
            Kind::Field => 40,
            Kind::EntryArray => 24,
            Kind::DataHashTable | Kind::FieldHashTable => OBJECT_HEADER_SIZE,
        }
    }
}

/// How the payload of a DATA object is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// An .xz stream.
    Xz,
    /// The length in 8 bytes, then an LZ4 block.
    Lz4,
    /// A Zstandard frame.
    Zstd,
}

/// What each object begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectHeader {
    /// Its kind.
    pub kind: Kind,
    /// For a DATA object, how it is compressed.
    pub flags: u8,
    /// Its bytes, this header included; the next object begins at the next multiple of 8.
    pub size: u64,
}

impl ObjectHeader {
    /// Reads the header at the start of `bytes`; `None` for an unknown kind or an impossible size.
    #[inline]
    pub fn read(bytes: &[u8], compact: bool) -> Option<ObjectHeader> {
        let (kind, size) = (Kind::of(*bytes.first()?)?, le64(bytes, 8));
        (size >= kind.fixed_size(compact)).then_some(ObjectHeader { kind, flags: bytes[1], size })
    }
}

/// A DATA object: `FIELD=value`, and which entries have it.
#[derive(Clone, Copy, Debug)]
pub struct DataObject<'f> {
    bytes: &'f [u8],
    compact: bool,
}

impl<'f> DataObject<'f> {
    pub(crate) fn new(bytes: &'f [u8], compact: bool) -> DataObject<'f> {
        DataObject { bytes, compact }
    }

    /// The hash of the uncompressed payload.
    #[inline]
    pub fn hash(self) -> u64 {
        le64(self.bytes, 16)
    }

    /// The next object in the same bucket.
    #[inline]
    pub fn next_hash_offset(self) -> u64 {
        le64(self.bytes, 24)
    }

    /// The next value of the same field.
    pub fn next_field_offset(self) -> u64 {
        le64(self.bytes, 32)
    }

    /// The first entry that has it.
    pub fn entry_offset(self) -> u64 {
        le64(self.bytes, 40)
    }

    /// The array of the other entries that have it.
    pub fn entry_array_offset(self) -> u64 {
        le64(self.bytes, 48)
    }

    /// How many entries have it.
    pub fn n_entries(self) -> u64 {
        le64(self.bytes, 56)
    }

    /// How the payload is compressed: `None` if it isn't, an error if the flags contradict each
    /// other.
    #[inline]
    pub fn compression(self) -> Result<Option<Compression>, u8> {
        match self.bytes[1] & 7 {
            0 => Ok(None),
            1 => Ok(Some(Compression::Xz)),
            2 => Ok(Some(Compression::Lz4)),
            4 => Ok(Some(Compression::Zstd)),
            flags => Err(flags),
        }
    }

    /// The payload as it is stored.
    #[inline]
    pub fn stored_payload(self) -> &'f [u8] {
        let start = Kind::Data.fixed_size(self.compact) as usize;
        self.bytes.get(start..).unwrap_or_default()
    }
}

/// A FIELD object: a name, and the chain of its values.
#[derive(Clone, Copy, Debug)]
pub struct FieldObject<'f>(pub(crate) &'f [u8]);

impl<'f> FieldObject<'f> {
    /// The hash of the name.
    #[inline]
    pub fn hash(self) -> u64 {
        le64(self.0, 16)
    }

    /// The next object in the same bucket.
    #[inline]
    pub fn next_hash_offset(self) -> u64 {
        le64(self.0, 24)
    }

    /// The newest of its DATA objects.
    pub fn head_data_offset(self) -> u64 {
        le64(self.0, 32)
    }

    /// The name.
    pub fn name(self) -> &'f [u8] {
        self.0.get(40..).unwrap_or_default()
    }
}

/// An ENTRY object: one message.
#[derive(Clone, Copy, Debug)]
pub struct EntryObject<'f> {
    bytes: &'f [u8],
    compact: bool,
}

impl<'f> EntryObject<'f> {
    pub(crate) fn new(bytes: &'f [u8], compact: bool) -> EntryObject<'f> {
        EntryObject { bytes, compact }
    }

    /// Its sequence number.
    #[inline]
    pub fn seqnum(self) -> u64 {
        le64(self.bytes, 16)
    }

    /// The wall clock, µs since 1970.
    #[inline]
    pub fn realtime(self) -> u64 {
        le64(self.bytes, 24)
    }

    /// The monotonic clock, µs since boot.
    #[inline]
    pub fn monotonic(self) -> u64 {
        le64(self.bytes, 32)
    }

    /// The boot.
    #[inline]
    pub fn boot_id(self) -> Id128 {
        Id128::at(self.bytes, 40)
    }

    /// The Jenkins hashes of all payloads, XORed.
    #[inline]
    pub fn xor_hash(self) -> u64 {
        le64(self.bytes, 56)
    }

    /// The offsets of its DATA objects.
    #[inline]
    pub fn items(self) -> impl Iterator<Item = u64> + 'f {
        let items = self.bytes.get(64..).unwrap_or_default();
        let (compact, width) = (self.compact, if self.compact { 4 } else { 16 });
        items
            .chunks_exact(width)
            .map(move |item| if compact { u64::from(le32(item, 0)) } else { le64(item, 0) })
    }
}

/// An ENTRY_ARRAY object: offsets of entries, and the array that continues it.
#[derive(Clone, Copy, Debug)]
pub struct EntryArrayObject<'f> {
    bytes: &'f [u8],
    compact: bool,
}

impl<'f> EntryArrayObject<'f> {
    pub(crate) fn new(bytes: &'f [u8], compact: bool) -> EntryArrayObject<'f> {
        EntryArrayObject { bytes, compact }
    }

    /// The array that continues it.
    pub fn next_entry_array_offset(self) -> u64 {
        le64(self.bytes, 16)
    }

    /// The slots, those not used yet (0) included.
    #[inline]
    pub fn len(self) -> usize {
        (self.bytes.len() - 24) / if self.compact { 4 } else { 8 }
    }

    /// Whether it has no slots at all.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The offset in a slot; 0 if it is not used, or beyond the end.
    #[inline]
    pub fn get(self, index: usize) -> u64 {
        if self.compact {
            u64::from(le32(self.bytes, 24 + 4 * index))
        } else {
            le64(self.bytes, 24 + 8 * index)
        }
    }
}

/// The first object of the bucket for `hash`; 0 if there is none, or no table.
pub(crate) fn bucket(file: &[u8], table: u64, size: u64, hash: u64) -> u64 {
    let buckets = size / HASH_ITEM_SIZE;
    if buckets == 0 {
        return 0;
    }
    let at = table.saturating_add(hash % buckets * HASH_ITEM_SIZE);
    usize::try_from(at).map_or(0, |at| le64(file, at))
}

impl Header {
    /// The first DATA object of the bucket for `hash`.
    pub(crate) fn data_bucket(&self, file: &[u8], hash: u64) -> u64 {
        bucket(file, self.data_hash_table_offset, self.data_hash_table_size, hash)
    }

    /// The first FIELD object of the bucket for `hash`.
    pub(crate) fn field_bucket(&self, file: &[u8], hash: u64) -> u64 {
        bucket(file, self.field_hash_table_offset, self.field_hash_table_size, hash)
    }
}
