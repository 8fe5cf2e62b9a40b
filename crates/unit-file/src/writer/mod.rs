//! Unit files from typed values, so that systemd reads back exactly what was meant.
//!
//! What could be misread can't be built: a line break in a description is refused, a `%` or `$` is
//! doubled, a blank is quoted. The text comes from [`Display`](std::fmt::Display); the caller
//! writes it to a file.

mod exec;
mod mount;
mod path;
mod quote;
mod sections;
mod service;
mod setting;
mod socket;
mod target;
mod text;
mod timer;

pub use exec::Exec;
pub use mount::Mount;
pub use path::{Path, Watch};
pub use quote::{quote_argument, quote_variable};
pub use sections::{Install, Unit};
pub use service::{Restart, Service, ServiceType};
pub use setting::Setting;
pub use socket::{Listen, Socket};
pub use target::Target;
pub use text::{AbsolutePath, Mode, Text, Unwritable, Variable};
pub use timer::{Timer, Trigger};
