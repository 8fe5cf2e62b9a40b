//! `short` and its relatives: one line a message, as syslog has done it for ever.

use std::borrow::Cow;

use journal_reader::Entry;

use super::clock::{push_fraction, push_number};
use super::known::{Known, Value};
use super::{Format, Printer};
use crate::cli::catalog;
use crate::cli::colour::Paint;
use crate::cli::text::{Highlight, bytes, is_printable, strip_formatting, until_nul};

/// A name that is longer than this is left out.
const LONG: usize = 300;
/// Times beyond this are no times; systemd's USEC_TIMESTAMP_FORMATTABLE and VALID_MONOTONIC.
const TIME_LIMIT: u64 = 1 << 55;

/// When the message was written, according to its sender if it says so.
pub(super) fn realtime(entry: &Entry<'_>, known: &Known<'_>) -> u64 {
    let source = number(&known.source_realtime).filter(|time| *time > 0 && *time < TIME_LIMIT);
    source.unwrap_or_else(|| entry.realtime())
}

fn monotonic(entry: &Entry<'_>, known: &Known<'_>) -> u64 {
    let source = number(&known.source_monotonic).filter(|time| *time < TIME_LIMIT);
    source.unwrap_or_else(|| entry.monotonic())
}

fn number(value: &Value<'_>) -> Option<u64> {
    std::str::from_utf8(value.as_deref()?).ok()?.trim_start().parse().ok()
}

impl Printer<'_> {
    pub(super) fn short(&mut self, entry: &Entry<'_>, highlight: Highlight) {
        let mut known = Known::of(entry, &mut self.parts, &mut self.decoder);
        let (real, mono) = (realtime(entry, &known), monotonic(entry, &known));
        let previous = self.previous.replace((mono, real, entry.boot_id()));
        // Without a message there is nothing to show.
        let Some(mut message) = known.message.take() else { return };
        let mut highlight = highlight;
        if !self.style.all
            && let Some(stripped) = strip_formatting(&message, &mut highlight)
        {
            message = Cow::Owned(stripped);
        }
        let start = self.buffer.len();
        match self.style.format {
            Format::ShortMonotonic => push_monotonic(mono, None, &mut self.buffer),
            Format::ShortDelta => {
                let delta = delta((mono, real, entry.boot_id()), previous);
                push_monotonic(mono, Some(delta), &mut self.buffer);
            }
            _ => self.clock.push(real, &mut self.buffer),
        }
        let uncounted = self.push_origin(&known);
        // The lines behind the first stand below the message.
        let mut indent = self.buffer.len() - start - uncounted;
        if let (Format::WithUnit, Some(user_unit)) = (self.style.format, &known.user_unit) {
            // journalctl counts the unit twice here, and not the user's unit.
            indent = indent - user_unit.len() + known.unit.as_ref().map_or(0, |unit| unit.len());
        }
        self.push_links(entry, &known);
        if !self.style.all && !is_printable(&message, true) {
            let blob = format!("[{} blob data]\n", bytes(message.len() as u64));
            self.buffer.extend(blob.as_bytes());
        } else {
            if self.style.colours.is_on() {
                link_config_file(&known, &mut message, &mut highlight);
            }
            let priority = match known.priority.as_deref() {
                Some([digit @ b'0'..=b'7']) => digit - b'0',
                _ => 6,
            };
            let is_audit = known.transport.as_deref() == Some(b"audit");
            let paint = self.style.colours.of_priority(priority, is_audit);
            push_message(&message, indent, paint, highlight, &mut self.buffer);
        }
        if self.style.catalog {
            self.catalog_text(entry);
        }
    }

    /// Appends host, program and process: ` host program[1]: `. How much of it journalctl forgets
    /// when it counts how far in the message stands.
    fn push_origin(&mut self, known: &Known<'_>) -> usize {
        let all = self.style.all;
        let shown = |value: &Value<'_>| {
            value.as_ref().is_some_and(|it| all || it.len() < LONG && is_printable(it, true))
        };
        let out = &mut self.buffer;
        let mut push = |before: &[u8], value: &Value<'_>, behind: &[u8]| {
            out.extend(before);
            out.extend(value.as_deref().unwrap_or_default());
            out.extend(behind);
        };
        if self.style.hostname && shown(&known.hostname) {
            push(b" ", &known.hostname, b"");
        }
        const UNKNOWN: &[u8] = b" unknown";
        let mut uncounted = 0;
        let (unit, user_unit) = (&known.unit, &known.user_unit);
        if self.style.format == Format::WithUnit && (shown(unit) || shown(user_unit)) {
            if unit.is_some() {
                push(b" ", unit, b"");
            }
            if user_unit.is_some() {
                push(if unit.is_some() { b"/" } else { b" " }, user_unit, b"");
            }
        } else if shown(&known.identifier) {
            push(b" ", &known.identifier, b"");
        } else if shown(&known.comm) {
            push(b" ", &known.comm, b"");
        } else {
            push(UNKNOWN, &None, b"");
            uncounted = UNKNOWN.len();
        }
        let pid = [&known.pid, &known.syslog_pid].into_iter().find(|pid| shown(pid));
        match pid {
            Some(pid) => push(b"[", pid, b"]: "),
            None => push(b": ", &None, b""),
        }
        uncounted
    }

    /// Appends a link to what there is to read about the message, on a terminal.
    fn push_links(&mut self, entry: &Entry<'_>, known: &Known<'_>) {
        if !self.style.colours.is_on() {
            return;
        }
        let own = known.documentation.as_deref().and_then(catalog::valid_url);
        let url = own.or_else(|| self.catalog.documentation(entry));
        if let Some(url) = url {
            let link = catalog::link(&url, catalog::link_sign());
            self.buffer.extend(link.as_bytes());
            self.buffer.push(b' ');
        }
    }

    /// Appends what the catalog says of the message.
    pub(super) fn catalog_text(&mut self, entry: &Entry<'_>) {
        let colours = self.style.colours;
        self.catalog.push_text(entry, colours, &mut self.buffer);
    }
}

type Moment = (u64, u64, journal_reader::Id128);

/// The time since the entry before: µs, and whether it was measured by the monotonic clock of one
/// boot.
fn delta(now: Moment, previous: Option<Moment>) -> Option<(u64, bool)> {
    let (mono, real, boot) = previous?;
    if now.2 == boot {
        Some((now.0.saturating_sub(mono), true))
    } else {
        Some((now.1.saturating_sub(real), false))
    }
}

fn push_monotonic(time: u64, delta: Option<Option<(u64, bool)>>, out: &mut Vec<u8>) {
    out.push(b'[');
    push_padded(time, out);
    match delta {
        Some(Some((delta, reliable))) => {
            out.extend(b" <");
            push_padded(delta, out);
            out.extend(if reliable { b" >" } else { b"*>" });
        }
        Some(None) => out.extend([b' '; 16]),
        None => {}
    }
    out.push(b']');
}

/// Seconds in five places, and the fraction.
fn push_padded(time: u64, out: &mut Vec<u8>) {
    let start = out.len();
    push_number(time / 1_000_000, out);
    for _ in out.len() - start..5 {
        out.insert(start, b' ');
    }
    push_fraction(time, out);
}

/// Puts a link in the place of the configuration file that a message begins with.
fn link_config_file(known: &Known<'_>, message: &mut Cow<'_, [u8]>, highlight: &mut Highlight) {
    let Some(path) = known.config_file.as_deref() else { return };
    let Some(rest) = message.strip_prefix(path) else { return };
    let ends = rest.is_empty() || rest.starts_with(b":") || rest.starts_with(b" ");
    if !ends || (highlight.0 != 0 && highlight.0 <= path.len()) {
        return;
    }
    let mut linked = catalog::link_to_file(path);
    let longer = linked.len() - path.len();
    *highlight = (highlight.0 + longer, highlight.1 + longer);
    linked.extend(rest);
    *message = Cow::Owned(linked);
}

/// The message's lines, each in the colour of its priority.
fn push_message(
    message: &[u8],
    indent: usize,
    paint: Paint,
    highlight: Highlight,
    out: &mut Vec<u8>,
) {
    if message.is_empty() {
        return out.push(b'\n');
    }
    let mut start = 0;
    while start < message.len() {
        let length = memchr::memchr(b'\n', &message[start..]).unwrap_or(message.len() - start);
        let line = until_nul(&message[start..start + length]);
        if start > 0 {
            out.extend(std::iter::repeat_n(b' ', indent));
        }
        // As in journalctl, only what lies in the first line is highlighted.
        let highlight = (start <= highlight.0).then_some(highlight);
        push_painted(line, paint, highlight.filter(|(from, _)| *from < length), out);
        out.push(b'\n');
        start += length + 1;
    }
}

/// Appends a text in its colours, and a part of it in another.
pub(super) fn push_painted(
    line: &[u8],
    paint: Paint,
    highlight: Option<Highlight>,
    out: &mut Vec<u8>,
) {
    out.extend(paint.on.as_bytes());
    match highlight {
        Some((from, to)) if paint.is_on() => {
            let to = to.clamp(from, line.len());
            out.extend(&line[..from]);
            out.extend(paint.highlight.as_bytes());
            out.extend(&line[from..to]);
            if to < line.len() {
                out.extend(paint.on.as_bytes());
                out.extend(&line[to..]);
            }
        }
        _ => out.extend(line),
    }
    out.extend(paint.off.as_bytes());
}
