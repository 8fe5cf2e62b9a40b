//! Reads systemd's journal files natively: without libsystemd, without journald, on any Linux.
//!
//! The errors of a unit in this boot:
//!
//! ```no_run
//! use journal_reader::{Filter, Journal, Source, boot_filter, discover::boot_id};
//!
//! let mut journal = Journal::open(Source::Local)?;
//! let urgent = (0..=3).map(|priority| Filter::Is(format!("PRIORITY={priority}").into()));
//! journal.set_filter(Filter::All(vec![
//!     boot_filter(boot_id()),
//!     Filter::Is("_SYSTEMD_UNIT=cron.service".into()),
//!     Filter::Any(urgent.collect()),
//! ]));
//! while let Some(entry) = journal.next() {
//!     println!("{} {}", entry.realtime(), entry.text("MESSAGE").unwrap_or_default());
//! }
//! # Ok::<(), journal_reader::Error>(())
//! ```
//!
//! How is a match found? Read [`format`] for what lies where, then `lookup.rs` (from a value to its
//! entries), then `filter.rs` (AND, OR and NOT of such lists). [`Journal`] puts files together.
//!
//! A file may be damaged, made up by somebody, cut or extended while it is read. Nothing that it
//! claims is believed: each access is bounded by the file's real length, chains may only lead in
//! the direction in which journald builds them, and payloads are decompressed up to a limit.

mod boots;
mod compression;
mod cursor;
pub mod discover;
mod entry;
mod entry_list;
mod error;
mod file;
mod filter;
mod follow;
pub mod format;
mod id128;
mod journal;
mod lookup;
mod map;
mod merge;
mod part;
mod pattern;
mod salvage;
mod verify;

pub use boots::{Boot, boot_filter};
pub use compression::{Decoder, MAX_PAYLOAD};
pub use cursor::{Cursor, NoCursor};
pub use discover::Source;
pub use entry::{Entry, Field};
pub use entry_list::EntryList;
pub use error::Error;
pub use file::JournalFile;
pub use filter::{Filter, Test};
pub use follow::Watch;
pub use id128::{Id128, NoId};
pub use journal::{Journal, Seek};
pub use pattern::{glob_matches, is_glob};
pub use salvage::{Salvage, Salvaged};
pub use verify::{Finding, Verdict};
