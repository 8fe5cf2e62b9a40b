//! What a compiled format is made of.

use super::{Attribute, Value, brace_spec, percent_spec};

/// A piece of a compiled format.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Literal(String),
    Field { attribute: Attribute, spec: Spec },
}

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
pub(super) fn try_out(pieces: Vec<(usize, Piece)>) -> Result<Vec<(usize, Piece)>, Fault> {
    for (column, piece) in &pieces {
        if let Piece::Field { attribute, spec } = piece
            && let Some(sample) = attribute.sample()
        {
            let tried = spec.apply(sample);
            tried
                .map_err(|reason| Fault::at(*column, format!("{}: {reason}", attribute.name())))?;
        }
    }
    Ok(pieces)
}
