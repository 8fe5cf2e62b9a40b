//! The course: finds the chapters and walks them as lessons; grades the exercises, and proves that
//! it grades well.
//!
//! It runs programs and never links a lesson's crate, so it judges what a learner's work does, not
//! how it looks. `ARCHITECTURE.md` at the project's root shows where this room is in the house, and
//! what is in it.
//!
//! ```
//! use std::path::Path;
//!
//! use course::{Chapter, Project};
//!
//! let project = Project::find(Path::new(env!("CARGO_MANIFEST_DIR")))?;
//! for lesson in project.lessons()? {
//!     let chapter = Chapter::read(&project.root, &lesson.path)?;
//!     println!("{} {}", lesson.number, chapter.title());
//! }
//! # Ok::<(), course::Error>(())
//! ```

mod after;
mod author;
mod book;
mod by_hand;
mod chapter;
mod cli;
mod diff;
mod door;
mod error;
mod exercise;
mod files;
mod grade;
mod help;
mod lab_words;
mod language;
mod lesson;
mod man_page;
mod numbered;
mod overview;
mod parallel;
mod pattern;
mod project;
mod quiz;
mod run;
mod terminal;
mod verify;
mod watch;
mod work;

pub use chapter::Chapter;
pub use cli::Cli;
pub use error::Error;
pub use grade::compile_if_asked;
pub use language::Speech;
pub use project::{Lesson, Project};
pub use run::run;
pub use terminal::{Answers, Terminal};
