//! A service that gives out dates: numbered, sealed, and written down before they are told.
//!
//! It is what the earlier lessons lead to, and made of their parts: the loop, the ticks and the
//! file are lesson 1's, the log is lesson 5's. What is new here is a file each. [`Register`]
//! numbers the dates, [`Key`] seals them, [`callers`] answers on a socket, and [`listen`] takes
//! that socket from systemd, which keeps it open while the service is restarted: see
//! systemd.socket(5).
//!
//! ```
//! use date_service::{Key, Register};
//!
//! # let directory = std::env::temp_dir().join(format!("date-service-{}", std::process::id()));
//! # std::fs::create_dir_all(&directory)?;
//! let key: Key = "000102030405060708090a0b0c0d0e0f".parse()?;
//! let mut register = Register::open(directory.join("dates.log"))?;
//!
//! let number = register.enter("2026-03-01T09:05:07+0000")?;
//! let answer = format!("{number} 2026-03-01T09:05:07+0000");
//! assert_eq!(key.seal(&answer), "67649dfada1ca97e");
//! # std::fs::remove_dir_all(directory)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod callers;
mod error;
mod key;
pub mod listen;
mod register;

pub use error::{BadKey, Error};
pub use key::Key;
pub use register::{DATE_FORMAT, Doubt, Entry, Register, SharedRegister};
