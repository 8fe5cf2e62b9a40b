//! The pages of the book, as somebody meets them who opens the files in a browser.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

mod book;
mod browser;
mod paper;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use book::{Seen, book, is_print, root};
use serde_json::json;

#[test]
fn answers_are_real_and_no_wildcard_is_left() {
    let Some(book) = book("answers_are_real_and_no_wildcard_is_left") else { return };
    for seen in book.seen.iter().filter(|seen| seen.scheme == "light") {
        let wildcards = seen.texts("wildcards");
        assert!(wildcards.is_empty(), "{}: {wildcards:?}", seen.page.display());
        let notes = seen.texts("notes");
        let bad: Vec<_> = notes.iter().filter(|note| !note.contains("systemd 2")).collect();
        assert!(bad.is_empty(), "{}: {bad:?}", seen.page.display());
    }
}

#[test]
fn no_mark_of_markdown_is_left() {
    let Some(book) = book("no_mark_of_markdown_is_left") else { return };
    for seen in book.seen.iter().filter(|seen| seen.scheme == "light") {
        let marks = seen.texts("marks");
        assert!(marks.is_empty(), "{}: {marks:?}", seen.page.display());
    }
}

#[test]
fn every_link_leads_somewhere() {
    let Some(book) = book("every_link_leads_somewhere") else { return };
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut links = Vec::new();
    for seen in book.seen.iter().filter(|seen| seen.scheme == "light") {
        let address = format!("file://{}", seen.page.display());
        ids.insert(address.clone(), seen.texts("ids").into_iter().collect());
        links.extend(seen.texts("links").into_iter().map(|link| (address.clone(), link)));
        let twice = seen.texts("twice");
        assert!(is_print(&seen.page) || twice.is_empty(), "{address}: {twice:?}");
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
fn each_page_leads_to_itself_in_the_other_language() {
    let Some(mut book) = book("each_page_leads_to_itself_in_the_other_language") else { return };
    let top = root().join("docs/book");
    for seen in book.seen.iter().filter(|seen| seen.scheme == "light") {
        let path = seen.page.strip_prefix(&top).unwrap();
        let other = match path.strip_prefix("es") {
            Ok(page) => top.join(page),
            Err(_) => top.join("es").join(path),
        };
        assert_eq!(seen.texts("switcher"), [format!("file://{}", other.display())]);
        let its_other = |one: &&Seen| one.page == other && one.scheme == "light";
        let there = book.seen.iter().find(its_other).unwrap();
        let (here, there) = (seen.texts("headings"), there.texts("headings"));
        assert_eq!(here, there, "{}: headings", seen.page.display());
    }
    // Who has read up to a heading is there in the other language, too.
    book.browser.look(1280, "light");
    book.go(&top.join("es/01-date-daemon.html"));
    let arrived = book.browser.eval(
        "document.querySelector('#kill').scrollIntoView({behavior: 'instant'}); \
         (link => { link.addEventListener('click', event => event.preventDefault()); link.click(); \
         return link.href; })(document.querySelector('a.language'))",
    );
    assert_eq!(arrived, format!("file://{}#kill", top.join("01-date-daemon.html").display()));
}

#[test]
fn the_words_around_a_spanish_page_are_spanish() {
    // English words that mdBook has on every page; "Auto" is one in both languages.
    const ENGLISH: [&str; 12] = [
        "Press", "Search", "Toggle", "Change", "Print", "chapter", "Table", "Themes", "Copy",
        "Page", "Note", "Show",
    ];
    let Some(book) = book("the_words_around_a_spanish_page_are_spanish") else { return };
    for seen in book.seen.iter().filter(|seen| seen.scheme == "light") {
        if seen.texts("language") != ["es"] {
            continue;
        }
        let words = seen.texts("words");
        assert!(words.len() > 8, "{words:?}");
        let is_english = |text: &&String| {
            let mut words = text.split(|char: char| !char.is_alphabetic());
            words.any(|word| ENGLISH.contains(&word))
        };
        let english: Vec<_> = words.iter().filter(is_english).collect();
        assert!(english.is_empty(), "{}: {english:?}", seen.page.display());
    }
}

#[test]
fn what_is_commented_on_a_spanish_page_is_so_in_spanish() {
    let promise = "what_is_commented_on_a_spanish_page_is_so_in_spanish";
    let Some(book) = book(promise) else { return };
    let top = root().join("docs/book");
    let of = |page: &Path| {
        let is_it = |seen: &&Seen| seen.page == page && seen.scheme == "light";
        book.seen.iter().find(is_it).unwrap().texts("comments")
    };
    let mut count = 0;
    for page in book.pages.iter().filter(|page| !page.starts_with(top.join("es"))) {
        let english = of(page);
        let spanish = of(&top.join("es").join(page.strip_prefix(&top).unwrap()));
        let same: Vec<_> = spanish.iter().filter(|line| english.contains(line)).collect();
        assert!(same.is_empty(), "{}: {same:?}", page.display());
        count += spanish.len();
    }
    assert!(count > 100, "{count} comments");
}

#[test]
fn the_search_finds_the_chapter() {
    const WORDS: [(&str, &str); 35] = [
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
        ("demonio", "es/01-date-daemon"),
        ("unidad", "es/02-unit-writer"),
        ("temporizador", "es/02-unit-writer"),
        ("especificador", "es/02-unit-writer"),
        ("trabajo", "es/03-systemctl-wrapper"),
        ("registro", "es/04-journal-reader"),
        ("entrada", "es/04-journal-reader"),
        ("señal", "es/01-date-daemon"),
        // Without its accents.
        ("senal", "es/01-date-daemon"),
        ("propagacion", "es/05-leveled-logger"),
        ("manejador", "es/05-leveled-logger"),
        // An accent on the first letter or the last, typed or not.
        ("árbol", "es/05-leveled-logger"),
        ("arbol", "es/05-leveled-logger"),
        ("falló", "es/03-systemctl-wrapper"),
        ("fallo", "es/03-systemctl-wrapper"),
        ("así", "es/0"),
        ("aquí", "es/0"),
        ("después", "es/01-date-daemon"),
        ("último", "es/0"),
        ("detrás", "es/0"),
        // What one types: options, settings, specifiers.
        ("--since", "06-scripts-part-2"),
        ("--list-boots", "01-date-daemon"),
        ("OnCalendar=", "02-unit-writer"),
        ("OnCalendar=", "es/02-unit-writer"),
        ("%i", "02-unit-writer"),
    ];
    const FOUND: &str = "[...document.querySelectorAll('#mdbook-searchresults a')]";
    let Some(mut book) = book("the_search_finds_the_chapter") else { return };
    for language in ["", "es/"] {
        let is_its = |chapter: &&str| chapter.starts_with("es/") == (language == "es/");
        // A word in the address is searched for when the page comes; the index is there then.
        let page = root().join(format!("docs/book/{language}index.html"));
        book.browser.go(&format!("file://{}?search=systemd", page.display()));
        let found = book.browser.eval(&format!(
            "new Promise(done => {{ const end = Date.now() + 60000; const look = () => \
             {FOUND}.length || Date.now() > end ? done({FOUND}.length) : setTimeout(look, 20); \
             look(); }})"
        ));
        assert!(found.as_i64() > Some(0), "{language}: {found}");
        for (word, chapter) in WORDS.iter().filter(|(_, chapter)| is_its(chapter)) {
            let found = book.browser.texts(&format!(
                "(bar => {{ bar.value = {}; bar.dispatchEvent(new KeyboardEvent('keyup')); \
                 return {FOUND}.map(link => link.href); }}) \
                 (document.querySelector('#mdbook-searchbar'))",
                json!(word)
            ));
            assert!(found.iter().any(|link| link.contains(chapter)), "{word}: {found:?}");
        }
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
            browser.eval("window.was = document.activeElement; true");
            browser.press("Tab", 9);
            browser.until("document.activeElement !== window.was");
            if browser.eval("document.activeElement.type === 'radio'") == true {
                break;
            }
        }
        browser.press(" ", 32);
        browser.press("ArrowDown", 40);
        let chosen = "document.querySelector('form.quiz input:checked')?.value";
        browser.until(&format!("{chosen} === '2'"));
        assert_eq!(browser.eval(chosen), "2", "{}", page.display());
        browser.press("Enter", 13);
        browser.until("document.querySelector('form.quiz .verdict').innerText");
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
    let Some(book) = book("no_page_scrolls_sideways_and_none_asks_another_host") else {
        return;
    };
    for seen in &book.seen {
        for (width, wide) in seen.too_wide {
            let page = seen.page.display();
            assert!(wide <= 0, "{page} at {width}, {}: {wide} too wide", seen.scheme);
        }
    }
    let others = book.browser.requests.iter().filter(|address| {
        !address.starts_with("file:") && !address.starts_with("data:") && *address != "about:blank"
    });
    assert_eq!(others.collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn nothing_moves_for_whoever_has_said_so() {
    let Some(mut book) = book("nothing_moves_for_whoever_has_said_so") else { return };
    book.go(&root().join("docs/book/01-date-daemon.html"));
    let browser = &mut book.browser;
    let calm = json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]});
    browser.call("Emulation.setEmulatedMedia", calm);
    let moving = browser.texts(
        "[...document.querySelectorAll('*')].filter(one => { const style = getComputedStyle(one); \
         return parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none'; }) \
         .map(one => one.outerHTML.slice(0, 80))",
    );
    browser.look(1280, "light");
    assert!(moving.is_empty(), "{moving:?}");
}

#[test]
fn a_missing_page_is_answered_in_the_language_of_the_book() {
    let promise = "a_missing_page_is_answered_in_the_language_of_the_book";
    let Some(_book) = book(promise) else { return };
    for (page, says) in [("404.html", "There is no such page"), ("es/404.html", "No existe esa")] {
        let text = fs::read_to_string(root().join("docs/book").join(page)).unwrap();
        assert!(text.contains(says), "{page}");
    }
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
    let Some(book) = book(promise) else { return };
    if !book.has_axe {
        return lab::not_proved(promise, "npm cannot fetch axe-core");
    }
    let mut found = Vec::new();
    for seen in &book.seen {
        let place = format!("{} {}", seen.page.display(), seen.scheme);
        found.extend(seen.faults.iter().map(|fault| format!("{place}: {fault:.300}")));
    }
    let count = found.len();
    found.truncate(40);
    assert!(found.is_empty(), "{count} faults:\n{}", found.join("\n"));
}
