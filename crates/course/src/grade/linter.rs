//! What `unit-writer check`, lesson 2's tool, knows of a learner's unit that did not keep a
//! promise. The course runs it and never links it; where it is missing, a verdict does without.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use check_report::{Explanation, Text, text};
use serde::Deserialize;

use super::submission::Submission;
use super::verdict::{Outcome, Promise};

/// It reads one small file: whoever waits longer gets the verdict alone.
const LIMIT: Duration = Duration::from_secs(5);
/// How much it may say, in bytes.
const OUTPUT_MAX: u64 = 1 << 20;
/// What is said of a file's name is left out: the check installs some files under another one.
const OF_THE_NAME: &str = "wrong-name";

/// One finding, as `unit-writer check --json` prints it. Line 0 is the file as a whole.
#[derive(Debug, Deserialize)]
struct Finding {
    line: usize,
    severity: String,
    code: String,
    message: String,
    effect: Option<String>,
    fix: Option<String>,
}

/// Adds what the linter at `program` says to the broken promises that are shown: the first one, or
/// each that has marks of its own.
pub(super) fn add_finding(program: &Path, submission: &Submission, promises: &mut [Promise]) {
    let broken = promises.iter_mut().filter_map(|promise| match &promise.outcome {
        Outcome::Broken(why) => Some((why, promise.marks, &mut promise.finding)),
        Outcome::Kept | Outcome::NotTried => None,
    });
    for (index, (why, marks, finding)) in broken.enumerate() {
        if index == 0 || marks > 0 {
            *finding = find(program, submission, why);
        }
    }
}

/// The first finding about the line of the learner's unit that `why` names.
fn find(program: &Path, submission: &Submission, why: &Explanation) -> Option<Text> {
    let name = why.file.as_ref()?;
    let (_, text) = submission.files.iter().find(|(file, _)| file == name)?;
    let findings: Vec<Finding> = serde_json::from_slice(&said_of(program, name, text)?).ok()?;
    let finding = about(&findings, why.line)?;
    let words = [Some(&finding.message), finding.effect.as_ref(), finding.fix.as_ref()];
    let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
    Some(text!("{words} (unit-writer check)", words = words.join("; ")))
}

/// The first of the `findings` about `line`; without a line, the first about any line that systemd
/// does not read as it is meant.
fn about(findings: &[Finding], line: Option<usize>) -> Option<&Finding> {
    findings.iter().filter(|finding| finding.code != OF_THE_NAME).find(|finding| match line {
        Some(line) => finding.line == line,
        None => finding.line > 0 && finding.severity != "info",
    })
}

/// What the linter prints of a unit file. It judges the text alone: programs and accounts are the
/// lab's, not this machine's.
fn said_of(program: &Path, name: &str, text: &str) -> Option<Vec<u8>> {
    let mut child = Command::new(program)
        .args(["check", "--json", "--offline", "--name", name, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let text = text.to_owned();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(text.as_bytes())));
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.map(|stdout| stdout.take(OUTPUT_MAX).read_to_end(&mut bytes));
        // Nobody listens any more if it took too long.
        let _ = sender.send(read.map(|_| bytes));
    });
    let said = receiver.recv_timeout(LIMIT).ok().flatten();
    if said.is_none() {
        let _ = child.kill();
    }
    let _ = child.wait();
    said
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Finding, about, said_of};

    fn finding(line: usize, severity: &str, code: &str) -> Finding {
        let text = |text: &str| text.to_owned();
        let (severity, code, message) = (text(severity), text(code), text("m"));
        Finding { line, severity, code, message, effect: None, fix: None }
    }

    #[test]
    fn the_first_finding_about_the_failing_line_is_shown() {
        let findings = [
            finding(0, "info", "no-install"),
            finding(2, "error", "wrong-name"),
            finding(3, "info", "style"),
            finding(4, "warning", "a"),
            finding(4, "warning", "b"),
        ];
        let code = |line| about(&findings, line).map(|finding| finding.code.as_str());
        assert_eq!(code(Some(4)), Some("a"));
        assert_eq!(code(Some(3)), Some("style"));
        assert_eq!(code(Some(2)), None, "the file's name is not the learner's");
        assert_eq!(code(Some(9)), None);
        assert_eq!(code(None), Some("a"));
    }

    #[test]
    fn without_the_program_nothing_is_said() {
        assert_eq!(said_of(Path::new("/nowhere/unit-writer"), "a.service", "[Unit]\n"), None);
        // One that reads nothing, and says nothing that could be read.
        assert_eq!(said_of(Path::new("/bin/true"), "a.service", "[Unit]\n"), Some(Vec::new()));
    }
}
