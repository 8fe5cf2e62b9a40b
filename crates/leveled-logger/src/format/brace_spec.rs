//! What stands behind the `:` of a `{name:…}`, and what it does to a value; the "Format
//! Specification Mini-Language" of Python's library reference.

use super::percent_spec::{as_literal, as_text};
use super::{MAX_WIDTH, Value, number};

/// `[[fill]align][sign][#][0][width][grouping][.precision][type]`
#[derive(Clone, Debug, Default)]
pub(crate) struct BraceSpec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
    /// The letter behind a `!`: the value becomes text first.
    conversion: Option<char>,
}

impl BraceSpec {
    pub(super) fn parse(chars: &[char], conversion: Option<char>) -> Result<BraceSpec, String> {
        let mut spec = BraceSpec { conversion, ..BraceSpec::default() };
        let mut rest = chars;
        match rest {
            [fill, align @ ('<' | '>' | '=' | '^'), ..] => {
                (spec.fill, spec.align) = (Some(*fill), Some(*align));
                rest = &rest[2..];
            }
            [align @ ('<' | '>' | '=' | '^'), ..] => {
                spec.align = Some(*align);
                rest = &rest[1..];
            }
            _ => {}
        }
        spec.sign = take(&mut rest, &['+', '-', ' ']);
        spec.alternate = take(&mut rest, &['#']).is_some();
        spec.zero = take(&mut rest, &['0']).is_some();
        spec.width = take_number(&mut rest)?.unwrap_or(0);
        spec.grouping = take(&mut rest, &[',', '_']);
        if take(&mut rest, &['.']).is_some() {
            spec.precision = Some(take_number(&mut rest)?.ok_or("no number behind the point")?);
        }
        spec.kind = take(
            &mut rest,
            &['b', 'c', 'd', 'e', 'E', 'f', 'F', 'g', 'G', 'n', 'o', 's', 'x', 'X', '%'],
        );
        if !rest.is_empty() {
            let all: String = chars.iter().collect();
            return Err(format!("{all:?} is no specifier, as <8 or .3f are"));
        }
        Ok(spec)
    }

    /// Nothing but the name.
    pub(super) fn is_plain(&self) -> bool {
        self.align.is_none()
            && self.sign.is_none()
            && !self.alternate
            && !self.zero
            && self.width == 0
            && self.grouping.is_none()
            && self.precision.is_none()
            && self.kind.is_none()
            && self.conversion.is_none()
    }

    pub(crate) fn apply(&self, value: Value<'_>) -> Result<String, String> {
        let converted = match self.conversion {
            Some('s') => Some(as_text(value)),
            Some(kind) => Some(as_literal(value, kind == 'a')),
            None => None,
        };
        match (converted.as_deref().map_or(value.as_number(), Value::Text), self.kind) {
            (Value::Text(text), None | Some('s')) => self.text(text),
            (Value::Text(_), Some(kind)) => Err(format!("{kind} needs a number, not text")),
            (Value::Bool(text), _) => Err(format!("{text} can't be formatted: write !s")),
            (Value::Int(number), None | Some('d' | 'n' | 'b' | 'o' | 'x' | 'X' | 'c')) => {
                self.int(number)
            }
            (Value::Int(number), Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%')) => {
                self.float(number as f64)
            }
            (Value::Float(number), None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%')) => {
                self.float(number)
            }
            (_, Some(kind)) => Err(format!("{kind} does not go with this number")),
        }
    }

    fn text(&self, text: &str) -> Result<String, String> {
        if self.sign.is_some()
            || self.grouping.is_some()
            || self.alternate
            || self.align == Some('=')
        {
            return Err("a sign, # , _ and = are for numbers, not for text".to_owned());
        }
        let cut: String = text.chars().take(self.precision.unwrap_or(usize::MAX)).collect();
        Ok(self.pad("", cut, '<'))
    }

    fn int(&self, number: i128) -> Result<String, String> {
        if self.kind == Some('n') && self.grouping.is_some() {
            return Err("n groups by itself".to_owned());
        }
        if self.precision.is_some() {
            return Err("a whole number has no precision".to_owned());
        }
        let size = number.unsigned_abs();
        let (prefix, digits) = match self.kind {
            Some('c') => return self.character(number),
            Some('b') => ("0b", format!("{size:b}")),
            Some('o') => ("0o", format!("{size:o}")),
            Some('x') => ("0x", format!("{size:x}")),
            Some('X') => ("0X", format!("{size:X}")),
            _ => ("", size.to_string()),
        };
        let every = if prefix.is_empty() { 3 } else { 4 };
        if self.grouping == Some(',') && every == 4 {
            return Err("a comma goes with decimal numbers only".to_owned());
        }
        let head =
            format!("{}{}", self.sign_of(number < 0), if self.alternate { prefix } else { "" });
        let body = self.grouped(&head, &digits, "", every);
        Ok(self.pad(&head, body, '>'))
    }

    fn character(&self, number: i128) -> Result<String, String> {
        if self.sign.is_some() || self.grouping.is_some() || self.alternate {
            return Err("a sign, # , and _ don't go with a character".to_owned());
        }
        let c = u32::try_from(number).ok().and_then(char::from_u32);
        let c = c.ok_or_else(|| format!("{number} is no character"))?;
        Ok(self.pad("", c.to_string(), '>'))
    }

    fn float(&self, number: f64) -> Result<String, String> {
        if self.kind == Some('n') && self.grouping.is_some() {
            return Err("n groups by itself".to_owned());
        }
        let size = number.abs();
        let precision = self.precision.unwrap_or(6);
        let mut text = match self.kind.map(|kind| kind.to_ascii_lowercase()) {
            Some('e') => number::exponent(size, precision),
            Some('f') => number::fixed(size, precision),
            Some('%') => number::fixed(size * 100.0, precision) + "%",
            Some(_) => number::general(size, precision, self.alternate),
            None => match self.precision {
                None => number::shortest(size),
                Some(precision) => number::with_point(size, precision),
            },
        };
        if self.alternate && !text.contains('.') && number.is_finite() {
            // With #, a point even where nothing follows.
            let at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            text.insert(at, '.');
        }
        if self.kind.is_some_and(|kind| kind.is_ascii_uppercase()) {
            text = text.to_uppercase();
        }
        let head = self.sign_of(number.is_sign_negative() && !number.is_nan()).to_owned();
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let body = self.grouped(&head, &text[..end], &text[end..], 3);
        Ok(self.pad(&head, body, '>'))
    }

    fn sign_of(&self, negative: bool) -> &'static str {
        match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            (false, _) => "",
        }
    }

    /// The digits in groups. Zeros that fill up the width are grouped too, so they come first.
    fn grouped(&self, head: &str, digits: &str, tail: &str, every: usize) -> String {
        let Some(separator) = self.grouping else {
            return format!("{digits}{tail}");
        };
        let mut digits = digits.to_owned();
        loop {
            let grouped = group(&digits, separator, every);
            let fills = match (self.fill, self.align) {
                (None, None | Some('=')) => self.zero,
                (fill, align) => fill == Some('0') && align == Some('='),
            };
            let length = head.len() + grouped.len() + tail.len();
            if !fills || length >= self.width {
                return grouped + tail;
            }
            digits.insert(0, '0');
        }
    }

    /// Fills up to the width; a sign stays in front of zeros, and of what fills with `=`.
    fn pad(&self, head: &str, body: String, natural: char) -> String {
        let length = head.chars().count() + body.chars().count();
        let missing = self.width.saturating_sub(length);
        let fill = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
        let fill = |count: usize| fill.to_string().repeat(count);
        let inside = if self.zero && natural == '>' { '=' } else { natural };
        match self.align.unwrap_or(inside) {
            '<' => format!("{head}{body}{}", fill(missing)),
            '^' => format!("{}{head}{body}{}", fill(missing / 2), fill(missing - missing / 2)),
            '=' => format!("{head}{}{body}", fill(missing)),
            _ => format!("{}{head}{body}", fill(missing)),
        }
    }
}

fn group(digits: &str, separator: char, every: usize) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(every) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

fn take(rest: &mut &[char], among: &[char]) -> Option<char> {
    let first = *rest.first().filter(|c| among.contains(c))?;
    *rest = &rest[1..];
    Some(first)
}

fn take_number(rest: &mut &[char]) -> Result<Option<usize>, String> {
    let count = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    let text: String = rest[..count].iter().collect();
    *rest = &rest[count..];
    match text.parse() {
        Ok(number) if number <= MAX_WIDTH => Ok(Some(number)),
        _ if count == 0 => Ok(None),
        _ => Err(format!("{text} is more than {MAX_WIDTH}")),
    }
}
