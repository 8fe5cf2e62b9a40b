//! Making the changes that findings are sure of.
//!
//! Only changes that can be wrong in no reading of the file are made: a key with one letter wrong
//! and one key near it, a comment that needs a line of its own. The others are offered in words.

use super::finding::{Edit, Finding};

/// The file with the safe changes made; `None` if there are none. Of changes that overlap, the
/// first is made.
///
/// ```
/// use unit_writer::checks::{Edit, Finding, apply_safe_fixes};
///
/// let file = b"[Service]\nRestat=no\n";
/// let finding = || Finding::warning("unknown-key", 10..16, "systemd knows no key Restat=");
/// let edit = Edit { span: 10..16, text: "Restart".to_owned() };
/// let sure = finding().mend("write Restart=", vec![edit]);
/// let fixed = apply_safe_fixes(file, &[sure]).expect("there is a change to make");
/// assert_eq!(fixed, b"[Service]\nRestart=no\n");
///
/// let unsure = finding().suggest("write Restart=", 10..16, "Restart");
/// assert_eq!(apply_safe_fixes(file, &[unsure]), None);
/// ```
pub fn apply_safe_fixes(bytes: &[u8], findings: &[Finding]) -> Option<Vec<u8>> {
    let mut edits: Vec<&Edit> = Vec::new();
    for fix in findings.iter().filter_map(|finding| finding.fix.as_ref()).filter(|fix| fix.is_safe)
    {
        let overlaps = |edit: &Edit| edits.iter().any(|other| overlap(edit, other));
        if !fix.edits.iter().any(overlaps) {
            edits.extend(&fix.edits);
        }
    }
    edits.sort_by_key(|edit| edit.span.start);
    let mut fixed = bytes.to_vec();
    for edit in edits.iter().rev() {
        fixed.splice(edit.span.clone(), edit.text.bytes());
    }
    (!edits.is_empty()).then_some(fixed)
}

/// Two insertions at one place don't disturb each other.
///
/// An edit that is made changes where the next one would be, so two at one place can't both be
/// right.
fn overlap(one: &Edit, other: &Edit) -> bool {
    if one.span.is_empty() || other.span.is_empty() {
        return one.span.start > other.span.start && one.span.start < other.span.end
            || other.span.start > one.span.start && other.span.start < one.span.end;
    }
    one.span.start < other.span.end && other.span.start < one.span.end
}
