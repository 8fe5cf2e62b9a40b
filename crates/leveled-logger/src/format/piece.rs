//! What a compiled format is made of.

use super::{Attribute, Value, brace_spec, percent_spec};

/// A piece of a compiled format.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Literal(String),
    Field { attribute: Attribute, spec: Spec },
}

/// The pieces as they are read, each with the column at which it begins.
#[derive(Default)]
pub(super) struct Pieces(pub(super) Vec<(usize, Piece)>);

impl Pieces {
    /// A character that is no field; those that stand together make one piece.
    pub(super) fn literal(&mut self, at: usize, c: char) {
        match self.0.last_mut() {
            Some((_, Piece::Literal(text))) => text.push(c),
            _ => self.0.push((at + 1, Piece::Literal(c.into()))),
        }
    }

    pub(super) fn field(&mut self, at: usize, field: Piece) {
        self.0.push((at + 1, field));
    }

    /// A format without a field is none.
    pub(super) fn end(self, has_field: bool, example: &str) -> Result<Self, Fault> {
        let reason =
            || format!("it has no field, so every line would be the same; {example} is one");
        if has_field { Ok(self) } else { Err(Fault::at(1, reason())) }
    }

    pub(super) fn has_field(&self) -> bool {
        self.0.iter().any(|(_, piece)| matches!(piece, Piece::Field { .. }))
    }
}

/// No width or precision larger than this: a line is not a page.
pub(super) const MAX_WIDTH: usize = 10_000;

/// How a field is written.
#[derive(Clone, Debug)]
pub(super) enum Spec {
    /// As it is: no width, no precision.
    Plain,
    Percent(percent_spec::PercentSpec),
    Brace(brace_spec::BraceSpec),
    /// With a width or a precision that is another field: the conversion, and the specifier to be.
    Nested(Option<char>, Vec<Piece>),
}

/// What is wrong with a format, and at which character.
pub(super) struct Fault {
    pub(super) column: usize,
    pub(super) reason: String,
}

impl Fault {
    pub(super) fn at(column: usize, reason: impl Into<String>) -> Fault {
        Fault { column, reason: reason.into() }
    }
}

impl Spec {
    pub(super) fn apply(&self, value: Value<'_>) -> Result<String, String> {
        match self {
            Spec::Plain => {
                let mut text = String::new();
                value.write(&mut text);
                Ok(text)
            }
            Spec::Percent(spec) => spec.apply(value),
            Spec::Brace(spec) => spec.apply(value),
            Spec::Nested(..) => Ok(String::new()),
        }
    }
}

/// The program's own fields that a format names, also as a width.
pub(super) fn add_named(pieces: &[Piece], named: &mut Vec<String>) {
    for piece in pieces {
        let Piece::Field { attribute, spec } = piece else { continue };
        if let Attribute::Custom(name) = attribute {
            named.push(name.clone());
        }
        if let Spec::Nested(_, inner) = spec {
            add_named(inner, named);
        }
    }
}

/// Writes each field once with a value of its type: what fails now would fail on every line.
pub(super) fn try_out(pieces: Pieces) -> Result<Vec<Piece>, Fault> {
    for (column, piece) in &pieces.0 {
        if let Piece::Field { attribute, spec } = piece
            && let Some(sample) = attribute.sample()
        {
            let tried = spec.apply(sample);
            tried
                .map_err(|reason| Fault::at(*column, format!("{}: {reason}", attribute.name())))?;
        }
    }
    Ok(pieces.0.into_iter().map(|(_, piece)| piece).collect())
}
