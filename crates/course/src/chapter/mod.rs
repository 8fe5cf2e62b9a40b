//! A chapter: the Markdown page of the book, read as the lesson that it is.
//!
//! Prose stays prose; each fenced block is something to do or to show, and one that the course doesn't
//! know is an error: a chapter holds nothing that nobody ran. Nothing is run here.

mod console;
mod fence;
mod include;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

pub use console::{Place, Typed};
use fence::Fence;

use crate::error::Error;
use crate::read::read_text;

/// A chapter, ready to be walked.
#[derive(Debug)]
pub struct Chapter {
    /// Its first heading.
    pub title: String,
    /// Its prose and blocks, in order.
    pub pieces: Vec<Piece>,
}

/// One stretch of a chapter.
#[derive(Debug)]
pub enum Piece {
    /// Text between two blocks, as Markdown events.
    Prose(Vec<Event<'static>>),
    /// Commands and what they answer.
    Console(Console),
    /// A file that the lesson writes in the lab.
    File(File),
    /// A part of the repository, only shown.
    Listing(Listing),
    /// A block that says `users`: it needs a lab with more than one user id.
    ForUsers(Box<Piece>),
}

/// A `console` block.
#[derive(Debug)]
pub struct Console {
    /// Its commands, in order; at least one.
    pub commands: Vec<Typed>,
    /// How long the last command may be repeated until it answers as expected.
    pub retry: Duration,
}

/// A block with `file=` in its info string.
#[derive(Debug)]
pub struct File {
    /// Where in the lab; absolute.
    pub path: PathBuf,
    /// Its whole text.
    pub text: String,
}

/// A block that includes a file of the repository.
#[derive(Debug)]
pub struct Listing {
    /// The file, relative to the project's root.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

impl Chapter {
    /// Reads the chapter at `path`, which is relative to the project's `root`.
    pub fn read(root: &Path, path: &Path) -> Result<Chapter, Error> {
        let text = read_text(&root.join(path), path)?;
        let source = Source { root, path, text: &text };
        source.chapter()
    }
}

/// A chapter's text, and where it is from: for messages, and for what it includes.
struct Source<'a> {
    root: &'a Path,
    path: &'a Path,
    text: &'a str,
}

impl Source<'_> {
    fn chapter(&self) -> Result<Chapter, Error> {
        let mut pieces = Vec::new();
        let mut prose = Vec::new();
        let mut depth = 0;
        let mut events = Parser::new_ext(self.text, markdown()).into_offset_iter();
        while let Some((event, range)) = events.next() {
            if let Event::Start(Tag::CodeBlock(kind)) = event {
                if depth > 0 {
                    return Err(self
                        .error(&range, "a block inside a list or a quote; put it at the margin"));
                }
                let body = body_of(&mut events);
                pieces.extend(prose_piece(&mut prose));
                pieces.push(self.block(&kind, &body, &range)?);
                continue;
            }
            match &event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Text(text) | Event::Code(text) if text.contains("{{#") => {
                    return Err(self.error(&range, "an include outside a fenced block"));
                }
                _ => {}
            }
            prose.push(event.into_static());
        }
        pieces.extend(prose_piece(&mut prose));
        let title = take_title(&mut pieces)
            .ok_or_else(|| self.error(&(0..0), "no heading to call the lesson by"))?;
        Ok(Chapter { title, pieces })
    }

    fn block(
        &self,
        kind: &CodeBlockKind<'_>,
        body: &str,
        range: &Range<usize>,
    ) -> Result<Piece, Error> {
        let wrong = |cause: &str| Err(self.error(range, cause));
        let CodeBlockKind::Fenced(info) = kind else {
            return wrong("an indented block; put it between fences and say what it is");
        };
        if !is_closed(&self.text[range.clone()]) {
            return wrong("a fenced block that is never closed");
        }
        if let Some(info) = info.strip_suffix(",users") {
            let kind = CodeBlockKind::Fenced(info.into());
            let block = self.block(&kind, body, range)?;
            return Ok(Piece::ForUsers(Box::new(block)));
        }
        let included = include::argument(body)
            .map(|argument| include::include(self.root, self.path, argument))
            .transpose()
            .map_err(|cause| self.error(range, cause))?;
        match (Fence::parse(info).map_err(|cause| self.error(range, cause))?, included) {
            (Fence::Console { retry }, None) => {
                let first = self.line(range.start) + 1;
                let commands = console::parse(body, first)
                    .map_err(|(line, cause)| self.error_at(line, cause))?;
                Ok(Piece::Console(Console { commands, retry }))
            }
            (Fence::File { path }, Some(Listing { text, .. })) => {
                Ok(Piece::File(File { path, text }))
            }
            (Fence::File { path }, None) if !body.contains("{{#") => {
                Ok(Piece::File(File { path, text: body.to_owned() }))
            }
            (Fence::File { .. }, None) => wrong("an include must be alone in its block"),
            (Fence::Listing, Some(listing)) => Ok(Piece::Listing(listing)),
            (Fence::Listing, None) => {
                wrong("a block that runs, writes and includes nothing, so nothing proves it")
            }
            (Fence::Console { .. }, Some(_)) => {
                wrong("a console block shows its commands; it can't include them")
            }
        }
    }

    fn error(&self, range: &Range<usize>, cause: impl Into<String>) -> Error {
        self.error_at(self.line(range.start), cause.into())
    }

    fn error_at(&self, line: usize, cause: String) -> Error {
        let path = self.path.to_owned();
        Error::Chapter { path, line, cause }
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

fn prose_piece(prose: &mut Vec<Event<'static>>) -> Option<Piece> {
    (!prose.is_empty()).then(|| Piece::Prose(std::mem::take(prose)))
}

/// Takes the heading out of the prose: the lesson says it first, before its lab boots.
fn take_title(pieces: &mut [Piece]) -> Option<String> {
    let Some(Piece::Prose(events)) = pieces.first_mut() else {
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
