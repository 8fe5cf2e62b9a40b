//! Tidying a unit file: its layout changes, its meaning and its comments don't.
//!
//! Blanks around `=` and at the ends of lines go, sections are set apart by one blank line, lines
//! end in `\n`. Values are not touched, and of a line that is continued, only its beginning.

use unit_file::syntax::{Content, Line, Statement, UnitFile};

/// A file that systemd refuses has no meaning that could be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("systemd refuses the file, line {line} first; see what check says of it")]
pub struct RefusedFile {
    /// The line of the first fault, from 1.
    pub line: usize,
}

/// The file in its tidy layout. Tidying twice changes nothing more.
///
/// ```
/// use unit_file::syntax::UnitFile;
///
/// let untidy = UnitFile::parse("[Unit]\r\nDescription =  x\r\n[Service]\r\nNice= 1");
/// let tidy = unit_writer::layout::format(&untidy)?;
/// assert_eq!(tidy, b"[Unit]\nDescription=x\n\n[Service]\nNice=1\n");
/// # Ok::<(), unit_writer::layout::RefusedFile>(())
/// ```
pub fn format(file: &UnitFile) -> Result<Vec<u8>, RefusedFile> {
    let mut layout = Layout::default();
    let mut end = 0;
    for statement in file.statements() {
        let line = statement.lines.start;
        if matches!(&statement.content, Content::Fault(fault) if fault.refuses_file()) {
            return Err(RefusedFile { line: line + 1 });
        }
        file.lines()[end..line].iter().for_each(|line| layout.between(text(file, line)));
        layout.statement(file, statement);
        end = statement.lines.end;
    }
    file.lines()[end..].iter().for_each(|line| layout.between(text(file, line)));
    layout.flush(false);
    Ok(layout.out)
}

fn text<'a>(file: &'a UnitFile, line: &Line) -> &'a [u8] {
    &file.bytes()[line.text.clone()]
}

/// The tidy file in the making.
#[derive(Default)]
struct Layout {
    out: Vec<u8>,
    /// Comments that wait for the line they stand above.
    comments: Vec<Vec<u8>>,
    /// A blank line was seen since the last statement, or since the comments before the last of
    /// them.
    blank: bool,
    /// The last line written is a section header, which needs no blank line behind it.
    after_header: bool,
}

impl Layout {
    /// A comment or a blank line outside of a statement.
    fn between(&mut self, text: &[u8]) {
        let text = trim(text);
        if !text.is_empty() {
            self.comments.push(text.to_vec());
            return;
        }
        self.flush(false);
        self.blank = !self.after_header;
    }

    /// Writes the comments that wait, set apart if they were, or if they stand above a section.
    fn flush(&mut self, above_section: bool) {
        if !above_section && self.comments.is_empty() {
            return;
        }
        self.set_apart(above_section);
        self.after_header = false;
        for comment in self.comments.drain(..) {
            self.out.extend(comment);
            self.out.push(b'\n');
        }
    }

    /// A blank line, if there was one or must be.
    fn set_apart(&mut self, must: bool) {
        if (self.blank || must) && !self.out.is_empty() {
            self.out.push(b'\n');
        }
        self.blank = false;
    }

    fn statement(&mut self, file: &UnitFile, statement: &Statement) {
        let is_section = matches!(statement.content, Content::Section(_));
        self.flush(is_section);
        self.set_apart(false);
        self.after_header = is_section;
        let first = text(file, &file.lines()[statement.lines.start]);
        self.out.extend(tidy_first(file, statement, first));
        for line in &file.lines()[statement.lines.start + 1..statement.lines.end] {
            self.out.push(b'\n');
            self.out.extend(text(file, line));
        }
        self.out.push(b'\n');
    }
}

/// The first line of a statement; as it is, where tidying could change what it means.
fn tidy_first(file: &UnitFile, statement: &Statement, line: &[u8]) -> Vec<u8> {
    let mark = b"\xef\xbb\xbf";
    // Only one byte order mark is taken off, so without the first, a second one would be.
    let marks = file.lines().iter().filter(|line| text(file, line).starts_with(mark)).count();
    let hides_comment = |rest: &[u8]| matches!(trim(rest).first(), Some(b'#' | b';'));
    let keeps_mark = line
        .strip_prefix(mark)
        .is_some_and(|rest| marks > 1 || hides_comment(rest) || trim(rest).starts_with(mark));
    // Behind a blank the mark belongs to the key; without the blank, it would be taken off.
    let mark_in_key = !line.starts_with(mark) && trim(line).starts_with(mark);
    if keeps_mark || mark_in_key || matches!(statement.content, Content::Fault(_)) {
        return line.to_vec();
    }
    let line = line.strip_prefix(mark).unwrap_or(line);
    let is_continued = statement.lines.len() > 1;
    let ends_in_backslash = trim(line).ends_with(b"\\");
    let line = if is_continued || ends_in_backslash { line } else { trim(line) };
    match (&statement.content, line.iter().position(|byte| *byte == b'=')) {
        (Content::Assignment(assignment), Some(at)) => {
            let value = &line[at + 1..];
            let blanks = value.iter().take_while(|byte| is_blank(byte)).count();
            [assignment.key.as_bytes(), b"=", &value[blanks..]].concat()
        }
        _ => line.to_vec(),
    }
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn trim(text: &[u8]) -> &[u8] {
    let start = text.iter().take_while(|byte| is_blank(byte)).count();
    let end = text.len() - text[start..].iter().rev().take_while(|byte| is_blank(byte)).count();
    &text[start..end]
}
