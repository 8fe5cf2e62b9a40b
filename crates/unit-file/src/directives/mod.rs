//! What systemd knows: every key of versions 252 to 262, its section, its kind of value, since
//! when, and what it does.
//!
//! The table is data, in `data/directives.tsv`; a test compares it with what the machine's own
//! systemd says it knows.

mod form;
mod kind;
mod table;

pub use form::Form;
pub use kind::{Kind, LimitUnit, PerDevice, has_word, since, words_in};
pub use table::{Directive, NEWEST, OLDEST, all, by_key, find, sections_of};
