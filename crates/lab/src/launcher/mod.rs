//! The program that wants a lab: boots one, runs commands in it, says why it cannot.

mod command;
mod doctor;
mod door;
mod lab;
mod link;
mod output;
mod pace;
mod relay;
mod sudo;
mod sweep;

pub use command::{COMMAND_TIMEOUT, Command};
pub use doctor::{Finding, Works, doctor, examine};
pub use door::{Door, Joined, join};
pub use lab::Lab;
pub use pace::Pace;
pub use sudo::serve_if_asked;
pub use sweep::sweep;
