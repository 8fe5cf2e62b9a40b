//! Reads and writes systemd unit files, exactly as systemd reads them.
//!
//! Each room knows one thing, and uses only the rooms above it:
//!
//! - [`syntax`]: lines, sections and assignments; not what they mean.
//! - [`values`]: what stands right of a `=`, read as systemd reads it; not which key it belongs to.
//! - [`directives`]: the keys that systemd knows, as a table.
//! - [`effective`]: the unit that a file and its drop-ins make together.
//! - [`writer`]: units from typed values, and the tidy layout.
//!
//! The names of units are in the crate `systemd-types`. Nothing here judges a unit, looks at the
//! disk or prints: that is the work of the crate `unit-writer`.
//!
//! ```
//! use unit_file::effective::Effective;
//! use unit_file::syntax::UnitFile;
//!
//! let unit = UnitFile::parse("[Service]\nExecStart=/bin/old\nNice=1\n");
//! let drop_in = UnitFile::parse("[Service]\nExecStart=\nExecStart=/bin/new\n");
//! let effective = Effective::merge([&unit, &drop_in]);
//! assert_eq!(effective.last("Service", "ExecStart"), Some("/bin/new"));
//! assert_eq!(effective.last("Service", "Nice"), Some("1"));
//! ```

pub mod directives;
pub mod effective;
pub mod syntax;
pub mod values;
pub mod writer;
