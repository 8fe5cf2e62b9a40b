//! A page in the pieces that are translated each by itself: a heading, a paragraph, an item of a
//! list, a note, a row of a table; in a unit file, a group of comments.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A fenced block, a setting, a rule: the same in all languages.
    Code,
    Heading,
    Paragraph,
    Item,
    Row,
    Note,
    /// A group of comment lines in a unit file.
    Comment,
}

/// A stretch of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub(crate) kind: Kind,
    /// Where it begins, counted from 1.
    pub(crate) line: usize,
    /// Its lines, without the last newline.
    pub(crate) text: &'a str,
    /// What stands between it and the next: newlines, and the rule below the head of a table.
    pub(crate) gap: &'a str,
}

impl Piece<'_> {
    /// Whether it is said differently in another language.
    pub(crate) fn is_prose(&self) -> bool {
        self.kind != Kind::Code
    }

    /// A name for its content, whatever the lines are broken at: FNV-1a, as for the progress.
    pub(crate) fn hash(&self) -> u64 {
        let folded = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        crate::files::hash(folded.bytes())
    }
}

/// The pieces of a page of Markdown. Joined, with their gaps, they are the page.
pub(crate) fn of_markdown(text: &str) -> Vec<Piece<'_>> {
    let mut found: Vec<(Kind, Range<usize>)> = Vec::new();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        let kind = match event {
            Event::Start(Tag::Heading { .. }) => Kind::Heading,
            Event::Start(Tag::Paragraph) if text[range.start..].starts_with("{{#") => Kind::Code,
            Event::Start(Tag::Paragraph | Tag::HtmlBlock) => Kind::Paragraph,
            Event::Start(Tag::Item) => Kind::Item,
            Event::Start(Tag::TableHead | Tag::TableRow) => Kind::Row,
            Event::Start(Tag::BlockQuote(_)) => Kind::Note,
            Event::Start(Tag::CodeBlock(_)) | Event::Rule => Kind::Code,
            _ => continue,
        };
        // What is within a piece belongs to it.
        if found.last().is_none_or(|(_, last)| last.end <= range.start) {
            found.push((kind, range));
        }
    }
    pieces(text, &found)
}

/// The pieces of a unit file, or of another file whose comments begin with `#`.
pub(crate) fn of_unit(text: &str) -> Vec<Piece<'_>> {
    let mut found: Vec<(Kind, Range<usize>)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_comment = line.trim_start().starts_with(['#', ';']);
        let kind = if is_comment { Kind::Comment } else { Kind::Code };
        let end = at + line.len();
        match found.last_mut() {
            _ if line.trim().is_empty() => {}
            // No blank line is between them.
            Some((open, range)) if *open == kind && range.end == at => range.end = end,
            _ => found.push((kind, at..end)),
        }
        at = end;
    }
    pieces(text, &found)
}

fn pieces<'a>(text: &'a str, found: &[(Kind, Range<usize>)]) -> Vec<Piece<'a>> {
    let ends = found.iter().skip(1).map(|(_, next)| next.start).chain([text.len()]);
    let (mut at, mut line) = (0, 1);
    let piece = |((kind, range), end): (&(Kind, Range<usize>), usize)| {
        line += text[at..range.start].matches('\n').count();
        at = range.start;
        let said = text[range.clone()].trim_end();
        Piece { kind: *kind, line, text: said, gap: &text[at + said.len()..end] }
    };
    found.iter().zip(ends).map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, of_markdown, of_unit};

    const PAGE: &str = "# Title {#t}\nA paragraph\nof two lines.\n\n- one\n  more\n- two\n\n\
        ```console\n$ x\n\n# no heading\n```\nAfter it.\n\n> [!NOTE]\n> Said.\n\n\
        | a | b |\n|---|---|\n| c | d |\n\n1. first\n2. second\n\nIn\n1989. no\n";

    #[test]
    fn a_page_is_cut_where_a_translator_would_cut_it() {
        let pieces = of_markdown(PAGE);
        let kinds: Vec<Kind> = pieces.iter().map(|piece| piece.kind).collect();
        use Kind::{Code, Heading, Item, Note, Paragraph, Row};
        assert_eq!(
            kinds,
            [
                Heading, Paragraph, Item, Item, Code, Paragraph, Note, Row, Row, Item, Item,
                Paragraph
            ]
        );
        assert_eq!(pieces[4].line, 9);
        let joined: String = pieces.iter().flat_map(|piece| [piece.text, piece.gap]).collect();
        assert_eq!(joined, PAGE);
    }

    #[test]
    fn line_breaks_are_no_part_of_what_is_said() {
        let hash = |text| of_markdown(text)[0].hash();
        assert_eq!(hash("a b\nc"), hash("a\nb  c\n"));
        assert_ne!(hash("a b"), hash("ab"));
    }

    #[test]
    fn a_unit_is_comments_and_settings() {
        let text = "# a\n# b\n[Unit]\nX=1\n\n# c\nY=2\n";
        let pieces = of_unit(text);
        let texts: Vec<&str> = pieces.iter().map(|piece| piece.text).collect();
        assert_eq!(texts, ["# a\n# b", "[Unit]\nX=1", "# c", "Y=2"]);
    }
}
