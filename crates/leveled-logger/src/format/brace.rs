//! The `{` style: `{levelname:<8}`. See "Format String Syntax" in Python's library reference.

use super::brace_spec::BraceSpec;
use super::{Attribute, Fault, Piece, Spec};

/// The pieces, each with the column at which it begins.
pub(super) fn compile(format: &str) -> Result<Vec<(usize, Piece)>, Fault> {
    let chars: Vec<char> = format.chars().collect();
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            (brace @ ('{' | '}'), Some(next)) if brace == *next => {
                literal.push(brace);
                at += 2;
            }
            ('{', _) => {
                if !literal.is_empty() {
                    pieces.push((at + 1, Piece::Literal(std::mem::take(&mut literal))));
                }
                let (piece, end) = field(&chars, at)?;
                pieces.push((at + 1, piece));
                at = end;
            }
            ('}', _) => return Err(Fault::at(at + 1, "a single }; write }} for the sign")),
            (c, _) => {
                literal.push(c);
                at += 1;
            }
        }
    }
    if !literal.is_empty() {
        pieces.push((at + 1, Piece::Literal(literal)));
    }
    if !pieces.iter().any(|(_, piece)| matches!(piece, Piece::Field { .. })) {
        return Err(Fault::at(
            1,
            "it has no field, so every line would be the same; {message} is one",
        ));
    }
    Ok(pieces)
}

/// The field that begins with the `{` at `begin`, and where it ends.
fn field(chars: &[char], begin: usize) -> Result<(Piece, usize), Fault> {
    let close = chars[begin..].iter().position(|c| *c == '}').map(|close| begin + close);
    let Some(close) = close else {
        return Err(Fault::at(begin + 1, "a single {, never closed; write {{ for the sign"));
    };
    let inside = &chars[begin + 1..close];
    let colon = inside.iter().position(|c| *c == ':').unwrap_or(inside.len());
    let (head, spec) = (&inside[..colon], inside.get(colon + 1..).unwrap_or_default());
    let bang = head.iter().position(|c| *c == '!').unwrap_or(head.len());
    let name: String = head[..bang].iter().collect();
    check_name(&name, begin + 2)?;

    let literal = match head.get(bang + 1..) {
        None => None,
        Some([kind @ ('r' | 's' | 'a')]) => Some(*kind),
        Some(kind) => {
            let kind: String = kind.iter().collect();
            let reason = format!("{kind:?} is no conversion: !r, !s or !a");
            return Err(Fault::at(begin + 3 + bang, reason));
        }
    };
    if let Some(inner) = spec.iter().position(|c| *c == '{') {
        let reason = "a field within a field: write the width itself";
        return Err(Fault::at(begin + 3 + colon + inner, reason));
    }
    let mut parsed =
        BraceSpec::parse(spec).map_err(|reason| Fault::at(begin + 3 + colon, reason))?;
    parsed.conversion = literal;
    let spec = if parsed.is_plain() { Spec::Plain } else { Spec::Brace(parsed) };
    Ok((Piece::Field { attribute: Attribute::of_name(&name), spec }, close + 1))
}

/// Python also looks into values, as `{name.upper}` or `{name[0]}`; the values here have no
/// insides.
fn check_name(name: &str, column: usize) -> Result<(), Fault> {
    let good = !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if good {
        return Ok(());
    }
    Err(Fault::at(column, format!("{name:?} is no name of a field, as message is")))
}
