//! The built book: built once for all tests, and looked at in one browser. Each page is loaded once
//! for light and once for dark; what the tests want to know of it is asked then.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock};

use serde_json::Value;

use crate::browser::Browser;

/// What is asked of each page: a list of texts by name.
const FACTS: &str = include_str!("facts.js");
/// What axe finds; in dark only what depends on colours, for all else is as in light.
const AXE: &str = "axe.run(document, {resultTypes: ['violations'], ...ONLY}).then(result => \
    result.violations.flatMap(broken => broken.nodes.map(node => \
    broken.id + ' ' + node.target + ' ' + node.html)))";

/// The pages of all languages, a browser to look at them, and what was seen of each.
pub(crate) struct Book {
    pub(crate) browser: Browser,
    pub(crate) pages: Vec<PathBuf>,
    pub(crate) seen: Vec<Seen>,
    /// Whether npm has brought axe.
    pub(crate) has_axe: bool,
}

/// A page as it looked once.
pub(crate) struct Seen {
    pub(crate) page: PathBuf,
    pub(crate) scheme: &'static str,
    /// How many points it is too wide, by the width of the window.
    pub(crate) too_wide: [(u32, i64); 3],
    /// What axe finds wrong.
    pub(crate) faults: Vec<String>,
    facts: Value,
}

impl Seen {
    /// The texts of a fact; see `facts.js`.
    pub(crate) fn texts(&self, fact: &str) -> Vec<String> {
        let texts = self.facts[fact].as_array().unwrap_or_else(|| panic!("{fact}: {}", self.facts));
        texts.iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }
}

/// The print page holds all others: it may be as long as they are.
pub(crate) fn is_print(page: &Path) -> bool {
    page.file_name().is_some_and(|name| name == "print.html")
}

impl Book {
    /// Goes to one of its pages.
    pub(crate) fn go(&mut self, page: &Path) {
        self.browser.go(&format!("file://{}", page.display()));
    }

    /// Loads a page and asks all that is to be known of it.
    fn look_at(&mut self, page: &Path, scheme: &'static str, axe: Option<&str>) -> Seen {
        self.browser.look(360, scheme);
        self.go(page);
        // 640 is a window of 1280 at twice the size.
        let too_wide = [360, 640, 1280].map(|width| {
            self.browser.look(width, scheme);
            // The print page is longer than a picture can be.
            if let (Some(directory), false) = (std::env::var_os("PICTURES"), is_print(page)) {
                let language = self.browser.eval("document.documentElement.lang");
                let language = language.as_str().unwrap_or_default().to_owned();
                let stem = page.file_stem().unwrap().display();
                let name = format!("{language}-{stem}-{width}-{scheme}.png.base64");
                fs::write(Path::new(&directory).join(name), self.browser.picture()).unwrap();
            }
            let wide = self.browser.eval("document.documentElement.scrollWidth - innerWidth");
            (width, wide.as_i64().unwrap())
        });
        let facts = match scheme {
            "light" => self.browser.eval(FACTS),
            _ => Value::Null,
        };
        let faults = match axe {
            Some(axe) if !is_print(page) => {
                self.browser.eval(&format!("{axe}; true"));
                let only = if scheme == "light" { "{}" } else { "{runOnly: ['color-contrast']}" };
                self.browser.texts(&AXE.replace("ONLY", only))
            }
            _ => Vec::new(),
        };
        Seen { page: page.to_owned(), scheme, too_wide, faults, facts }
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
    let axe = axe();
    let mut book = Book { browser, pages, seen: Vec::new(), has_axe: axe.is_some() };
    for page in book.pages.clone() {
        for scheme in ["light", "dark"] {
            let seen = book.look_at(&page, scheme, axe.as_deref());
            book.seen.push(seen);
        }
    }
    Ok(Mutex::new(book))
}

/// axe-core's text: fetched once by npm, below `target`.
fn axe() -> Option<String> {
    let directory = root().join("target/axe");
    let file = directory.join("node_modules/axe-core/axe.min.js");
    if !file.is_file() {
        fs::create_dir_all(&directory).unwrap();
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--ignore-scripts", "--no-save", "axe-core@4"]);
        npm.current_dir(&directory).output().ok()?;
    }
    fs::read_to_string(file).ok()
}

/// A page that people read: not the list that others show in a frame.
fn is_page(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    path.extension().is_some_and(|ending| ending == "html")
        && name != "toc.html"
        && name != "404.html"
}
