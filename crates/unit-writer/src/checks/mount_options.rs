//! `Options=` of a mount: what only /etc/fstab has, and what no file system takes; systemd.mount(5).
//!
//! ```ini
//! [Mount]
//! What=nas:/box
//! Where=/mnt/box
//! Options=noauto,nofail,x-systemd.automount
//! ```

use unit_file::directives::has_word;
use unit_file::syntax::Assignment;

use super::finding::{Finding, Severity, Told};
use super::subject::Subject;

const MAN: &str = "systemd.mount(5)";

/// The last line counts: Options= is one value.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let Some(line) = subject.lines_of("Options").last() else {
        return;
    };
    findings.tell(blank(line));
    findings.tell(of_systemd(line));
    findings.tell(of_fstab(line));
}

/// Commas part the options, and mount(8) takes all else as it stands, blanks included.
///
/// A value may have blanks; but behind the blank stands what looks like the next option.
fn blank(line: &Assignment) -> Option<Finding> {
    let text = line.value.text();
    if text.contains(['"', '\\']) {
        return None;
    }
    let (at, _) = text.match_indices(' ').find(|(at, _)| {
        let is_letter = |c: char| c.is_ascii_lowercase();
        text[..*at].ends_with(',') || text[at + 1..].trim_start().starts_with(is_letter)
    })?;
    let is_behind_comma = text[..at].ends_with(',');
    let is_value = text[..at].rsplit(',').next().is_some_and(|option| option.contains('='));
    let severity = if is_value { Severity::Warning } else { Severity::Error };
    let span = line.value.span_of(at..at + 1);
    let finding = Finding::new(severity, "refused-value", span.clone(), "a blank parts no options")
        .effect("mount takes it for a part of the option, which it then does not know")
        .suggest("write a comma, and no blanks", span, if is_behind_comma { "" } else { "," });
    Some(finding.man(MAN))
}

/// `x-systemd.requires=` in a unit: such options are for systemd-fstab-generator(8), which makes
/// keys of them.
fn of_systemd(line: &Assignment) -> Option<Finding> {
    let finding =
        without_effect(line, |option| option.starts_with("x-systemd."), Severity::Warning);
    let advice = "write the key itself: After=, Requires=, TimeoutSec=, or an .automount unit";
    Some(finding?.advice(advice))
}

/// Options that say whether boot mounts a line of the table, and waits for it.
fn of_fstab(line: &Assignment) -> Option<Finding> {
    let finding =
        without_effect(line, |option| has_word("auto noauto nofail", option), Severity::Info);
    Some(
        finding?.advice(
            "take it away: [Install] says whether boot mounts it, and WantedBy= lets it fail",
        ),
    )
}

/// The first option that no unit needs.
fn without_effect(
    line: &Assignment,
    is_odd: impl Fn(&str) -> bool,
    severity: Severity,
) -> Option<Finding> {
    let text = line.value.text();
    let option = text.split(',').find(|option| is_odd(option))?;
    let at = text.find(option)?;
    let span = line.value.span_of(at..at + option.len());
    let message = format!("{option} works in /etc/fstab alone");
    let finding = Finding::new(severity, "no-effect", span, message);
    Some(finding.effect("in a unit nobody reads it, and it changes nothing").man(MAN))
}
