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
    /// How many marks it is worth; none where only all promises count.
    pub(crate) marks: u32,
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
        matches!(self, Verdict::Tried { promises, .. } if promises.iter().all(kept))
    }

    /// The promises that were tried; none if the check did not run.
    pub(crate) fn promises(&self) -> &[Promise] {
        match self {
            Verdict::Tried { promises, .. } => promises,
            Verdict::Refused(_) | Verdict::NotProved(_) => &[],
        }
    }

    /// How many marks it has won, and how many there are; nothing where only all promises count.
    pub(crate) fn marks(&self, exercise: &Exercise) -> Option<(u32, u32)> {
        let maximum: u32 = exercise.manifest.marks.values().sum();
        let points = self.promises().iter().map(Promise::points).sum();
        (maximum > 0).then_some((points, maximum))
    }

    /// The verdict on an answer to `exercise` for machines, on one line. Its words are English,
    /// whatever the learner reads.
    pub(crate) fn json(&self, exercise: &Exercise) -> String {
        let refused = |why: &str, text: String| json!({"why": why, "text": text});
        let (refused, place) = match self {
            Verdict::Refused(Refusal::File(why)) => (refused("file", why.english()), None),
            Verdict::Refused(Refusal::DoesNotCompile(said)) => {
                (refused("does_not_compile", said.clone()), None)
            }
            Verdict::NotProved(why) => (refused("not_proved", why.english()), None),
            Verdict::Tried { place, .. } => (Value::Null, Some(place)),
        };
        let marks = self.marks(exercise);
        let verdict = json!({
            "exercise": exercise.id(),
            "title": exercise.manifest.title,
            "passed": self.passed(),
            "points": marks.map(|(points, _)| points),
            "maximum": marks.map(|(_, maximum)| maximum),
            "rung": exercise.manifest.rung,
            "place": place.map(Text::english).unwrap_or_default(),
            "refused": refused,
            "promises": self.promises().iter().map(Promise::json).collect::<Vec<_>>(),
        });
        verdict.to_string()
    }
}

impl Promise {
    /// The name of its function in the check, by which `exercise.toml` gives it marks.
    pub(crate) fn function(&self) -> String {
        self.name.replace(' ', "_")
    }

    /// Why it does not hold, if it was tried and does not.
    pub(crate) fn broken(&self) -> Option<&Explanation> {
        match &self.outcome {
            Outcome::Broken(why) => Some(why),
            Outcome::Kept | Outcome::NotTried => None,
        }
    }

    /// How many of its marks it has won: all, or none.
    pub(crate) fn points(&self) -> u32 {
        match self.outcome {
            Outcome::Kept => self.marks,
            Outcome::Broken(_) | Outcome::NotTried => 0,
        }
    }

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
        // A promise that is worth nothing by itself has no marks to lose.
        let marks = (self.marks > 0).then_some(self.marks);
        let points = marks.map(|_| self.points());
        json!({"name": self.name, "outcome": outcome, "points": points, "maximum": marks})
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::Value;

    use super::{Exercise, Outcome, Promise, Refusal, Verdict};
    use crate::exercise::{Manifest, Rung};

    fn exercise(marks: &[(&str, u32)]) -> Exercise {
        let manifest = Manifest {
            title: "Two".to_owned(),
            edit: vec!["a".to_owned()],
            rung: Rung::Lab,
            side_by_side: None,
            minutes: 1,
            earlier: Vec::new(),
            marks: marks.iter().map(|(name, marks)| ((*name).to_owned(), *marks)).collect(),
            hints: Vec::new(),
            by_hand: Default::default(),
        };
        Exercise { lesson: 6, number: 3, key: String::new(), dir: PathBuf::new(), manifest }
    }

    fn tried(outcomes: Vec<(Outcome, u32)>) -> Verdict {
        let promise =
            |(outcome, marks)| Promise { name: "p".to_owned(), outcome, marks, finding: None };
        let promises = outcomes.into_iter().map(promise).collect();
        Verdict::Tried { place: "here".into(), promises }
    }

    fn broken() -> Outcome {
        Outcome::Broken(Box::default())
    }

    #[test]
    fn a_promise_wins_all_its_marks_or_none() {
        let exercise = exercise(&[("p", 3), ("q", 4), ("r", 5)]);
        let marks = |outcomes| tried(outcomes).marks(&exercise);
        assert_eq!(
            marks(vec![(Outcome::Kept, 3), (broken(), 4), (Outcome::NotTried, 5)]),
            Some((3, 12))
        );
        let all = vec![(Outcome::Kept, 3), (Outcome::Kept, 4), (Outcome::Kept, 5)];
        assert_eq!(marks(all), Some((12, 12)));
        let refused = Verdict::Refused(Refusal::File("no".into()));
        assert_eq!(refused.marks(&exercise), Some((0, 12)));
        assert_eq!(Verdict::NotProved("no".into()).marks(&exercise), Some((0, 12)));
    }

    #[test]
    fn only_full_marks_pass() {
        assert!(tried(vec![(Outcome::Kept, 3), (Outcome::Kept, 4)]).passed());
        assert!(!tried(vec![(Outcome::Kept, 100), (broken(), 1)]).passed());
    }

    #[test]
    fn machines_read_points_and_maximum() {
        let verdict = tried(vec![(Outcome::Kept, 3), (broken(), 4)]);
        let read = |exercise| serde_json::from_str::<Value>(&verdict.json(&exercise)).unwrap();
        let json = read(exercise(&[("p", 3), ("q", 4)]));
        assert_eq!((&json["points"], &json["maximum"]), (&3.into(), &7.into()));
        let of_promise = |index: usize| {
            let promise = &json["promises"][index];
            (promise["points"].clone(), promise["maximum"].clone())
        };
        assert_eq!(of_promise(0), (3.into(), 3.into()));
        assert_eq!(of_promise(1), (0.into(), 4.into()));
        assert!(read(exercise(&[]))["points"].is_null());
    }
}
