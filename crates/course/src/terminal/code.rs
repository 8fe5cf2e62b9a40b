//! What comes with line breaks of its own: a program's answer, a command, a file. A line that is
//! too long for the terminal is broken at a space, and only there.

use anstyle::Style;

use super::{Terminal, picture, wrap};
use crate::error::Error;

impl Terminal<'_> {
    /// Prints what a program has answered. On a terminal, a line that is too long for it goes on in
    /// the next one, and is broken at a space: the terminal would break it inside a word.
    pub(crate) fn answered(&mut self, style: Style, text: &str) -> Result<(), Error> {
        let drawn = picture::printed_picture(text);
        if drawn > self.columns {
            return self.say_in(style.dimmed(), picture::no_room_for_printed(drawn));
        }
        text.lines().try_for_each(|line| self.line_or_more(style, &wrap::fold(line, self.columns)))
    }

    /// Prints a prompt and the command after it; the line is ended by whoever comes next.
    pub(crate) fn command(
        &mut self,
        (prompt_style, prompt): (Style, &str),
        (style, command): (Style, &str),
    ) -> Result<(), Error> {
        // The cursor stands behind it.
        let folded = wrap::fold(&format!("{prompt} {command}"), self.columns - 2);
        self.part(prompt_style, prompt)?;
        self.part(style, &folded[prompt.len()..])
    }

    /// Prints a file as it is, for whoever sends it to another one. On a terminal, a line that is too
    /// long goes on in the next one.
    pub(crate) fn source(&mut self, text: &str) -> Result<(), Error> {
        for line in text.lines() {
            let folded = self.folded_code(line, self.columns);
            self.line_or_more(Style::new(), &folded)?;
        }
        Ok(())
    }

    /// What goes on of a comment begins as a comment.
    fn folded_code(&self, line: &str, columns: usize) -> String {
        let rest = wrap::code_indent(line);
        if self.wraps && !rest.trim_start().is_empty() {
            return textwrap::fill(line, wrap::wrapping(columns.min(self.width()), "", &rest));
        }
        wrap::fold(line, columns)
    }

    /// Prints a file or a part of one, indented. A line that is too long for the terminal goes on
    /// in the next one; what goes on of a comment begins as a comment.
    pub(crate) fn code(&mut self, text: &str) -> Result<(), Error> {
        let (caption, code, drawn) = picture::picture(text);
        let caption_lines = textwrap::fill(caption, wrap::wrapping(self.width(), "    ", "    "));
        self.lines(Style::new(), &caption_lines)?;
        if drawn > self.columns {
            return self.indented(4, &picture::no_room(drawn));
        }
        for line in code.lines() {
            let folded = self.folded_code(line, self.columns.saturating_sub(4));
            let indented: Vec<String> = folded
                .split('\n')
                .map(|line| format!("    {line}").trim_end().to_owned())
                .collect();
            self.line_or_more(Style::new(), &indented.join("\n"))?;
        }
        Ok(())
    }
}
