//! The `%` style: `%(levelname)-8s`. See "printf-style String Formatting" in Python's library
//! reference.

use super::percent_spec::PercentSpec;
use super::{Attribute, Fault, MAX_WIDTH, Piece, Pieces, Spec};

/// The pieces, each with the column at which it begins.
pub(super) fn compile(format: &str) -> Result<Pieces, Fault> {
    let chars: Vec<char> = format.chars().collect();
    let mut pieces = Pieces::default();
    let mut has_field = false;
    let mut at = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('%', Some('%')) => {
                pieces.literal(at, '%');
                // Python takes what follows a %% for a field when it looks whether there is one.
                has_field |= field(&chars, at + 1).is_ok();
                at += 2;
            }
            ('%', _) => {
                let (piece, end) = field(&chars, at)?;
                pieces.field(at, piece);
                // Python does not count a field whose point has no number behind it, or that has
                // one of C's sizes.
                let odd = |two: &[char]| two[0] == '.' && !two[1].is_ascii_digit();
                has_field |= !chars[at..end].windows(2).any(odd)
                    && !matches!(chars[end - 2], 'h' | 'l' | 'L');
                at = end;
            }
            (c, _) => {
                pieces.literal(at, c);
                at += 1;
            }
        }
    }
    pieces.end(has_field, "%(message)s")
}

/// The field that begins with the `%` at `begin`, and where it ends.
fn field(chars: &[char], begin: usize) -> Result<(Piece, usize), Fault> {
    if chars.get(begin + 1) != Some(&'(') {
        return Err(Fault::at(
            begin + 1,
            "a % begins a field, as %(message)s; write %% for the sign",
        ));
    }
    let close = chars[begin..].iter().position(|c| *c == ')').map(|close| begin + close);
    let Some(close) = close else {
        return Err(Fault::at(begin + 1, "the ( is never closed"));
    };
    let name: String = chars[begin + 2..close].iter().collect();
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return Err(Fault::at(begin + 3, format!("{name:?} is no name of a field")));
    }
    let mut scan = Scan { chars, at: close + 1 };
    let mut spec = PercentSpec::default();
    scan.flags(&mut spec);
    spec.width = scan.number()?.unwrap_or(0);
    if scan.peek() == Some('.') {
        scan.at += 1;
        // A point without a number means 0, as in C.
        spec.precision = Some(scan.number()?.unwrap_or(0));
    }
    // The sizes of C, as in %ld, say nothing about a value of ours.
    if matches!(scan.peek(), Some('h' | 'l' | 'L')) {
        scan.at += 1;
    }
    let Some(conversion) = scan.peek() else {
        let cure = format!("the field ends too early: write %({name})s");
        return Err(Fault::at(begin + 1, cure));
    };
    if !"diouxXeEfFgGcrsa".contains(conversion) {
        let reason = format!(
            "{conversion:?} is no conversion: s writes anything, d whole numbers, f others"
        );
        return Err(Fault::at(scan.at + 1, reason));
    }
    spec.conversion = conversion;
    let spec = if spec.is_plain() { Spec::Plain } else { Spec::Percent(spec) };
    Ok((Piece::Field { attribute: Attribute::of_name(&name), spec }, scan.at + 1))
}

struct Scan<'a> {
    chars: &'a [char],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn flags(&mut self, spec: &mut PercentSpec) {
        while let Some(c) = self.peek() {
            match c {
                '-' => spec.left = true,
                '+' => spec.plus = true,
                ' ' => spec.space = true,
                '0' => spec.zero = true,
                '#' => spec.alternate = true,
                _ => return,
            }
            self.at += 1;
        }
    }

    fn number(&mut self) -> Result<Option<usize>, Fault> {
        let begin = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == begin {
            return match self.peek() {
                Some('*') => Err(Fault::at(begin + 1, "a width of * has no argument to come from")),
                _ => Ok(None),
            };
        }
        let text: String = self.chars[begin..self.at].iter().collect();
        let number = text.parse().ok().filter(|number| *number <= MAX_WIDTH);
        let too_large = || Fault::at(begin + 1, format!("{text} is more than {MAX_WIDTH}"));
        number.ok_or_else(too_large).map(Some)
    }
}
