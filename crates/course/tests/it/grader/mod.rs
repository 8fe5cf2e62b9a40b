//! The grader: what learners hand in, what comes back, and what is remembered.

mod hostile;
mod learner;
