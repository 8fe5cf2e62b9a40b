//! All checks of all exercises, in one binary: it is built once, and run directly with the filter
//! of one exercise.

include!(concat!(env!("OUT_DIR"), "/checks.rs"));
