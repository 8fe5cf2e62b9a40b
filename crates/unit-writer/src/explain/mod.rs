//! What a key, a line or a whole unit does, in plain words.

mod key;
mod line;
mod story;

pub use key::{UnknownKey, explain_key};
pub use line::explain_line;
pub use story::story;
