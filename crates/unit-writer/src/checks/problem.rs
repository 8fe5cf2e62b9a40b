//! A part of a value that systemd doesn't take, and what that costs.
//!
//! Judges of values return these instead of findings, because they know neither the file nor the
//! key's default.

use unit_file::values::Invalid;

/// What is wrong with a part of a value.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) invalid: Invalid,
    pub(super) cost: Cost,
    /// What was probably meant, to stand in the place of the part.
    pub(super) meant: Option<String>,
    /// Whether nothing else can have been meant.
    pub(super) is_sure: bool,
}

/// What systemd gives up because of a bad value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    /// The word.
    Word,
    /// The word, and all words behind it.
    Rest,
    /// The line.
    Line,
    /// The start: the condition fails.
    Start,
    /// The unit.
    Unit,
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Problem {
        Problem { invalid, cost: Cost::Line, meant: None, is_sure: false }
    }
}

impl Problem {
    /// A problem with the whole of a value.
    pub(super) fn whole(value: &str, reason: impl Into<String>) -> Problem {
        Problem::from(Invalid::whole(value, reason))
    }

    /// The same problem at another cost.
    pub(super) fn costs(self, cost: Cost) -> Problem {
        Problem { cost, ..self }
    }

    /// The same problem, with what was probably meant.
    pub(super) fn meant(self, meant: Option<impl Into<String>>) -> Problem {
        Problem { meant: meant.map(Into::into), ..self }
    }

    /// The same problem, with what alone can have been meant.
    pub(super) fn surely(self, meant: impl Into<String>) -> Problem {
        Problem { meant: Some(meant.into()), is_sure: true, ..self }
    }
}

/// The problems of a value that is either good or not.
///
/// Most kinds of values are taken or not as a whole.
pub(super) fn one(result: Result<(), Invalid>) -> Vec<Problem> {
    result.err().map(Problem::from).into_iter().collect()
}
