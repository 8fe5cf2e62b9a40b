//! Command lines: `ExecStart=` and its family; systemd.service(5), "Command lines".
//!
//! What looks like a shell here is none: `|`, `>`, `&&`, `*` and `~` are arguments like any other.

use std::ops::Range;

use super::path::judge_length;
use super::{Backslash, Invalid, Splitter, Word};

/// A limit of ours on the commands of one line, far above what anybody writes.
const MAX_COMMANDS: usize = 10_000;

/// One character before the program that changes how it is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// `-`: a failure doesn't count.
    IgnoreFailure,
    /// `@`: the second word is what the program gets as its own name.
    SeparateName,
    /// `:`: no `$VARIABLE` is filled in.
    NoVariables,
    /// `+`: with full privileges, outside the sandbox.
    FullPrivileges,
    /// `!`: as root, inside the sandbox.
    KeepUser,
    /// `!!`: as `!`, but only on kernels without ambient capabilities.
    AmbientMagic,
    /// `|`: in the user's login shell; since version 258.
    LoginShell,
}

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What stands before the program, in order.
    pub prefixes: Vec<Prefix>,
    /// The program as it was written, without its prefixes.
    pub program: String,
    /// Where the program stands in the value, without its prefixes.
    pub program_span: Range<usize>,
    /// All words the program gets, its own name first.
    pub arguments: Vec<Word>,
}

impl Command {
    /// Whether the command has a prefix.
    pub fn has(&self, prefix: Prefix) -> bool {
        self.prefixes.contains(&prefix)
    }
}

/// The commands of a value; `;` between blanks separates them.
///
/// ```
/// use unit_file::values::{CommandLine, Prefix};
///
/// let line = CommandLine::parse("-/bin/echo 'two words' ; /bin/true", 252)?;
/// assert_eq!(line.commands.len(), 2);
/// assert!(line.commands[0].has(Prefix::IgnoreFailure));
/// assert_eq!(line.commands[0].arguments[1].text(), "two words");
/// # Ok::<(), unit_file::values::Invalid>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine {
    /// The commands that systemd runs, in order.
    pub commands: Vec<Command>,
    /// What systemd drops with a warning, together with everything behind it, while it keeps the
    /// unit.
    pub dropped: Option<Invalid>,
}

/// A bad command. It costs the unit; with the prefix `-`, and before a program is known, only the
/// rest of the line.
struct Bad {
    invalid: Invalid,
    costs_unit: bool,
}

impl CommandLine {
    /// Reads a value as the given version of systemd does; an error is one that costs the unit.
    pub fn parse(value: &str, version: u32) -> Result<CommandLine, Invalid> {
        let mut line = CommandLine::default();
        let mut words = Splitter::new(value);
        while line.commands.len() < MAX_COMMANDS {
            match read_command(&mut words, version) {
                Ok(Some((command, another))) => {
                    line.commands.push(command);
                    if !another {
                        break;
                    }
                }
                Ok(None) => break,
                Err(bad) if bad.costs_unit => return Err(bad.invalid),
                Err(bad) => {
                    line.dropped = Some(bad.invalid);
                    break;
                }
            }
        }
        Ok(line)
    }
}

/// Reads a command, and whether a `;` behind it begins another one.
fn read_command(words: &mut Splitter<'_>, version: u32) -> Result<Option<(Command, bool)>, Bad> {
    let Some(mut command) = read_program(words, version)? else {
        return Ok(None);
    };
    let costs_unit = !command.has(Prefix::IgnoreFailure);
    match read_arguments(words, &mut command) {
        Ok(another) => Ok(Some((command, another))),
        Err(invalid) => Err(Bad { invalid, costs_unit }),
    }
}

/// Reads the first word of a command: prefixes and program.
///
/// The first word is special three times: it has the prefixes, it is looked up as a program, and
/// it becomes the program's own name, unless @ gives another.
fn read_program(words: &mut Splitter<'_>, version: u32) -> Result<Option<Command>, Bad> {
    let word = loop {
        match words.next_word(Backslash::Escapes) {
            // Where a program should be, even a quoted ; only separates.
            Ok(Some(word)) if word.bytes == b";" => {}
            Ok(Some(word)) => break word,
            Ok(None) => return Ok(None),
            Err(invalid) => return Err(Bad { invalid, costs_unit: false }),
        }
    };
    let text = word.text().into_owned();
    let (prefixes, length) = read_prefixes(&text, version);
    let program = text[length..].to_owned();
    // Quotes and escapes are gone from the text; without any, the prefixes take as many bytes of
    // the value.
    let quoted = !word.is_plain();
    let program_span =
        if quoted { word.span.clone() } else { word.span.start + length..word.span.end };
    let reason = if program.is_empty() {
        Some("there is no program here")
    } else if prefixes.contains(&Prefix::LoginShell) {
        None
    } else {
        program_problem(&program, version)
    };
    if let Some(reason) = reason {
        let costs_unit = !prefixes.contains(&Prefix::IgnoreFailure);
        let span = if program.is_empty() { word.span } else { program_span };
        return Err(Bad { invalid: Invalid::at(span, reason), costs_unit });
    }
    let bytes = program.clone().into_bytes();
    let own_name = Word { bytes, span: program_span.clone(), unknown_escape: word.unknown_escape };
    let arguments =
        if prefixes.contains(&Prefix::SeparateName) { Vec::new() } else { vec![own_name] };
    Ok(Some(Command { prefixes, program, program_span, arguments }))
}

/// Each prefix once, in any order; `+` and `!` exclude each other. The rest belongs to the program.
///
/// systemd reads them from left to right and stops at the first sign that can't be one more
/// prefix; what is left is the program, even if it begins with such a sign.
fn read_prefixes(word: &str, version: u32) -> (Vec<Prefix>, usize) {
    let mut prefixes = Vec::new();
    for (at, c) in word.char_indices() {
        let prefix = match c {
            '-' => Prefix::IgnoreFailure,
            '@' => Prefix::SeparateName,
            ':' => Prefix::NoVariables,
            '+' => Prefix::FullPrivileges,
            '!' if prefixes.contains(&Prefix::KeepUser) => Prefix::AmbientMagic,
            '!' => Prefix::KeepUser,
            '|' if version >= 258 => Prefix::LoginShell,
            _ => return (prefixes, at),
        };
        let privileges = [Prefix::FullPrivileges, Prefix::KeepUser, Prefix::AmbientMagic];
        let taken = prefixes.contains(&prefix)
            || (prefix == Prefix::AmbientMagic && prefixes.contains(&Prefix::FullPrivileges))
            || (matches!(prefix, Prefix::FullPrivileges | Prefix::KeepUser)
                && privileges.iter().any(|other| prefixes.contains(other)));
        if taken {
            return (prefixes, at);
        }
        prefixes.retain(|other| prefix != Prefix::AmbientMagic || *other != Prefix::KeepUser);
        prefixes.push(prefix);
    }
    (prefixes, word.len())
}

/// Whether systemd takes the word for a program: an absolute path, or a name to look up.
///
/// systemd must be sure of what it will run, so a path that depends on a directory is none. A
/// bare name is looked up in directories that are compiled in, since version 239.
fn program_problem(program: &str, version: u32) -> Option<&'static str> {
    if program.starts_with('%') && !program.starts_with("%%") {
        return None; // a specifier such as %h fills in the beginning, so only systemd can tell
    }
    let special = |c: char| c.is_ascii_control() || matches!(c, '"' | '\'' | '\\');
    if program.starts_with(['+', '!', '@', ':']) {
        Some("one of +, ! and !! is enough before a program, and no prefix stands there twice")
    } else if program.contains(special) {
        Some("a program's name can't contain quotes, backslashes or control characters")
    } else if program.ends_with('/')
        || program.ends_with("/.")
        || program.ends_with("/..")
        || matches!(program, "." | "..")
    {
        Some("this is a directory, not a program")
    } else if program.starts_with('/') {
        judge_length(program).err().map(|_| "the path is too long")
    } else if version < 239 {
        Some("before version 239, a program is named by an absolute path")
    } else if program.contains('/') {
        Some("a program is named by an absolute path, or by its bare name")
    } else if program.len() > 255 {
        Some("the program's name is too long")
    } else {
        None
    }
}

/// Reads arguments up to the end, or up to a `;` that begins another command: then the answer is
/// yes.
///
/// A lone ; begins another command, `\;` is a semicolon for the program. In quotes, or as a part
/// of a word, it is a letter like any other.
fn read_arguments(words: &mut Splitter<'_>, command: &mut Command) -> Result<bool, Invalid> {
    loop {
        let start = words.offset();
        let ends_word = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
        match words.rest() {
            [b';', rest @ ..] if ends_word(rest.first()) => {
                words.skip(1 + blanks(rest));
                return require_name(command).map(|()| true);
            }
            [b'\\', b';', rest @ ..] if ends_word(rest.first()) => {
                words.skip(2 + blanks(rest));
                command.arguments.push(Word {
                    bytes: vec![b';'],
                    span: start..start + 2,
                    unknown_escape: false,
                });
            }
            [] => return require_name(command).map(|()| false),
            _ => match words.next_word(Backslash::Escapes) {
                Ok(Some(word)) => command.arguments.push(word),
                Ok(None) => return require_name(command).map(|()| false),
                Err(invalid) => return Err(invalid),
            },
        }
    }
}

/// With `@` the program's own name must follow.
fn require_name(command: &Command) -> Result<(), Invalid> {
    if command.arguments.is_empty() {
        let reason = "after the prefix @, the program's own name must follow";
        return Err(Invalid::at(command.program_span.clone(), reason));
    }
    Ok(())
}

fn blanks(rest: &[u8]) -> usize {
    rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}
