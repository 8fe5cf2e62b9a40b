//! Where a man page can be read on a machine that has none.

use std::path::Path;

/// Where the pages are, as hier(7) has it.
const PAGES: &str = "/usr/share/man";

/// The addresses of the pages that `words` name and this machine lacks, such as `open(2)`.
pub(super) fn elsewhere(words: &str) -> Vec<String> {
    elsewhere_than(Path::new(PAGES), words)
}

fn elsewhere_than(pages: &Path, words: &str) -> Vec<String> {
    let missing = references(words).filter(|(name, section)| !is_there(pages, name, section));
    missing
        .map(|(name, section)| {
            format!("https://man7.org/linux/man-pages/man{section}/{name}.{section}.html")
        })
        .collect()
}

fn references(words: &str) -> impl Iterator<Item = (&str, &str)> {
    let word = |char: char| char.is_whitespace() || char == ',' || char == ';';
    words.split(word).filter_map(|word| {
        let (name, section) = word.strip_suffix(')')?.split_once('(')?;
        let is_section = matches!(section.as_bytes(), [b'1'..=b'8']);
        (is_section && !name.is_empty()).then_some((name, section))
    })
}

/// Pages are compressed in one way or another, or not at all.
fn is_there(pages: &Path, name: &str, section: &str) -> bool {
    let directory = pages.join(format!("man{section}"));
    let page = |end| directory.join(format!("{name}.{section}{end}")).exists();
    ["", ".gz", ".zst", ".xz", ".bz2"].into_iter().any(page)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::elsewhere_than;

    #[test]
    fn a_page_that_is_not_installed_has_an_address() {
        let pages = tempfile::tempdir().unwrap();
        fs::create_dir(pages.path().join("man5")).unwrap();
        fs::write(pages.path().join("man5/systemd.exec.5.gz"), "").unwrap();
        let words = "systemd.exec(5), SANDBOXING; open(2), O_APPEND (the flag)";
        let address = "https://man7.org/linux/man-pages/man2/open.2.html";
        assert_eq!(elsewhere_than(pages.path(), words), [address]);
    }
}
