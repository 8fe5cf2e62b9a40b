//! The language that the learner reads: which one it is, and what is said in it.
//!
//! The English text is the key of each text in another language. What has none is shown in English,
//! a string or a block at a time and never a page; what a program prints, and what machines read,
//! is English in all languages.

mod bless;
mod choice;
mod comments;
mod lock;
mod page;
mod pages;
mod pairs;
mod pieces;
#[cfg(test)]
mod tests;
mod untranslated;
mod which;
mod words;

pub(crate) use bless::{Blessing, Survey, bless, survey};
pub use choice::Speech;
pub(crate) use choice::remember;
pub(crate) use comments::with_comments_of;
pub(crate) use page::{PageText, english_path, read_page};
pub(crate) use untranslated::{claims_to_be_whole, untranslated};
pub(crate) use which::Language;
pub(crate) use words::Words;
