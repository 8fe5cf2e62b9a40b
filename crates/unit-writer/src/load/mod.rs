//! Where units come from: the load path, the drop-ins, the unit that they make together, and the facts of a machine.
//!
//! This is the one room that looks at the disk, and it only reads.

mod effective;
mod load_path;
mod machine;
mod source;

pub use effective::{Effective, Entry};
pub use load_path::{LoadPath, MAX_FILE_SIZE, Scope, read_limited};
pub use machine::Machine;
pub use source::{Identity, Neighbours, Role, Source, files_in};
