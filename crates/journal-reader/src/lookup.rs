//! The way from a value to its entries: hash, bucket, chain, DATA object. This is why a match is
//! fast: whatever the size of the file, it takes a handful of steps.

use crate::compression::Decoder;
use crate::entry_list::EntryList;
use crate::error::Error;
use crate::file::JournalFile;

impl JournalFile {
    /// The DATA object with this payload (`FIELD=value`), if any entry ever had it.
    pub fn find_data(&self, payload: &[u8], decoder: &mut Decoder) -> Option<u64> {
        let hash = self.hash(payload);
        let mut offset = self.header().data_bucket(self.bytes(), hash);
        while offset != 0 {
            let data = self.data(offset).ok()?;
            // Different values may share a hash, so the bytes decide.
            if data.hash() == hash && self.payload(offset, decoder).ok() == Some(payload) {
                return Some(offset);
            }
            offset = later(offset, data.next_hash_offset());
        }
        None
    }

    /// The entries that have the DATA object at `offset`.
    ///
    /// # Errors
    /// [`Error::Damaged`] if there is no DATA object.
    pub fn entries_of(&self, offset: u64) -> Result<EntryList, Error> {
        let data = self.data(offset)?;
        let (first, array) = (data.entry_offset(), data.entry_array_offset());
        Ok(EntryList::new(self, first, array, data.n_entries()))
    }

    /// The FIELD object of this name.
    pub fn find_field(&self, name: &[u8]) -> Option<u64> {
        let hash = self.hash(name);
        let mut offset = self.header().field_bucket(self.bytes(), hash);
        while offset != 0 {
            let field = self.field(offset).ok()?;
            if field.hash() == hash && field.name() == name {
                return Some(offset);
            }
            offset = later(offset, field.next_hash_offset());
        }
        None
    }

    /// The DATA objects of a field: each value that it ever had, the newest first.
    pub fn values_of(&self, name: &[u8]) -> impl Iterator<Item = u64> + '_ {
        let field = self.find_field(name).and_then(|offset| self.field(offset).ok());
        let first = field.map(|field| field.head_data_offset()).filter(|offset| *offset != 0);
        std::iter::successors(first, |offset| {
            let next = self.data(*offset).ok()?.next_field_offset();
            // A new value is put before the others, so the chain leads back through the file, or it
            // is damaged.
            (next != 0 && next < *offset).then_some(next)
        })
    }

    /// The names of all fields that any entry has.
    pub fn field_names(&self) -> impl Iterator<Item = &[u8]> + '_ {
        let buckets = self.header().field_hash_table_size / crate::format::HASH_ITEM_SIZE;
        // A made-up size must not keep us: what lies behind the end of the file is no bucket.
        let buckets = buckets.min(self.bytes().len() as u64 / crate::format::HASH_ITEM_SIZE);
        (0..buckets).flat_map(move |bucket| {
            let first = self.header().field_bucket(self.bytes(), bucket);
            let next = |offset: &u64| {
                let next = self.field(*offset).ok()?.next_hash_offset();
                Some(later(*offset, next)).filter(|next| *next != 0)
            };
            std::iter::successors(Some(first).filter(|first| *first != 0), next)
                .filter_map(|offset| Some(self.field(offset).ok()?.name()))
        })
    }
}

/// The next object of a bucket's chain. A new object is put behind the others, so the chain leads
/// forward through the file; if not, it is damaged, and ends here.
fn later(offset: u64, next: u64) -> u64 {
    if next > offset { next } else { 0 }
}
