//! What systemd knows: every key of versions 252 to 262, its section, its kind of value, since when, and what it does.
//!
//! The table is data, in `data/directives.tsv`; a test compares it with what the machine's own systemd says it knows.

mod closed_lists;
mod kind;
mod suggest;
mod table;

pub use closed_lists::{
    ADDRESS_FAMILIES, CAPABILITIES, EXIT_STATUSES, NAMESPACES, NETLINK_FAMILIES,
    SYSTEM_CALL_GROUPS, has_word, is_signal, is_system_call,
};
pub use kind::{Kind, LimitUnit, words_in};
pub use suggest::{Suggestion, nearest, suggest};
pub use table::{Directive, NEWEST, OLDEST, all, by_key, find, sections_of};
