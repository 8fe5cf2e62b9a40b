//! The `{` style: `{levelname:<8}`. See "Format String Syntax" in Python's library reference.

use super::brace_spec::BraceSpec;
use super::{Attribute, Fault, Piece, Pieces, Spec};

/// The pieces, each with the column at which it begins.
pub(super) fn compile(format: &str) -> Result<Pieces, Fault> {
    let chars: Vec<char> = format.chars().collect();
    let pieces = pieces(&chars, true)?;
    let has_field = pieces.has_field();
    pieces.end(has_field, "{message}")
}

fn pieces(chars: &[char], may_nest: bool) -> Result<Pieces, Fault> {
    let mut pieces = Pieces::default();
    let mut at = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            (brace @ ('{' | '}'), Some(next)) if brace == *next => {
                pieces.literal(at, brace);
                at += 2;
            }
            ('{', _) => {
                let (piece, end) = field(chars, at, may_nest)?;
                pieces.field(at, piece);
                at = end;
            }
            ('}', _) => return Err(Fault::at(at + 1, "a single }; write }} for the sign")),
            (c, _) => {
                pieces.literal(at, c);
                at += 1;
            }
        }
    }
    Ok(pieces)
}

/// Where the field ends that begins with the `{` at `begin`: fields within it end first.
fn end_of(chars: &[char], begin: usize) -> Option<usize> {
    let mut open = 0_usize;
    let is_end = |c: &char| {
        open += usize::from(*c == '{');
        open -= usize::from(*c == '}');
        open == 0
    };
    chars[begin..].iter().position(is_end).map(|close| begin + close)
}

/// The field that begins with the `{` at `begin`, and where it ends.
fn field(chars: &[char], begin: usize, may_nest: bool) -> Result<(Piece, usize), Fault> {
    let Some(close) = end_of(chars, begin) else {
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
    let at_spec = begin + 2 + colon;
    let spec = match spec.iter().position(|c| *c == '{') {
        // {message:{width}}: only the record tells the width.
        Some(_) if may_nest => {
            let inner = pieces(spec, false)
                .map_err(|fault| Fault::at(at_spec + fault.column, fault.reason))?;
            Spec::Nested(literal, inner.0.into_iter().map(|(_, piece)| piece).collect())
        }
        Some(inner) => {
            return Err(Fault::at(at_spec + inner + 1, "fields within fields within one"));
        }
        None => {
            let parsed = BraceSpec::parse(spec, literal);
            let parsed = parsed.map_err(|reason| Fault::at(at_spec + 1, reason))?;
            if parsed.is_plain() { Spec::Plain } else { Spec::Brace(parsed) }
        }
    };
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
