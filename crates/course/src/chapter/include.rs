//! mdBook's `{{#include ../../units/x.service}}`, expanded as mdBook does it.
//!
//! Only whole files of this repository, and never the answers to exercises.

use std::path::{Component, Path};

use super::block::Listing;
use crate::language::{Language, read_page};

/// What stands between `{{#include` and `}}`, when that is all the block holds.
pub(super) fn argument(body: &str) -> Option<&str> {
    let inside = body.trim().strip_prefix("{{#include ")?.strip_suffix("}}")?;
    (!inside.contains("{{")).then(|| inside.trim())
}

/// Reads the file `name`, relative to the directory of `chapter`.
pub(super) fn include(
    root: &Path,
    chapter: &Path,
    name: &str,
    language: Language,
) -> Result<Listing, String> {
    let directory = chapter.parent().unwrap_or(Path::new(""));
    let file = root.join(directory).join(name);
    let file = file.canonicalize().map_err(|error| format!("cannot include {name}: {error}"))?;
    let root = root.canonicalize().map_err(|error| format!("cannot include {name}: {error}"))?;
    let path = file
        .strip_prefix(&root)
        .map_err(|_| format!("cannot include {name}: it is outside the project"))?;
    if path.components().any(|part| part == Component::Normal("variants".as_ref())) {
        return Err(format!(
            "cannot include {name}: the answers to exercises stay out of the book"
        ));
    }
    // A unit's comments are a part of the lesson, and have a translation of their own.
    let page = read_page(&root, path, language).map_err(|error| error.to_string())?;
    Ok(Listing { path: path.to_owned(), text: page.text })
}
