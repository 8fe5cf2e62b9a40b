//! What is wrong with a unit: each file of this room knows one family of faults.
//!
//! A check never fails and changes nothing: it returns findings. The caller reads the files and
//! shows the result. Three kinds of checks follow each other: those of lines, those of values, and
//! those that look at the unit as a whole.
//!
//! A new rule is a function that returns a finding or none, in the file of its family, called from
//! the `check` of that file. It says why systemd does what the finding tells, and where that is
//! written. It needs four things more:
//!
//! - in `tests/cases/faults.txt`, a unit in which it speaks, and where;
//! - in `tests/cases/good.txt`, the units nearest to that in which it must not;
//! - in `tests/cases/effects.txt`, the proof: what systemd says when such a unit is loaded; or,
//!   where that can't be tried, in `tests/cases/cited.tsv`, where it is written;
//! - a look at the units of a distribution: a rule that speaks there of units that work is wrong.

mod address_families;
mod amounts;
mod arguments;
mod combinations;
mod command_check;
mod commands;
mod comments;
mod conditions;
mod credentials;
mod crontab;
mod cures;
mod dependencies;
mod environment;
mod environment_file;
mod file_itself;
mod files;
mod finding;
mod first_line;
mod fix;
mod forbidden;
mod forms;
mod hidden_paths;
mod implied;
mod install;
mod kill;
mod known_words;
mod limits;
mod line;
mod line_faults;
mod lists;
mod lost_lists;
mod memory;
mod mount_options;
mod mounts;
mod named_units;
mod networks;
mod no_effect;
mod only_root;
mod ordering;
mod other_user;
mod outcomes;
mod path_units;
mod path_words;
mod paths;
mod pid_file;
mod problem;
mod programs;
mod read_only;
mod refused;
mod required_keys;
mod restarts;
mod sandbox;
mod scalars;
mod scheduling;
mod scripts;
mod secrets;
mod sections_and_keys;
mod separators;
mod service_types;
mod shell;
mod shell_signs;
mod shutdown;
mod sleep;
mod sockets;
mod specifiers;
mod start;
mod subject;
mod timers;
mod tools;
mod triggers;
mod user_sandbox;
mod user_units;
mod usual_names;
mod values;
mod variables;
mod waiting;

use systemd_types::UnitType;

use finding::Told;
use line::Line;

pub use finding::{Edit, Finding, Fix, MAX_FINDINGS, Severity};
pub use fix::apply_safe_fixes;
pub use subject::{Circumstances, Subject};

/// Judges a unit file or drop-in; the findings come in the order of the file. [`Subject`] has an
/// example.
///
/// What a line costs the whole file comes first, then keys, then values, and the unit as a whole
/// last, which only makes sense of a file that systemd reads at all.
pub fn check(subject: &Subject<'_>) -> Vec<Finding> {
    if let Some(finding) = file_itself::mask(subject) {
        return vec![finding];
    }
    let mut findings = Vec::new();
    line_faults::check(subject, &mut findings);
    sections_and_keys::check(subject, &mut findings);
    for (assignment, row) in subject.known() {
        if findings.len() >= MAX_FINDINGS {
            break;
        }
        check_line(&Line { subject, assignment, row }, &mut findings);
    }
    install::check(subject, &mut findings);
    // Of a file that systemd doesn't take at all, or that is no unit file, nobody wants to hear
    // what is missing in it.
    let is_refused = findings.iter().any(|finding| finding.code == "file-refused");
    if !is_refused && findings.len() < MAX_FINDINGS {
        check_unit(subject, &mut findings);
    }
    file_itself::check(subject, &mut findings);
    missing_is_normal(subject, &mut findings);
    findings.sort_by_key(|finding| finding.span.as_ref().map_or(0, |span| span.start));
    findings
}

/// The checks of one line.
///
/// The order is that of the trust: what a specifier will become is not known, so the check of
/// values leaves it; and what looks like a comment takes back what was said of its words.
fn check_line(line: &Line<'_, '_>, findings: &mut Vec<Finding>) {
    let first = findings.len();
    specifiers::check(line, findings);
    values::check(line, findings);
    environment::check(line, findings);
    commands::check(line, findings);
    dependencies::check(line, findings);
    files::check(line, findings);
    environment_file::check(line, findings);
    findings.tell(credentials::check(line));
    findings.tell(conditions::pattern(line));
    findings.tell(conditions::of_manager(line));
    path_words::check(line, findings);
    comments::check(line, first, findings);
}

/// The checks of the unit as a whole.
///
/// These look at several lines at once, and at the other units. They ask for what holds after all
/// drop-ins, and speak of this file's lines alone, so that each fault is told once.
fn check_unit(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    required_keys::check(subject, findings);
    combinations::check(subject, findings);
    no_effect::check(subject, findings);
    ordering::check(subject, findings);
    if subject.unit_type == UnitType::Service {
        service_types::check(subject, findings);
        restarts::check(subject, findings);
        sandbox::check(subject, findings);
        address_families::check(subject, findings);
        forbidden::check(subject, findings);
        start::check(subject, findings);
        findings.tell(kill::first_signal(subject));
        findings.tell(pid_file::differs(subject));
        findings.tell(other_user::directory(subject));
        implied::check(subject, findings);
        conditions::negated(subject, findings);
    }
    if runs_programs(subject.unit_type) {
        memory::check(subject, findings);
        limits::check(subject, findings);
        hidden_paths::check(subject, findings);
        read_only::check(subject, findings);
        waiting::check(subject, findings);
        scheduling::check(subject, findings);
        secrets::check(subject, findings);
    }
    mount_options::check(subject, findings);
    mounts::check(subject, findings);
    sockets::check(subject, findings);
    outcomes::check(subject, findings);
    path_units::check(subject, findings);
    timers::check(subject, findings);
    triggers::check(subject, findings);
    sleep::check(subject, findings);
    shutdown::check(subject, findings);
    user_units::check(subject, findings);
    user_sandbox::check(subject, findings);
    only_root::check(subject, findings);
}

/// Whether units of a type run programs, with limits and a sandbox; systemd.exec(5).
fn runs_programs(unit_type: UnitType) -> bool {
    matches!(unit_type, UnitType::Service | UnitType::Socket | UnitType::Mount | UnitType::Swap)
}

/// A unit that a package installed may name programs and units that nobody installed: it is there
/// for those who do.
///
/// apt and dnf install units with what they only recommend or suggest missing, and most of those
/// say so themselves, with a condition or with Wants=. An administrator who reads the same words of
/// a unit of his own has made a mistake, so there they stay errors.
fn missing_is_normal(subject: &Subject<'_>, findings: &mut [Finding]) {
    if !subject.is_of_vendor() {
        return;
    }
    for finding in findings.iter_mut().filter(|finding| finding.code.starts_with("no-such-")) {
        finding.severity = finding.severity.min(Severity::Warning);
    }
}
