//! Checks and explains systemd unit files, and knows where they are loaded from.
//!
//! Each room knows one thing, and uses only the rooms above it:
//!
//! - [`load`]: where units and their drop-ins are; the facts of a machine.
//! - [`suggest`]: the key or word that somebody was about to write.
//! - [`checks`]: what is wrong with a unit, what systemd will do, how to mend it.
//! - [`explain`]: what a key or a unit does, in plain words.
//! - [`layout`]: the tidy layout of a file.
//!
//! ```
//! use unit_writer::explain::explain_key;
//! use unit_writer::suggest::nearest;
//!
//! assert!(explain_key("Restart").is_ok_and(|said| said.contains("Restart=")));
//! assert_eq!(nearest("alwasy", ["no", "always", "on-failure"]), Some("always"));
//! ```
//!
//! How a file is read and written is in the crate `unit-file`. Nothing here prints, writes a file
//! or runs a program: that is left to the command, in `main.rs` and `cli/`.

pub mod checks;
pub mod explain;
pub mod layout;
pub mod load;
pub mod suggest;
