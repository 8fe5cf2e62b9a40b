//! The fast path. A line needs a dozen of an entry's fields, and an entry has some twenty-five;
//! journalctl compares each with each name and copies what fits. Here each field is looked at once,
//! by its first letter, and what fits is borrowed from the file. Whoever prints a million entries
//! passes here twenty million times, so this is the one place that is written for speed.

use std::borrow::Cow;

use journal_reader::{Decoder, Entry, JournalFile};

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

impl<'j> Known<'j> {
    /// Reads them. Of a field that occurs twice, the last one counts; one that is damaged is as
    /// good as not there.
    pub(super) fn of(entry: &Entry<'j>, decoder: &mut Decoder) -> Known<'j> {
        let mut known = Known::default();
        let file = entry.file();
        for offset in entry.items() {
            let Ok(data) = file.data(offset) else { continue };
            if data.compression() == Ok(None) {
                known.take(data.stored_payload(), Cow::Borrowed);
            } else if let Ok(payload) = file.payload(offset, decoder) {
                // The payload lies in the decoder, which is used again.
                known.take(payload, |value| Cow::Owned(value.to_vec()));
            }
        }
        known
    }

    #[inline]
    fn take<'p>(&mut self, payload: &'p [u8], keep: impl Fn(&'p [u8]) -> Cow<'j, [u8]>) {
        let (names, from): (&[Name], usize) = match payload {
            [b'_', b'S', ..] => (&SOURCES, 2),
            [b'_', b'P' | b'C' | b'T' | b'H', ..] => (&TRUSTED, 1),
            [b'M' | b'P' | b'S' | b'C' | b'D', ..] => (&PLAIN, 0),
            _ => return,
        };
        let rest = &payload[from..];
        for (name, slot) in names {
            // The sign tells most of them apart before the letters are compared.
            let fits = rest.get(name.len() - 1) == Some(&b'=');
            if let Some(value) = rest.strip_prefix(name.as_bytes()).filter(|_| fits) {
                *self.slot(*slot) = Some(keep(value));
                return;
            }
        }
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

#[derive(Clone, Copy)]
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
