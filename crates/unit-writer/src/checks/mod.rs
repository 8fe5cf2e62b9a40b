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
mod lines;
mod lists;
mod missing;
mod specifiers;
mod subject;
mod value;
mod whole;

pub use finding::{Edit, Finding, Fix, Severity};
pub use fix::apply_safe_fixes;
pub use subject::{Role, Subject};

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
    for assignment in subject.known_assignments() {
        if findings.len() >= MAX_FINDINGS {
            break;
        }
        specifiers::check(subject, assignment, &mut findings);
        lines::check_value(subject, assignment, &mut findings);
        value::check(subject, assignment, &mut findings);
        environment::check(subject, assignment, &mut findings);
        commands::check(subject, assignment, &mut findings);
        dependencies::check(subject, assignment, &mut findings);
        files::check(subject, assignment, &mut findings);
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
    findings.sort_by_key(|finding| finding.span.as_ref().map_or(0, |span| span.start));
    findings
}
