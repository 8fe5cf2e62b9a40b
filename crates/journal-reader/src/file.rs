//! One journal file: opened, checked, and its objects by their offsets. Each access is bounded by
//! what there is of the file, whatever the file says of itself.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::compression::Decoder;
use crate::entry_list::EntryList;
use crate::error::Error;
use crate::format::{
    DataObject, EntryArrayObject, EntryObject, FieldObject, Header, Incompatible, Kind,
    ObjectHeader, hash,
};
use crate::map::Map;

/// An open journal file. What is appended after it was opened is not seen before
/// [`JournalFile::refresh`].
pub struct JournalFile {
    number: u32,
    path: PathBuf,
    file: std::fs::File,
    map: Map,
    header: Header,
    compact: bool,
}

impl JournalFile {
    /// Opens a file, whoever is writing to it.
    ///
    /// # Errors
    /// [`Error::Io`] if the system refuses; [`Error::Unreadable`] for what is no journal file, and
    /// for a file with an incompatible flag that this crate does not know.
    pub fn open(path: &Path) -> Result<JournalFile, Error> {
        JournalFile::open_with(path, check_header)
    }

    /// Opens what was a journal file, whatever its header says now.
    pub(crate) fn open_damaged(path: &Path, compact: bool) -> Result<JournalFile, Error> {
        JournalFile::open_with(path, |bytes| Ok(Header::guess(bytes, compact)))
    }

    fn open_with(
        path: &Path,
        read_header: impl Fn(&[u8]) -> Result<Header, String>,
    ) -> Result<JournalFile, Error> {
        // O_NONBLOCK: opening a named pipe would wait for a writer, perhaps for ever.
        let flags = libc::O_NONBLOCK | libc::O_NOCTTY | libc::O_CLOEXEC;
        let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
        let file = file.map_err(|error| Error::io(path, error))?;
        let metadata = file.metadata().map_err(|error| Error::io(path, error))?;
        if !metadata.is_file() {
            return Err(Error::unreadable(path, "not a regular file"));
        }
        if metadata.len() == 0 {
            return Err(Error::unreadable(path, "the file is empty"));
        }
        let map = Map::new(&file).map_err(|error| Error::io(path, error))?;
        let header = read_header(map.bytes()).map_err(|why| Error::unreadable(path, why))?;
        let compact = header.is_compact();
        static OPENED: AtomicU32 = AtomicU32::new(1);
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        let path = path.to_owned();
        let mut opened = JournalFile { number, path, file, map, header, compact };
        opened.map_what_grew()?;
        Ok(opened)
    }

    /// Maps the file anew if it has another length now. This comes after the header was read: what
    /// the header counts was written before, so all of it is in the map then.
    fn map_what_grew(&mut self) -> Result<(), Error> {
        let io = |error: io::Error| Error::io(&self.path, error);
        let size = self.file.metadata().map_err(io)?.len();
        if size != self.map.bytes().len() as u64 {
            self.map = Map::new(&self.file).map_err(io)?;
        }
        Ok(())
    }

    /// Which of the files that this program has opened it is, from 1.
    #[inline]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Where the file was when it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The header, as it was at opening or at the last [`JournalFile::refresh`].
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Looks again, after the file has grown. `true` if there are more entries than before.
    ///
    /// # Errors
    /// [`Error::Io`] if the file can't be mapped again, [`Error::Unreadable`] if its header was
    /// overwritten.
    pub fn refresh(&mut self) -> Result<bool, Error> {
        let before = self.header.n_entries;
        self.header =
            check_header(self.map.bytes()).map_err(|why| Error::unreadable(&self.path, why))?;
        self.map_what_grew()?;
        Ok(self.header.n_entries != before)
    }

    /// How long the file is now.
    pub(crate) fn length(&self) -> u64 {
        self.file.metadata().map_or(0, |metadata| metadata.len())
    }

    /// How many names the file has; 0 once it is deleted.
    pub(crate) fn links(&self) -> u64 {
        self.file.metadata().map_or(0, |metadata| metadata.nlink())
    }

    /// Whether somebody cut the file while it was read. What was read last may then be incomplete.
    pub fn was_cut(&self) -> bool {
        self.map.was_cut()
    }

    /// Whether the file is shorter than its header says.
    pub fn is_truncated(&self) -> bool {
        self.header.used() > self.map.bytes().len() as u64
    }

    /// Says that the file will be read from front to back, so that the kernel reads ahead.
    pub fn will_read_all(&self) {
        self.map.will_read_all();
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.map.bytes()
    }

    /// The header of the object at `offset`, and its bytes. `None` if there can't be one.
    #[inline]
    pub fn object(&self, offset: u64) -> Option<(ObjectHeader, &[u8])> {
        let start = usize::try_from(offset).ok().filter(|start| start % 8 == 0)?;
        let rest = self.bytes().get(start..).filter(|_| offset >= self.header.header_size)?;
        let header = ObjectHeader::read(rest.get(..16)?, self.compact)?;
        Some((header, rest.get(..usize::try_from(header.size).ok()?)?))
    }

    /// The same for one kind, which is asked for much more often.
    #[inline]
    fn object_of(&self, offset: u64, kind: Kind, missing: &'static str) -> Result<&[u8], Error> {
        let find = || {
            let start = usize::try_from(offset).ok()?;
            let rest = self.bytes().get(start..)?;
            let size = u64::from_le_bytes(*rest.get(8..)?.first_chunk()?);
            let fits = rest[0] == kind as u8
                && size >= kind.fixed_size(self.compact)
                && start % 8 == 0
                && offset >= self.header.header_size;
            rest.get(..usize::try_from(size).ok()?).filter(|_| fits)
        };
        find().ok_or_else(|| self.damaged(offset, missing))
    }

    /// The DATA object at `offset`.
    ///
    /// # Errors
    /// [`Error::Damaged`] if there is none; the same for the other kinds below.
    #[inline]
    pub fn data(&self, offset: u64) -> Result<DataObject<'_>, Error> {
        let bytes = self.object_of(offset, Kind::Data, "no DATA object")?;
        Ok(DataObject::new(bytes, self.compact))
    }

    /// The FIELD object at `offset`.
    pub fn field(&self, offset: u64) -> Result<FieldObject<'_>, Error> {
        self.object_of(offset, Kind::Field, "no FIELD object").map(FieldObject)
    }

    /// The ENTRY object at `offset`.
    #[inline]
    pub fn entry(&self, offset: u64) -> Result<EntryObject<'_>, Error> {
        let bytes = self.object_of(offset, Kind::Entry, "no ENTRY object")?;
        Ok(EntryObject::new(bytes, self.compact))
    }

    /// The ENTRY_ARRAY object at `offset`.
    pub fn entry_array(&self, offset: u64) -> Result<EntryArrayObject<'_>, Error> {
        let bytes = self.object_of(offset, Kind::EntryArray, "no ENTRY_ARRAY object")?;
        Ok(EntryArrayObject::new(bytes, self.compact))
    }

    /// The `FIELD=value` of the DATA object at `offset`, decompressed if need be.
    #[inline]
    pub fn payload<'a>(&'a self, offset: u64, decoder: &'a mut Decoder) -> Result<&'a [u8], Error> {
        let data = self.data(offset)?;
        match data.compression() {
            Ok(None) => Ok(data.stored_payload()),
            Ok(Some(how)) => decoder
                .decompress(how, data.stored_payload())
                .ok_or_else(|| self.damaged(offset, "the payload can't be decompressed")),
            Err(_) => Err(self.damaged(offset, "two kinds of compression at once")),
        }
    }

    /// The hash of a payload or a field's name in this file.
    pub fn hash(&self, bytes: &[u8]) -> u64 {
        if self.header.incompatible.has(Incompatible::KEYED_HASH) {
            hash::keyed(self.header.file_id, bytes)
        } else {
            hash::jenkins(bytes)
        }
    }

    /// All entries, in the order in which they were written.
    pub fn entries(&self) -> EntryList {
        EntryList::new(self, 0, self.header.entry_array_offset, self.header.n_entries)
    }

    #[cold]
    pub(crate) fn damaged(&self, offset: u64, reason: &'static str) -> Error {
        Error::Damaged { path: self.path.clone(), offset, reason }
    }
}

fn check_header(bytes: &[u8]) -> Result<Header, String> {
    let Some(header) = Header::read(bytes) else {
        return Err("not a journal file: it doesn't begin with LPKSHHRH".to_owned());
    };
    match header.incompatible.unknown() {
        0 => {}
        flags => return Err(format!("it needs a newer reader (incompatible flags {flags:#x})")),
    }
    if header.header_size < Header::MIN_SIZE as u64 {
        return Err(format!("its header says that it has {} bytes", header.header_size));
    }
    Ok(header)
}
