//! What a check prints while it runs, and what follows from it for each promise.

use std::collections::HashMap;
use std::process::ExitStatus;
use std::time::Duration;

use check_report::{Explanation, Message, Text, text};

use crate::grade::verdict::{Outcome, Promise};

/// A check that takes longer hangs, or what it checks does.
pub(super) const CHECK_TIMEOUT: Duration = Duration::from_secs(10);
/// The same where each promise is tried whatever became of the others: each may wait in vain.
pub(super) const LONG_TIMEOUT: Duration = Duration::from_secs(30);

/// What one run of the check binary printed, and how it came to an end.
pub(super) struct Transcript {
    stdout: String,
    stderr: String,
    /// Why it did not come to its own end, if it did not.
    cut_short: Option<Text>,
}

impl Transcript {
    /// A run that ended by itself, or was ended from inside.
    pub(super) fn ended(stdout: &[u8], stderr: &[u8], status: ExitStatus) -> Self {
        // libtest's own: all promises were kept, or some were not.
        let own = matches!(status.code(), Some(0 | 101));
        let cut_short = (!own).then(|| {
            text!(
                "the check was ended ({status}): does the program end what is not its own?",
                status
            )
        });
        Transcript::new(stdout, stderr, cut_short)
    }

    /// A run that took too long, and that we ended.
    pub(super) fn timed_out(stdout: &[u8], stderr: &[u8], limit: Duration) -> Self {
        let limit = Text::quoted(limit);
        Transcript::stopped(stdout, stderr, text!("the check was stopped after {limit}", limit))
    }

    /// A run that we ended for another reason.
    pub(super) fn stopped(stdout: &[u8], stderr: &[u8], why: Text) -> Self {
        Transcript::new(stdout, stderr, Some(why))
    }

    fn new(stdout: &[u8], stderr: &[u8], cut_short: Option<Text>) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Transcript { stdout: text(stdout), stderr: text(stderr), cut_short }
    }
}

/// What is known of each promise, from one run or two.
#[derive(Default)]
pub(super) struct Findings {
    kept: HashMap<String, bool>,
    failures: HashMap<String, Explanation>,
    /// What could not be tried because of a failure elsewhere, and what to say if there is none.
    later: HashMap<String, Explanation>,
    cut_short: Option<Text>,
}

impl Findings {
    /// Adds what one run of the check has shown.
    pub(super) fn add(&mut self, transcript: Transcript) {
        let mut at: HashMap<String, Text> = HashMap::new();
        for message in transcript.stderr.lines().filter_map(Message::from_line) {
            match message {
                Message::At { promise, file, line, what } => {
                    at.insert(promise, text!("{what} ({file}, line {line})", what, file, line));
                }
                // A promise fails once; a second message about it repeats the first.
                Message::Failure { promise, explanation } => {
                    self.failures.entry(promise).or_insert(explanation);
                }
                Message::Later { promise, explanation } => {
                    self.later.entry(promise).or_insert(explanation);
                }
            }
        }
        for (name, result) in transcript.stdout.lines().filter_map(result_line) {
            at.remove(name);
            self.kept.insert(name.to_owned(), result == "ok");
        }
        if let Some(why) = &transcript.cut_short {
            for (promise, what) in at {
                let failure = broken_off(text!("{why}; it was {what}", why, what));
                self.failures.entry(promise).or_insert(failure);
            }
        }
        self.cut_short = self.cut_short.take().or(transcript.cut_short);
    }

    /// Whether each of these promises was kept so far.
    pub(super) fn kept_all(&self, names: &[&String]) -> bool {
        let kept = |name: &String| matches!(self.promise(name).outcome, Outcome::Kept);
        self.came_to_an_end() && names.iter().all(|name| kept(name))
    }

    /// Whether every run so far has tried all that it was to try.
    pub(super) fn came_to_an_end(&self) -> bool {
        self.cut_short.is_none()
    }

    /// The lab was told to reboot, and did not come up again: none of these promises was kept.
    pub(super) fn never_booted(&mut self, names: &[&String], limit: Duration) {
        for name in names {
            let limit = Text::quoted(limit);
            let failure = Explanation {
                expected: text!("a system that has come up again within {limit}", limit),
                got: "a boot without an end".into(),
                say:
                    "the boot waits for something that never gets done, or nothing is left to boot"
                        .into(),
                ..Explanation::default()
            };
            self.failures.insert(name.to_string(), failure);
        }
    }

    /// The outcome of each promise. Unless all were kept, at least one of them is broken, and says
    /// why: where a run was cut short, and where each promise leaves the telling to another.
    pub(super) fn promises(&self, names: &[String]) -> Vec<Promise> {
        let mut promises: Vec<Promise> = names.iter().map(|name| self.promise(name)).collect();
        if promises.iter().any(|promise| promise.broken().is_some()) {
            return promises;
        }
        let later = |(index, name)| Some((index, self.later.get(name)?.clone()));
        let told = match &self.cut_short {
            Some(why) => {
                let open = |promise: &Promise| matches!(promise.outcome, Outcome::NotTried);
                let index = promises.iter().position(open).unwrap_or_default();
                Some((index, broken_off(why.clone())))
            }
            None => names.iter().enumerate().find_map(later),
        };
        if let Some((index, why)) = told
            && let Some(promise) = promises.get_mut(index)
        {
            promise.outcome = Outcome::Broken(Box::new(why));
        }
        promises
    }

    fn promise(&self, name: &str) -> Promise {
        let outcome = match (self.failures.get(name), self.kept.get(name)) {
            (Some(failure), _) => Outcome::Broken(Box::new(failure.clone())),
            (None, Some(true)) => Outcome::Kept,
            (None, Some(false)) if !self.later.contains_key(name) => {
                Outcome::Broken(Box::new(Explanation {
                    say: "the check broke off; please report it, with your file".into(),
                    ..Explanation::default()
                }))
            }
            (None, Some(false) | None) => Outcome::NotTried,
        };
        let words = name.rsplit("::").next().unwrap_or(name).replace('_', " ");
        Promise { name: words, outcome, marks: 0, finding: None }
    }
}

/// The failure of a promise whose check did not come to its end.
fn broken_off(got: Text) -> Explanation {
    Explanation {
        expected: "a check that comes to its end".into(),
        got,
        say:
            "something hangs, or ends what it should not: what does it wait for, and what does it \
              kill?"
                .into(),
        ..Explanation::default()
    }
}

/// Reads `test l01::e02::keeps_what_was_there ... ok`, as libtest prints it.
fn result_line(line: &str) -> Option<(&str, &str)> {
    let (name, result) = line.strip_prefix("test ")?.split_once(" ... ")?;
    // A test that was stopped has a name and no result yet.
    let is_result = ["ok", "FAILED", "ignored"].contains(&result);
    is_result.then_some((name, result))
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;
    use std::time::Duration;

    use super::{Findings, Message, Outcome, Transcript};

    const NAME: &str = "l01::e02::keeps";
    const OTHER: &str = "l01::e02::other";

    fn outcomes(transcript: Transcript) -> Vec<Outcome> {
        let mut findings = Findings::default();
        findings.add(transcript);
        let names = [NAME, OTHER].map(str::to_owned);
        let promises = findings.promises(&names).into_iter();
        promises.map(|promise| promise.outcome).collect()
    }

    fn ended(stdout: &str, stderr: &str, code: i32) -> Vec<Outcome> {
        // The status as wait(2) gives it: the exit code in the second byte.
        let status = ExitStatus::from_raw(code << 8);
        outcomes(Transcript::ended(stdout.as_bytes(), stderr.as_bytes(), status))
    }

    #[test]
    fn only_a_line_of_libtest_says_that_a_promise_was_kept() {
        let outcome = |stdout| ended(stdout, "", 0).swap_remove(0);
        assert!(matches!(outcome("test l01::e02::keeps ... ok\n"), Outcome::Kept));
        for stdout in [
            "",
            "test result: ok. 1 passed; 0 failed\n",
            "test l01::e02::other ... ok\n",
            "x test l01::e02::keeps ... ok\n",
            "test l01::e02::keeps ... ignored\n",
            "test l01::e02::keeps ... FAILED\n",
        ] {
            assert!(!matches!(outcome(stdout), Outcome::Kept), "{stdout:?}");
        }
    }

    #[test]
    fn a_failure_outweighs_an_ok() {
        let note = r#"{"failure":{"promise":"l01::e02::keeps","say":{"template":"no"}}}"#;
        let outcomes = ended("test l01::e02::keeps ... ok\n", note, 0);
        assert!(matches!(&outcomes[0], Outcome::Broken(failure) if failure.say.english() == "no"));
    }

    #[test]
    fn what_could_not_be_tried_is_later() {
        let notes = r#"{"failure":{"promise":"l01::e02::keeps"}}
{"later":{"promise":"l01::e02::other"}}"#;
        let failed = "test l01::e02::keeps ... FAILED\ntest l01::e02::other ... FAILED\n";
        let outcomes = ended(failed, notes, 101);
        assert!(matches!(outcomes[..], [Outcome::Broken(_), Outcome::NotTried]), "{outcomes:?}");
        // It is no way to pass: a promise that was not tried was not kept.
        let outcomes = ended("test l01::e02::other ... FAILED\n", notes, 101);
        assert!(matches!(outcomes[1], Outcome::NotTried));
    }

    #[test]
    fn where_each_promise_leaves_the_telling_to_another_the_first_one_tells() {
        let failed = "test l01::e02::keeps ... FAILED\ntest l01::e02::other ... FAILED\n";
        let notes = r#"{"later":{"promise":"l01::e02::other","say":{"template":"second"}}}
{"later":{"promise":"l01::e02::keeps","say":{"template":"first"}}}"#;
        let outcomes = ended(failed, notes, 101);
        let [Outcome::Broken(told), Outcome::NotTried] = &outcomes[..] else {
            panic!("{outcomes:?}")
        };
        assert_eq!(told.say.english(), "first");
        // One was kept, and did not tell either.
        let kept = "test l01::e02::keeps ... ok\ntest l01::e02::other ... FAILED\n";
        let outcomes = ended(kept, r#"{"later":{"promise":"l01::e02::other"}}"#, 101);
        assert!(matches!(outcomes[..], [Outcome::Kept, Outcome::Broken(_)]), "{outcomes:?}");
    }

    #[test]
    fn what_hangs_says_where_and_what_was_kept_stays_kept() {
        let at = Message::At {
            promise: NAME.to_owned(),
            file: "check.rs".to_owned(),
            line: 7,
            what: "waiting".into(),
        };
        // Both streams of a stopped check are one: libtest has begun a line, and the check ends it.
        let printed = format!("test {OTHER} ... ok\ntest {NAME} ... {}", at.to_line());
        let outcomes =
            outcomes(Transcript::stopped(printed.as_bytes(), printed.as_bytes(), "stopped".into()));
        let Outcome::Broken(failure) = &outcomes[0] else { panic!("{outcomes:?}") };
        assert_eq!(failure.got.english(), "stopped; it was waiting (check.rs, line 7)");
        assert!(matches!(outcomes[1], Outcome::Kept));
    }

    #[test]
    fn a_check_that_was_cut_short_never_passes_and_says_so() {
        let all = "test l01::e02::keeps ... ok\ntest l01::e02::other ... ok\n";
        for stdout in ["", all, &all[..28]] {
            let stopped = Transcript::stopped(stdout.as_bytes(), b"", "too long".into());
            let killed = ExitStatus::from_raw(9);
            let killed = Transcript::ended(stdout.as_bytes(), b"", killed);
            for (said, why) in [(stopped, "too long"), (killed, "signal: 9")] {
                let outcomes = outcomes(said);
                let told = outcomes.iter().any(|outcome| match outcome {
                    Outcome::Broken(failure) => failure.got.english().contains(why),
                    Outcome::Kept | Outcome::NotTried => false,
                });
                assert!(told, "{stdout:?}: {outcomes:?}");
            }
        }
    }

    #[test]
    fn a_boot_without_an_end_keeps_nothing() {
        let mut findings = Findings::default();
        let name = NAME.to_owned();
        findings.never_booted(&[&name], Duration::from_secs(1));
        assert!(matches!(
            findings.promise(NAME).outcome,
            Outcome::Broken(failure) if failure.got.english() == "a boot without an end"
        ));
        assert!(!findings.kept_all(&[&name]));
    }
}
