//! What came of grading: refused, not proved, or tried, with each promise kept or broken.

use check_report::{Explanation, Text};
use serde_json::{Value, json};

use crate::exercise::Exercise;

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
#[derive(Debug, Clone)]
pub(crate) struct Promise {
    /// Its name in words, such as `keeps what was there`.
    pub(crate) name: String,
    /// Whether it was kept.
    pub(crate) outcome: Outcome,
    /// What the linter says of the line that broke it.
    pub(crate) finding: Option<Text>,
}

/// What came of a promise.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// It holds.
    Kept,
    /// It does not hold, and why.
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

    /// The verdict on an answer to `exercise` for machines, on one line. Its words are English,
    /// whatever the learner reads.
    pub(crate) fn json(&self, exercise: &Exercise) -> String {
        let refused = |why: &str, text: String| json!({"why": why, "text": text});
        let (refused, place, promises) = match self {
            Verdict::Refused(Refusal::File(why)) => (refused("file", why.english()), None, &[][..]),
            Verdict::Refused(Refusal::DoesNotCompile(said)) => {
                (refused("does_not_compile", said.clone()), None, &[][..])
            }
            Verdict::NotProved(why) => (refused("not_proved", why.english()), None, &[][..]),
            Verdict::Tried { place, promises } => (Value::Null, Some(place), promises.as_slice()),
        };
        let verdict = json!({
            "exercise": exercise.id(),
            "title": exercise.manifest.title,
            "passed": self.passed(),
            "rung": exercise.manifest.rung,
            "place": place.map(Text::english).unwrap_or_default(),
            "refused": refused,
            "promises": promises.iter().map(Promise::json).collect::<Vec<_>>(),
        });
        verdict.to_string()
    }
}

impl Promise {
    fn json(&self) -> Value {
        let outcome = match &self.outcome {
            Outcome::Kept => json!("kept"),
            Outcome::NotTried => json!("not_tried"),
            Outcome::Broken(why) => json!({"broken": {
                "expected": why.expected.english(),
                "got": why.got.english(),
                "say": why.say.english(),
                "man": why.man.english(),
                "file": why.file,
                "line": why.line,
                "journal": why.journal,
                "linter": self.finding.as_ref().map(Text::english),
            }}),
        };
        json!({"name": self.name, "outcome": outcome})
    }
}
