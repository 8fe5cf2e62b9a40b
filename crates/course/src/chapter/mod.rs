//! A chapter: the Markdown page of the book, read as the lesson that it is.
//!
//! Prose stays prose; each fenced block is something to do or to show, and one that the course
//! doesn't know is an error: a chapter holds nothing that nobody ran. Nothing is run here.

mod block;
mod console;
mod fence;
mod include;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

pub(crate) use block::{Block, Console, ConsoleCommand, File, Listing, Need, Prompt, Stretch};

use self::block::Fault;
use self::fence::Fence;

use crate::error::Error;
use crate::language::{Language, PageText, read_page};

/// A chapter, ready to be walked.
#[derive(Debug)]
pub struct Chapter {
    /// Its first heading.
    pub(crate) title: String,
    /// Its prose and blocks, in order.
    pub(crate) stretches: Vec<Stretch>,
    /// How many of its texts are in English still, of a chapter in another language.
    pub(crate) left_in_english: usize,
}

impl Chapter {
    /// Its first heading.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Reads the chapter at `path`, which is relative to the project's `root`.
    pub fn read(root: &Path, path: &Path) -> Result<Chapter, Error> {
        Chapter::read_in(root, path, Language::English)
    }

    /// Reads the English chapter at `path` in another language, as far as it was translated.
    pub(crate) fn read_in(root: &Path, path: &Path, language: Language) -> Result<Chapter, Error> {
        let PageText { text, left_in_english } = read_page(root, path, language)?;
        let chapter = Chapter::from_source(&Source { root, path, language, text: &text })?;
        Ok(Chapter { left_in_english, ..chapter })
    }

    /// Reads a chapter that is `text`, as if it stood at `path`: its includes begin there.
    pub(crate) fn of_text(root: &Path, path: &Path, text: &str) -> Result<Chapter, Error> {
        Chapter::from_source(&Source { root, path, language: Language::of_page(path), text })
    }

    fn from_source(source: &Source<'_>) -> Result<Chapter, Error> {
        let wrong = |(line, cause)| Error::Chapter { path: source.path.to_owned(), line, cause };
        source.chapter().map_err(wrong)
    }
}

/// A chapter's text, and where it is from: for what it includes.
struct Source<'a> {
    root: &'a Path,
    path: &'a Path,
    language: Language,
    text: &'a str,
}

impl Source<'_> {
    fn chapter(&self) -> Result<Chapter, Fault> {
        let mut stretches = Vec::new();
        let mut prose = Vec::new();
        let mut depth = 0;
        let mut events = Parser::new_ext(self.text, markdown()).into_offset_iter();
        while let Some((event, range)) = events.next() {
            let wrong = |cause: &str| Err((self.line(range.start), cause.to_owned()));
            if let Event::Start(Tag::CodeBlock(kind)) = event {
                if depth > 0 {
                    return wrong("a block inside a list or a quote; put it at the margin");
                }
                let body = body_of(&mut events);
                stretches.extend(prose_before(&mut prose));
                stretches.push(self.fenced(&kind, &body, range)?);
                continue;
            }
            match &event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Text(text) | Event::Code(text) if text.contains("{{#") => {
                    return wrong("an include outside a fenced block");
                }
                _ => {}
            }
            prose.push(event.into_static());
        }
        stretches.extend(prose_before(&mut prose));
        let title = take_title(&mut stretches)
            .ok_or_else(|| (1, "no heading to call the lesson by".to_owned()))?;
        Ok(Chapter { title, stretches, left_in_english: 0 })
    }

    fn fenced(
        &self,
        kind: &CodeBlockKind<'_>,
        body: &str,
        range: Range<usize>,
    ) -> Result<Stretch, Fault> {
        let lines = self.line(range.start)..self.line(range.end);
        let here = |cause: String| (lines.start, cause);
        let wrong = |cause: &str| Err(here(cause.to_owned()));
        let CodeBlockKind::Fenced(info) = kind else {
            return wrong("an indented block; put it between fences and say what it is");
        };
        if !is_closed(&self.text[range.clone()]) {
            return wrong("a fenced block that is never closed");
        }
        let (purpose, need) = Need::take(info);
        let included = include::argument(body)
            .map(|argument| include::include(self.root, self.path, argument, self.language))
            .transpose()
            .map_err(here)?;
        let block = match (Fence::parse(purpose).map_err(here)?, included) {
            (Fence::Console { retry }, None) => {
                Block::Console(Console { commands: console::parse(body, lines.start + 1)?, retry })
            }
            (Fence::File { path }, Some(Listing { text, .. })) => Block::File(File { path, text }),
            (Fence::File { path }, None) if !body.contains("{{#") => {
                Block::File(File { path, text: body.to_owned() })
            }
            (Fence::Listing, Some(listing)) => Block::Listing(listing),
            (Fence::File { .. }, None) => return wrong("an include must be alone in its block"),
            (Fence::Listing, None) => {
                return wrong(
                    "a block that runs, writes and includes nothing, so nothing proves it",
                );
            }
            (Fence::Console { .. }, Some(_)) => {
                return wrong("a console block shows its commands; it can't include them");
            }
        };
        Ok(Stretch { block, need, info: info.to_string(), range, lines })
    }

    fn line(&self, offset: usize) -> usize {
        1 + self.text[..offset].matches('\n').count()
    }
}

/// What mdBook 0.5 reads beyond plain Markdown, as far as the chapters use it.
pub(crate) fn markdown() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
}

/// The text up to the end of the block that has just begun.
fn body_of<'a>(events: &mut impl Iterator<Item = (Event<'a>, Range<usize>)>) -> String {
    let mut body = String::new();
    for (event, _) in events {
        match event {
            Event::Text(text) => body.push_str(&text),
            Event::End(TagEnd::CodeBlock) => break,
            _ => {}
        }
    }
    body
}

/// CommonMark closes a forgotten fence at the end of the page, with all that follows inside.
fn is_closed(block: &str) -> bool {
    let fence: String = block.chars().take_while(|c| matches!(c, '`' | '~')).collect();
    let mut lines = block.trim_end().lines();
    lines.next();
    lines.last().is_some_and(|last| last.trim().starts_with(&fence))
}

fn prose_before(prose: &mut Vec<Event<'static>>) -> Option<Stretch> {
    (!prose.is_empty()).then(|| Stretch::prose(std::mem::take(prose)))
}

/// Takes the heading out of the prose: the lesson says it first, before its lab boots.
fn take_title(stretches: &mut [Stretch]) -> Option<String> {
    let Block::Prose(events) = &mut stretches.first_mut()?.block else {
        return None;
    };
    let end = events.iter().position(|event| matches!(event, Event::End(TagEnd::Heading(_))))?;
    let heading = events.drain(..=end);
    let title: String = heading
        .filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(text.into_string()),
            _ => None,
        })
        .collect();
    (!title.is_empty()).then_some(title)
}
