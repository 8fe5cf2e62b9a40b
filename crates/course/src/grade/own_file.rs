//! Names the learner's own file in what their program says. A panic names the file that was
//! compiled, and that is our copy.

use check_report::{Text, Value};

use super::submission::Submission;
use super::verdict::{Outcome, Promise};
use crate::project::Project;

/// Puts the learner's path in the place of our copy's, in all that the broken `promises` say.
pub(super) fn name_own_file(submission: &Submission, project: &Project, promises: &mut [Promise]) {
    let (copy, own) = submission.copy_and_own(project);
    for promise in promises {
        if let Outcome::Broken(why) = &mut promise.outcome {
            for text in [&mut why.expected, &mut why.got, &mut why.say] {
                rename(text, &copy, &own);
            }
        }
    }
}

fn rename(text: &mut Text, copy: &str, own: &str) {
    for value in text.with.values_mut() {
        match value {
            Value::Verbatim(words) if words.contains(copy) => *words = words.replace(copy, own),
            Value::Verbatim(_) => {}
            Value::Text(text) => rename(text, copy, own),
        }
    }
}

#[cfg(test)]
mod tests {
    use check_report::text;

    use super::rename;

    #[test]
    fn a_panic_names_the_learner_s_own_file() {
        let inner = text!("panicked at {place}", place = "check-1-2/src/main.rs:7:5");
        let mut text = text!("it ended: {inner}", inner);
        rename(&mut text, "check-1-2/", "work/01-x/02-y/");
        assert_eq!(text.english(), "it ended: panicked at work/01-x/02-y/src/main.rs:7:5");
    }
}
