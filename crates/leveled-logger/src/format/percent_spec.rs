//! What stands between a `%(name)` and its end, and what it does to a value; as in printf(3) and in
//! Python.

use super::{Value, number};

/// Flags, width, precision, conversion.
#[derive(Clone, Debug, Default)]
pub(crate) struct PercentSpec {
    pub(super) left: bool,
    pub(super) plus: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    pub(super) alternate: bool,
    pub(super) width: usize,
    pub(super) precision: Option<usize>,
    pub(super) conversion: char,
}

impl PercentSpec {
    /// `%(name)s` and nothing more.
    pub(super) fn is_plain(&self) -> bool {
        self.conversion == 's' && self.width == 0 && self.precision.is_none()
    }

    pub(crate) fn apply(&self, value: Value<'_>) -> Result<String, String> {
        match self.conversion {
            's' => Ok(self.text(as_text(value))),
            'r' => Ok(self.text(as_literal(value, false))),
            'a' => Ok(self.text(as_literal(value, true))),
            'c' => Ok(self.pad("", "", as_char(value)?, false)),
            'd' | 'i' | 'u' => self.whole(value),
            'o' | 'x' | 'X' => self.radix(value),
            _ => self.float(value),
        }
    }

    fn text(&self, text: String) -> String {
        let cut = match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text,
        };
        // Zeros are for numbers only.
        self.pad("", "", cut, false)
    }

    fn whole(&self, value: Value<'_>) -> Result<String, String> {
        let number = match value.as_number() {
            Value::Int(number) => number,
            Value::Float(number) if number.is_finite() => number.trunc() as i128,
            Value::Float(number) => return Err(format!("{number} is no whole number")),
            _ => return Err(format!("%{} needs a number, not text", self.conversion)),
        };
        Ok(self.digits(number < 0, "", number.unsigned_abs().to_string()))
    }

    fn radix(&self, value: Value<'_>) -> Result<String, String> {
        let Value::Int(number) = value.as_number() else {
            return Err(format!("%{} needs a whole number", self.conversion));
        };
        let (size, negative) = (number.unsigned_abs(), number < 0);
        let (prefix, digits) = match self.conversion {
            'o' => ("0o", format!("{size:o}")),
            'x' => ("0x", format!("{size:x}")),
            _ => ("0X", format!("{size:X}")),
        };
        Ok(self.digits(negative, if self.alternate { prefix } else { "" }, digits))
    }

    fn float(&self, value: Value<'_>) -> Result<String, String> {
        let number = match value.as_number() {
            Value::Int(number) => number as f64,
            Value::Float(number) => number,
            _ => return Err(format!("%{} needs a number, not text", self.conversion)),
        };
        let precision = self.precision.unwrap_or(6);
        let mut text = match self.conversion.to_ascii_lowercase() {
            'e' => number::exponent(number.abs(), precision),
            'f' => number::fixed(number.abs(), precision),
            _ => number::general(number.abs(), precision, self.alternate),
        };
        if self.alternate && !text.contains('.') && number.is_finite() {
            // With #, a point even where nothing follows.
            let at = text.find('e').unwrap_or(text.len());
            text.insert(at, '.');
        }
        if self.conversion.is_ascii_uppercase() {
            text = text.to_uppercase();
        }
        let sign = self.sign(number.is_sign_negative() && !number.is_nan());
        Ok(self.pad(sign, "", text, number.is_finite()))
    }

    fn digits(&self, negative: bool, prefix: &str, digits: String) -> String {
        // For whole numbers, a precision is the least number of digits.
        let least = self.precision.unwrap_or(0);
        let digits = format!("{digits:0>least$}");
        self.pad(self.sign(negative), prefix, digits, true)
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        }
    }

    fn pad(&self, sign: &str, prefix: &str, body: String, may_zero: bool) -> String {
        let used = sign.len() + prefix.len() + body.chars().count();
        let missing = self.width.saturating_sub(used);
        match (self.left, self.zero && may_zero) {
            (true, _) => format!("{sign}{prefix}{body}{}", " ".repeat(missing)),
            (false, true) => format!("{sign}{prefix}{}{body}", "0".repeat(missing)),
            (false, false) => format!("{}{sign}{prefix}{body}", " ".repeat(missing)),
        }
    }
}

pub(super) fn as_text(value: Value<'_>) -> String {
    let mut text = String::new();
    value.write(&mut text);
    text
}

/// As Python's `repr` writes it: text in quotes.
pub(super) fn as_literal(value: Value<'_>, ascii: bool) -> String {
    let Value::Text(text) = value else {
        return as_text(value);
    };
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut literal = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if c == quote => literal.extend(['\\', c]),
            c if u32::from(c) > 0xffff && ascii => literal += &format!("\\U{:08x}", u32::from(c)),
            c if u32::from(c) > 0xff && ascii => literal += &format!("\\u{:04x}", u32::from(c)),
            c if u32::from(c) > 0xff && is_unseen(c) => {
                literal += &format!("\\u{:04x}", u32::from(c))
            }
            c if c.is_control() || is_unseen(c) || ascii && !c.is_ascii() => {
                literal += &format!("\\x{:02x}", u32::from(c));
            }
            c => literal.push(c),
        }
    }
    literal.push(quote);
    literal
}

/// Blanks other than the ordinary one, and marks that show nothing: Python's `repr` names them.
fn is_unseen(c: char) -> bool {
    c.is_whitespace() && c != ' '
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}')
}

fn as_char(value: Value<'_>) -> Result<String, String> {
    let c = match value.as_number() {
        Value::Int(number) => u32::try_from(number).ok().and_then(char::from_u32),
        Value::Text(text) => {
            Some(text).filter(|text| text.chars().count() == 1).and_then(|text| text.chars().next())
        }
        _ => None,
    };
    c.map(String::from).ok_or_else(|| "%c needs one character, or its number".to_owned())
}
