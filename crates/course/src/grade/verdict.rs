//! What came of grading: refused, not proved, or tried, with each promise kept or broken.

use check_report::{Explanation, Text};
use serde::Serialize;

use crate::exercise::{Exercise, Rung};

/// The answer to one submission.
#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    /// The submission was not tried.
    Refused(Refusal),
    /// The check could not run here, so nothing was proved, and nothing counts.
    NotProved(Text),
    /// The check ran.
    Tried {
        /// Where, such as `systemd 252, rootless with subordinate ids`.
        place: Text,
        /// The promises that the exercise makes, in the order of its check; at least one.
        promises: Vec<Promise>,
    },
}

/// Why a submission was not tried.
#[derive(Debug, Clone)]
pub(crate) enum Refusal {
    /// The file is the starter's still, or has nothing in it, or is no file that we take.
    File(Text),
    /// The compiler's own words.
    DoesNotCompile(String),
}

/// One promise of an exercise.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Promise {
    /// Its name in words, such as `keeps what was there`.
    pub(crate) name: String,
    /// Whether it was kept.
    pub(crate) outcome: Outcome,
}

/// What came of a promise.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It holds.
    Kept,
    /// It does not hold, and why.
    #[serde(serialize_with = "json::explanation")]
    Broken(Box<Explanation>),
    /// The check did not get that far.
    NotTried,
}

impl Verdict {
    /// Whether it counts: every promise was tried and kept.
    pub(crate) fn passed(&self) -> bool {
        let kept = |promise: &Promise| matches!(promise.outcome, Outcome::Kept);
        match self {
            Verdict::Tried { promises, .. } => promises.iter().all(kept),
            Verdict::Refused(_) | Verdict::NotProved(_) => false,
        }
    }

    /// The verdict on an answer to `exercise` for machines, on one line.
    pub(crate) fn json(&self, exercise: &Exercise) -> String {
        json::line(self, exercise)
    }
}

/// The verdict for machines. Its ids and texts are English, whatever the learner reads.
mod json {
    use serde::Serializer;

    use super::{Exercise, Explanation, Promise, Refusal, Rung, Serialize, Text, Verdict};

    #[derive(Serialize)]
    struct Line<'a> {
        exercise: String,
        title: &'a str,
        passed: bool,
        rung: Rung,
        place: String,
        refused: Option<Refused>,
        promises: &'a [Promise],
    }

    #[derive(Serialize)]
    struct Refused {
        why: &'static str,
        text: String,
    }

    pub(super) fn line(verdict: &Verdict, exercise: &Exercise) -> String {
        let (refused, place, promises) = match verdict {
            Verdict::Refused(Refusal::File(why)) => (Some(("file", why.english())), None, &[][..]),
            Verdict::Refused(Refusal::DoesNotCompile(said)) => {
                (Some(("does_not_compile", said.clone())), None, &[][..])
            }
            Verdict::NotProved(why) => (Some(("not_proved", why.english())), None, &[][..]),
            Verdict::Tried { place, promises } => (None, Some(place), promises.as_slice()),
        };
        let line = Line {
            exercise: exercise.id(),
            title: &exercise.manifest.title,
            passed: verdict.passed(),
            rung: exercise.manifest.rung,
            place: place.map(Text::english).unwrap_or_default(),
            refused: refused.map(|(why, text)| Refused { why, text }),
            promises,
        };
        serde_json::to_string(&line).expect("a verdict has only strings and numbers in it")
    }

    pub(super) fn explanation<S: Serializer>(
        why: &Explanation,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
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
}
