//! What came of grading: each promise kept or broken, and what the verdict rests on.

use check_report::{Explanation, Text};
use serde::{Serialize, Serializer};

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
    #[serde(serialize_with = "in_english")]
    Broken(Box<Explanation>),
    /// The check did not get that far.
    NotTried,
}

impl Verdict {
    /// The verdict for machines, on one line.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("a verdict has only strings and numbers in it")
    }

    /// The first promise that was broken.
    pub fn first_failure(&self) -> Option<(&Promise, &Explanation)> {
        self.promises.iter().find_map(|promise| match &promise.outcome {
            Outcome::Broken(why) => Some((promise, why.as_ref())),
            _ => None,
        })
    }
}

/// A machine reads the texts as a person does: with their values, and in English whatever the learner reads.
fn in_english<S: Serializer>(why: &Explanation, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Filled<'a> {
        expected: String,
        got: String,
        say: String,
        man: String,
        file: &'a Option<String>,
        line: Option<usize>,
        journal: &'a [String],
    }
    let Explanation { expected, got, say, man, file, line, journal } = why;
    let [expected, got, say, man] = [expected, got, say, man].map(Text::english);
    Filled { expected, got, say, man, file, line: *line, journal }.serialize(serializer)
}
