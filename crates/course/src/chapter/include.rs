//! mdBook's `{{#include ../../units/x.service}}`, expanded as mdBook does it.
//!
//! Only whole files and named parts (`:name`, between `ANCHOR: name` and `ANCHOR_END: name`): line numbers
//! go stale without anybody noticing. Only files of this repository, and never the answers to exercises.

use std::path::{Component, Path};

use super::Listing;
use crate::read::read_text;

/// What stands between `{{#include` and `}}`, when that is all the block holds.
pub(super) fn argument(body: &str) -> Option<&str> {
    let inside = body
        .trim()
        .strip_prefix("{{#include ")?
        .strip_suffix("}}")?;
    (!inside.contains("{{")).then(|| inside.trim())
}

/// Reads what `argument` names, relative to the folder of `chapter`.
pub(super) fn include(root: &Path, chapter: &Path, argument: &str) -> Result<Listing, String> {
    let (name, anchor) = match argument.split_once(':') {
        Some((name, anchor)) => (name, Some(anchor)),
        None => (argument, None),
    };
    let folder = chapter.parent().unwrap_or(Path::new(""));
    let file = root.join(folder).join(name);
    let file = file
        .canonicalize()
        .map_err(|error| format!("cannot include {name}: {error}"))?;
    let root = root
        .canonicalize()
        .map_err(|error| format!("cannot include {name}: {error}"))?;
    let path = file
        .strip_prefix(&root)
        .map_err(|_| format!("cannot include {name}: it is outside the project"))?;
    if path
        .components()
        .any(|part| part == Component::Normal("variants".as_ref()))
    {
        return Err(format!(
            "cannot include {name}: the answers to exercises stay out of the book"
        ));
    }
    let text = read_text(&file, path).map_err(|error| error.to_string())?;
    let text = match anchor {
        Some(anchor) => part(&text, anchor).ok_or_else(|| {
            format!("cannot include {name}: it has no lines between `ANCHOR: {anchor}` and `ANCHOR_END: {anchor}`")
        })?,
        None => text,
    };
    Ok(Listing {
        path: path.to_owned(),
        text,
    })
}

/// The lines between the two marks, without other marks.
fn part(text: &str, anchor: &str) -> Option<String> {
    let mark =
        |line: &str, word: &str| line.split_once(word).map(|(_, name)| name.trim() == anchor);
    let mut lines = text
        .lines()
        .skip_while(|line| mark(line, "ANCHOR: ") != Some(true));
    lines.next()?;
    let mut part = String::new();
    for line in lines {
        if mark(line, "ANCHOR_END: ") == Some(true) {
            return Some(part);
        }
        if mark(line, "ANCHOR: ").is_none() && mark(line, "ANCHOR_END: ").is_none() {
            part.push_str(line);
            part.push('\n');
        }
    }
    None
}
