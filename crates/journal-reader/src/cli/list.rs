//! What is shown instead of entries: headers, fields, values, sizes.

use std::io::{self, BufWriter, Write};
use std::os::unix::fs::MetadataExt;

use anyhow::bail;
use journal_reader::format::{Compatible, Header, Incompatible, State};
use journal_reader::{Journal, JournalFile};

use crate::cli::output::is_field_name;
use crate::cli::text::bytes;
use crate::cli::time::{local_zone, pretty, span};

pub(crate) fn values(journal: &Journal, field: &str, lines: Option<&str>) -> anyhow::Result<()> {
    if !is_field_name(field.as_bytes()) {
        bail!("{field:?} is no field name: capital letters, digits and underscores, 64 at most");
    }
    let limit = lines.and_then(|lines| lines.parse().ok()).unwrap_or(usize::MAX);
    let mut out = BufWriter::new(io::stdout());
    for value in journal.unique_values(field).iter().take(limit) {
        out.write_all(value)?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

pub(crate) fn field_names(journal: &Journal) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout());
    for name in journal.field_names() {
        out.write_all(&name)?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

/// The blocks that the files take on the disk.
fn blocks(file: &JournalFile) -> u64 {
    std::fs::metadata(file.path()).map_or(0, |metadata| metadata.blocks() * 512)
}

pub(crate) fn disk_usage(journal: &Journal) -> anyhow::Result<()> {
    let used = bytes(journal.files().map(blocks).sum());
    writeln!(io::stdout(), "Archived and active journals take up {used} in the file system.")?;
    Ok(())
}

pub(crate) fn headers(journal: &Journal) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout());
    for (at, file) in journal.files().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        header(file, &mut out)?;
    }
    Ok(out.flush()?)
}

fn header(file: &JournalFile, out: &mut impl Write) -> io::Result<()> {
    let h = file.header();
    let state = match h.state {
        State::Offline => "OFFLINE",
        State::Online => "ONLINE",
        State::Archived => "ARCHIVED",
        State::Unknown(_) => "UNKNOWN",
    };
    writeln!(out, "File path: {}", file.path().display())?;
    writeln!(out, "File ID: {}", h.file_id)?;
    writeln!(out, "Machine ID: {}", h.machine_id)?;
    writeln!(out, "Boot ID: {}", h.boot_id)?;
    writeln!(out, "Sequential number ID: {}", h.seqnum_id)?;
    writeln!(out, "State: {state}")?;
    writeln!(out, "Compatible flags:{}", compatible_flags(h))?;
    writeln!(out, "Incompatible flags:{}", incompatible_flags(h))?;
    writeln!(out, "Header size: {}", h.header_size)?;
    writeln!(out, "Arena size: {}", h.arena_size)?;
    writeln!(out, "Data hash table size: {}", h.data_hash_table_size / 16)?;
    writeln!(out, "Field hash table size: {}", h.field_hash_table_size / 16)?;
    writeln!(out, "Rotate suggested: {}", if rotate_suggested(file) { "yes" } else { "no" })?;
    ends(h, out)?;
    counts(h, out)?;
    writeln!(out, "Disk usage: {}", bytes(blocks(file)))
}

fn compatible_flags(h: &Header) -> String {
    let sealed = if h.compatible.has(Compatible::SEALED) { " SEALED" } else { "" };
    let others = if h.compatible.0 & !Compatible::SEALED != 0 { " ???" } else { "" };
    format!("{sealed}{others}")
}

fn incompatible_flags(h: &Header) -> String {
    let set = Incompatible::NAMES.iter().filter(|(flag, _)| h.incompatible.has(*flag));
    set.map(|(_, name)| format!(" {name}")).collect()
}

/// The first and the last entry.
fn ends(h: &Header, out: &mut impl Write) -> io::Result<()> {
    let zone = local_zone();
    let time = |time: u64| match time {
        0 => "n/a".to_owned(),
        time => pretty(time, &zone, false),
    };
    let (head, tail) = (h.head_entry_seqnum, h.tail_entry_seqnum);
    writeln!(out, "Head sequential number: {head} ({head:x})")?;
    writeln!(out, "Tail sequential number: {tail} ({tail:x})")?;
    let (head, tail) = (h.head_entry_realtime, h.tail_entry_realtime);
    writeln!(out, "Head realtime timestamp: {} ({head:x})", time(head))?;
    writeln!(out, "Tail realtime timestamp: {} ({tail:x})", time(tail))?;
    let tail = h.tail_entry_monotonic;
    writeln!(out, "Tail monotonic timestamp: {} ({tail:x})", span(tail))
}

/// How many objects there are. What an older systemd does not count has no line.
fn counts(h: &Header, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Objects: {}", h.n_objects)?;
    writeln!(out, "Entry objects: {}", h.n_entries)?;
    for (name, count, table) in
        [("Data", h.n_data, h.data_hash_table_size), ("Field", h.n_fields, h.field_hash_table_size)]
    {
        if let Some(count) = count {
            let fill = 100.0 * count as f64 / (table / 16) as f64;
            writeln!(out, "{name} objects: {count}")?;
            writeln!(out, "{name} hash table fill: {fill:.1}%")?;
        }
    }
    for (name, count) in [
        ("Tag objects", h.n_tags),
        ("Entry array objects", h.n_entry_arrays),
        ("Deepest field hash chain", h.field_hash_chain_depth),
        ("Deepest data hash chain", h.data_hash_chain_depth),
    ] {
        if let Some(count) = count {
            writeln!(out, "{name}: {count}")?;
        }
    }
    Ok(())
}

/// Whether journald would begin a new file: a hash table is three quarters full, a chain too long,
/// or it knows newer fields of the header.
fn rotate_suggested(file: &JournalFile) -> bool {
    let h = file.header();
    let full =
        |count: Option<u64>, table: u64| count.is_some_and(|count| count * 4 > table / 16 * 3);
    let deep = |depth: Option<u64>| depth.is_some_and(|depth| depth > 100);
    h.header_size < 264
        || full(h.n_data, h.data_hash_table_size)
        || full(h.n_fields, h.field_hash_table_size)
        || deep(h.data_hash_chain_depth)
        || deep(h.field_hash_chain_depth)
        || (h.n_data.is_some_and(|count| count > 0) && h.n_fields == Some(0))
}
