//! The fast path. A line needs a dozen of an entry's fields, and an entry has some twenty-five;
//! journalctl compares each with each name and copies what fits. Here each field is looked at once,
//! by its first letter, and what fits is borrowed from the file. Whoever prints a million entries
//! passes here twenty million times, so this is the one place that is written for speed.

use std::borrow::Cow;

use journal_reader::{Decoder, Entry, JournalFile};

use super::recall::Recall;

/// The fields of an entry that a line is made of.
#[derive(Default)]
pub(super) struct Known<'j> {
    pub(super) message: Value<'j>,
    pub(super) priority: Value<'j>,
    pub(super) pid: Value<'j>,
    pub(super) comm: Value<'j>,
    pub(super) transport: Value<'j>,
    pub(super) hostname: Value<'j>,
    pub(super) unit: Value<'j>,
    pub(super) user_unit: Value<'j>,
    pub(super) source_realtime: Value<'j>,
    pub(super) source_monotonic: Value<'j>,
    pub(super) identifier: Value<'j>,
    pub(super) syslog_pid: Value<'j>,
    pub(super) config_file: Value<'j>,
    pub(super) documentation: Value<'j>,
}

/// A value; `Cow::Owned` only for those that were compressed.
pub(super) type Value<'j> = Option<Cow<'j, [u8]>>;

/// Of values that were seen before: which slot is theirs.
pub(super) type Parts = Recall<Part>;

/// A slot, and how many bytes of a payload come before the value.
#[derive(Clone, Copy, Default)]
pub(super) struct Part {
    slot: Option<Slot>,
    start: u8,
}

impl Part {
    /// Looks at the name that a payload begins with.
    #[inline]
    fn of(payload: &[u8]) -> Part {
        let (names, from): (&[Name], usize) = match payload {
            [b'_', b'S', ..] => (&SOURCES, 2),
            [b'_', b'P' | b'C' | b'T' | b'H', ..] => (&TRUSTED, 1),
            [b'M' | b'P' | b'S' | b'C' | b'D', ..] => (&PLAIN, 0),
            _ => return Part::default(),
        };
        let rest = &payload[from..];
        for (name, slot) in names {
            // The sign tells most of them apart before the letters are compared.
            let fits = rest.get(name.len() - 1) == Some(&b'=');
            if fits && rest.starts_with(name.as_bytes()) {
                return Part { slot: Some(*slot), start: (from + name.len()) as u8 };
            }
        }
        Part::default()
    }
}

impl<'j> Known<'j> {
    /// Reads them. Of a field that occurs twice, the last one counts; one that is damaged is as
    /// good as not there.
    pub(super) fn of(entry: &Entry<'j>, parts: &mut Parts, decoder: &mut Decoder) -> Known<'j> {
        let mut known = Known::default();
        let file = entry.file();
        for offset in entry.items() {
            let part = parts.get(file, offset).copied();
            // Not even looked at: half of all values end here.
            if part.is_some_and(|part| part.slot.is_none()) {
                continue;
            }
            let Ok(data) = file.data(offset) else { continue };
            let stored = data.compression() == Ok(None);
            let payload =
                if stored { Ok(data.stored_payload()) } else { file.payload(offset, decoder) };
            let Ok(payload) = payload else { continue };
            let part = part.unwrap_or_else(|| learn(parts, file, offset, payload));
            let (Some(slot), start) = (part.slot, usize::from(part.start)) else { continue };
            *known.slot(slot) = if stored {
                data.stored_payload().get(start..).map(Cow::Borrowed)
            } else {
                // The payload lies in the decoder, which is used again.
                payload.get(start..).map(|value| Cow::Owned(value.to_vec()))
            };
        }
        known
    }

    fn slot(&mut self, slot: Slot) -> &mut Value<'j> {
        match slot {
            Slot::Message => &mut self.message,
            Slot::Priority => &mut self.priority,
            Slot::Pid => &mut self.pid,
            Slot::Comm => &mut self.comm,
            Slot::Transport => &mut self.transport,
            Slot::Hostname => &mut self.hostname,
            Slot::Unit => &mut self.unit,
            Slot::UserUnit => &mut self.user_unit,
            Slot::SourceRealtime => &mut self.source_realtime,
            Slot::SourceMonotonic => &mut self.source_monotonic,
            Slot::Identifier => &mut self.identifier,
            Slot::SyslogPid => &mut self.syslog_pid,
            Slot::ConfigFile => &mut self.config_file,
            Slot::Documentation => &mut self.documentation,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    Message,
    Priority,
    Pid,
    Comm,
    Transport,
    Hostname,
    Unit,
    UserUnit,
    SourceRealtime,
    SourceMonotonic,
    Identifier,
    SyslogPid,
    ConfigFile,
    Documentation,
}

type Name = (&'static str, Slot);

/// Those with `_S`; the two bytes are left out.
const SOURCES: [Name; 4] = [
    ("YSTEMD_UNIT=", Slot::Unit),
    ("OURCE_REALTIME_TIMESTAMP=", Slot::SourceRealtime),
    ("OURCE_MONOTONIC_TIMESTAMP=", Slot::SourceMonotonic),
    ("YSTEMD_USER_UNIT=", Slot::UserUnit),
];

/// The others with `_`, which is left out.
const TRUSTED: [Name; 4] = [
    ("PID=", Slot::Pid),
    ("COMM=", Slot::Comm),
    ("TRANSPORT=", Slot::Transport),
    ("HOSTNAME=", Slot::Hostname),
];

const PLAIN: [Name; 6] = [
    ("MESSAGE=", Slot::Message),
    ("PRIORITY=", Slot::Priority),
    ("SYSLOG_IDENTIFIER=", Slot::Identifier),
    ("SYSLOG_PID=", Slot::SyslogPid),
    ("CONFIG_FILE=", Slot::ConfigFile),
    ("DOCUMENTATION=", Slot::Documentation),
];

fn learn(parts: &mut Parts, file: &JournalFile, offset: u64, payload: &[u8]) -> Part {
    let part = Part::of(payload);
    if let Some(place) = parts.keep(file, offset) {
        *place = part;
    }
    part
}

/// The message alone, without copying it; the first one, if there are two.
pub(super) fn message<R>(
    entry: &Entry<'_>,
    parts: &mut Parts,
    decoder: &mut Decoder,
    read: impl FnOnce(&[u8]) -> R,
) -> Option<R> {
    let file = entry.file();
    for offset in entry.items() {
        if parts.get(file, offset).is_some_and(|part| part.slot != Some(Slot::Message)) {
            continue;
        }
        let Ok(payload) = file.payload(offset, decoder) else { continue };
        match payload.strip_prefix(b"MESSAGE=") {
            Some(message) => return Some(read(message)),
            None => _ = learn(parts, file, offset, payload),
        }
    }
    None
}

/// The first value of one field, without copying it; `None` if the entry has none.
pub(crate) fn with_value<R>(
    entry: &Entry<'_>,
    decoder: &mut Decoder,
    name: &[u8],
    read: impl FnOnce(&[u8]) -> R,
) -> Option<R> {
    let file: &JournalFile = entry.file();
    for offset in entry.items() {
        let Ok(payload) = file.payload(offset, decoder) else { continue };
        // One byte tells most of them apart.
        if payload.get(name.len()) == Some(&b'=') && payload.starts_with(name) {
            return Some(read(&payload[name.len() + 1..]));
        }
    }
    None
}
