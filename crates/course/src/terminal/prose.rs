//! Shows Markdown in a terminal: headings, lists, quotes, tables and code as text of a width.
//!
//! Styles are written as ANSI codes; whoever prints the text strips them where nobody can see them.

use anstyle::{AnsiColor, Style};
use check_report::Text;
use pulldown_cmark::{BlockQuoteKind, Event, Tag, TagEnd};

use super::picture::{no_room, picture};
use super::table::Table;
use super::wrap::{fold, wrapping};
use crate::language::Words;

const STRONG: Style = Style::new().bold();
const EMPHASIS: Style = Style::new().italic();
/// Read on a dark and on a light background: cyan and yellow are lost on white, blue on black.
const CODE: Style = AnsiColor::Magenta.on_default();
const QUIET: Style = Style::new().dimmed();

/// The events as lines of at most `width` characters; lines of code have at most `columns`. What we
/// add ourselves is in the language of `words`.
pub(super) fn render(events: &[Event<'_>], width: usize, columns: usize, words: &Words) -> String {
    let mut page = Rendering { width, columns, words: Some(words), ..Rendering::default() };
    for event in events {
        page.event(event);
    }
    page.end_paragraph();
    page.out
}

/// The page as far as it is rendered.
#[derive(Default)]
struct Rendering<'w> {
    out: String,
    words: Option<&'w Words>,
    width: usize,
    columns: usize,
    /// The paragraph at hand, as it was written and with its styles.
    plain: String,
    styled: String,
    /// The styles around the text at hand, innermost last.
    styles: Vec<Style>,
    /// In front of a paragraph's first line, and of its others: a bullet, a quote's bar, an indent
    /// for each list item and quote that we are in.
    prefixes: Vec<(String, String)>,
    /// For each list that we are in, the number of its next item.
    lists: Vec<Option<u64>>,
    /// Where the links that we are in lead.
    links: Vec<String>,
    /// The table at hand.
    table: Table,
    /// The block of code at hand, as far as it was read.
    code: Option<String>,
    /// The next paragraph follows without a blank line: an item or a quote has just begun.
    tight: bool,
}

impl Rendering<'_> {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => *code += text,
                None => self.text(text),
            },
            // In a text without colours, a sign alone is taken for one of the sentence.
            Event::Code(text) if !text.contains(char::is_alphanumeric) => {
                self.styled(CODE, &format!("`{text}`"));
            }
            Event::Code(text) => self.styled(CODE, text),
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.text("\n"),
            Event::Rule => self.rule(),
            // HTML is for the web page. The other events belong to extensions of Markdown that
            // `chapter::markdown` does not turn on.
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::DefinitionListTitle => self.gap(),
            Tag::Heading { .. } => {
                self.gap();
                self.styles.push(STRONG);
            }
            Tag::BlockQuote(kind) => self.quote(*kind),
            Tag::List(first) => {
                self.end_paragraph();
                if self.lists.is_empty() {
                    self.gap();
                }
                self.lists.push(*first);
            }
            Tag::Item => self.item(),
            Tag::DefinitionListDefinition => self.indent("    ", "    "),
            Tag::Strong => self.styles.push(STRONG),
            Tag::Emphasis => self.styles.push(EMPHASIS),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.links.push(dest_url.to_string());
            }
            Tag::Table(_) => self.gap(),
            Tag::TableHead => {
                self.styles.push(STRONG);
                self.table.row();
            }
            Tag::TableRow => self.table.row(),
            Tag::CodeBlock(_) => {
                self.gap();
                self.code = Some(String::new());
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::DefinitionListTitle => self.end_paragraph(),
            TagEnd::Heading(_) => {
                self.styles.pop();
                self.end_paragraph();
            }
            TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::DefinitionListDefinition => {
                self.end_paragraph();
                self.prefixes.pop();
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Strong | TagEnd::Emphasis => {
                self.styles.pop();
            }
            TagEnd::Link | TagEnd::Image => self.end_link(),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::TableHead => drop(self.styles.pop()),
            TagEnd::TableCell => {
                self.plain.clear();
                self.table.cell(&std::mem::take(&mut self.styled));
            }
            TagEnd::Table => self.out += &std::mem::take(&mut self.table).render(self.width),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.styled(Style::new(), text);
    }

    /// Lines of code, which are not to be filled.
    fn end_code(&mut self) {
        let code = self.code.take().unwrap_or_default();
        let (caption, code, drawn) = picture(&code);
        if !caption.is_empty() {
            self.out += &textwrap::fill(caption, wrapping(self.width, "    ", "    "));
            self.out.push('\n');
        }
        if drawn > self.columns {
            self.styled(QUIET, &self.said(no_room(drawn)));
            return self.end_paragraph();
        }
        for line in code.lines() {
            self.out += &fold(format!("    {line}").trim_end(), self.columns);
            self.out.push('\n');
        }
    }

    /// What we add ourselves, in the learner's language.
    fn said(&self, text: impl Into<Text>) -> String {
        let text = text.into();
        self.words.map_or_else(|| text.english(), |words| words.fill(&text))
    }

    fn styled(&mut self, style: Style, text: &str) {
        let style = self.styles.iter().fold(style, |style, around| style | around.get_effects());
        // Each word by itself: a line break between two of them, and what stands in front of the
        // next line, has no style.
        for word in text.split_inclusive([' ', '\n']) {
            let bare = word.trim_end_matches([' ', '\n']);
            self.styled += &format!("{style}{bare}{style:#}{}", &word[bare.len()..]);
        }
        self.plain += text;
    }

    /// One blank line between two paragraphs, with the bars of the quotes that we are in.
    fn gap(&mut self) {
        self.end_paragraph();
        if !self.out.is_empty() && !self.tight {
            let (_, bars) = self.prefix();
            self.out.push_str(bars.trim_end());
            self.out.push('\n');
        }
        self.tight = false;
    }

    fn end_paragraph(&mut self) {
        let (plain, styled) = (std::mem::take(&mut self.plain), std::mem::take(&mut self.styled));
        if plain.trim().is_empty() {
            return;
        }
        let (first, rest) = self.prefix();
        self.out += &textwrap::fill(styled.trim_end(), wrapping(self.width, &first, &rest));
        self.out.push('\n');
        self.tight = false;
        for (first, rest) in &mut self.prefixes {
            first.clone_from(rest);
        }
    }

    fn prefix(&self) -> (String, String) {
        self.prefixes.iter().cloned().unzip()
    }

    fn indent(&mut self, first: &str, rest: &str) {
        self.end_paragraph();
        self.prefixes.push((first.to_owned(), rest.to_owned()));
        self.tight = true;
    }

    fn item(&mut self) {
        let bullet = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        };
        self.indent(&bullet, &" ".repeat(bullet.len()));
    }

    fn quote(&mut self, kind: Option<BlockQuoteKind>) {
        self.gap();
        self.indent("| ", "| ");
        let word = match kind {
            None => return,
            Some(BlockQuoteKind::Note) => "Note",
            Some(BlockQuoteKind::Tip) => "Tip",
            Some(BlockQuoteKind::Important) => "Important",
            Some(BlockQuoteKind::Warning) => "Warning",
            Some(BlockQuoteKind::Caution) => "Caution",
        };
        self.styled(STRONG, &self.said(word));
        self.end_paragraph();
        self.tight = true;
    }

    /// A page of the web is worth its address here; another chapter is only worth its name.
    fn end_link(&mut self) {
        let target = self.links.pop().unwrap_or_default();
        let shown = self.plain.ends_with(&target);
        if target.contains("://") && !shown {
            self.styled(QUIET, &format!(" ({target})"));
        }
    }

    fn rule(&mut self) {
        self.gap();
        self.out.push_str(&"-".repeat(self.width.min(20)));
        self.out.push('\n');
    }
}
