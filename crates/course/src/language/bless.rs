//! `cargo course translated`: says that a Spanish piece was made from the English one as it is now,
//! and shows how all of them stand.

use std::fs;
use std::path::Path;

use check_report::{Text, text};

use super::lock::{self, Entry};
use super::page::{cutter, english_path};
use super::pages::spanish_pages;
use super::pairs::{Pair, State, pairs};
use super::pieces::Piece;
use crate::error::Error;
use crate::files::read_text;

/// What is said of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blessing {
    /// The Spanish text was written from the English one.
    Translated,
    /// The English text has changed, and the Spanish one still says the same.
    Same,
    /// The Spanish text no longer says the same: English is shown until it is done.
    Stale,
}

/// Blesses the Spanish piece at `place`, `FILE:LINE`; a whole `FILE` only when it is new. Returns
/// how many pieces that were.
pub(crate) fn bless(root: &Path, place: &str, blessing: Blessing) -> Result<usize, Error> {
    let wrong = |cause: &str| {
        let cause = Text::of(cause);
        Error::Says(text!("cannot note the translation of {place}: {cause}", place, cause))
    };
    let (file, line) = match place.rsplit_once(':') {
        Some((file, line)) => {
            let line: usize = line.parse().map_err(|_| wrong("it is no FILE:LINE"))?;
            (file, Some(line))
        }
        None => (place, None),
    };
    let file = Path::new(file);
    let path = file.strip_prefix(root).unwrap_or(file);
    let english = english_path(path).ok_or_else(|| wrong("it is no Spanish page"))?;
    let (spanish, english) =
        (read_text(&root.join(path), path)?, read_text(&root.join(&english), &english)?);
    let page = path.display().to_string();
    let lock = lock::read(root)?;
    let entries = lock::of_page(&lock, &page);
    let cut = cutter(path);
    let (english, spanish) = (cut(&english), cut(&spanish));
    let mut pairs = pairs(&english, &spanish, &entries);
    if line.is_none() && !entries.is_empty() {
        return Err(wrong("name the line of each text: the page is not new"));
    }
    let upto = line.unwrap_or(usize::MAX);
    let said = pairs.iter_mut().filter(|pair| pair.spanish.is_some_and(|it| it.line <= upto));
    let mut said: Vec<&mut Pair<'_>> = said.collect();
    if line.is_some() {
        let last = said.pop().ok_or_else(|| wrong("there is no Spanish text in that line"))?;
        said = vec![last];
    }
    let mut blessed = 0;
    for pair in said {
        blessed += usize::from(bless_pair(pair, &page, blessing).map_err(wrong)?);
    }
    let entries: Vec<Entry> = pairs.into_iter().filter_map(|pair| pair.entry).collect();
    let path = root.join(lock::PATH);
    fs::write(&path, lock::with_page(&lock, &page, &entries))
        .map_err(|error| Error::write(&path, error))?;
    Ok(blessed)
}

/// Gives a pair the entry that `blessing` asks for; whether there was anything to do.
fn bless_pair(pair: &mut Pair<'_>, page: &str, blessing: Blessing) -> Result<bool, &'static str> {
    let (Some(english), Some(spanish)) = (pair.english, pair.spanish) else {
        return Err("there is no English text that it could say");
    };
    if blessing == Blessing::Translated {
        match pair.state {
            State::Fresh => return Ok(false),
            State::Outdated | State::Stale => {
                return Err(
                    "the English text has changed, and the Spanish one has not: change it, \
                            or say --same if it says the same, or --stale to do it later",
                );
            }
            State::New | State::Missing => {}
        }
    }
    let stale = blessing == Blessing::Stale;
    // What is stale keeps the name of the text that it was made from.
    let made_from = pair.entry.as_ref().filter(|_| stale).map(|entry| entry.english);
    pair.entry = Some(Entry {
        page: page.to_owned(),
        english: made_from.unwrap_or_else(|| english.hash()),
        spanish: spanish.hash(),
        stale,
    });
    Ok(true)
}

/// How the Spanish pages stand.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// How many pieces are shown in Spanish.
    pub(crate) fresh: usize,
    /// What is not, a line each: where, and what is the matter.
    pub(crate) open: Vec<Text>,
    /// What nobody has said anything about, with its `FILE:LINE` and both texts.
    pub(crate) unsaid: Vec<Text>,
}

/// Looks at all Spanish pages.
pub(crate) fn survey(root: &Path) -> Result<Survey, Error> {
    let lock = lock::read(root)?;
    let mut survey = Survey::default();
    for line in lock::edited(&lock) {
        let path = lock::PATH;
        survey.unsaid.push(text!(
            "{path}:{line} was edited by hand: take the line out",
            path,
            line
        ));
    }
    for path in spanish_pages(root).iter().filter(|path| *path != Path::new(lock::PATH)) {
        survey_page(root, path, &lock, &mut survey)?;
    }
    Ok(survey)
}

fn survey_page(root: &Path, path: &Path, lock: &str, survey: &mut Survey) -> Result<(), Error> {
    let page = path.display().to_string();
    let english = english_path(path).filter(|english| root.join(english).is_file());
    let Some(english) = english else {
        survey.unsaid.push(text!("{page}: there is no English page that it says", page));
        return Ok(());
    };
    let (spanish, english) =
        (read_text(&root.join(path), path)?, read_text(&root.join(&english), &english)?);
    let cut = cutter(path);
    for pair in pairs(&cut(&english), &cut(&spanish), &lock::of_page(lock, &page)) {
        let line = pair.spanish.map_or(0, |piece| piece.line);
        let place = format!("{page}:{line}");
        let said = |piece: Option<Piece<'_>>| {
            piece.map_or("(nothing)".into(), |piece| Text::verbatim(piece.text))
        };
        match pair.state {
            State::Fresh => survey.fresh += 1,
            State::Stale => survey.open.push(text!("{place}: stale", place)),
            State::Missing => {
                let line = pair.english.map_or(0, |piece| piece.line);
                survey.open.push(text!(
                    "{page}: no text for line {line} of the English page",
                    page,
                    line
                ));
            }
            State::Outdated | State::New => {
                let how = Text::from(match pair.state {
                    State::New => "nobody has said which text it was translated from",
                    _ => "it was translated from another text",
                });
                survey.unsaid.push(text!(
                    "{place}: {how}\n  English: {english}\n  Spanish: {spanish}\n  \
                     cargo course translated {place}",
                    place,
                    how,
                    english = said(pair.english),
                    spanish = said(pair.spanish),
                ));
            }
        }
    }
    Ok(())
}
