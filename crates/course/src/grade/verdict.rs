//! What came of grading: each promise kept or broken, and what the verdict rests on.

use serde::{Deserialize, Serialize};

use crate::exercise::Rung;

/// The answer to one submission.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// The exercise, such as `1.2`.
    pub exercise: String,
    /// Its title.
    pub title: String,
    /// Whether it counts: every promise was tried and kept.
    pub passed: bool,
    /// What the verdict rests on.
    pub rung: Rung,
    /// Where the check ran, such as `systemd 252, rootless with subordinate ids`.
    pub place: String,
    /// Why the submission was not even tried.
    pub refused: Option<Refused>,
    /// The promises that the exercise makes, in the order of its check.
    pub promises: Vec<Promise>,
}

/// Why a submission was not tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "why", content = "text")]
pub enum Refused {
    /// The file is the starter's still, or has nothing in it, or is no file that we take.
    File(String),
    /// The compiler's own words.
    DoesNotCompile(String),
    /// The check could not run here, so nothing was proved.
    NotProved(String),
}

/// One promise of an exercise.
#[derive(Debug, Clone, Serialize)]
pub struct Promise {
    /// Its name in words, such as `keeps what was there`.
    pub name: String,
    /// Whether it was kept.
    pub outcome: Outcome,
}

/// What came of a promise.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds.
    Kept,
    /// It does not hold, and why.
    Broken(Box<Failure>),
    /// The check did not get that far.
    NotTried,
}

/// Why a promise was broken, as the check library writes it; see `crates/check`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Failure {
    /// What should have been.
    pub expected: String,
    /// What was.
    pub got: String,
    /// What a colleague would say.
    pub say: String,
    /// Where to read about it.
    pub man: String,
    /// The learner's file, if one can be named.
    pub file: Option<String>,
    /// The line in it.
    pub line: Option<u32>,
    /// The lines of the journal that show it.
    pub journal: Vec<String>,
}

impl Verdict {
    /// The verdict for machines, on one line.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("a verdict has only strings and numbers in it")
    }

    /// The first promise that was broken.
    pub fn first_failure(&self) -> Option<(&Promise, &Failure)> {
        self.promises.iter().find_map(|promise| match &promise.outcome {
            Outcome::Broken(failure) => Some((promise, failure.as_ref())),
            _ => None,
        })
    }
}
