//! What a finding says that systemd does, tried on a real systemd: each case of the table is loaded
//! in a lab, a script asks systemd, and its answer must be the one that the finding foretells.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use lab::{Lab, Options};
use unit_writer::checks::{self, Circumstances, Subject};
use unit_writer::load::{Identity, Source, UnitSet};

const PROMISE: &str = "systemd_does_what_the_findings_say";

/// Enough for all of it, on a machine that does much else.
const TIMEOUT: Duration = Duration::from_secs(300);

/// What the scripts of the table use. The units of "user/" are for the manager of the lab's learner.
const TOOLS: &str = "
mkdir -p /etc/systemd/user
show() { systemctl show --property=\"$1\" \"$2\"; }
out() { systemctl start \"$1\"; journalctl --sync; journalctl -b -o cat -u \"$1\"; }
user() { systemctl --user -M learner@ \"$@\"; }
user_status() { systemctl start user@1000; user start \"$1\"; user show --property=ExecMainStatus \"$1\"; }
until_is() {
  for try in $(seq 300); do
    if systemctl show \"$2\" | grep -qx \"$1\"; then echo \"$1\"; return; fi
    sleep 0.1
  done
}
";

struct Case<'a> {
    name: &'a str,
    code: &'a str,
    script: &'a str,
    expected: &'a str,
    unit: &'a str,
}

fn cases(table: &str) -> Vec<Case<'_>> {
    let case = |text| -> Option<Case<'_>> {
        let (head, unit) = str::split_once(text, "\n--\n")?;
        let mut lines = head.lines();
        let mut next = || lines.next();
        let (name, code, script, expected) = (next()?, next()?, next()?, next()?);
        Some(Case { name, code, script, expected, unit })
    };
    table.split("\n== ").skip(1).map(|text| case(text).unwrap()).collect()
}

/// The codes of what we say of a unit, machine facts left out; `set` has all units of the table.
fn codes(source: &Source, set: &UnitSet) -> Vec<&'static str> {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 26).unwrap();
    let scope = source.scope();
    let around = Circumstances { version: 252, scope, machine: None, set, today };
    let findings = checks::check(&Subject::new(source, around));
    findings.into_iter().map(|finding| finding.code).collect()
}

fn is_users(case: &Case<'_>) -> bool {
    case.name.starts_with("user/")
}

fn script(cases: &[Case<'_>]) -> String {
    let mut script = format!("exec 2>&1\n{TOOLS}");
    for case in cases {
        let place = if is_users(case) { "/etc/systemd" } else { "/etc/systemd/system" };
        script += &format!("cat > {place}/{} <<'END'\n{}\nEND\n", case.name, case.unit);
    }
    script += "systemctl daemon-reload\n";
    for case in cases {
        script += &format!("echo '=== {}'\n{}\n", case.name, case.script);
    }
    script
}

#[test]
fn systemd_does_what_the_findings_say() {
    let cases = cases(include_str!("cases/effects.txt"));
    let source = |case: &Case<'_>| {
        let path = Path::new(case.name);
        let text = format!("{}\n", case.unit).into_bytes();
        Source::of_bytes(path, Identity::of(path).unwrap(), text).unwrap()
    };
    let sources: Vec<Source> = cases.iter().map(source).collect();
    let set = UnitSet::of(&sources);
    for (case, source) in cases.iter().zip(&sources) {
        // "-" is a unit that another one of the table is about.
        let is_said_elsewhere = ["environment-file", "file-mode", "starts-once", "first-line", "-"]
            .contains(&case.code)
            || case.code.starts_with("no-such-"); // of a machine
        let codes = codes(source, &set);
        let is_said = is_said_elsewhere || codes.contains(&case.code);
        assert!(is_said, "{}: {codes:?}", case.name);
    }
    let lab = match Lab::boot(&Options::default()) {
        Ok(lab) => lab,
        Err(error) => return lab::not_proved(PROMISE, &error.to_string()),
    };
    let output = lab.command("bash").args(["-c", &script(&cases)]).output(TIMEOUT).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let answers: Vec<&str> = said.split("=== ").skip(1).collect();
    assert_eq!(answers.len(), cases.len(), "{said}");
    let mut wrong = Vec::new();
    let has_users = lab.mode().has_users();
    for (case, answer) in cases.iter().zip(answers) {
        // Where the lab has one user, nothing can run as another.
        let needs_users = case.unit.contains("User=") || is_users(case);
        if (has_users || !needs_users) && !answer.contains(case.expected) {
            wrong.push(format!("{} must say {:?}:\n{answer}", case.name, case.expected));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The codes of all findings: those that the rules write where they make one, and those that the
/// table of faults expects.
fn all_codes() -> BTreeSet<String> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks");
    let files = fs::read_dir(rules).unwrap().map(|entry| entry.unwrap().path());
    let texts: Vec<String> = files.map(|file| fs::read_to_string(file).unwrap()).collect();
    let calls = [
        "Finding::new(",
        "Finding::error(",
        "Finding::warning(",
        "Finding::info(",
        "Finding::whole(",
    ]
    .into_iter()
    .chain([".about(", " about(subject, ", "refused(subject, "]);
    let is_code = |word: &&str| {
        word.contains(|c| c != '-')
            && word.chars().all(|c| c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let code = |call: &str| call.split('"').nth(1).filter(is_code).map(str::to_owned);
    let in_text = |(text, call): (&String, &str)| -> Vec<String> {
        text.split(call).skip(1).filter_map(code).collect()
    };
    let expected = include_str!("cases/faults.txt").lines().filter_map(|line| {
        let (severity, rest) = line.split_once(' ')?;
        let (_, code) = rest.split_once(' ')?;
        ["error", "warning", "info"].contains(&severity).then(|| code.to_owned())
    });
    let written = calls.flat_map(|call| texts.iter().map(move |text| (text, call)));
    written.flat_map(in_text).chain(expected).collect()
}

#[test]
fn each_effect_is_proved_or_its_source_is_cited() {
    let cases = cases(include_str!("cases/effects.txt"));
    let proved: BTreeSet<&str> = cases.iter().map(|case| case.code).collect();
    let lines = include_str!("cases/cited.tsv").lines().filter(|line| !line.starts_with('#'));
    let cited: BTreeMap<&str, &str> = lines.map(|line| line.split_once('\t').unwrap()).collect();
    let codes = all_codes();
    assert!(codes.len() > 100, "{codes:?}");
    let is_open =
        |code: &&String| !proved.contains(code.as_str()) && !cited.contains_key(code.as_str());
    assert_eq!(codes.iter().filter(is_open).collect::<Vec<_>>(), [""; 0]);
    // What can be tried is not believed, and of a rule that is gone, nothing is left.
    let is_stale = |code: &&&str| proved.contains(**code) || !codes.contains(**code);
    assert_eq!(cited.keys().filter(is_stale).collect::<Vec<_>>(), [&""; 0]);
    assert!(cited.values().all(|source| source.len() > 20), "{cited:?}");
}
