//! The time at the start of a line. Many lines fall into the same second, so the text of a second
//! is made once.

use jiff::tz::TimeZone;

use super::Format;
use crate::cli::time::zoned;

/// Writes times in one format.
pub(super) struct Clock {
    format: Format,
    zone: TimeZone,
    second: Option<u64>,
    /// The text of that second: what comes before the fraction, and what comes behind it.
    text: (String, String),
}

impl Clock {
    pub(super) fn new(format: Format, zone: TimeZone) -> Clock {
        Clock { format, zone, second: None, text: Default::default() }
    }

    /// Appends a time, in microseconds since 1970.
    pub(super) fn push(&mut self, time: u64, out: &mut Vec<u8>) {
        let second = time / 1_000_000;
        if self.second != Some(second) {
            self.second = Some(second);
            self.text = self.of_second(second);
        }
        out.extend(self.text.0.as_bytes());
        if matches!(self.format, Format::ShortPrecise | Format::ShortIsoPrecise | Format::ShortUnix)
        {
            push_fraction(time, out);
        }
        out.extend(self.text.1.as_bytes());
    }

    fn of_second(&self, second: u64) -> (String, String) {
        if self.format == Format::ShortUnix {
            return (format!("{second:10}"), String::new());
        }
        let Some(moment) = zoned(second * 1_000_000, &self.zone) else {
            return ("--- XXXX-XX-XX XX:XX:XX".to_owned(), String::new());
        };
        let (before, behind) = match self.format {
            Format::ShortIso | Format::ShortIsoPrecise => ("%Y-%m-%dT%H:%M:%S", "%z"),
            Format::ShortFull | Format::WithUnit => ("%a %Y-%m-%d %H:%M:%S", " %Z"),
            _ => ("%b %d %H:%M:%S", ""),
        };
        (moment.strftime(before).to_string(), moment.strftime(behind).to_string())
    }
}

/// Appends the microseconds within a second, with the point.
pub(super) fn push_fraction(time: u64, out: &mut Vec<u8>) {
    let mut digits = *b".000000";
    let mut rest = time % 1_000_000;
    for digit in digits[1..].iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend(digits);
}

/// Appends a number in decimal digits.
pub(super) fn push_number(number: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let (mut rest, mut at) = (number, 20);
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return out.extend(&digits[at..]);
        }
    }
}
