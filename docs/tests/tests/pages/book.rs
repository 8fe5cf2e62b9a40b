//! The built book: built once for all tests, and looked at in one browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock};

use crate::browser::Browser;

/// The pages of all languages, and a browser to look at them.
pub(crate) struct Book {
    pub(crate) browser: Browser,
    pub(crate) pages: Vec<PathBuf>,
}

impl Book {
    /// Goes to one of its pages.
    pub(crate) fn go(&mut self, page: &Path) {
        self.browser.go(&format!("file://{}", page.display()));
    }
}

/// The project's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The book, when it is this test's turn; where something is missing for it, `promise` is not
/// proved.
pub(crate) fn book(promise: &str) -> Option<MutexGuard<'static, Book>> {
    static BOOK: OnceLock<Result<Mutex<Book>, &str>> = OnceLock::new();
    match BOOK.get_or_init(open) {
        // A test that failed has broken nothing: each goes to its pages anew.
        Ok(book) => Some(book.lock().unwrap_or_else(|poison| poison.into_inner())),
        Err(missing) => {
            lab::not_proved(promise, missing);
            None
        }
    }
}

fn open() -> Result<Mutex<Book>, &'static str> {
    if Command::new("mdbook").arg("--version").stdout(Stdio::null()).status().is_err() {
        return Err("mdbook is not installed");
    }
    let browser = Browser::start().ok_or("chromium is not installed")?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.args(["run", "--quiet", "--package", "course", "--", "book"]).current_dir(root());
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut pages = Vec::new();
    let mut directories = vec![root().join("docs/book")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if kind.is_dir() {
                directories.push(path);
            } else if is_page(&path) {
                pages.push(path);
            }
        }
    }
    pages.sort();
    assert!(pages.len() > 6, "{pages:?}");
    Ok(Mutex::new(Book { browser, pages }))
}

/// A page that people read: not the list that others show in a frame.
fn is_page(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    path.extension().is_some_and(|ending| ending == "html")
        && name != "toc.html"
        && name != "404.html"
}
