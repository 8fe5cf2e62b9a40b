//! A command line for `ExecStart=` and its family.

use std::fmt;

use super::{Unwritable, quote_argument};

/// A program and its arguments, exactly as the program will get them.
///
/// ```
/// use unit_file::writer::Exec;
///
/// let exec = Exec::new("/usr/bin/printf", ["%s\n", "a b", "$HOME"])?;
/// assert_eq!(exec.to_string(), r#"/usr/bin/printf %%s\n "a b" $$HOME"#);
/// # Ok::<(), unit_file::writer::Unwritable>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exec {
    program: String,
    arguments: Vec<String>,
}

impl Exec {
    /// Accepts an absolute path or a bare name, and any arguments a program can get.
    pub fn new<'a>(
        program: &str,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Result<Exec, Unwritable> {
        let special = |c: char| c.is_control() || matches!(c, '"' | '\'' | '\\' | '$' | '%');
        let is_name = !program.contains('/')
            && !program.starts_with(['-', '@', ':', '+', '!', '|', ';', '#']);
        let is_path = program.starts_with('/')
            && !program.ends_with('/')
            && !program.split('/').any(|part| matches!(part, "." | ".."));
        if program.is_empty()
            || program.contains(special)
            || !(is_name || is_path)
            || matches!(program, "." | "..")
        {
            return Err(Unwritable::Program(program.to_owned()));
        }
        let arguments: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
        match arguments.iter().find(|argument| argument.contains('\0')) {
            Some(argument) => Err(Unwritable::ZeroByte(argument.clone())),
            None => Ok(Exec { program: program.to_owned(), arguments }),
        }
    }
}

impl fmt::Display for Exec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quote_argument(&self.program))?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {}", quote_argument(argument)))
    }
}
