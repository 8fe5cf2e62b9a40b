//! What is wrong with a unit: each file of this room knows one family of faults.
//!
//! A check never fails and changes nothing: it returns findings. The caller reads the files and shows the result.

mod commands;
mod dependencies;
mod environment;
mod files;
mod finding;
mod fix;
mod install;
mod keys;
mod known_words;
mod lines;
mod lists;
mod missing;
mod scalars;
mod specifiers;
mod subject;
mod value;
mod whole;

use crate::load::Machine;

pub use finding::{Edit, Finding, Fix, Severity};
pub use fix::apply_safe_fixes;
pub use subject::Subject;

/// Of a file with more faults than this, the rest is not told: it is no unit file.
pub const MAX_FINDINGS: usize = 200;

/// Judges a unit file or drop-in; the findings come in the order of the file.
pub fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(finding) = lines::mask(subject) {
        return vec![finding];
    }
    lines::check(subject, &mut findings);
    keys::check(subject, &mut findings);
    for (assignment, row) in subject.known() {
        if findings.len() >= MAX_FINDINGS {
            break;
        }
        specifiers::check(subject, assignment, row, &mut findings);
        lines::check_value(subject, assignment, &mut findings);
        value::check(subject, assignment, row, &mut findings);
        environment::check(subject, assignment, row, &mut findings);
        commands::check(subject, assignment, row, &mut findings);
        dependencies::check(subject, assignment, row, &mut findings);
        files::check(subject, assignment, row, &mut findings);
    }
    install::check(subject, &mut findings);
    // A file that systemd doesn't take at all needs no word on what is missing in it.
    if !findings
        .iter()
        .any(|finding| finding.severity == Severity::Error && finding.code == "file-refused")
    {
        missing::check(subject, &mut findings);
        whole::check(subject, &mut findings);
    }
    missing_is_normal(subject, &mut findings);
    findings.sort_by_key(|finding| finding.span.as_ref().map_or(0, |span| span.start));
    findings
}

/// A unit that a package installed may name programs and units that nobody installed: it is there for those who do.
fn missing_is_normal(subject: &Subject<'_>, findings: &mut [Finding]) {
    if !subject.machine.is_some_and(Machine::is_of_vendor) {
        return;
    }
    for finding in findings.iter_mut().filter(|finding| finding.code.starts_with("no-such-")) {
        finding.severity = finding.severity.min(Severity::Warning);
    }
}
