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

enum Piece {
    Text(String),
    Field(Field),
}
struct Field {
    name: String,
    left: bool,
    width: usize,
    precision: Option<usize>,
}
fn compile(format: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        pieces.push(Piece::Text(rest[..at].to_string()));
        let behind = &rest[at + 1..];
        if let Some(after) = behind.strip_prefix('%') {
            pieces.push(Piece::Text("%".to_string()));
            rest = after;
        } else {
            let (field, after) = field(behind)?;
            pieces.push(Piece::Field(field));
            rest = after;
        }
    }
    pieces.push(Piece::Text(rest.to_string()));
    Ok(pieces)
}
fn field(rest: &str) -> Result<(Field, &str), String> {
    let (name, rest) =
        rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).ok_or("a % without (name)")?;
    if !["levelname", "message", "name"].contains(&name) {
        return Err(format!("no field {name}"));
    }
    let (left, rest) = match rest.strip_prefix(['-', '+', '#', ' ']) {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let (width, rest) = number(rest)?;
    let (precision, rest) = match rest.strip_prefix('.') {
        Some(rest) => {
            let (n, rest) = number(rest)?;
            (Some(n.ok_or("a . without a number")?), rest)
        }
        None => (None, rest),
    };
    let rest = rest.strip_prefix('s').ok_or("no s")?;
    Ok((Field { name: name.to_string(), left, width: width.unwrap_or(0), precision }, rest))
}
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
fn fit(value: &str, field: &Field) -> String {
    let value: String = value.chars().take(field.precision.unwrap_or(usize::MAX)).collect();
    let width = field.width;
    if field.left { format!("{value:<width$}") } else { format!("{value:>width$}") }
}
