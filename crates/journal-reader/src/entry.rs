//! One message, as a view into its file: nothing is copied, and nothing is lost. A field may occur
//! twice, and a value may be any bytes.

use std::borrow::Cow;

use crate::compression::Decoder;
use crate::cursor::Cursor;
use crate::file::JournalFile;
use crate::format::EntryObject;
use crate::id128::Id128;

/// A message in a journal.
#[derive(Clone, Copy)]
pub struct Entry<'j> {
    file: &'j JournalFile,
    offset: u64,
    object: EntryObject<'j>,
}

impl<'j> Entry<'j> {
    pub(crate) fn new(file: &'j JournalFile, offset: u64, object: EntryObject<'j>) -> Entry<'j> {
        Entry { file, offset, object }
    }

    /// The file that it is in.
    pub fn file(&self) -> &'j JournalFile {
        self.file
    }

    /// Where in the file, in bytes.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// When journald got it: the wall clock, µs since 1970.
    pub fn realtime(&self) -> u64 {
        self.object.realtime()
    }

    /// When journald got it: µs since boot.
    pub fn monotonic(&self) -> u64 {
        self.object.monotonic()
    }

    /// The boot in which it was written.
    pub fn boot_id(&self) -> Id128 {
        self.object.boot_id()
    }

    /// Its number; comparable within one [`Cursor::seqnum_id`].
    pub fn seqnum(&self) -> u64 {
        self.object.seqnum()
    }

    /// What finds it again.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            seqnum_id: self.file.header().seqnum_id,
            seqnum: self.seqnum(),
            boot_id: self.boot_id(),
            monotonic: self.monotonic(),
            realtime: self.realtime(),
            xor_hash: self.object.xor_hash(),
        }
    }

    /// Whether all of it lies within the file as long as the file is now. Ask when
    /// [`JournalFile::was_cut`]: what was read of the entry may be zeros.
    pub fn is_whole(&self) -> bool {
        let length = self.file.length();
        let ends = |offset: u64| self.file.object(offset).map(|(header, _)| offset + header.size);
        let mut objects = self.items().chain([self.offset]);
        objects.all(|offset| ends(offset).is_some_and(|end| end <= length))
    }

    /// The offsets of its DATA objects.
    pub fn items(&self) -> impl Iterator<Item = u64> + use<'j> {
        self.object.items()
    }

    /// Its fields, in the order in which the file has them. What is damaged is left out.
    pub fn fields(&self) -> impl Iterator<Item = Field<'j>> + use<'j> {
        let file = self.file;
        self.items().filter_map(move |offset| Field::read(file, offset))
    }

    /// The first value of a field.
    pub fn get(&self, name: &str) -> Option<Cow<'j, [u8]>> {
        self.fields().find(|field| field.name() == name.as_bytes()).map(Field::into_value)
    }

    /// The first value of a field as text; bytes that are no UTF-8 become U+FFFD.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| String::from_utf8_lossy(&value).into_owned())
    }

    /// Whether a payload (`FIELD=value`) is among its own.
    pub(crate) fn has_payload(&self, mut test: impl FnMut(&[u8]) -> bool) -> bool {
        let mut decoder = Decoder::new();
        self.items().any(|at| self.file.payload(at, &mut decoder).is_ok_and(&mut test))
    }
}

/// A field of an entry: a name, and a value of any bytes.
#[derive(Clone, Debug)]
pub struct Field<'j> {
    payload: Cow<'j, [u8]>,
    equals: usize,
}

impl<'j> Field<'j> {
    fn read(file: &'j JournalFile, offset: u64) -> Option<Field<'j>> {
        let data = file.data(offset).ok()?;
        let payload = match data.compression() {
            Ok(None) => Cow::Borrowed(data.stored_payload()),
            _ => Cow::Owned(file.payload(offset, &mut Decoder::new()).ok()?.to_vec()),
        };
        let equals = memchr::memchr(b'=', &payload)?;
        Some(Field { payload, equals })
    }

    /// The name: capital letters, digits and `_`.
    pub fn name(&self) -> &[u8] {
        &self.payload[..self.equals]
    }

    /// The value.
    pub fn value(&self) -> &[u8] {
        &self.payload[self.equals + 1..]
    }

    /// The value, borrowed from the file if it was not compressed.
    pub fn into_value(self) -> Cow<'j, [u8]> {
        match self.payload {
            Cow::Borrowed(payload) => Cow::Borrowed(&payload[self.equals + 1..]),
            Cow::Owned(mut payload) => {
                payload.drain(..=self.equals);
                Cow::Owned(payload)
            }
        }
    }
}
