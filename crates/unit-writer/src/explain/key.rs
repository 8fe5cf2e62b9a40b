//! What a key does: from the table of keys, with what it takes and what holds without it.

use unit_file::directives::{self, Directive};

use crate::suggest::nearest;

/// There is no such key in any section.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("systemd knows no key {key}={}", did_you_mean(*suggestion))]
pub struct UnknownKey {
    /// What was asked for.
    pub key: String,
    /// What was probably meant.
    pub suggestion: Option<&'static str>,
}

/// The end of the sentence, where there is a key near enough.
fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map_or(String::new(), |key| format!(", did you mean {key}=?"))
}

/// Explains `Restart`, `Restart=` or `Service.Restart`: a paragraph for each meaning.
///
/// ```
/// let text = unit_writer::explain::explain_key("RestartSec=")?;
/// assert!(text.starts_with("RestartSec= in [Service]"));
/// # Ok::<(), unit_writer::explain::UnknownKey>(())
/// ```
pub fn explain_key(asked: &str) -> Result<String, UnknownKey> {
    let name = asked.trim_end_matches('=');
    let (section, key) = match name.split_once('.') {
        Some((section, key)) => (Some(section), key),
        None => (None, name),
    };
    // One key may mean different things in different sections, as Unit= does.
    let is_asked = |row: &&Directive| section.is_none_or(|section| row.is_in(section));
    let meanings: Vec<&Directive> = directives::by_key(key).filter(is_asked).collect();
    if meanings.is_empty() {
        let near = nearest(key, directives::all().map(|row| row.key));
        let suggestion = near.and_then(|key| directives::by_key(key).next()).map(|row| row.key);
        return Err(UnknownKey { key: name.to_owned(), suggestion });
    }
    Ok(meanings.into_iter().map(paragraph).collect::<Vec<_>>().join("\n"))
}

/// First what it does, then what it takes, then how several lines go together: the order in which
/// somebody asks who reads a unit.
fn paragraph(row: &Directive) -> String {
    let sections: Vec<String> = row.sections().map(|section| format!("[{section}]")).collect();
    let mut lines = vec![row.text.unwrap_or("The man page tells what it does.").to_owned()];
    let looks = row.looks();
    if !looks.is_empty() {
        lines.push(format!("Takes {looks}."));
    }
    lines.push(match (row.is_list, row.resets) {
        (true, true) => "Each line adds to the ones before; an empty value clears them.".to_owned(),
        (true, false) => "Each line adds to the ones before; nothing takes them back.".to_owned(),
        (false, _) => "Of several lines, the last holds.".to_owned(),
    });
    lines.extend(row.default.map(|default| format!("Without it: {default}.")));
    // Nobody needs to hear that a key is older than every systemd that is in use.
    if row.since > directives::OLDEST {
        lines.push(format!("Since systemd {}.", row.since));
    }
    lines.extend(row.until.map(|until| format!("Obeyed up to systemd {until} only.")));
    lines.extend(row.instead.map(|instead| format!("Out of use: write {instead}.")));
    lines.push(format!("More: man {}", row.man));
    format!("{}= in {}\n  {}\n", row.key, sections.join(", "), lines.join("\n  "))
}
