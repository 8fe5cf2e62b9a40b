//! `filter`: the lines of a log from a level on, or how many there are of each.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal as _, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use leveled_logger::Level;
use terminal_size::terminal_size_of;

use super::found::{Trace, level_at_beginning, level_of};
use super::{lines, log};

/// Show the lines from a level on; a line without a level belongs to the one before it
#[derive(Args)]
pub(super) struct Filter {
    /// The least level to show
    #[arg(long, short, default_value = "warning", value_parser = log::level)]
    level: Level,

    /// Count the lines of each level instead; on a terminal, with a bar for each
    #[arg(long, short)]
    count: bool,

    /// With --count: as a JSON object
    #[arg(long, requires = "count")]
    json: bool,

    /// Logs to read; none, or -, is standard input
    files: Vec<PathBuf>,
}

const CANNOT_WRITE: &str = "cannot write to standard output";

/// How long the longest bar is.
const BAR: u64 = 40;

impl Filter {
    /// Shows or counts; `false` when there was nothing to show.
    pub(super) fn run(self) -> anyhow::Result<bool> {
        let mut counts = BTreeMap::new();
        let mut shown = 0;
        let files = if self.files.is_empty() { &[PathBuf::from("-")][..] } else { &self.files };
        for path in files {
            if path.as_os_str() == "-" {
                self.read(io::stdin().lock(), &mut counts, &mut shown)?;
                continue;
            }
            let cannot_read = || format!("cannot read {}", path.display());
            let file = File::open(path).with_context(cannot_read)?;
            // A directory can be opened, and says only at the first read what it is.
            if file.metadata().is_ok_and(|meta| meta.is_dir()) {
                anyhow::bail!("cannot read {}: it is a directory", path.display());
            }
            self.read(BufReader::new(file), &mut counts, &mut shown)?;
        }
        if self.count {
            self.write_counts(&counts).context(CANNOT_WRITE)?;
            return Ok(!counts.is_empty());
        }
        Ok(shown > 0)
    }

    fn read(
        &self,
        mut input: impl BufRead,
        counts: &mut BTreeMap<Option<Level>, u64>,
        shown: &mut u64,
    ) -> anyhow::Result<()> {
        let mut output = io::stdout().lock();
        let is_terminal = output.is_terminal();
        let mut line = Vec::new();
        let mut level = None;
        let mut trace = Trace::default();
        while lines::next(&mut input, &mut line).context("cannot read")? {
            let text = String::from_utf8_lossy(&line);
            let found = if trace.goes_on(&text) && level.is_some() {
                level_at_beginning(&text)
            } else {
                level_of(&text)
            };
            level = found.or(level);
            if self.count {
                // What belongs to the line before is no line of its own.
                if found.is_some() || level.is_none() {
                    *counts.entry(found).or_default() += 1;
                }
            } else if level.is_some_and(|level| level >= self.level) {
                *shown += 1;
                let written = if is_terminal {
                    writeln!(output, "{}", lines::visible(&text))
                } else {
                    // As it was, byte by byte: a filter changes nothing.
                    line.push(b'\n');
                    output.write_all(&line)
                };
                written.context(CANNOT_WRITE)?;
            }
        }
        Ok(())
    }

    fn write_counts(&self, counts: &BTreeMap<Option<Level>, u64>) -> io::Result<()> {
        let mut output = io::stdout().lock();
        let named =
            |level: &Option<Level>| level.map_or("none".to_owned(), |level| level.to_string());
        if self.json {
            let object: serde_json::Map<String, serde_json::Value> =
                counts.iter().map(|(level, count)| (named(level), (*count).into())).collect();
            return writeln!(output, "{}", serde_json::Value::Object(object));
        }
        let most = counts.values().copied().max().unwrap_or(1);
        let columns = terminal_size_of(&output).map_or(80, |(width, _)| u64::from(width.0));
        for (level, count) in counts.iter().rev() {
            let head = format!("{:<10}{count:>10}", named(level));
            // Two columns lie between the number and its bar, which never goes on in the next line.
            let room = BAR.min(columns.saturating_sub(head.len() as u64 + 2));
            if output.is_terminal() && room > 0 {
                let length = usize::try_from((count * room).div_ceil(most)).unwrap_or(0);
                writeln!(output, "{head}  {}", "█".repeat(length))?;
            } else {
                writeln!(output, "{head}")?;
            }
        }
        Ok(())
    }
}
