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

#[expect(dead_code)] // until you read them
/// `%(name)-8.3s`: which field, on which side, how wide at least, how long at most.
struct Field {
    name: String,
    left: bool,
    width: usize,
    precision: Option<usize>,
}

/// Reads a format: text, `%%` for the sign, and fields. What is wrong with it is said now, not with the first line.
fn compile(format: &str) -> Result<Vec<Piece>, String> {
    // TODO: text, then a field, then text again. `field` reads what stands behind a %; what does %% mean?
    let (field, after) = field(format)?;
    Ok(vec![Piece::Field(field), Piece::Text(after.to_string())])
}

/// Reads the field behind a `%`, and says what follows it.
fn field(rest: &str) -> Result<(Field, &str), String> {
    // TODO: (name), then perhaps a -, a width, a point and a precision, and an s.
    let (width, rest) = number(rest)?;
    let field = Field {
        name: "message".to_string(),
        left: false,
        width: width.unwrap_or(0),
        precision: None,
    };
    Ok((field, rest))
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
fn fit(value: &str, _field: &Field) -> String {
    // TODO
    value.to_string()
}
