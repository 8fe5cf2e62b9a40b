//! The entries, one after the other: journalctl's main loop.

use std::io::{self, Write};

use anyhow::Context;
use jiff::Zoned;
use journal_reader::{Cursor, Filter, Id128, Journal, Seek, Test};
use regex::bytes::Regex;

use crate::cli::args::Args;
use crate::cli::colour::{HIGHLIGHT, NORMAL};
use crate::cli::output::{Printer, Style};
use crate::cli::pager::Output;
use crate::cli::progress::Progress;
use crate::cli::{query, report, time};

/// What is to be shown, read from the options.
pub(crate) struct Range {
    pub(crate) since: Option<u64>,
    pub(crate) until: Option<u64>,
    /// The last so many; `None` for all.
    lines: Option<usize>,
    reverse: bool,
    cursor: Option<Cursor>,
    after_cursor: bool,
    pub(crate) pattern: Option<Regex>,
}

impl Range {
    pub(crate) fn read(args: &Args) -> anyhow::Result<Range> {
        let now = Zoned::now().with_time_zone(time::local_zone());
        let moment = |text: &Option<String>| -> anyhow::Result<Option<u64>> {
            Ok(text.as_deref().map(|text| time::parse(text, &now)).transpose()?)
        };
        let (since, until) = (moment(&args.since)?, moment(&args.until)?);
        if since.is_some_and(|since| until.is_some_and(|until| since > until)) {
            anyhow::bail!("--since must be before --until");
        }
        let given = args.lines.is_some();
        let mut lines = match args.lines.as_deref() {
            None | Some("all") => None,
            Some(number) => Some(number.parse().map_err(|_| {
                anyhow::anyhow!("{number:?} is no number of lines: use a number, or all")
            })?),
        };
        if args.pager_end && !given {
            lines = Some(1000);
        }
        if args.no_tail {
            lines = None;
        } else if args.follow && args.since.is_none() && !given {
            lines = Some(10);
        }
        let pattern = args.grep.as_deref();
        let pattern = pattern.map(|it| query::regex(it, args.case_sensitive)).transpose()?;
        let (cursor, after_cursor) = read_cursor(args)?;
        // Nobody knows where the last ten that match are, so they are looked for from the end.
        let reverse = args.reverse || (pattern.is_some() && lines.is_some() && !args.follow);
        Ok(Range { since, until, lines, reverse, cursor, after_cursor, pattern })
    }
}

fn read_cursor(args: &Args) -> anyhow::Result<(Option<Cursor>, bool)> {
    if let Some(path) = &args.cursor_file {
        match std::fs::read_to_string(path) {
            Ok(text) if !text.trim().is_empty() => {
                let cursor = text.lines().next().unwrap_or_default().parse();
                return Ok((Some(cursor.with_context(|| path.display().to_string())?), true));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        }
    }
    let cursor = args.cursor.as_ref().or(args.after_cursor.as_ref());
    let cursor = cursor.map(|text| text.parse()).transpose()?;
    Ok((cursor, args.after_cursor.is_some()))
}

/// Shows what the options ask for. `false` if a pattern was given and nothing matched.
pub(crate) fn run(args: &Args, journal: &mut Journal) -> anyhow::Result<bool> {
    let mut range = Range::read(args)?;
    let filter = query::filter(args, journal)?;
    journal.set_filter(filter.clone());
    if let Some(pattern) = range.pattern.clone().filter(|_| can_ask_index(args, &range, journal)) {
        // Each text is tested once, and entries without a match are never looked at.
        let grep = Filter::Field(b"MESSAGE".to_vec(), Test::Regex(pattern));
        journal.set_filter(Filter::All(vec![filter, grep]));
    }
    let visited = go_to_start(&mut range, journal).or_else(|| passed_over(&range, journal));
    let mut output =
        if args.follow || args.no_pager { Output::plain() } else { Output::paged(args.pager_end) };
    let printer = Printer::new(Style::of(args), output.writer());
    let mut show = Show {
        printer,
        boots: (!args.merge && !args.is_quiet()).then_some(None),
        shown: 0,
        keep_cursor: args.show_cursor || args.cursor_file.is_some(),
        last: visited,
        progress: Progress::new(args.quiet, journal.count()),
    };
    let matched = show.all(args, &range, journal);
    let matched = matched
        .and_then(|matched| Ok(show.leave(args).context("cannot write the cursor")? && matched));
    show.printer.flush()?;
    output.finish();
    matched
}

/// Whether the pattern may be looked up in the files' lists of messages, instead of in entry after
/// entry. Not if lines between boots are wanted, for journalctl shows these also where nothing
/// matches; nor if few entries are asked about; nor if the entry of a cursor is to be passed over,
/// which need not match.
fn can_ask_index(args: &Args, range: &Range, journal: &Journal) -> bool {
    let one_boot = args.boot.as_deref().map_or(args.dmesg, |boot| boot != "all");
    let no_boot_lines = args.merge || args.is_quiet() || one_boot;
    let all = range.lines.is_none() && range.since.is_none() && range.until.is_none();
    let all = all && !range.after_cursor;
    let whole = !args.follow && !args.show_cursor && args.cursor_file.is_none();
    let total: u64 = journal.files().map(|file| file.header().n_entries).sum();
    no_boot_lines && all && whole && journal.count() as u64 >= total / 8
}

/// Puts the journal before the first entry to show; the entry that was looked at last.
fn go_to_start(range: &mut Range, journal: &mut Journal) -> Option<Cursor> {
    let mut visited = None;
    match (range.cursor, range.reverse) {
        (Some(cursor), reverse) => {
            journal.seek(if reverse { Seek::After(cursor) } else { Seek::Before(cursor) });
            if range.after_cursor {
                // Whatever comes first is taken for the entry of the cursor, as in journalctl.
                let first = if reverse { journal.previous() } else { journal.next() };
                visited = first.map(|entry| entry.cursor());
                let second = if reverse { journal.previous() } else { journal.next() };
                if second.is_none() {
                    range.lines = Some(0);
                } else if reverse {
                    journal.next();
                } else {
                    journal.previous();
                }
            }
        }
        (None, false) => match (range.since, range.lines) {
            (Some(since), _) => journal.seek(Seek::Realtime(since)),
            (None, Some(lines)) => {
                journal.seek(Seek::Tail);
                let mut first = None;
                for _ in 0..lines {
                    match journal.previous() {
                        Some(entry) => first = Some(entry.cursor()),
                        None => break,
                    }
                }
                // To turn round, journalctl looks for the entry's place in each file; in odd data
                // it is another one.
                if let Some(first) = first {
                    journal.seek(Seek::Before(first));
                }
            }
            (None, None) => journal.seek(Seek::Head),
        },
        (None, true) => match range.until {
            Some(until) => journal.seek(Seek::RealtimeEnd(until)),
            None => journal.seek(Seek::Tail),
        },
    }
    visited
}

/// Where none are to be shown, journalctl still stands at one, and `--show-cursor` names it.
fn passed_over(range: &Range, journal: &mut Journal) -> Option<Cursor> {
    range.lines.filter(|lines| *lines == 0)?;
    let at_end = range.since.is_none() && range.cursor.is_none();
    let entry = if range.reverse || at_end { journal.previous() } else { journal.next() };
    entry.map(|entry| entry.cursor())
}

struct Show<'o> {
    printer: Printer<'o>,
    /// The boot of the entry before, if a line between boots is wanted.
    boots: Option<Option<Id128>>,
    shown: usize,
    keep_cursor: bool,
    last: Option<Cursor>,
    progress: Progress,
}

impl Show<'_> {
    fn all(&mut self, args: &Args, range: &Range, journal: &mut Journal) -> anyhow::Result<bool> {
        let watch = args.follow.then(|| journal.watch()).transpose()?;
        self.entries(range, range.lines, journal)?;
        report::problems(journal, args.quiet);
        if let Some(mut watch) = watch {
            loop {
                self.printer.flush()?;
                if !watch.wait(journal, reader_is_gone)? {
                    return Ok(true);
                }
                self.entries(range, None, journal)?;
                report::problems(journal, args.quiet);
            }
        }
        if self.shown == 0 && !args.is_quiet() {
            self.printer.line("-- No entries --");
        }
        // journalctl's exit status is that of its last step: if none were to be shown, of going to
        // the start, or of asking for the cursor.
        let asked_for_none = range.lines == Some(0) && self.last.is_some() && !self.keep_cursor;
        Ok(self.shown > 0 || range.pattern.is_none() || asked_for_none)
    }

    /// Shows entries until there are no more, or enough.
    fn entries(
        &mut self,
        range: &Range,
        lines: Option<usize>,
        journal: &mut Journal,
    ) -> anyhow::Result<()> {
        while lines.is_none_or(|lines| self.shown < lines) {
            let entry = if range.reverse { journal.previous() } else { journal.next() };
            let Some(entry) = entry else { break };
            if self.keep_cursor {
                self.last = Some(entry.cursor());
            }
            let time = entry.realtime();
            // Behind the end, and in reverse before the start: there is nothing more.
            if (!range.reverse && range.until.is_some_and(|until| time > until))
                || (range.reverse && range.since.is_some_and(|since| time < since))
            {
                break;
            }
            self.boot_line(entry.boot_id());
            self.progress.step();
            let mut highlight = (0, 0);
            if let Some(pattern) = &range.pattern {
                match self.printer.find(&entry, pattern) {
                    Some(found) => highlight = found,
                    None => continue,
                }
            }
            self.progress.clear();
            self.printer.entry(&entry, highlight)?;
            self.shown += 1;
        }
        self.progress.clear();
        Ok(())
    }

    fn boot_line(&mut self, boot: Id128) {
        let Some(previous) = &mut self.boots else { return };
        if previous.replace(boot).is_some_and(|previous| previous != boot) {
            let colours = self.printer.colours();
            let (on, off) = (colours.if_on(HIGHLIGHT), colours.if_on(NORMAL));
            self.printer.line(&format!("{on}-- Boot {boot} --{off}"));
        }
    }

    /// Says, and keeps, where it ended; `false` if there is no such place.
    fn leave(&mut self, args: &Args) -> io::Result<bool> {
        if !self.keep_cursor {
            return Ok(true);
        }
        let Some(cursor) = self.last else { return Ok(false) };
        if args.show_cursor {
            self.printer.line(&format!("-- cursor: {cursor}"));
        }
        if let Some(path) = &args.cursor_file {
            // Written beside it and renamed: a reader never sees half a cursor.
            let mut temporary = path.as_os_str().to_owned();
            temporary.push(format!(".{}", std::process::id()));
            let mut file = std::fs::File::create(&temporary)?;
            writeln!(file, "{cursor}")?;
            std::fs::rename(&temporary, path)?;
        }
        Ok(true)
    }
}

/// Whether nobody reads our output any more: a pipe was closed, a terminal has gone.
pub(crate) fn reader_is_gone() -> bool {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd;
    let stdout = io::stdout();
    let mut watched = [PollFd::new(stdout.as_fd(), PollFlags::empty())];
    let gone = PollFlags::POLLERR | PollFlags::POLLHUP;
    poll(&mut watched, PollTimeout::ZERO).is_ok()
        && watched[0].revents().is_some_and(|events| events.intersects(gone))
}
