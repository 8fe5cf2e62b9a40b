//! Wrong usage: something is missing or contradictory in the arguments.

/// What is wrong with the arguments; sysexits.h(3head) calls the exit status `EX_USAGE`.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);
