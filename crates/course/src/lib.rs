//! The course: finds the chapters and walks them as lessons.
//!
//! It runs programs and never links a lesson's crate, so it judges what a learner's work does, not how it
//! looks. `ARCHITECTURE.md` at the project's root shows where this room is in the house.

pub mod chapter;
pub mod cli;
mod error;
pub mod lesson;
mod overview;
pub mod pattern;
pub mod project;
mod read;
mod run;
pub mod terminal;

pub use error::Error;
pub use run::run;
