//! The grader: what learners hand in, what comes back, and what is remembered.

mod compiling;
mod files;
mod hostile;
mod inside;
pub(crate) mod learner;
mod place;
mod progress;
mod proving;
mod telling;
mod units;
mod watching;
