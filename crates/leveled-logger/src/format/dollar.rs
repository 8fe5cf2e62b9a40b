//! The `$` style: `$message` or `${message}`. See "Template strings" in Python's library reference.

use super::{Attribute, Fault, Piece, Pieces, Spec};

/// The pieces, each with the column at which it begins.
pub(super) fn compile(format: &str) -> Result<Pieces, Fault> {
    let chars: Vec<char> = format.chars().collect();
    let mut pieces = Pieces::default();
    let mut at = 0;
    while at < chars.len() {
        if chars[at] != '$' {
            pieces.literal(at, chars[at]);
            at += 1;
            continue;
        }
        if chars.get(at + 1) == Some(&'$') {
            pieces.literal(at, '$');
            at += 2;
            continue;
        }
        let (name, end) = name(&chars, at)?;
        let attribute = Attribute::of_name(&name);
        pieces.field(at, Piece::Field { attribute, spec: Spec::Plain });
        at = end;
    }
    let has_field = pieces.has_field();
    pieces.end(has_field, "$message")
}

/// The name behind the `$` at `begin`, and where the field ends.
fn name(chars: &[char], begin: usize) -> Result<(String, usize), Fault> {
    let braced = chars.get(begin + 1) == Some(&'{');
    let first = begin + 1 + usize::from(braced);
    let is_letter = |c: &char| c.is_ascii_alphabetic() || *c == '_';
    let good = chars.get(first).is_some_and(is_letter);
    let rest = chars.get(first..).unwrap_or_default();
    let length = rest.iter().take_while(|c| is_letter(c) || c.is_ascii_digit()).count();
    let end = first + length;
    if !good || braced && chars.get(end) != Some(&'}') {
        return Err(Fault::at(
            begin + 1,
            "a bare $; $message or ${message} is a field, $$ the sign",
        ));
    }
    Ok((chars[first..end].iter().collect(), end + usize::from(braced)))
}
