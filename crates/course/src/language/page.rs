//! A page in the learner's language, with English where it has no translation yet.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::lock::{self, Entry};
use super::pieces::{Kind, Piece, of_markdown, of_unit};
use super::which::Language;
use crate::error::Error;
use crate::files::read_text;

/// A page as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PageText {
    /// Its text.
    pub(crate) text: String,
    /// How many of its pieces are still in English, of a page that exists in the other language.
    pub(crate) left_in_english: usize,
}

/// Reads the English page at `path`, which is relative to the project's `root`, in `language`.
pub(crate) fn read_page(root: &Path, path: &Path, language: Language) -> Result<PageText, Error> {
    let text = read_text(&root.join(path), path)?;
    let spanish = spanish_path(path).filter(|_| language == Language::Spanish);
    let Some(path) = spanish.filter(|path| root.join(path).is_file()) else {
        return Ok(PageText { text, left_in_english: 0 });
    };
    let spanish = read_text(&root.join(&path), &path)?;
    // A picture is drawn anew in each language, by one test: it has no pieces.
    if path.extension().is_some_and(|extension| extension == "txt") {
        return Ok(PageText { text: spanish, left_in_english: 0 });
    }
    let entries = lock::of_page(&lock::read(root)?, &path.display().to_string());
    let cut = cutter(&path);
    Ok(merge(&cut(&text), &cut(&spanish), &entries))
}

/// Where the Spanish text of an English page is, if it can have one: `docs/es` beside `docs/en`,
/// `README.es.md` beside `README.md`, `units/es` within `units`.
pub(super) fn spanish_path(path: &Path) -> Option<PathBuf> {
    if let Ok(rest) = path.strip_prefix("docs/en") {
        return Some(Path::new("docs/es").join(rest));
    }
    if let Ok(rest) = path.strip_prefix("units") {
        return (!rest.starts_with("es")).then(|| Path::new("units/es").join(rest));
    }
    let is_page = path.extension().is_some_and(|extension| extension == "md");
    is_page.then(|| path.with_extension("es.md"))
}

/// The English page that the Spanish one at `path` says.
pub(crate) fn english_path(path: &Path) -> Option<PathBuf> {
    if let Ok(rest) = path.strip_prefix("docs/es") {
        return (rest != Path::new("lock")).then(|| Path::new("docs/en").join(rest));
    }
    if let Ok(rest) = path.strip_prefix("units/es") {
        return Some(Path::new("units").join(rest));
    }
    let name = path.file_name()?.to_str()?.strip_suffix(".es.md")?;
    Some(path.with_file_name(format!("{name}.md")))
}

/// How a page is cut into pieces.
pub(super) fn cutter(path: &Path) -> for<'a> fn(&'a str) -> Vec<Piece<'a>> {
    if path.extension().is_some_and(|extension| extension == "md") { of_markdown } else { of_unit }
}

/// The English pieces, each in the Spanish words that were made from it.
fn merge(english: &[Piece<'_>], spanish: &[Piece<'_>], entries: &[Entry]) -> PageText {
    let by_hash: HashMap<u64, &str> =
        spanish.iter().map(|piece| (piece.hash(), piece.text)).collect();
    let fresh = entries.iter().filter(|entry| !entry.stale);
    let translated: HashMap<u64, &str> =
        fresh.filter_map(|entry| Some((entry.english, *by_hash.get(&entry.spanish)?))).collect();
    let mut page = PageText::default();
    for piece in english {
        match translated.get(&piece.hash()) {
            Some(text) if piece.is_prose() => page.text += text,
            _ => {
                page.left_in_english += usize::from(piece.is_prose());
                page.text += &in_english(piece);
            }
        }
        page.text += piece.gap;
    }
    page
}

/// A piece that stays English, marked for those who have the page read to them. An item or a row
/// would fall out of its list or table.
fn in_english(piece: &Piece<'_>) -> String {
    match piece.kind {
        Kind::Paragraph | Kind::Note => {
            format!("<div lang=\"en\">\n\n{}\n\n</div>", piece.text)
        }
        Kind::Code | Kind::Heading | Kind::Item | Kind::Row | Kind::Comment => {
            piece.text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::lock::Entry;
    use super::{english_path, merge, of_markdown, spanish_path};

    fn entry(english: &str, spanish: &str, stale: bool) -> Entry {
        let hash = |text| of_markdown(text)[0].hash();
        Entry { page: String::new(), english: hash(english), spanish: hash(spanish), stale }
    }

    #[test]
    fn each_piece_is_shown_in_the_words_that_were_made_from_it() {
        let english = "# One\n\nTwo.\n\n```console\n$ x\n```\n\nThree.\n\nNew.\n";
        let spanish = "# Uno\n\nDos.\n\n```console\n$ y\n```\n\nTres.\n";
        let entries = [
            entry("# One", "# Uno", false),
            entry("Two.", "Dos.", false),
            entry("Three.", "Tres.", true),
        ];
        let page = merge(&of_markdown(english), &of_markdown(spanish), &entries);
        let start = "# Uno\n\nDos.\n\n```console\n$ x\n```\n\n<div lang=\"en\">\n\nThree.";
        assert!(page.text.starts_with(start), "{}", page.text);
        assert_eq!(page.left_in_english, 2);
        // A page that is whole is shown as it stands.
        let entries = [entry("# One", "# Uno", false), entry("Two.", "Dos.", false)];
        let (english, spanish) = ("# One\n\nTwo.\n", "# Uno\n\nDos.\n");
        assert_eq!(merge(&of_markdown(english), &of_markdown(spanish), &entries).text, spanish);
    }

    #[test]
    fn a_page_and_its_translation_lie_side_by_side() {
        #[track_caller]
        fn check(path: &str, expected: Option<&str>) {
            let spanish = spanish_path(Path::new(path));
            assert_eq!(spanish.as_deref(), expected.map(Path::new));
            let english = spanish.and_then(|spanish| english_path(&spanish));
            assert!(english.is_none_or(|english| english == Path::new(path)));
        }
        check("docs/en/01-a.md", Some("docs/es/01-a.md"));
        check("README.md", Some("README.es.md"));
        check("exercises/01-a/02-b/README.md", Some("exercises/01-a/02-b/README.es.md"));
        check("units/a/b.service", Some("units/es/a/b.service"));
        check("units/es/a/b.service", None);
        check("crates/lab/src/main.rs", None);
    }
}
