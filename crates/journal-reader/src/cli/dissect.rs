//! `dissect FILE`: a journal file as it lies on the disk. The header, the hash tables, and one
//! entry's way from the array of all entries to its fields and back, with offsets that one can look
//! up in a hex dump.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, bail};
use journal_reader::format::{HASH_ITEM_SIZE, Incompatible};
use journal_reader::{Decoder, JournalFile};

use crate::cli::text::safe;
use crate::cli::time::{local_zone, pretty};

pub(crate) fn run(files: &[String]) -> anyhow::Result<bool> {
    let [name] = files else { bail!("dissect needs one file: journal-reader dissect FILE") };
    let file = JournalFile::open(Path::new(name))?;
    let mut text = String::new();
    header(&file, &mut text)?;
    table(&file, &mut text)?;
    entry(&file, &mut text)?;
    io::stdout().write_all(text.as_bytes())?;
    Ok(true)
}

fn header(file: &JournalFile, out: &mut String) -> anyhow::Result<()> {
    let h = file.header();
    let flags = Incompatible::NAMES.iter().filter(|(flag, _)| h.incompatible.has(*flag));
    let flags: Vec<&str> = flags.map(|(_, name)| *name).collect();
    writeln!(out, "HEADER, {} bytes", h.header_size)?;
    writeln!(out, "       0  signature            LPKSHHRH")?;
    writeln!(out, "      12  incompatible flags   {}", flags.join(" "))?;
    writeln!(out, "      16  state                {:?}", h.state)?;
    writeln!(out, "      24  file id              {}", h.file_id)?;
    writeln!(out, "      96  arena size           {}", h.arena_size)?;
    writeln!(out, "     104  data hash table      at {}", h.data_hash_table_offset)?;
    writeln!(out, "     120  field hash table     at {}", h.field_hash_table_offset)?;
    writeln!(out, "     152  entries              {}", h.n_entries)?;
    writeln!(out, "     176  array of entries     at {}", h.entry_array_offset)?;
    writeln!(out)?;
    Ok(())
}

fn table(file: &JournalFile, out: &mut String) -> anyhow::Result<()> {
    let h = file.header();
    let buckets = h.data_hash_table_size / HASH_ITEM_SIZE;
    writeln!(out, "DATA HASH TABLE, {buckets} buckets of {HASH_ITEM_SIZE} bytes")?;
    if let Some(data) = h.n_data {
        writeln!(out, "  {data} values, {:.1} % full", 100.0 * data as f64 / buckets as f64)?;
    }
    let hash = if h.incompatible.has(Incompatible::KEYED_HASH) {
        "SipHash-2-4 of FIELD=value, its key is the file id"
    } else {
        "Jenkins' lookup3 of FIELD=value"
    };
    writeln!(out, "  hash: {hash}\n")?;
    Ok(())
}

/// The last entry, and its most telling field.
fn entry(file: &JournalFile, out: &mut String) -> anyhow::Result<()> {
    let all = file.entries();
    let last = all.len().checked_sub(1).and_then(|at| Some((at, all.get(file, at)?)));
    let Some((index, offset)) = last else {
        writeln!(out, "No entries.")?;
        return Ok(());
    };
    let entry = file.entry(offset)?;
    writeln!(out, "ARRAY OF ENTRIES, {} of them", all.len())?;
    writeln!(out, "  the last, number {index}, leads to {offset}\n")?;
    writeln!(out, "ENTRY at {offset}")?;
    writeln!(out, "  +16  sequence number      {}", entry.seqnum())?;
    let when = pretty(entry.realtime(), &local_zone(), true);
    writeln!(out, "  +24  realtime             {} ({when})", entry.realtime())?;
    writeln!(out, "  +32  monotonic            {}", entry.monotonic())?;
    writeln!(out, "  +40  boot id              {}", entry.boot_id())?;
    let mut decoder = Decoder::new();
    let mut shown = None;
    for (at, item) in entry.items().enumerate() {
        let payload = file.payload(item, &mut decoder).map(<[u8]>::to_vec);
        let text = payload.as_ref().map_or_else(
            |error| safe(error.to_string().as_bytes()),
            |it| safe(&it[..it.len().min(60)]),
        );
        let width = if file.header().is_compact() { 4 } else { 16 };
        writeln!(out, "  +{:<3} item {at:<3} leads to {item:>10}  {text}", 64 + at * width)?;
        if let Ok(payload) = payload
            && (shown.is_none() || payload.starts_with(b"PRIORITY="))
        {
            shown = Some((item, payload));
        }
    }
    let (item, payload) = shown.context("none of its fields can be read")?;
    writeln!(out)?;
    way_back(file, item, &payload, out)
}

/// From a value to its entries: what a match does.
fn way_back(
    file: &JournalFile,
    offset: u64,
    payload: &[u8],
    out: &mut String,
) -> anyhow::Result<()> {
    let (h, data) = (file.header(), file.data(offset)?);
    let buckets = (h.data_hash_table_size / HASH_ITEM_SIZE).max(1);
    let list = file.entries_of(offset)?;
    let text = safe(&payload[..payload.len().min(60)]);
    writeln!(out, "A MATCH for {text}")?;
    writeln!(out, "  its hash is          {:016x}", data.hash())?;
    let bucket = data.hash() % buckets;
    let at = h.data_hash_table_offset + bucket * HASH_ITEM_SIZE;
    writeln!(out, "  so its bucket is     {bucket}, at {at}")?;
    writeln!(out, "  which leads to DATA  at {offset}")?;
    writeln!(out, "  +32  next value      at {}", data.next_field_offset())?;
    writeln!(out, "  +40  first entry     at {}", data.entry_offset())?;
    writeln!(out, "  +48  the others in   an array at {}", data.entry_array_offset())?;
    writeln!(out, "  +56  entries         {}", data.n_entries())?;
    let first: Vec<String> =
        (0..3).filter_map(|at| list.get(file, at)).map(|at| at.to_string()).collect();
    let more = if list.len() > first.len() { " ..." } else { "" };
    writeln!(out, "  ENTRY at             {}{more}", first.join(", "))?;
    Ok(())
}
