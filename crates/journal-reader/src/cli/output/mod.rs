//! Entries as text, in journalctl's formats. Everything is appended to one buffer, which goes out
//! in large pieces.

mod cat;
mod clock;
mod export;
mod json;
pub(crate) mod known;
pub(crate) mod layout;
mod recall;
mod short;
mod verbose;

use std::collections::HashSet;
use std::io::{self, Write};

use clap::ValueEnum;
use jiff::tz::TimeZone;
use journal_reader::{Decoder, Entry, Id128};
use regex::bytes::Regex;

use crate::cli::args::Args;
use crate::cli::catalog::Catalog;
use crate::cli::colour::Colours;
use crate::cli::text::Highlight;
use clock::Clock;
use layout::Layout;
use recall::Lines;

/// journalctl's `--output=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Short,
    ShortFull,
    ShortIso,
    ShortIsoPrecise,
    ShortPrecise,
    ShortMonotonic,
    ShortDelta,
    ShortUnix,
    Verbose,
    Export,
    Json,
    JsonPretty,
    JsonSse,
    JsonSeq,
    Cat,
    WithUnit,
    /// Lists the formats.
    #[value(hide = true)]
    Help,
}

/// What is shown, besides the format.
pub(crate) struct Style {
    pub(crate) format: Format,
    pub(crate) all: bool,
    pub(crate) utc: bool,
    pub(crate) hostname: bool,
    pub(crate) catalog: bool,
    pub(crate) fields: Option<HashSet<Vec<u8>>>,
    pub(crate) colours: Colours,
}

impl Style {
    /// What the options say.
    pub(crate) fn of(args: &Args) -> Style {
        let fields = args.output_fields.iter().filter(|field| !field.is_empty());
        let fields: HashSet<_> = fields.map(|field| field.clone().into_bytes()).collect();
        Style {
            format: args.output,
            all: args.all,
            utc: args.utc,
            hostname: !args.no_hostname,
            catalog: args.catalog,
            fields: (!fields.is_empty()).then_some(fields),
            colours: Colours::detect(),
        }
    }

    fn shows(&self, field: &[u8]) -> bool {
        self.fields.as_ref().is_none_or(|fields| fields.contains(field))
    }
}

/// Writes entries.
pub(crate) struct Printer<'o> {
    style: Style,
    output: &'o mut dyn Write,
    buffer: Vec<u8>,
    decoder: Decoder,
    zone: TimeZone,
    clock: Clock,
    catalog: Catalog,
    layout: Option<Layout>,
    names: json::Names,
    lines: Lines,
    parts: known::Parts,
    /// Monotonic and real time and boot of the entry before, for `short-delta`.
    previous: Option<(u64, u64, Id128)>,
}

/// When the buffer goes out.
const FULL: usize = 128 << 10;

impl<'o> Printer<'o> {
    pub(crate) fn new(style: Style, output: &'o mut dyn Write) -> Printer<'o> {
        let zone = if style.utc { TimeZone::UTC } else { crate::cli::time::local_zone() };
        Printer {
            output,
            buffer: Vec::with_capacity(FULL * 2),
            decoder: Decoder::new(),
            clock: Clock::new(style.format, zone.clone()),
            zone,
            catalog: Catalog::default(),
            layout: Layout::of(style.format, style.colours),
            names: json::Names::default(),
            lines: Lines::default(),
            parts: known::Parts::new(1 << 16),
            previous: None,
            style,
        }
    }

    /// Writes one entry; whether anything of it was shown. An entry that was cut off while it was
    /// read is not.
    pub(crate) fn entry(&mut self, entry: &Entry<'_>, highlight: Highlight) -> io::Result<()> {
        let start = self.buffer.len();
        match self.style.format {
            Format::Cat => self.cat(entry, highlight),
            Format::Verbose => self.verbose(entry),
            Format::Export => self.export(entry),
            _ => match self.layout {
                Some(layout) => self.json(layout, entry),
                None => self.short(entry, highlight),
            },
        }
        if entry.file().was_cut() && !entry.is_whole() {
            self.buffer.truncate(start);
        }
        if self.buffer.len() >= FULL { self.flush_buffer() } else { Ok(()) }
    }

    /// Where the pattern is found in the entry's message.
    pub(crate) fn find(&mut self, entry: &Entry<'_>, pattern: &Regex) -> Option<Highlight> {
        known::message(entry, &mut self.parts, &mut self.decoder, |message| {
            pattern.find(message).map(|found| (found.start(), found.end()))
        })?
    }

    /// Writes a line of our own among the entries.
    pub(crate) fn line(&mut self, line: &str) {
        self.buffer.extend(line.as_bytes());
        self.buffer.push(b'\n');
    }

    pub(crate) fn colours(&self) -> Colours {
        self.style.colours
    }

    fn flush_buffer(&mut self) -> io::Result<()> {
        self.output.write_all(&self.buffer)?;
        self.buffer.clear();
        // A message of megabytes may have come; its room is not kept.
        self.buffer.shrink_to(FULL * 2);
        Ok(())
    }

    /// Lets all that was written so far be seen.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.flush_buffer()?;
        self.output.flush()
    }
}

/// The name and the value of a payload, if the name is a valid one; systemd.journal-fields(7).
fn split(payload: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = memchr::memchr(b'=', payload)?;
    let (name, value) = (&payload[..equals], &payload[equals + 1..]);
    is_field_name(name).then_some((name, value))
}

pub(crate) fn is_field_name(name: &[u8]) -> bool {
    let valid = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    (1..=64).contains(&name.len()) && !name[0].is_ascii_digit() && name.iter().all(valid)
}
