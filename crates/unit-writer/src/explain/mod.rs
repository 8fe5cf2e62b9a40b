//! What a key, a line or a whole unit does, in plain words.
//!
//! The sentences about keys are in the table of the crate `unit-file`, those about words in
//! `data/meanings.tsv`. Both are our own: the man pages are linked, not copied.
//!
//! Nothing here judges: of a line that systemd does not take, explain says what the key is for, and
//! check what is wrong.

mod key;
mod line;
mod meaning;
mod story;

pub use key::{UnknownKey, explain_key};
pub use line::explain_line;
pub use story::story;
