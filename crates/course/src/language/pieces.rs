//! A page in the pieces that are translated each by itself: a heading, a paragraph, an item of a
//! list, a note, a row of a table; in a unit file, a group of comments.

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
    /// What stands between it and the next: newlines.
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

/// What a line does to the piece before it.
enum Step {
    Begins(Kind),
    GoesOn,
    /// It is the last line of its piece.
    Ends,
    Blank,
}

/// The pieces of a page of Markdown. Joined, with their gaps, they are the page.
pub(crate) fn of_markdown(text: &str) -> Vec<Piece<'_>> {
    let mut fence = None;
    cut(text, |line, open| {
        if let Some(end) = fence {
            let ends = line.trim_end() == end;
            fence = fence.filter(|_| !ends);
            return if ends { Step::Ends } else { Step::GoesOn };
        }
        fence = ["````", "```", "~~~"].into_iter().find(|mark| line.starts_with(mark));
        if fence.is_some() {
            return Step::Begins(Kind::Code);
        }
        let inside = open.filter(|kind| matches!(kind, Kind::Paragraph | Kind::Item | Kind::Note));
        match (begins(line), inside) {
            _ if line.trim().is_empty() => Step::Blank,
            // A number in the middle of a sentence begins no list.
            (Some(Kind::Item), Some(Kind::Paragraph)) if !line.starts_with(['-', '1']) => {
                Step::GoesOn
            }
            (Some(Kind::Note), Some(Kind::Note)) => Step::GoesOn,
            (Some(kind), _) => Step::Begins(kind),
            (None, Some(_)) => Step::GoesOn,
            (None, None) => Step::Begins(Kind::Paragraph),
        }
    })
}

/// What `line` begins, if it is no line of a paragraph.
fn begins(line: &str) -> Option<Kind> {
    let is_number = |(number, _): (&str, &str)| {
        (1..3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    match line {
        _ if line.starts_with('#') => Some(Kind::Heading),
        _ if line.starts_with("---") || line.starts_with("{{#") => Some(Kind::Code),
        _ if line.starts_with("|-") || line.starts_with("| -") => Some(Kind::Code),
        _ if line.starts_with('|') => Some(Kind::Row),
        _ if line.starts_with('>') => Some(Kind::Note),
        _ if line.starts_with("- ") || line.starts_with("* ") => Some(Kind::Item),
        _ if line.split_once(". ").is_some_and(is_number) => Some(Kind::Item),
        _ => None,
    }
}

/// The pieces of a unit file, or of another file whose comments begin with `#`.
pub(crate) fn of_unit(text: &str) -> Vec<Piece<'_>> {
    cut(text, |line, open| {
        let is_comment = line.trim_start().starts_with(['#', ';']);
        let kind = if is_comment { Kind::Comment } else { Kind::Code };
        match open {
            _ if line.trim().is_empty() => Step::Blank,
            Some(open) if open == kind => Step::GoesOn,
            _ => Step::Begins(kind),
        }
    })
}

/// Cuts a text into pieces. `step` gets each line, and the kind of the piece that it may belong to.
fn cut(text: &str, mut step: impl FnMut(&str, Option<Kind>) -> Step) -> Vec<Piece<'_>> {
    /// A kind, a line's number, and where the piece begins and ends.
    type Found = (Kind, usize, usize, usize);
    let mut found: Vec<Found> = Vec::new();
    let mut open = None;
    let mut at = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let bare = line.trim_end_matches('\n');
        let (start, end) = (at, at + bare.len());
        at += line.len();
        match (step(bare, open), found.last_mut()) {
            (Step::Blank, _) => open = None,
            (Step::Begins(kind), _) => {
                found.push((kind, number, start, end));
                open = Some(kind);
            }
            (Step::GoesOn, Some(last)) => last.3 = end,
            (Step::Ends, Some(last)) => {
                last.3 = end;
                open = None;
            }
            (Step::GoesOn | Step::Ends, None) => {}
        }
    }
    let ends: Vec<usize> = found.iter().skip(1).map(|next| next.2).chain([text.len()]).collect();
    let piece = |((kind, line, start, end), next): (Found, usize)| Piece {
        kind,
        line,
        text: &text[start..end],
        gap: &text[end..next],
    };
    found.into_iter().zip(ends).map(piece).collect()
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
                Heading, Paragraph, Item, Item, Code, Paragraph, Note, Row, Code, Row, Item, Item,
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
