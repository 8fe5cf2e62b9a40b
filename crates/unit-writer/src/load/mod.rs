//! Where units come from: the load path, the drop-ins, and the facts of a machine.
//!
//! This is the one room that looks at the disk, and it only reads.

mod accounts;
mod directory;
mod facts;
mod files_in;
mod load_path;
mod machine;
mod order;
mod source;
mod unit_set;

pub use directory::drop_ins_in;
pub use facts::Facts;
pub use files_in::files_in;
pub use load_path::{LoadPath, MAX_FILE_SIZE, Scope, Variables, of_limited_size, read_limited};
pub use machine::Machine;
pub use order::Order;
pub use source::{Identity, Neighbours, Part, Role, Source, effective};
pub use unit_set::UnitSet;
