//! The entries that the options select, one after the other, for what counts them instead of
//! showing them.

use journal_reader::{Entry, Filter, Journal, Seek, Test};

use crate::cli::args::Args;
use crate::cli::progress::Progress;
use crate::cli::query;
use crate::cli::show::Range;

/// A journal, restricted to what the options select.
pub(crate) struct Selection<'j> {
    journal: &'j mut Journal,
    until: Option<u64>,
    progress: Progress,
}

impl<'j> Selection<'j> {
    pub(crate) fn new(args: &Args, journal: &'j mut Journal) -> anyhow::Result<Selection<'j>> {
        let range = Range::read(args)?;
        let mut filters = vec![query::filter(args, journal)?];
        let grep = range.pattern.map(|it| Filter::Field(b"MESSAGE".to_vec(), Test::Regex(it)));
        filters.extend(grep);
        journal.set_filter(Filter::All(filters));
        journal.seek(range.since.map_or(Seek::Head, Seek::Realtime));
        let progress = Progress::new(args.quiet, journal.count());
        Ok(Selection { journal, until: range.until, progress })
    }

    /// The time of the last entry, or the end of the selection; the place stays where it is.
    pub(crate) fn span(&mut self, args: &Args) -> anyhow::Result<Option<(u64, u64)>> {
        let Some(first) = self.journal.next().map(|entry| entry.realtime()) else {
            return Ok(None);
        };
        self.journal.seek(self.until.map_or(Seek::Tail, Seek::RealtimeEnd));
        let last = self.journal.previous().map_or(first, |entry| entry.realtime());
        let since = Range::read(args)?.since;
        self.journal.seek(since.map_or(Seek::Head, Seek::Realtime));
        Ok(Some((first, last.max(first))))
    }

    /// The next entry.
    pub(crate) fn next(&mut self) -> Option<Entry<'_>> {
        self.progress.step();
        let (until, entry) = (self.until, self.journal.next());
        let entry = entry.filter(|entry| until.is_none_or(|until| entry.realtime() <= until));
        if entry.is_none() {
            self.progress.clear();
        }
        entry
    }
}
