//! Whether a file is consistent: each object is one, each hash is right, each chain leads where it
//! should, and the lists of entries say the same as the entries.
//!
//! The file is read once from front to back, and never searched. That an entry is in the list of
//! each of its values could be looked up item by item, as journalctl does; here both sides are
//! added up, as a fingerprint of all pairs. The same is done with the chains of the hash table.
//! Only if the sums differ is the file read again, to name the list that is wrong.

use crate::compression::Decoder;
use crate::entry_list::EntryList;
use crate::file::JournalFile;
use crate::format::{DataObject, HASH_ITEM_SIZE, Kind, ObjectHeader, align};

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where, in bytes.
    pub offset: u64,
    /// What.
    pub what: &'static str,
}

/// The result.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The first of what was found.
    pub findings: Vec<Finding>,
    /// How many there were in all.
    pub count: u64,
    /// The objects that were looked at.
    pub objects: u64,
    /// The seals among them. They prove that nothing was changed, but only to whoever has the key;
    /// they are passed over here.
    pub seals: u64,
}

impl Verdict {
    /// Whether nothing was found.
    pub fn is_good(&self) -> bool {
        self.count == 0
    }

    fn add(&mut self, offset: u64, what: &'static str) {
        self.count += 1;
        // A file of zeros would fill the memory with the same sentence.
        if self.findings.len() < 100 {
            self.findings.push(Finding { offset, what });
        }
    }
}

impl JournalFile {
    /// Verifies the file. `progress` is told how many bytes of how many are done.
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> Verdict {
        self.will_read_all();
        let mut check = Check::new(self);
        check.objects(progress);
        check.lists();
        check.tables();
        check.counts();
        check.verdict.seals = check.n.tags;
        check.verdict
    }
}

/// A set of offsets: a bit for each eight bytes of the file.
struct Offsets(Vec<u64>);

impl Offsets {
    fn new(length: u64) -> Offsets {
        Offsets(vec![0; (length / 512 + 1) as usize])
    }

    fn insert(&mut self, offset: u64) {
        self.0[(offset / 512) as usize] |= 1 << (offset / 8 % 64);
    }

    fn contains(&self, offset: u64) -> bool {
        let word = self.0.get((offset / 512) as usize).copied().unwrap_or(0);
        offset.is_multiple_of(8) && word >> (offset / 8 % 64) & 1 == 1
    }
}

struct Check<'f> {
    file: &'f JournalFile,
    end: u64,
    verdict: Verdict,
    data: Offsets,
    entries: Offsets,
    n: Counts,
    /// All pairs of value and entry, as the entries have them, less those that the values' lists
    /// have.
    pairs: u64,
    /// All pairs of bucket and value, less those that a bucket or a value leads to.
    chains: u64,
    buckets: u64,
}

#[derive(Default)]
struct Counts {
    data: u64,
    fields: u64,
    entries: u64,
    arrays: u64,
    tags: u64,
}

/// Mixes a pair into a number of its own: both halves of one product, as wyhash does it. An entry
/// has some twenty-five pairs, so this has to be short.
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b ^ 0xbf58_476d_1ce4_e5b9);
    product as u64 ^ (product >> 64) as u64
}

impl<'f> Check<'f> {
    fn new(file: &'f JournalFile) -> Check<'f> {
        let length = file.bytes().len() as u64;
        let mut verdict = Verdict::default();
        if file.is_truncated() {
            verdict.add(length, "the file ends before its header says so");
        }
        let end = file.header().used().min(length);
        let (data, entries) = (Offsets::new(length), Offsets::new(length));
        // A made-up size must not keep us: what lies behind the end of the file is no bucket.
        let buckets = (file.header().data_hash_table_size / HASH_ITEM_SIZE).min(end);
        let n = Counts::default();
        Check { file, end, verdict, data, entries, n, pairs: 0, chains: 0, buckets }
    }

    /// Goes from object to object.
    fn objects(&mut self, progress: &mut dyn FnMut(u64, u64)) {
        let mut decoder = Decoder::new();
        let (mut offset, mut seqnum) = (align(self.file.header().header_size), 0);
        while offset < self.end {
            let Some((header, _)) = self.file.object(offset) else {
                self.verdict.add(offset, "no object");
                return;
            };
            self.verdict.objects += 1;
            self.object(offset, header, &mut decoder, &mut seqnum);
            if self.verdict.objects.is_multiple_of(4096) {
                progress(offset, self.end);
            }
            if offset == self.file.header().tail_object_offset {
                return;
            }
            offset = align(offset + header.size);
        }
        self.verdict.add(offset, "the last object is not where the header says");
    }

    fn object(&mut self, offset: u64, header: ObjectHeader, decoder: &mut Decoder, last: &mut u64) {
        match header.kind {
            Kind::Data => {
                self.n.data += 1;
                self.data.insert(offset);
                self.payload(offset, decoder);
            }
            Kind::Field => {
                self.n.fields += 1;
                let Ok(field) = self.file.field(offset) else { return };
                if self.file.hash(field.name()) != field.hash() {
                    self.verdict.add(offset, "a field's hash is wrong");
                }
            }
            Kind::Entry => {
                self.n.entries += 1;
                self.entries.insert(offset);
                self.entry(offset, last);
            }
            Kind::EntryArray => self.n.arrays += 1,
            Kind::Tag => self.n.tags += 1,
            Kind::DataHashTable | Kind::FieldHashTable => {}
        }
        if header.kind != Kind::Data && header.flags != 0 {
            self.verdict.add(offset, "only data can be compressed");
        }
    }

    fn payload(&mut self, offset: u64, decoder: &mut Decoder) {
        let Ok(data) = self.file.data(offset) else { return };
        self.chained(offset, data);
        match self.file.payload(offset, decoder) {
            Ok(payload) if self.file.hash(payload) != data.hash() => {
                self.verdict.add(offset, "a value's hash is wrong");
            }
            Ok(payload) if !payload.contains(&b'=') => {
                self.verdict.add(offset, "a value without a field");
            }
            Ok(_) => {}
            Err(_) => self.verdict.add(offset, "a value can't be decompressed"),
        }
        self.list_of(offset, data);
    }

    /// Reads the list of a value. That it leads to entries, and to no other things, is in the sum.
    fn list_of(&mut self, offset: u64, data: DataObject<'_>) {
        let (first, count) = (data.entry_offset(), data.n_entries());
        if (first == 0) != (count == 0) {
            self.verdict.add(offset, "a value's count of entries is wrong");
        }
        // Most values are in one entry, which they name themselves.
        if count == 1 && first != 0 {
            self.pairs = self.pairs.wrapping_sub(mix(offset, first));
            return;
        }
        let list = EntryList::new(self.file, first, data.entry_array_offset(), count);
        let mut pairs = 0_u64;
        let found =
            self.list(offset, &list, |entry| pairs = pairs.wrapping_add(mix(offset, entry)));
        self.pairs = self.pairs.wrapping_sub(pairs);
        if found != count {
            self.verdict.add(offset, "the list of a value's entries is not complete");
        }
    }

    /// Goes through a list as long as it goes up; how many entries it has.
    fn list(&mut self, owner: u64, list: &EntryList, mut each: impl FnMut(u64)) -> u64 {
        let (mut last, mut count) = (0, 0);
        let goes_up = list.offsets(self.file).try_for_each(|entry| {
            each(entry);
            count += 1;
            (std::mem::replace(&mut last, entry) < entry).then_some(())
        });
        if goes_up.is_none() {
            self.verdict.add(owner, "a list of entries does not go up");
        }
        count
    }

    /// The values of an entry come before it, so they are known already.
    fn entry(&mut self, offset: u64, last: &mut u64) {
        let Ok(entry) = self.file.entry(offset) else { return };
        if entry.seqnum() <= *last {
            self.verdict.add(offset, "the sequence numbers do not go up");
        }
        *last = entry.seqnum();
        for item in entry.items() {
            if self.data.contains(item) {
                self.pairs = self.pairs.wrapping_add(mix(item, offset));
            } else {
                self.verdict.add(offset, "an entry refers to a value that is not there");
            }
        }
    }

    /// Reads the list of all entries; and those of the values once more, if they and the entries do
    /// not agree.
    fn lists(&mut self) {
        let all = self.file.entries();
        let mut strange = 0;
        let entries = std::mem::replace(&mut self.entries, Offsets(Vec::new()));
        let found = self.list(0, &all, |entry| strange += u64::from(!entries.contains(entry)));
        self.entries = entries;
        if strange > 0 {
            self.verdict.add(0, "a list leads to what is no entry");
        }
        if found != self.n.entries {
            self.verdict.add(0, "the list of all entries is not complete");
        }
        if self.pairs != 0 {
            self.name_lists();
            self.verdict.add(0, "the values' lists and the entries do not agree");
        }
    }

    /// Names the lists that lead to what is no entry.
    fn name_lists(&mut self) {
        let mut offset = align(self.file.header().header_size);
        while let Some((header, _)) = self.file.object(offset).filter(|_| offset < self.end) {
            if header.kind == Kind::Data
                && let Ok(list) = self.file.entries_of(offset)
                && list.offsets(self.file).any(|entry| !self.entries.contains(entry))
            {
                self.verdict.add(offset, "a list leads to what is no entry");
            }
            if offset == self.file.header().tail_object_offset {
                return;
            }
            offset = align(offset + header.size);
        }
    }

    /// A value is in the chain of its bucket, and one thing leads to it: the bucket, or another
    /// value of the chain, which comes before it in the file.
    fn chained(&mut self, offset: u64, data: DataObject<'_>) {
        let next = data.next_hash_offset();
        if next != 0 && next <= offset {
            self.verdict.add(offset, "a hash chain leads back");
        }
        let bucket = data.hash() % self.buckets.max(1);
        self.chains = self.chains.wrapping_add(mix(bucket, offset));
        self.leads(bucket, next);
    }

    fn leads(&mut self, bucket: u64, to: u64) {
        if to != 0 {
            self.chains = self.chains.wrapping_sub(mix(bucket, to));
        }
    }

    /// What the buckets lead to makes the sums complete.
    fn tables(&mut self) {
        let h = self.file.header().clone();
        for at in 0..self.buckets {
            self.leads(at, h.data_bucket(self.file.bytes(), at));
        }
        if self.chains != 0 {
            let what = "the hash table does not lead to each value once";
            self.verdict.add(h.data_hash_table_offset, what);
        }
        let names = self.file.field_names().filter(|name| !name.is_empty());
        if names.count() as u64 != self.n.fields {
            self.verdict.add(h.field_hash_table_offset, "not all fields are in the hash table");
        }
    }

    fn counts(&mut self) {
        let h = self.file.header().clone();
        let known = [
            (Some(h.n_objects), self.verdict.objects),
            (Some(h.n_entries), self.n.entries),
            (h.n_data, self.n.data),
            (h.n_fields, self.n.fields),
            (h.n_tags, self.n.tags),
            (h.n_entry_arrays, self.n.arrays),
        ];
        if known.iter().any(|(said, found)| said.is_some_and(|said| said != *found)) {
            self.verdict.add(0, "the header counts other objects than there are");
        }
    }
}
