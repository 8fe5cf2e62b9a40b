//! A daemon that appends the date to a file, the way a systemd service should: see
//! systemd.service(5) and daemon(7).
//!
//! Read [`daemon`] first: what happens at each event. [`events`] is where the events come from,
//! [`DatesFile`] where the lines go, [`notify`] how the service manager is told. The program in
//! `bin/date-daemon` brings them together; a test brings its own:
//!
//! ```
//! use date_daemon::Tick;
//! use date_daemon::daemon::{Daemon, Event, Output};
//!
//! /// Lines on standard output, which has no other file to open.
//! struct Terminal;
//!
//! impl Output for Terminal {
//!     type Error = String;
//!
//!     fn append(&mut self, line: &str) -> Result<(), String> {
//!         print!("{line}");
//!         Ok(())
//!     }
//!
//!     fn reopen(&mut self) -> Result<(), String> {
//!         Ok(())
//!     }
//! }
//!
//! let tick = Event::Tick(Tick { due: chrono::Utc::now(), missed: 0 });
//! let mut events = [tick, Event::Stop].into_iter();
//! let format = "%H:%M:%S".parse()?;
//! let tell_manager = |state: &str| eprintln!("{state}");
//!
//! let daemon = Daemon::new(format, Terminal, tell_manager, None);
//! daemon.run(|| Ok(events.next().expect("Stop ends it")))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod interval;
mod line_format;
mod ticker;
mod waiting;

pub mod daemon;
mod dates_file;
pub mod events;
pub mod notify;

pub use dates_file::DatesFile;
pub use error::Error;
pub use interval::{BadInterval, Interval};
pub use line_format::{BadFormat, LineFormat};
pub use ticker::Tick;
