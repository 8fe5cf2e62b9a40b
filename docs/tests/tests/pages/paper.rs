//! The pages on paper: printed from a dark theme, as somebody does who reads by night.

use std::path::PathBuf;

use serde_json::json;

use crate::book::{book, root};

/// What is wrong with the page as it would be printed, as a list of texts.
const WRONG: &str = include_str!("paper.js");
/// An A4 page without its margins, at 96 points an inch.
const WIDTH: u32 = 718;

#[test]
fn on_paper_nothing_is_dark_cut_or_folded() {
    let Some(mut book) = book("on_paper_nothing_is_dark_cut_or_folded") else { return };
    for directory in ["docs/book", "docs/book/es"] {
        let page: PathBuf = root().join(directory).join("print.html");
        book.go(&page);
        let browser = &mut book.browser;
        browser.look(WIDTH, "dark");
        browser.call("Emulation.setEmulatedMedia", json!({"media": "print"}));
        // The browser says this before it prints.
        browser.eval("dispatchEvent(new Event('beforeprint')); true");
        let wrong = browser.texts(WRONG);
        browser.call("Emulation.setEmulatedMedia", json!({"media": ""}));
        browser.look(1280, "light");
        assert!(wrong.is_empty(), "{}: {wrong:#?}", page.display());
    }
}
