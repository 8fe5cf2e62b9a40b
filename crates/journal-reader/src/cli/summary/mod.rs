//! `--summary`: what each unit did, the worst first: the page that answers "what went wrong in this
//! boot?".

mod html;
mod json;
mod text;

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::tz::TimeZone;
use journal_reader::{Decoder, Entry, Journal};

use crate::cli::args::{Args, SummaryFormat};
use crate::cli::selection::Selection;
use crate::cli::time::local_zone;

/// What the messages of a unit, and those about it, come to.
#[derive(Clone, Debug, Default)]
pub(super) struct Unit {
    /// By priority, 0 to 7; a message without one counts as 6, as everywhere in systemd.
    pub(super) by_priority: [u64; 8],
    /// How often systemd has scheduled a restart.
    pub(super) restarts: u64,
    /// How often it failed.
    pub(super) failures: u64,
    /// How often one of its processes dumped core.
    pub(super) crashes: u64,
    /// The first and the last message, µs since 1970.
    pub(super) first: u64,
    pub(super) last: u64,
    /// The last error, with its time.
    pub(super) last_error: Option<(u64, String)>,
}

impl Unit {
    pub(super) fn errors(&self) -> u64 {
        self.by_priority[..4].iter().sum()
    }

    pub(super) fn warnings(&self) -> u64 {
        self.by_priority[4]
    }

    pub(super) fn total(&self) -> u64 {
        self.by_priority.iter().sum()
    }

    pub(super) fn is_bad(&self) -> bool {
        self.failures + self.crashes + self.restarts + self.errors() > 0
    }
}

/// All units, the worst first, and the time that they span.
pub(super) struct Summary {
    pub(super) zone: TimeZone,
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) units: Vec<(String, Unit)>,
}

pub(crate) fn run(args: &Args, journal: &mut Journal, format: SummaryFormat) -> anyhow::Result<()> {
    let summary = collect(args, journal)?;
    let text = match format {
        SummaryFormat::Text => text::write(&summary),
        SummaryFormat::Html => html::write(&summary),
        SummaryFormat::Json => json::write(&summary),
    };
    Ok(io::stdout().write_all(text.as_bytes())?)
}

fn collect(args: &Args, journal: &mut Journal) -> anyhow::Result<Summary> {
    let mut selection = Selection::new(args, journal)?;
    let mut units: BTreeMap<String, Unit> = BTreeMap::new();
    let (mut first, mut last) = (u64::MAX, 0);
    let mut decoder = Decoder::new();
    while let Some(entry) = selection.next() {
        let time = entry.realtime();
        (first, last) = (first.min(time), last.max(time));
        let fields = Fields::of(&entry, &mut decoder);
        let unit = units.entry(fields.unit_name()).or_default();
        unit.first = if unit.total() == 0 { time } else { unit.first.min(time) };
        unit.last = unit.last.max(time);
        fields.count_in(unit, time);
    }
    let mut units: Vec<_> = units.into_iter().collect();
    let badness =
        |unit: &Unit| (unit.crashes, unit.failures, unit.restarts, unit.errors(), unit.warnings());
    units.sort_by_key(|(_, unit)| std::cmp::Reverse(badness(unit)));
    let zone = if args.utc { TimeZone::UTC } else { local_zone() };
    Ok(Summary { zone, first: first.min(last), last, units })
}

/// What is needed of an entry.
#[derive(Default)]
struct Fields {
    unit: Option<String>,
    about: Option<String>,
    crashed: Option<String>,
    transport_is_kernel: bool,
    by_manager: bool,
    identifier: Option<String>,
    priority: Option<u8>,
    message_id: Option<String>,
    message: Option<String>,
}

impl Fields {
    fn of(entry: &Entry<'_>, decoder: &mut Decoder) -> Fields {
        let mut fields = Fields::default();
        let text = |value: &[u8]| Some(crate::cli::text::safe(value));
        for offset in entry.items() {
            let Ok(payload) = entry.file().payload(offset, decoder) else { continue };
            let Some(equals) = memchr::memchr(b'=', payload) else { continue };
            let (name, value) = (&payload[..equals], &payload[equals + 1..]);
            match name {
                b"_SYSTEMD_UNIT" => fields.unit = text(value),
                b"UNIT" => fields.about = text(value),
                b"COREDUMP_UNIT" => fields.crashed = text(value),
                b"_TRANSPORT" => fields.transport_is_kernel = value == b"kernel",
                b"_PID" => fields.by_manager = value == b"1",
                b"SYSLOG_IDENTIFIER" => fields.identifier = text(value),
                b"PRIORITY" => fields.priority = value.first().map(|it| it.wrapping_sub(b'0')),
                b"MESSAGE_ID" => fields.message_id = text(value),
                b"MESSAGE" => fields.message = text(&value[..value.len().min(400)]),
                _ => {}
            }
        }
        fields
    }

    /// Whom the message is about. Only the manager is believed when it speaks of others.
    fn unit_name(&self) -> String {
        let about = self.about.clone().filter(|_| self.by_manager);
        let own = about.or_else(|| self.crashed.clone()).or_else(|| self.unit.clone());
        own.unwrap_or_else(|| match (self.transport_is_kernel, &self.identifier) {
            (true, _) => "kernel".to_owned(),
            (false, Some(identifier)) => format!("({identifier})"),
            (false, None) => "(unknown)".to_owned(),
        })
    }

    fn count_in(self, unit: &mut Unit, time: u64) {
        let priority = self.priority.filter(|priority| *priority < 8).unwrap_or(6);
        unit.by_priority[usize::from(priority)] += 1;
        // The ids of sd-messages.h: a restart was scheduled, a unit failed, a process dumped core.
        match self.message_id.as_deref() {
            Some("5eb03494b6584870a536b337290809b3") => unit.restarts += 1,
            Some("d9b373ed55a64feb8242e02dbe79a49c") => unit.failures += 1,
            Some("fc2e22bc6ee647b6b90729ab34a250b1") => unit.crashes += 1,
            _ => {}
        }
        if priority <= 3 {
            let message = self.message.unwrap_or_default();
            let line = message.split(['\n', '\u{fffd}']).next().unwrap_or_default().to_owned();
            unit.last_error = Some((time, line));
        }
    }
}
