//! `--list-boots`: as a table, or as JSON.

use std::io::{self, Write};

use journal_reader::{Boot, Journal};

use crate::cli::args::Args;
use crate::cli::colour::Colours;
use crate::cli::output::layout::Layout;
use crate::cli::time::{local_zone, pretty};

const HEADINGS: [&str; 4] = ["IDX", "BOOT ID", "FIRST ENTRY", "LAST ENTRY"];

pub(crate) fn list(journal: &mut Journal, args: &Args) -> anyhow::Result<()> {
    let boots = journal.boots();
    // The newest boot is number 0, those before it count down.
    let newest = boots.len() as i64 - 1;
    let mut numbered: Vec<(i64, Boot)> =
        boots.into_iter().enumerate().map(|(at, boot)| (at as i64 - newest, boot)).collect();
    if args.reverse {
        numbered.reverse();
    }
    if numbered.is_empty() {
        return Ok(());
    }
    let colours = Colours::detect();
    let out = match Layout::of(args.output, colours) {
        Some(layout) => json(&numbered, layout),
        None => table(&numbered, args, colours).into_bytes(),
    };
    Ok(io::stdout().write_all(&out)?)
}

fn json(boots: &[(i64, Boot)], layout: Layout) -> Vec<u8> {
    let mut out = Vec::new();
    layout.begin(b'[', &mut out);
    for (at, (index, boot)) in boots.iter().enumerate() {
        if at > 0 {
            layout.between(1, &mut out);
        }
        layout.open(b'{', 2, &mut out);
        layout.name(b"index", &mut out);
        layout.number(*index, &mut out);
        layout.between(2, &mut out);
        layout.name(b"boot_id", &mut out);
        layout.string(&mut out, |out| out.extend(boot.id.to_string().as_bytes()));
        for (name, time) in [("first_entry", boot.first), ("last_entry", boot.last)] {
            layout.between(2, &mut out);
            layout.name(name.as_bytes(), &mut out);
            layout.number(time as i64, &mut out);
        }
        layout.close(b'}', 1, &mut out);
    }
    layout.end(b']', &mut out);
    out
}

fn table(boots: &[(i64, Boot)], args: &Args, colours: Colours) -> String {
    let zone = if args.utc { jiff::tz::TimeZone::UTC } else { local_zone() };
    let row = |(index, boot): &(i64, Boot)| {
        let [first, last] = [boot.first, boot.last].map(|time| pretty(time, &zone, false));
        [index.to_string(), boot.id.to_string(), first, last]
    };
    let rows: Vec<[String; 4]> = boots.iter().map(row).collect();
    let with_heading = !args.is_quiet();
    let widths: [usize; 4] = std::array::from_fn(|column| {
        let heading = if with_heading { HEADINGS[column].len() } else { 0 };
        rows.iter().map(|row| row[column].chars().count()).fold(heading, usize::max)
    });
    let mut out = String::new();
    if with_heading {
        push_heading(widths, colours, &mut out);
    }
    let [index_width, id_width, first_width, _] = widths;
    for [index, id, first, last] in &rows {
        let line = format!("{index:>index_width$} {id:id_width$} {first:first_width$} {last}");
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn push_heading(widths: [usize; 4], colours: Colours, out: &mut String) {
    let mut line = String::new();
    for (at, (heading, width)) in HEADINGS.iter().zip(widths).enumerate() {
        let cell = format!("{}{heading:width$}", if at > 0 { " " } else { "" });
        line += &if colours.is_on() { format!("\x1b[0m\x1b[0;4m{cell}\x1b[0m") } else { cell };
    }
    out.push_str(if colours.is_on() { &line } else { line.trim_end() });
    out.push('\n');
}
