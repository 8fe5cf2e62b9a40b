//! The course: finds the chapters and walks them as lessons; grades the exercises, and proves that it grades well.
//!
//! It runs programs and never links a lesson's crate, so it judges what a learner's work does, not how it
//! looks. `ARCHITECTURE.md` at the project's root shows where this room is in the house.

mod author;
pub mod chapter;
pub mod cli;
mod error;
pub mod exercise;
pub mod grade;
pub mod lesson;
mod overview;
pub mod pattern;
pub mod project;
mod read;
mod run;
pub mod terminal;
mod verify;
pub mod work;

pub use error::Error;
pub use run::run;
