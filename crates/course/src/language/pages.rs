//! The Spanish pages that there are. The directories are the list.

use std::fs;
use std::path::{Path, PathBuf};

/// Where Spanish pages may be, and how their names end.
const PLACES: [(&str, &str); 4] =
    [("docs/es", ".md"), ("units/es", ""), ("exercises", "README.es.md"), ("", ".es.md")];

/// All Spanish pages below `root`, relative to it, in order.
pub(super) fn spanish_pages(root: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for (place, ending) in PLACES {
        // The root's own pages are at the top. Below it are build and work directories.
        let depth = if place.is_empty() { 0 } else { 6 };
        collect(&root.join(place), ending, depth, &mut pages);
    }
    pages.sort();
    pages.iter().filter_map(|page| Some(page.strip_prefix(root).ok()?.to_owned())).collect()
}

fn collect(directory: &Path, ending: &str, depth: usize, pages: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            let skipped = ["target", "variants", "starter"].iter().any(|other| name == *other);
            if depth > 0 && !skipped {
                collect(&path, ending, depth - 1, pages);
            }
        } else if name.to_str().is_some_and(|name| name.ends_with(ending)) {
            pages.push(path);
        }
    }
}
