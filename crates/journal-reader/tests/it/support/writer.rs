//! Writes journal files as journald does, in all formats: compact or not, both hashes, each
//! compression.

use std::collections::HashMap;
use std::io::Write;

use journal_reader::Id128;
use journal_reader::format::hash::{jenkins, keyed};

use super::entries::Written;
use super::random::Random;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Xz,
    Lz4,
    Zstd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    pub(crate) compact: bool,
    pub(crate) keyed: bool,
    pub(crate) compression: Compression,
}

impl Format {
    /// What journald writes today.
    pub(crate) const USUAL: Format =
        Format { compact: true, keyed: true, compression: Compression::Zstd };

    pub(crate) fn all() -> Vec<Format> {
        let mut all = Vec::new();
        for compression in [Compression::Zstd, Compression::Lz4, Compression::Xz, Compression::None]
        {
            for (compact, keyed) in [(true, true), (false, true), (true, false), (false, false)] {
                all.push(Format { compact, keyed, compression });
            }
        }
        all
    }
}

/// An entry list that is being written: the end of its chain of arrays.
#[derive(Clone, Copy, Default)]
struct List {
    entries: u64,
    array: u64,
    capacity: u64,
    used: u64,
}

pub(crate) struct Writer {
    format: Format,
    file_id: [u8; 16],
    bytes: Vec<u8>,
    data: HashMap<Vec<u8>, u64>,
    fields: HashMap<Vec<u8>, u64>,
    lists: HashMap<u64, List>,
    all: List,
    first_array: u64,
    counts: [u64; 8],
    last_object: u64,
    seqnum: u64,
    first: Option<u64>,
    last: (u64, u64),
    boot: [u8; 16],
    data_buckets: u64,
    field_buckets: u64,
    tables: (u64, u64),
}

const HEADER: u64 = 264;

impl Writer {
    pub(crate) fn new(seed: u64, format: Format) -> Writer {
        Writer::with_buckets(seed, format, 2047)
    }

    pub(crate) fn with_buckets(seed: u64, format: Format, data_buckets: u64) -> Writer {
        let mut writer = Writer {
            format,
            file_id: Random(seed ^ 0xf11e).id(),
            bytes: vec![0; HEADER as usize],
            data: HashMap::new(),
            fields: HashMap::new(),
            lists: HashMap::new(),
            all: List::default(),
            first_array: 0,
            counts: [0; 8],
            last_object: 0,
            seqnum: 0,
            first: None,
            last: (0, 0),
            boot: [0; 16],
            data_buckets,
            field_buckets: 333,
            tables: (0, 0),
        };
        let (fields, data) = (writer.field_buckets * 16, data_buckets * 16);
        writer.tables.1 = writer.object(5, 0, 16 + fields) + 16;
        writer.tables.0 = writer.object(4, 0, 16 + data) + 16;
        writer
    }

    fn put(&mut self, at: u64, number: u64) {
        self.bytes[at as usize..][..8].copy_from_slice(&number.to_le_bytes());
    }

    fn get(&self, at: u64) -> u64 {
        u64::from_le_bytes(self.bytes[at as usize..][..8].try_into().unwrap())
    }

    fn object(&mut self, kind: u8, flags: u8, size: u64) -> u64 {
        let offset = self.bytes.len() as u64;
        self.bytes.resize((offset + size.next_multiple_of(8)) as usize, 0);
        self.bytes[offset as usize] = kind;
        self.bytes[offset as usize + 1] = flags;
        self.put(offset + 8, size);
        self.counts[usize::from(kind)] += 1;
        self.counts[0] += 1;
        self.last_object = offset;
        offset
    }

    fn hash(&self, bytes: &[u8]) -> u64 {
        if self.format.keyed { keyed(Id128(self.file_id), bytes) } else { jenkins(bytes) }
    }

    /// Puts an object at the end of its bucket's chain.
    fn link(&mut self, table: u64, buckets: u64, hash: u64, offset: u64) {
        let bucket = table + hash % buckets * 16;
        match self.get(bucket + 8) {
            0 => self.put(bucket, offset),
            tail => self.put(tail + 24, offset),
        }
        self.put(bucket + 8, offset);
    }

    fn compress(&self, payload: &[u8]) -> (u8, Vec<u8>) {
        let packed = match self.format.compression {
            _ if payload.len() < 512 => None,
            Compression::None => None,
            Compression::Zstd => Some((4, zstd::bulk::compress(payload, 3).unwrap())),
            Compression::Lz4 => {
                let mut packed = (payload.len() as u64).to_le_bytes().to_vec();
                packed.extend(lz4_flex::block::compress(payload));
                Some((2, packed))
            }
            Compression::Xz => {
                let mut options = lzma_rust2::XzOptions::with_preset(1);
                options.set_check_sum_type(lzma_rust2::CheckType::None);
                let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
                writer.write_all(payload).unwrap();
                Some((1, writer.finish().unwrap()))
            }
        };
        packed.filter(|(_, it)| it.len() < payload.len()).unwrap_or((0, payload.to_vec()))
    }

    fn field(&mut self, name: &[u8]) -> u64 {
        if let Some(offset) = self.fields.get(name) {
            return *offset;
        }
        let offset = self.object(2, 0, 40 + name.len() as u64);
        let hash = self.hash(name);
        self.put(offset + 16, hash);
        self.bytes[offset as usize + 40..][..name.len()].copy_from_slice(name);
        self.link(self.tables.1, self.field_buckets, hash, offset);
        self.fields.insert(name.to_vec(), offset);
        offset
    }

    fn value(&mut self, name: &str, value: &[u8]) -> u64 {
        let payload = [name.as_bytes(), b"=", value].concat();
        if let Some(offset) = self.data.get(&payload) {
            return *offset;
        }
        let (flags, stored) = self.compress(&payload);
        let start = if self.format.compact { 72 } else { 64 };
        let offset = self.object(1, flags, start + stored.len() as u64);
        let hash = self.hash(&payload);
        self.put(offset + 16, hash);
        self.bytes[(offset + start) as usize..][..stored.len()].copy_from_slice(&stored);
        self.link(self.tables.0, self.data_buckets, hash, offset);
        let field = self.field(name.as_bytes());
        let newest = self.get(field + 32);
        self.put(offset + 32, newest);
        self.put(field + 32, offset);
        self.data.insert(payload, offset);
        offset
    }

    /// Appends an entry to a list; the offset of a new array's predecessor is where `link` says.
    fn push(&mut self, mut list: List, entry: u64, first_link: u64) -> List {
        let width = if self.format.compact { 4 } else { 8 };
        if list.used == list.capacity {
            list.capacity = (list.capacity * 2).max(4);
            let array = self.object(6, 0, 24 + list.capacity * width);
            let link = if list.array == 0 { first_link } else { list.array + 16 };
            if link == 0 {
                self.first_array = array
            } else {
                self.put(link, array)
            }
            (list.array, list.used) = (array, 0);
        }
        let slot = list.array + 24 + list.used * width;
        if self.format.compact {
            self.bytes[slot as usize..][..4].copy_from_slice(&(entry as u32).to_le_bytes());
        } else {
            self.put(slot, entry);
        }
        list.used += 1;
        list
    }

    pub(crate) fn append(&mut self, entry: &Written) {
        self.next_seqnum();
        self.append_numbered(entry);
    }

    /// Appends a seal, as journald does every quarter of an hour if it has a key.
    pub(crate) fn seal(&mut self) {
        let offset = self.object(7, 0, 64);
        let number = self.counts[7];
        self.put(offset + 16, number);
        self.bytes[offset as usize + 32..][..32].fill(0x5e);
    }

    /// Uses up a number; several files may share one row of numbers.
    pub(crate) fn next_seqnum(&mut self) {
        self.seqnum += 1;
    }

    pub(crate) fn append_numbered(&mut self, entry: &Written) {
        let mut items: Vec<u64> =
            entry.fields.iter().map(|(name, value)| self.value(name, value)).collect();
        items.sort();
        items.dedup();
        let payloads = entry
            .fields
            .iter()
            .map(|(name, value)| jenkins(&[name.as_bytes(), b"=", value].concat()));
        let xor = payloads.fold(0, |xor, hash| xor ^ hash);
        let width = if self.format.compact { 4 } else { 16 };
        let offset = self.object(3, 0, 64 + items.len() as u64 * width);
        for (at, number) in
            [(16, self.seqnum), (24, entry.realtime), (32, entry.monotonic), (56, xor)]
        {
            self.put(offset + at, number);
        }
        self.bytes[offset as usize + 40..][..16].copy_from_slice(&entry.boot);
        for (at, item) in items.iter().enumerate() {
            let slot = offset + 64 + at as u64 * width;
            if self.format.compact {
                self.bytes[slot as usize..][..4].copy_from_slice(&(*item as u32).to_le_bytes());
            } else {
                let hash = self.get(*item + 16);
                self.put(slot, *item);
                self.put(slot + 8, hash);
            }
        }
        self.all = self.push(self.all, offset, 0);
        self.all.entries += 1;
        for item in items {
            let mut list = self.lists.get(&item).copied().unwrap_or_default();
            match list.entries {
                0 => self.put(item + 40, offset),
                _ => list = self.push(list, offset, item + 48),
            }
            list.entries += 1;
            self.put(item + 56, list.entries);
            self.lists.insert(item, list);
        }
        self.first.get_or_insert(entry.realtime);
        (self.last, self.boot) = ((entry.realtime, entry.monotonic), entry.boot);
    }

    /// The file as it is now.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = self.bytes.clone();
        let mut put = |at: usize, number: u64| {
            out[at..at + 8].copy_from_slice(&number.to_le_bytes());
        };
        for (at, number) in [
            (88, HEADER),
            (96, self.bytes.len() as u64 - HEADER),
            (104, self.tables.0),
            (112, self.data_buckets * 16),
            (120, self.tables.1),
            (128, self.field_buckets * 16),
            (136, self.last_object),
            (144, self.counts[0]),
            (152, self.counts[3]),
            (160, self.seqnum),
            (168, u64::from(self.seqnum > 0)),
            (176, self.first_array),
            (184, self.first.unwrap_or(0)),
            (192, self.last.0),
            (200, self.last.1),
            (208, self.counts[1]),
            (216, self.counts[2]),
            (224, self.counts[7]),
            (232, self.counts[6]),
        ] {
            put(at, number);
        }
        out[..8].copy_from_slice(b"LPKSHHRH");
        out[8] = u8::from(self.counts[7] > 0);
        let f = self.format;
        let compression = match f.compression {
            Compression::None => 0,
            Compression::Xz => 1,
            Compression::Lz4 => 2,
            Compression::Zstd => 8,
        };
        out[12] = compression | if f.keyed { 4 } else { 0 } | if f.compact { 16 } else { 0 };
        out[24..40].copy_from_slice(&self.file_id);
        out[40..56].copy_from_slice(&Random(7).id());
        out[56..72].copy_from_slice(&self.boot);
        out[72..88].copy_from_slice(&self.file_id);
        out
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes()
    }
}
