//! The pages of the book, as somebody meets them who opens the files in a browser.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

mod book;
mod browser;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use book::{book, root};

/// The print page holds all others: it may be as long as they are.
fn is_print(page: &Path) -> bool {
    page.file_name().is_some_and(|name| name == "print.html")
}

#[test]
fn answers_are_real_and_no_wildcard_is_left() {
    let Some(mut book) = book("answers_are_real_and_no_wildcard_is_left") else { return };
    for page in book.pages.clone() {
        book.go(&page);
        let wildcards = book.browser.texts(
            "[...document.querySelectorAll('.console samp')].map(answer => { const copy = answer.cloneNode(true); \
             copy.querySelectorAll('.gap').forEach(gap => gap.remove()); return copy.textContent; }) \
             .flatMap(text => text.split('\\n')).filter(line => line.includes('[..]') || line === '...')",
        );
        assert!(wildcards.is_empty(), "{}: {wildcards:?}", page.display());
        let notes = book.browser.texts(
            "[...document.querySelectorAll('p.answered:not(.not-run), p.failed')].map(note => note.textContent)",
        );
        let bad: Vec<_> = notes.iter().filter(|note| !note.contains("systemd 2")).collect();
        assert!(bad.is_empty(), "{}: {bad:?}", page.display());
    }
}

#[test]
fn every_link_leads_somewhere() {
    let Some(mut book) = book("every_link_leads_somewhere") else { return };
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut links = Vec::new();
    for page in book.pages.clone() {
        book.go(&page);
        let address = format!("file://{}", page.display());
        let of_page =
            book.browser.texts("[...document.querySelectorAll('[id]')].map(one => one.id)");
        ids.insert(address.clone(), of_page.into_iter().collect());
        let found = "[...document.querySelectorAll('a[href], img[src], link[href], script[src]')] \
                     .map(one => one.href || one.src)";
        let of_page = book.browser.texts(found).into_iter();
        links.extend(of_page.map(|link| (address.clone(), link)));
        // Two elements with one id: a link would lead to the first.
        let twice = book.browser.texts(
            "(all => all.filter((id, at) => all.indexOf(id) !== at)) \
             ([...document.querySelectorAll('[id]')].map(one => one.id))",
        );
        assert!(is_print(&page) || twice.is_empty(), "{}: {twice:?}", page.display());
    }
    for (page, link) in links.iter().filter(|(_, link)| link.starts_with("file:")) {
        let (file, id) = link.split_once('#').unwrap_or((link, ""));
        let path = file.trim_start_matches("file://");
        assert!(Path::new(path).exists(), "{page}: {link}");
        if let (Some(ids), false) = (ids.get(file), id.is_empty()) {
            assert!(ids.contains(id), "{page}: {link}: no such place");
        }
    }
    // All others go to man pages, Rust's own site, and the like.
    assert!(links.iter().any(|(_, link)| link.starts_with("https://man7.org/")));
    assert!(links.iter().all(|(_, link)| !link.starts_with("http:")));
}

#[test]
fn the_search_finds_the_chapter() {
    const WORDS: [(&str, &str); 10] = [
        ("watchdog", "01-date-daemon"),
        ("reboot", "01-date-daemon"),
        ("specifier", "02-unit-writer"),
        ("tmpfs", "02-unit-writer"),
        ("isolate", "03-systemctl-wrapper"),
        ("JobRemoved", "03-systemctl-wrapper"),
        ("vacuum", "04-journal-reader"),
        ("salvage", "04-journal-reader"),
        ("threshold", "05-leveled-logger"),
        ("propagation", "05-leveled-logger"),
    ];
    let Some(mut book) = book("the_search_finds_the_chapter") else { return };
    for (word, chapter) in WORDS {
        let page = root().join("docs/book/index.html");
        book.browser.go(&format!("file://{}?search={word}", page.display()));
        let found = book.browser.texts(
            "new Promise(done => { const end = Date.now() + 60000; const look = () => { \
             const links = [...document.querySelectorAll('#mdbook-searchresults a, #searchresults a')]; \
             if (links.length && links.length === before) done(links.map(link => link.href)); \
             else if (Date.now() > end) done([]); \
             else { before = links.length; setTimeout(look, 200); } }; let before = 0; look(); })",
        );
        assert!(found.iter().any(|link| link.contains(chapter)), "{word}: {found:?}");
    }
}

#[test]
fn a_quiz_is_answered_with_the_keyboard_alone() {
    let Some(mut book) = book("a_quiz_is_answered_with_the_keyboard_alone") else { return };
    let pages: Vec<_> = book.pages.iter().filter(|page| !is_print(page)).cloned().collect();
    let mut quizzes = 0;
    for page in pages {
        book.go(&page);
        let browser = &mut book.browser;
        let questions = browser.eval("document.querySelectorAll('form.quiz').length");
        if questions == 0 {
            continue;
        }
        quizzes += 1;
        // From the heading on, as somebody who followed a link to it.
        browser.eval("(form => { form.querySelector('legend').tabIndex = -1; \
                      form.querySelector('legend').focus(); })(document.querySelector('form.quiz'))");
        // The legend may hold a link to a man page.
        for _ in 0..10 {
            browser.press("Tab", 9);
            if browser.eval("document.activeElement.type === 'radio'") == true {
                break;
            }
        }
        browser.press(" ", 32);
        browser.press("ArrowDown", 40);
        let chosen = "document.querySelector('form.quiz input:checked').value";
        assert_eq!(browser.eval(chosen), "2", "{}", page.display());
        browser.press("Enter", 13);
        let verdict = browser.eval("document.querySelector('form.quiz .verdict').innerText");
        let verdict = verdict.as_str().unwrap();
        let is_right = match browser.eval("document.documentElement.lang").as_str() {
            Some("es") => "es la correcta.",
            _ => "is right.",
        };
        assert!(verdict.contains(is_right), "{}: {verdict:?}", page.display());
        assert_eq!(
            browser.eval("document.querySelector('.verdict').getAttribute('role')"),
            "status"
        );
    }
    assert!(quizzes >= 6, "{quizzes} quizzes");
}

#[test]
fn the_copy_button_and_a_selection_take_no_prompt() {
    let Some(mut book) = book("the_copy_button_and_a_selection_take_no_prompt") else { return };
    let page = root().join("docs/book/01-date-daemon.html");
    book.go(&page);
    let copied = book.browser.eval(
        "new Promise(done => { \
         Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => done(text)}}); \
         [...document.querySelectorAll('.console')].find(block => block.textContent.includes('is-active')) \
         .querySelector('button.copy').click(); })",
    );
    let commands = "systemctl kill --signal=SIGKILL date-daemon\nsystemctl is-active date-daemon\n";
    assert_eq!(copied, commands);
    let selected = book.browser.eval(
        "(block => { getSelection().selectAllChildren(block); return getSelection().toString(); }) \
         ([...document.querySelectorAll('.console')].find(block => block.textContent.includes('is-active')))",
    );
    let selected = selected.as_str().unwrap();
    assert!(selected.contains("is-active") && !selected.contains("lab#"), "{selected:?}");
}

#[test]
fn no_page_scrolls_sideways_and_none_asks_another_host() {
    let Some(mut book) = book("no_page_scrolls_sideways_and_none_asks_another_host") else {
        return;
    };
    for (width, scheme) in [(360, "light"), (360, "dark"), (1280, "dark"), (1280, "light")] {
        book.browser.look(width, scheme);
        for page in book.pages.clone() {
            book.go(&page);
            let wide = book.browser.eval("document.documentElement.scrollWidth - innerWidth");
            assert!(wide.as_i64().unwrap() <= 0, "{} at {width}: {wide} too wide", page.display());
            if let Some(directory) = std::env::var_os("PICTURES") {
                let name =
                    format!("{}-{width}-{scheme}.png.base64", page.file_stem().unwrap().display());
                fs::write(Path::new(&directory).join(name), book.browser.picture()).unwrap();
            }
        }
    }
    let others = book.browser.requests.iter().filter(|address| {
        !address.starts_with("file:") && !address.starts_with("data:") && *address != "about:blank"
    });
    assert_eq!(others.collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn pages_are_small() {
    let Some(book) = book("pages_are_small") else { return };
    for page in book.pages.iter().filter(|page| !is_print(page)) {
        let size = fs::metadata(page).unwrap().len();
        assert!(size <= 300 << 10, "{}: {size} bytes", page.display());
    }
}

#[test]
fn axe_finds_nothing_in_light_and_dark() {
    let promise = "axe_finds_nothing_in_light_and_dark";
    let Some(mut book) = book(promise) else { return };
    let Some(axe) = axe() else {
        return lab::not_proved(promise, "npm cannot fetch axe-core");
    };
    let mut found = Vec::new();
    for scheme in ["light", "dark"] {
        book.browser.look(1280, scheme);
        let pages = book.pages.clone();
        for page in pages.iter().filter(|page| !is_print(page)) {
            book.go(page);
            book.browser.eval(&format!("{axe}; true"));
            let run = "axe.run(document, {resultTypes: ['violations']}).then(result => result.violations \
                       .flatMap(broken => broken.nodes.map(node => broken.id + ' ' + node.target + ' ' + node.html)))";
            let violations = book.browser.texts(run).into_iter();
            found.extend(violations.map(|one| format!("{} {scheme}: {one:.300}", page.display())));
        }
    }
    let count = found.len();
    found.truncate(40);
    assert!(found.is_empty(), "{count} faults:\n{}", found.join("\n"));
}

/// axe-core's text: fetched once by npm, below `target`.
fn axe() -> Option<String> {
    let directory = root().join("target/axe");
    let file = directory.join("node_modules/axe-core/axe.min.js");
    if !file.is_file() {
        fs::create_dir_all(&directory).unwrap();
        let mut npm = std::process::Command::new("npm");
        npm.args(["install", "--silent", "--ignore-scripts", "--no-save", "axe-core@4"]);
        npm.current_dir(&directory).output().ok()?;
    }
    fs::read_to_string(file).ok()
}
