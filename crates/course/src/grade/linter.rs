//! What `unit-writer check`, lesson 2's tool, knows of a learner's unit that did not keep a
//! promise. The course runs it and never links it; where it is missing, a verdict does without.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use check_report::{Explanation, Text, text};
use serde::Deserialize;

use super::submission::Submission;
use super::verdict::Promise;

/// It reads one small file: whoever waits longer gets the verdict alone; see timeout(1).
const LIMIT: &str = "5s";
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
    let broken = promises.iter_mut().filter(|promise| promise.broken().is_some());
    for (index, promise) in broken.enumerate() {
        if index == 0 || promise.marks > 0 {
            promise.finding = promise.broken().and_then(|why| find(program, submission, why));
        }
    }
}

/// The first finding about the line of the learner's unit that `why` names.
fn find(program: &Path, submission: &Submission, why: &Explanation) -> Option<Text> {
    let name = why.file.as_ref()?;
    let (_, text) = submission.files.iter().find(|(file, _)| file == name)?;
    let findings = findings(program, name, text)?;
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

/// What the linter finds in a unit file; nothing if it does not say. It judges the text alone:
/// programs and accounts are the lab's, not this machine's.
fn findings(program: &Path, name: &str, text: &str) -> Option<Vec<Finding>> {
    let mut child = Command::new("timeout")
        .args(["--signal=KILL", LIMIT])
        .arg(program)
        .args(["check", "--json", "--offline", "--name", name, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // It prints when it has read all; one that does not read is ended, or has ended.
    let _ = child.stdin.take()?.write_all(text.as_bytes());
    let mut said = Vec::new();
    // What comes before an error is no JSON.
    let _ = child.stdout.take()?.take(OUTPUT_MAX).read_to_end(&mut said);
    let _ = child.wait();
    serde_json::from_slice(&said).ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Finding, about, findings};

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
        // Nor by one that reads nothing, and says nothing that could be read.
        for program in ["/nowhere/unit-writer", "/bin/true"] {
            assert!(findings(Path::new(program), "a.service", "[Unit]\n").is_none(), "{program}");
        }
    }
}
