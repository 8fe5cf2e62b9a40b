//! Where units come from: the load path, the drop-ins, and the facts of a machine.
//!
//! This is the one room that looks at the disk, and it only reads.

mod load_path;
mod machine;
mod source;

pub use load_path::{LoadPath, MAX_FILE_SIZE, Scope, read_limited};
pub use machine::Machine;
pub use source::{Identity, Neighbours, Role, Source, files_in};
