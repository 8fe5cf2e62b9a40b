//! The same lines through our checks and through `systemd-analyze verify`: where it complains, so
//! do we, and where a value is fine, we say so too. Only for the version the machine has; skipped,
//! out loud, without one.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use unit_file::directives::{Directive, Kind, all};
use unit_writer::checks::{self, Circumstances, Severity, Subject};
use unit_writer::load::{Identity, Machine, Scope, Source, UnitSet};

/// Values that go to every key, so that each kind meets good and bad ones of the others.
const VALUES: &[&str] = &[
    "yes",
    "no",
    "on",
    "off",
    "TRUE",
    "maybe",
    "1",
    "0",
    "7",
    "-1",
    "99999999999999999999",
    "0x10",
    "010",
    "1.5",
    "5s",
    "5 min",
    "1m30",
    "infinity",
    "5x",
    "512M",
    "512MB",
    "512 M",
    "1.5G",
    "50%",
    "150%",
    "12.5%",
    "0644",
    "644",
    "999",
    "-777",
    "SIGTERM",
    "TERM",
    "15",
    "SIGFOO",
    "SIGRTMIN+3",
    "/abs/path",
    "/abs//path/",
    "rel/path",
    "~/x",
    "-/abs",
    "/a/../b",
    "a.service",
    "a.service b.target",
    "a b",
    "network",
    "a.slice",
    "a.socket",
    "%k",
    "100%%",
    "A=b",
    "A=b C",
    "\"A=b c\"",
    "'open",
    "always",
    "on-failure",
    "simple",
    "oneshot",
    "notify",
    "control-group",
    "mixed",
    "journal",
    "null",
    "tty",
    "file:/x",
    "file:x",
    "strict",
    "full",
    "read-only",
    "root",
    "nobody",
    "no body",
    "0:0",
    "CAP_CHOWN",
    "~CAP_CHOWN",
    "AF_INET",
    "~AF_INET AF_UNIX",
    "AF_FOO",
    "none",
    "net user",
    "~net",
    "foo",
    "http://x",
    "man:x(1)",
    "x:y",
    "daily",
    "Mon..Fri 9:00",
    "*-*-* 25:00",
    "1 2 3",
    "256",
    "/dev/null rw",
    "/dev/null rwx",
    "char-pts",
    "8080",
    "127.0.0.1:80",
    "[::1]:80",
    "example:80",
    "@abstract",
    "max",
    "idle",
    "best-effort",
    "fifo",
    "debug",
    "7:8",
    "8:7",
    "200",
    "0 1 SIGKILL",
    "+/x",
    "warning",
    "local0",
    "daemon",
];

/// Enough to see that a key has the kind that the table says.
const PROBES: &[&str] = &["yes", "5", "5s", "/abs/path", "@garbage/", "%k", "0", "-1", "infinity"];

/// Keys whose messages in verify come from elsewhere than the line, or that need more than a line.
fn is_left_out(row: &Directive) -> bool {
    let elsewhere = [
        "SourcePath",
        "Slice",
        "Sockets",
        "Unit",
        "Service",
        "JoinsNamespaceOf",
        "RequiresOverridable",
        "RequisiteOverridable",
    ];
    row.instead.is_some()
        || elsewhere.contains(&row.key)
        || matches!(row.kind, Kind::Any | Kind::Command)
}

/// A unit with one line in question, which has the returned number.
fn unit_with(section: &str, key: &str, value: &str) -> Option<(&'static str, String, usize)> {
    let (suffix, before) = match section {
        "Unit" => ("service", "[Service]\nExecStart=/bin/true\n[Unit]\n"),
        "Service" => ("service", "[Service]\nExecStart=/bin/true\n"),
        "Socket" => ("socket", "[Socket]\nListenStream=/run/x\n"),
        "Timer" => ("timer", "[Timer]\nOnBootSec=1\n"),
        "Path" => ("path", "[Path]\nPathExists=/x\n"),
        "Slice" => ("slice", "[Slice]\n"),
        _ => return None,
    };
    Some((suffix, format!("{before}{key}={value}\n"), before.lines().count() + 1))
}

struct Case {
    file: String,
    line: usize,
    what: String,
    ours: Option<String>,
    our_error: bool,
}

/// What we say about a line, machine facts left out.
fn our_answer(name: &str, text: &str, line: usize, version: u32) -> (Option<String>, bool) {
    let path = Path::new(name);
    let identity = Identity::of(path).unwrap();
    let source = Source::of_bytes(path, identity, text.as_bytes().to_vec()).unwrap();
    let set = UnitSet::of([&source]);
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 26).unwrap();
    let around = Circumstances { version, scope: Scope::System, machine: None, set: &set, today };
    let findings = checks::check(&Subject::new(&source, around));
    let file = &source.own.file;
    let here = |span: &std::ops::Range<usize>| file.position(span.start).0 == line;
    let loud = findings.iter().filter(|finding| {
        finding.severity > Severity::Info && finding.span.as_ref().is_some_and(here)
    });
    let loud: Vec<_> = loud.collect();
    let error = loud.iter().any(|finding| finding.severity == Severity::Error);
    (loud.first().map(|finding| format!("[{}] {}", finding.code, finding.message)), error)
}

fn cases(directory: &Path, version: u32) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut kinds = BTreeSet::new();
    for row in all().filter(|row| row.works_in(version) && !is_left_out(row)) {
        // Once is enough for a key that many sections share.
        let Some(section) = row.sections().find(|section| unit_with(section, "", "").is_some())
        else {
            continue;
        };
        // One key of each kind meets all values, the others a few.
        let values = if kinds.insert(format!("{:?}", row.kind)) { VALUES } else { PROBES };
        for value in values {
            let Some((suffix, text, line)) = unit_with(section, row.key, value) else {
                continue;
            };
            let file = format!("q{}.{suffix}", cases.len());
            std::fs::write(directory.join(&file), &text).unwrap();
            if suffix != "service" && suffix != "slice" {
                let service = directory.join(format!("q{}.service", cases.len()));
                std::fs::write(service, "[Service]\nExecStart=/bin/true\n").unwrap();
            }
            let (ours, our_error) = our_answer(&file, &text, line, version);
            cases.push(Case {
                file,
                line,
                what: format!("[{section}] {}={value}", row.key),
                ours,
                our_error,
            });
        }
    }
    cases
}

/// `file:line` of every complaint of verify, and the files it refuses.
fn verify(directory: &Path, files: &[&str]) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut lines, mut refused) = (BTreeSet::new(), BTreeSet::new());
    for some in files.chunks(400) {
        let paths = some.iter().map(|file| directory.join(file));
        let output = Command::new("systemd-analyze")
            .args(["verify", "--man=no"])
            .args(paths)
            .output()
            .unwrap();
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            let line = line.trim_start_matches(&*format!("{}/", directory.display()));
            let mut parts = line.split(':');
            let (file, number) =
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            if number.parse::<usize>().is_ok() {
                lines.insert(format!("{file}:{number}"));
            }
            if line.contains("fatal error") || line.contains("Refusing") {
                let unit = if line.starts_with("Unit ") {
                    line.split(' ').nth(1).unwrap_or_default()
                } else {
                    file
                };
                refused.insert(unit.trim_end_matches(':').to_owned());
            }
        }
    }
    (lines, refused)
}

#[test]
fn complains_where_verify_complains_and_nowhere_else() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return eprintln!("skipped: there is no systemd-analyze here");
    }
    let Some(version) = Machine::new(Path::new("/"), Scope::System).version() else {
        return eprintln!("skipped: the version of this machine's systemd is unknown");
    };
    let directory = tempfile::tempdir().unwrap();
    let cases = cases(directory.path(), version);
    assert!(cases.len() > 5_000, "{} cases", cases.len());
    let files: Vec<&str> = cases.iter().map(|case| case.file.as_str()).collect();
    let (lines, refused) = verify(directory.path(), &files);
    let mut silent = Vec::new();
    let mut loud = Vec::new();
    let mut cost = Vec::new();
    for case in &cases {
        let theirs = lines.contains(&format!("{}:{}", case.file, case.line));
        match (&case.ours, theirs) {
            (None, true) => silent.push(case.what.clone()),
            (Some(message), false) if !knows_better(&case.what, message) => {
                loud.push(format!("{} {} {message}", case.what, case.our_error))
            }
            _ => {}
        }
        // Whether the unit is lost or only the line, we agree too; these fail later.
        let at_start = ["[failed-condition]", "[priority]"];
        let later = |ours: &String| at_start.iter().any(|code| ours.starts_with(code));
        let later = case.ours.as_ref().is_some_and(later);
        if !later && case.our_error != refused.contains(&case.file) {
            cost.push(format!("{}: an error? we say {}", case.what, case.our_error));
        }
    }
    let told =
        |name: &str, lines: &[String]| format!("{name} {}:\n{}\n", lines.len(), lines.join("\n"));
    let report =
        [told("silent on", &silent), told("loud on", &loud), told("another cost for", &cost)]
            .concat();
    assert!(
        silent.is_empty() && loud.is_empty() && cost.is_empty(),
        "of {} cases, we are {report}",
        cases.len()
    );
}

/// What verify of the versions we know says nothing about, though the word is without effect, or
/// another one meant.
fn knows_better(what: &str, message: &str) -> bool {
    // Conditions are read when the unit is started, and these are about what happens then.
    let at_run_time = [
        "[failed-condition]",
        "[months]",
        "[watchdog]",
        "[narrow-filter]",
        "[tiny-limit]",
        "[no-effect]",
        "[coarse]",
        "[priority]",
        "[of-manager]",
    ];
    at_run_time.iter().any(|code| message.starts_with(code))
        || what.contains("SecureBits")
        || what.contains("Capabilit")
        || (what.contains("Groups=") && what.contains("'open"))
}
