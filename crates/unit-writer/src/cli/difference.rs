//! What changes in a file, as diff(1) shows it.

use std::io::{self, Write};
use std::path::Path;

use similar::TextDiff;

/// Shows the lines that go and come, with two lines around them.
pub(crate) fn show(path: &Path, old: &[u8], new: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let shown = path.display().to_string();
    let diff = TextDiff::from_lines(&*old, &*new);
    write!(out, "{}", diff.unified_diff().context_radius(2).header(&shown, &shown))
}
