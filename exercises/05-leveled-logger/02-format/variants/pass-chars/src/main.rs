//! The leveled logger, step 2: `leveled-2 FORMAT LEVEL MESSAGE ...` says each message as the format wants it.

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((format, said)) = arguments.split_first().filter(|(_, said)| said.len() % 2 == 0)
    else {
        eprintln!("usage: leveled-2 FORMAT LEVEL MESSAGE ...");
        return ExitCode::from(2);
    };
    let pieces = match compile(format) {
        Ok(pieces) => pieces,
        Err(error) => {
            eprintln!("leveled-2: {error}");
            return ExitCode::from(2);
        }
    };
    for pair in said.chunks(2) {
        println!("{}", line(&pieces, &pair[0], &pair[1]));
    }
    ExitCode::SUCCESS
}

/// A piece of a format that was read.
enum Piece {
    Text(String),
    Field(Field),
}

/// `%(name)-8.3s`: which field, on which side, how wide at least, how long at most.
struct Field {
    name: String,
    left: bool,
    width: usize,
    precision: Option<usize>,
}

/// Reads a format, character by character.
fn compile(format: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = vec![Piece::Text(String::new())];
    let mut at = 0;
    while at < format.len() {
        let rest = &format[at..];
        let first = rest.chars().next().unwrap();
        if first == '%' && !rest.starts_with("%%") {
            let (field, after) = field(&rest[1..])?;
            at = format.len() - after.len();
            pieces.push(Piece::Field(field));
            pieces.push(Piece::Text(String::new()));
        } else {
            let Some(Piece::Text(text)) = pieces.last_mut() else { unreachable!() };
            text.push(first);
            at += if first == '%' { 2 } else { first.len_utf8() };
        }
    }
    Ok(pieces)
}

/// Reads the field behind a `%`, and says what follows it.
fn field(rest: &str) -> Result<(Field, &str), String> {
    let inside = rest.strip_prefix('(').ok_or("a % begins a field, as %(message)s")?;
    let (name, rest) = inside.split_once(')').ok_or("a ( is never closed")?;
    if !["levelname", "message", "name"].contains(&name) {
        return Err(format!("there is no field {name:?}"));
    }
    let (left, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let (width, rest) = number(rest)?;
    let (precision, rest) = match rest.strip_prefix('.') {
        Some(rest) => number(rest).map(|(number, rest)| (Some(number.unwrap_or(0)), rest))?,
        None => (None, rest),
    };
    let rest = rest.strip_prefix('s').ok_or(format!("the field {name} needs an s at its end"))?;
    Ok((Field { name: name.to_string(), left, width: width.unwrap_or(0), precision }, rest))
}

/// The number at the beginning of a text, if there is one.
fn number(text: &str) -> Result<(Option<usize>, &str), String> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    match digits {
        "" => Ok((None, rest)),
        digits => match digits.parse() {
            Ok(number) if number <= 1000 => Ok((Some(number), rest)),
            _ => Err(format!("{digits} is too much")),
        },
    }
}

/// A line: the pieces of the format, with the values of this message.
fn line(pieces: &[Piece], level: &str, message: &str) -> String {
    let mut line = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => line.push_str(text),
            Piece::Field(field) => {
                let value = match field.name.as_str() {
                    "levelname" => level,
                    "message" => message,
                    _ => "root",
                };
                line.push_str(&fit(value, field));
            }
        }
    }
    line
}

/// A value, cut to the precision and filled to the width; both are counted in characters.
fn fit(value: &str, field: &Field) -> String {
    let value: String = value.chars().take(field.precision.unwrap_or(usize::MAX)).collect();
    let width = field.width;
    if field.left { format!("{value:<width$}") } else { format!("{value:>width$}") }
}
