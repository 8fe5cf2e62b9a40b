//! A value that systemd doesn't take: which part of it, and why.

use std::ops::Range;

/// Why a value is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Invalid {
    /// The offending part, in bytes of the value.
    pub span: Range<usize>,
    /// What is wrong with it, in a few words, lower case.
    pub reason: String,
}

impl Invalid {
    /// A complaint about one part of a value.
    pub fn at(span: Range<usize>, reason: impl Into<String>) -> Invalid {
        Invalid { span, reason: reason.into() }
    }

    /// A complaint about the whole value.
    pub fn whole(value: &str, reason: impl Into<String>) -> Invalid {
        Invalid::at(0..value.len(), reason)
    }
}
