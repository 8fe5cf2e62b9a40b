//! A daemon that appends the date to a file, the way a systemd service should: see systemd.service(5) and daemon(7).
//!
//! Read [`daemon`] first: what happens at each event. [`events`] is where the events come from, [`dates_file`] where the
//! lines go, [`notify`] how the service manager is told. `main.rs` brings them together.

mod error;
mod interval;
mod line_format;
mod ticker;
mod waiting;

pub mod daemon;
pub mod dates_file;
pub mod events;
pub mod notify;

pub use error::Error;
pub use interval::{BadInterval, Interval};
pub use line_format::{BadFormat, LineFormat};
pub use ticker::Tick;
