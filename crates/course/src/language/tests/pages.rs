//! The pages: each Spanish piece has what its English one has.

use check_report::Text;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::bless::survey;
use super::super::lock;
use super::super::page::{cutter, english_path};
use super::super::pages::spanish_pages;
use super::super::pairs::{State, pairs};
use super::super::pieces::{Kind, Piece};
use super::{assert_none, root};

const README: &str = "README.es.md";

/// The Spanish pages, each with its text and that of the English one.
fn pages() -> Vec<(PathBuf, String, String)> {
    let root = root();
    let pages = spanish_pages(&root).into_iter().filter(|path| path != Path::new(lock::PATH));
    pages
        .filter_map(|path| {
            let english = fs::read_to_string(root.join(english_path(&path)?)).ok()?;
            let spanish = fs::read_to_string(root.join(&path)).unwrap();
            Some((path, english, spanish))
        })
        .collect()
}

#[test]
fn what_is_still_in_english_is_counted() {
    let survey = survey(&root()).unwrap();
    let open = survey.open.iter().map(Text::english);
    open.chain(survey.unsaid.iter().map(Text::english)).for_each(|line| println!("{line}"));
    println!(
        "in Spanish: {}, known to be in English: {}, nobody said anything: {}",
        survey.fresh,
        survey.open.len(),
        survey.unsaid.len()
    );
    assert!(survey.fresh > 0);
}

#[test]
fn each_spanish_text_was_made_from_the_english_one_of_today() {
    let unsaid = survey(&root()).unwrap().unsaid;
    assert_none(&unsaid.iter().map(Text::english).collect::<Vec<_>>());
}

#[test]
fn nobody_has_written_into_the_lock() {
    let lock = lock::read(&root()).unwrap();
    let lines = lock::edited(&lock).into_iter();
    assert_none(&lines.map(|line| format!("{}:{line} was edited", lock::PATH)).collect::<Vec<_>>());
}

#[test]
fn each_spanish_page_has_its_english_one() {
    let root = root();
    let pages = spanish_pages(&root).into_iter().filter(|path| path != Path::new(lock::PATH));
    let alone =
        pages.filter(|path| english_path(path).is_none_or(|english| !root.join(english).is_file()));
    let alone: Vec<String> = alone.map(|path| path.display().to_string()).collect();
    assert_none(&alone);
}

#[test]
fn each_piece_names_the_same_things_in_both_languages() {
    let lock = lock::read(&root()).unwrap();
    let mut faults = Vec::new();
    for (path, english, spanish) in pages() {
        let name = path.display().to_string();
        let cut = cutter(&path);
        for pair in pairs(&cut(&english), &cut(&spanish), &lock::of_page(&lock, &name)) {
            let (State::Fresh, Some(english), Some(spanish)) =
                (pair.state, pair.english, pair.spanish)
            else {
                continue;
            };
            let place = format!("{name}:{}", spanish.line);
            for (what, one, other) in compared(&english, &spanish) {
                if one != other {
                    faults
                        .push(format!("{place}: other {what}: {one:?} in English, {other:?} here"));
                }
            }
        }
    }
    assert_none(&faults);
}

/// What must be the same in an English piece and the Spanish one, as counts.
fn compared(english: &Piece<'_>, spanish: &Piece<'_>) -> Vec<(&'static str, Counts, Counts)> {
    let both = |what, of: fn(&str) -> Vec<String>| {
        (what, counted(of(english.text)), counted(of(spanish.text)))
    };
    let mut all = vec![both("man pages", man_pages)];
    if english.kind == Kind::Comment {
        all.push(both("lines", |text| vec!["line".to_owned(); text.lines().count()]));
        return all;
    }
    all.push((
        "kinds",
        counted(vec![format!("{:?}", english.kind)]),
        counted(vec![format!("{:?}", spanish.kind)]),
    ));
    all.extend([
        both("ids", ids),
        both("code", |text| spans(text).0),
        both("links", links),
        both("numbers", |text| numbers(&spans(text).1)),
        both("columns", |text| vec!["|".to_owned(); text.matches('|').count()]),
    ]);
    all
}

type Counts = BTreeMap<String, usize>;

fn counted(things: Vec<String>) -> Counts {
    let mut counts = Counts::new();
    things.into_iter().for_each(|thing| *counts.entry(thing).or_default() += 1);
    counts
}

/// The code spans of a text, and the text without them.
fn spans(text: &str) -> (Vec<String>, String) {
    let parts = text.split('`').enumerate();
    let (code, prose): (Vec<_>, Vec<_>) = parts.partition(|(index, _)| index % 2 == 1);
    let fold = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let code = code.into_iter().map(|(_, text)| fold(text).replace("\n> ", " ")).collect();
    (code, prose.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" "))
}

/// The numbers that are said: not those in an id or in where a link leads.
fn numbers(prose: &str) -> Vec<String> {
    let mut prose = prose.to_owned();
    for (open, close) in [("{#", '}'), ("](", ')')] {
        while let Some((before, after)) = prose.split_once(open) {
            let after = after.split_once(close).map_or("", |(_, after)| after);
            prose = format!("{before} {after}");
        }
    }
    let numbers = prose.split(|char: char| !char.is_ascii_digit());
    numbers.filter(|number| !number.is_empty()).map(str::to_owned).collect()
}

fn ids(text: &str) -> Vec<String> {
    text.split("{#").skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()).collect()
}

fn links(text: &str) -> Vec<String> {
    let links = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    // From a Spanish page one comes to Spanish pages.
    links.map(|link| link.replace("docs/es/", "docs/en/").replace(".es.md", ".md")).collect()
}

/// `systemd.unit(5)` and the like.
fn man_pages(text: &str) -> Vec<String> {
    let words = text.split(|char: char| char.is_whitespace() || char == '`');
    let page = |word: &str| {
        let (name, rest) = word.split_once('(')?;
        let section = rest.split_once(')')?.0;
        let is_section = section.len() == 1 && section.bytes().all(|byte| byte.is_ascii_digit());
        let name = name.trim_start_matches(|char: char| !char.is_alphanumeric());
        (is_section && !name.is_empty()).then(|| format!("{name}({section})"))
    };
    words.filter_map(page).collect()
}

#[test]
fn all_that_runs_or_is_set_is_the_same() {
    let mut faults = Vec::new();
    // The landing page shows a lesson that is walked, which is Spanish there.
    for (path, english, spanish) in pages().into_iter().filter(|page| page.0 != Path::new(README)) {
        let cut = cutter(&path);
        let code = |text: &str| -> Vec<String> {
            let pieces = cut(text).into_iter().filter(|piece| !piece.is_prose());
            pieces.map(|piece| piece.text.replace("/units/es/", "/units/")).collect()
        };
        let (english, spanish) = (code(&english), code(&spanish));
        for text in spanish.iter().filter(|text| !english.contains(text)) {
            faults.push(format!("{}: this is not in the English page:\n{text}", path.display()));
        }
    }
    assert_none(&faults);
}

#[test]
fn columns_can_be_counted_by_characters() {
    let combining = |text: &str| text.chars().any(|char| ('\u{300}'..='\u{36f}').contains(&char));
    let pages = pages().into_iter().filter(|(_, _, spanish)| combining(spanish));
    let pages: Vec<String> = pages.map(|(path, _, _)| path.display().to_string()).collect();
    assert_none(&pages);
}
