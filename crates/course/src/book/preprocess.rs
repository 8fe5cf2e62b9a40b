//! mdBook's protocol for preprocessors: the book comes as JSON on standard input, and goes back on
//! standard output.
//!
//! `supports html` asks whether a renderer is served, and the exit status answers. All that is said
//! to people goes to standard error.

use std::cmp::Reverse;
use std::fmt::Display;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use check_report::{Text, text};
use serde_json::Value;

use super::failure;
use super::page::{Built, Page};
use crate::error::Error;
use crate::language::{Language, Words, english_path, read_page};
use crate::parallel::in_parallel;
use crate::project::Project;

/// How many chapters are walked at a time. They wait for their services most of the time, so two
/// processors have room for four.
const LABS: usize = 4;
/// The largest book that is taken: 64 MiB of JSON.
const LIMIT: u64 = 64 << 20;

/// Answers mdBook: whether a renderer is served, or the book with its pages filled in.
pub(crate) fn preprocess(project: &Project, question: &[String]) -> Result<(), Error> {
    match question {
        [] => book(project),
        [word, renderer] if word == "supports" && renderer == "html" => Ok(()),
        [word, _] if word == "supports" => Err(Error::NotPassed),
        _ => Err(cannot_answer("it asks for no preprocessor that this is")),
    }
}

fn book(project: &Project) -> Result<(), Error> {
    let mut text = String::new();
    io::stdin().take(LIMIT).read_to_string(&mut text).map_err(Error::input)?;
    let Ok([context, mut book]) = serde_json::from_str::<[Value; 2]>(&text) else {
        return Err(cannot_answer("what comes is not mdBook's JSON; mdbook build docs"));
    };
    let text = |pointer: &str| context.pointer(pointer).and_then(Value::as_str);
    let root = Path::new(text("/root").unwrap_or("docs"));
    let source = text("/config/book/src").unwrap_or("en");
    let language = Language::of_page(&Path::new("docs").join(source));
    let words = Arc::new(Words::of(language, Some(&project.root)));
    let mut chapters = Vec::new();
    collect(&mut book, &mut chapters);
    let page = |(index, chapter): (usize, &&mut Value)| {
        let path = root.join(source).join(chapter.get("path")?.as_str()?);
        let path = path.strip_prefix(&project.root).ok()?.to_owned();
        let content = chapter.get("content")?.as_str()?;
        let text = in_its_language(project, &path).unwrap_or_else(|| content.to_owned());
        Some((index, Page { path, text, words: Arc::clone(&words) }))
    };
    let pages: Vec<(usize, Page)> = chapters.iter().enumerate().filter_map(page).collect();
    let mut failures = Vec::new();
    for (index, built) in build_all(project, &pages) {
        let Built { text, failure, .. } = built?;
        failures.extend(failure.as_ref().map(Error::from));
        chapters[index]["content"] = Value::String(text);
    }
    for failure in &failures {
        say(failure);
    }
    failure::tell(failures)?;
    serde_json::to_writer(io::stdout().lock(), &book).map_err(|error| Error::Output(error.into()))
}

fn cannot_answer(cause: &str) -> Error {
    Error::Says(text!("cannot answer mdBook: {cause}", cause = Text::of(cause)))
}

fn say(what: impl Display) {
    let _ = writeln!(io::stderr(), "course: {what}");
}

/// A page of another language, with English where it says what the English page said before; none
/// for an English page, and for one that has no English one.
fn in_its_language(project: &Project, path: &Path) -> Option<String> {
    let english = english_path(path)?;
    let page = read_page(&project.root, &english, Language::of_page(path)).ok()?;
    Some(page.text)
}

/// All chapters with a page, however deep. mdBook 0.4 and 0.5 differ only in the list's name.
fn collect<'a>(value: &'a mut Value, chapters: &mut Vec<&'a mut Value>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| collect(item, chapters)),
        Value::Object(fields) if fields.contains_key("content") => chapters.push(value),
        Value::Object(fields) => fields.values_mut().for_each(|value| collect(value, chapters)),
        _ => {}
    }
}

/// Builds the pages, some at a time, each in a lab of its own; in the order of the book.
fn build_all(project: &Project, pages: &[(usize, Page)]) -> Vec<(usize, Result<Built, Error>)> {
    // The longest first: one that begins last would keep all others waiting.
    let mut longest_first: Vec<&(usize, Page)> = pages.iter().collect();
    longest_first.sort_by_key(|(_, page)| Reverse(page.text.len()));
    let mut built = in_parallel(LABS, pages.len(), |at| {
        let (index, page) = longest_first[at];
        let result = page.build(project);
        // Said at once: the first time, a chapter's program may have to be built.
        if let Ok(Built { said: Some(said), .. }) = &result {
            say(said);
        }
        (*index, result)
    });
    built.sort_by_key(|(index, _)| *index);
    built
}
