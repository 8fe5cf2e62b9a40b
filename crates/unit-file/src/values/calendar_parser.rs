//! Reading a calendar event from left to right.

use chrono::{DateTime, Datelike, Timelike};

use super::Invalid;
use super::calendar_parts::{Calendar, Component, MICROS};

/// A limit of systemd's on the alternatives of one field.
const COMPONENTS_MAX: usize = 240;

/// Takes a time zone from the end.
///
/// A zone is a name with a capital letter and perhaps a slash, so whether the last word is one,
/// only a list of zones can tell.
pub(super) fn split_zone(value: &str, is_zone: impl Fn(&str) -> bool) -> (&str, Option<String>) {
    let utc_at = value.len().saturating_sub(4);
    if value.get(utc_at..).is_some_and(|end| end.eq_ignore_ascii_case(" UTC")) {
        return (&value[..utc_at], Some("UTC".to_owned()));
    }
    match value.rsplit_once(' ') {
        Some((text, zone)) if !zone.is_empty() && is_zone(zone) => (text, Some(zone.to_owned())),
        _ => (value, None),
    }
}

/// `daily` and its like, in any case.
///
/// The words stand for whole events, and nothing may follow them except a zone.
pub(super) fn shorthand(text: &str) -> Option<Calendar> {
    let at = |value: i32| vec![Component::of(value)];
    let months = |values: &[i32]| values.iter().map(|month| Component::of(*month)).collect();
    let minutely = Calendar { microsecond: at(0), ..Calendar::default() };
    let hourly = Calendar { minute: at(0), ..minutely.clone() };
    let daily = Calendar { hour: at(0), ..hourly.clone() };
    let monthly = Calendar { day: at(1), ..daily.clone() };
    Some(match text.to_ascii_lowercase().as_str() {
        "minutely" => minutely,
        "hourly" => hourly,
        "daily" => daily,
        "weekly" => Calendar { weekdays: 1, ..daily },
        "monthly" => monthly,
        "quarterly" => Calendar { month: months(&[1, 4, 7, 10]), ..monthly },
        "biannually" | "bi-annually" | "semiannually" | "semi-annually" => {
            Calendar { month: months(&[1, 7]), ..monthly }
        }
        "annually" | "yearly" | "anually" => Calendar { month: at(1), ..monthly },
        _ => return None,
    })
}

/// Reads an event from left to right.
pub(super) struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Parser<'a> {
        Parser { text, at: 0 }
    }

    pub(super) fn event(&mut self) -> Result<Calendar, Invalid> {
        let mut calendar = Calendar::default();
        if self.text.is_empty() {
            return Err(self.refuse("a calendar event is missing"));
        }
        calendar.weekdays = self.weekdays()?;
        if !self.date(&mut calendar)? {
            self.time(&mut calendar)?;
        }
        if self.at < self.text.len() {
            return Err(self.refuse("nothing more is expected"));
        }
        Ok(calendar)
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn refuse(&self, expected: &str) -> Invalid {
        let found = match self.rest() {
            "" => "the end".to_owned(),
            rest => format!("{rest:?}"),
        };
        Invalid::at(self.at..self.text.len(), format!("{expected}, found {found}"))
    }

    fn skip(&mut self, byte: u8) {
        while self.peek() == Some(byte) {
            self.at += 1;
        }
    }

    /// `Mon,Wed..Fri `; nothing at all if no day's name stands here.
    ///
    /// Days may be written out or cut to three letters. A range runs forward only: Sat..Tue is
    /// refused.
    fn weekdays(&mut self) -> Result<u8, Invalid> {
        let mut days = 0;
        let mut range_from: Option<u8> = None;
        loop {
            let Some((day, length)) = day_name(self.rest()) else {
                return if days == 0 {
                    Ok(0)
                } else {
                    Err(self.refuse("a day of the week is expected"))
                };
            };
            if !matches!(
                self.text.as_bytes().get(self.at + length),
                None | Some(b'-' | b'.' | b',' | b' ')
            ) {
                return Err(self.refuse("a day of the week is expected"));
            }
            let first = range_from.unwrap_or(day);
            if first > day {
                return Err(self.refuse("a range of days runs from Monday to Sunday"));
            }
            days |= (first..=day).fold(0, |bits, day| bits | 1 << day);
            self.at += length;
            let was_range = range_from.take().is_some();
            match self.peek() {
                Some(b'.') if !was_range && self.rest().starts_with("..") => {
                    range_from = Some(day);
                    self.skip(b'.');
                }
                // The old way to write a range.
                Some(b'-') if !was_range => {
                    range_from = Some(day);
                    self.at += 1;
                }
                Some(b'.' | b'-') => return Err(self.refuse("a comma or a blank is expected")),
                Some(b',') => self.skip(b','),
                _ => {}
            }
            if matches!(self.peek(), None | Some(b' ')) {
                self.skip(b' ');
                return if range_from.is_none() {
                    Ok(days)
                } else {
                    Err(self.refuse("a day is expected"))
                };
            }
        }
    }

    /// Reads a date if one stands here; yes if no time may follow it.
    ///
    /// What stands before a colon is an hour, so the first number is read as a date and given
    /// back if it was none.
    fn date(&mut self, calendar: &mut Calendar) -> Result<bool, Invalid> {
        if self.peek() == Some(b'@') {
            self.timestamp(calendar)?;
            return Ok(true);
        }
        let before = self.at;
        if self.peek().is_none() {
            return Ok(false);
        }
        let first = self.chain(false)?;
        if matches!(self.peek(), None | Some(b':')) {
            self.at = before; // it was a time
            return Ok(false);
        }
        calendar.end_of_month = self.date_separator()?;
        let second = self.chain(false)?;
        if matches!(self.peek(), None | Some(b' ')) {
            (calendar.month, calendar.day) = (first, second);
        } else {
            if calendar.end_of_month {
                return Err(self.refuse("after ~ the day is the last part"));
            }
            calendar.end_of_month = self.date_separator()?;
            (calendar.year, calendar.month, calendar.day) = (first, second, self.chain(false)?);
        }
        if !matches!(self.peek(), None | Some(b' ')) {
            return Err(self.refuse("a blank is expected after the date"));
        }
        self.skip(b' ');
        Ok(false)
    }

    fn date_separator(&mut self) -> Result<bool, Invalid> {
        match self.peek() {
            Some(separator @ (b'-' | b'~')) => {
                self.at += 1;
                Ok(separator == b'~')
            }
            _ => Err(self.refuse("a - is expected")),
        }
    }

    /// `14:30`, `14:30:15`; no time at all is midnight.
    fn time(&mut self, calendar: &mut Calendar) -> Result<(), Invalid> {
        let zero = || vec![Component::of(0)];
        (calendar.hour, calendar.minute, calendar.microsecond) = (zero(), zero(), zero());
        if self.peek().is_none() {
            return Ok(());
        }
        calendar.hour = self.chain(false)?;
        self.colon()?;
        calendar.minute = self.chain(false)?;
        if self.peek().is_some() {
            self.colon()?;
            calendar.microsecond = self.chain(true)?;
        }
        Ok(())
    }

    fn colon(&mut self) -> Result<(), Invalid> {
        if self.peek() != Some(b':') {
            return Err(self.refuse("a : is expected"));
        }
        self.at += 1;
        Ok(())
    }

    /// `*`, or alternatives between commas.
    ///
    /// A field is a list, each part of which may be a range with a step: `1,5..9/2`.
    fn chain(&mut self, seconds: bool) -> Result<Vec<Component>, Invalid> {
        if self.peek() == Some(b'*') {
            self.at += 1;
            let every_second = Component { start: 0, stop: None, repeat: Some(MICROS) };
            return Ok(if seconds { vec![every_second] } else { Vec::new() });
        }
        let mut chain = Vec::new();
        loop {
            chain.push(self.component(seconds)?);
            if self.peek() != Some(b',') {
                return Ok(chain);
            }
            self.at += 1;
            if chain.len() > COMPONENTS_MAX {
                return Err(self.refuse("fewer alternatives are expected"));
            }
        }
    }

    fn component(&mut self, seconds: bool) -> Result<Component, Invalid> {
        let mut component = Component::of(self.number(seconds)?);
        let unit = if seconds { MICROS } else { 1 };
        if self.rest().starts_with("..") {
            self.at += 2;
            component.stop = Some(self.number(seconds)?);
            component.repeat = Some(unit);
        }
        if self.peek() == Some(b'/') {
            self.at += 1;
            component.repeat = Some(self.number(seconds)?);
            if component.repeat == Some(0) {
                return Err(self.refuse("a step greater than 0 is expected"));
            }
        } else if component.stop.is_some_and(|stop| seconds && component.start + unit > stop) {
            return Err(self.refuse("a range of at least a second is expected"));
        }
        if !matches!(self.peek(), None | Some(b' ' | b',' | b'-' | b'~' | b':')) {
            return Err(self.refuse("a number ends here"));
        }
        Ok(component)
    }

    /// A number; of seconds, in microseconds, with a fraction.
    fn number(&mut self, seconds: bool) -> Result<i32, Invalid> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return Err(self.refuse("a number is expected"));
        }
        let number: i32 = self.rest()[..digits]
            .parse()
            .map_err(|_| self.refuse("a smaller number is expected"))?;
        if !seconds {
            self.at += digits;
            return Ok(number);
        }
        let micros = number.checked_mul(MICROS).ok_or_else(|| self.refuse("seconds end at 59"))?;
        self.at += digits;
        // One point begins a fraction, two a range.
        if self.rest().starts_with('.') && !self.rest().starts_with("..") {
            self.at += 1;
            return micros
                .checked_add(self.fraction()?)
                .ok_or_else(|| self.refuse("seconds end at 59"));
        }
        Ok(micros)
    }

    /// Six digits, the seventh rounds, the others are dropped.
    ///
    /// Seconds are the only field with one, because timers are as exact as a microsecond.
    fn fraction(&mut self) -> Result<i32, Invalid> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return Err(self.refuse("a digit is expected"));
        }
        let text = format!("{:0<7}", &self.rest()[..digits]);
        let micros: i32 = text[..6].parse().map_err(|_| self.refuse("a digit is expected"))?;
        let rounds_up = text.as_bytes()[6] >= b'5';
        self.at += digits;
        Ok(micros + i32::from(rounds_up))
    }

    /// `@1493187147`, seconds since 1970, which stands for its date in UTC.
    ///
    /// The one form that names a single moment; it is kept as its date and time in UTC.
    fn timestamp(&mut self, calendar: &mut Calendar) -> Result<(), Invalid> {
        let digits = self.rest()[1..].bytes().take_while(u8::is_ascii_digit).count();
        let seconds: i64 = self.rest()[1..1 + digits]
            .parse()
            .map_err(|_| self.refuse("a number of seconds is expected after @"))?;
        let too_late = || self.refuse("a time before the year 2200 is expected");
        let time = DateTime::from_timestamp(seconds, 0).filter(|time| time.year() < 2200);
        let time = time.ok_or_else(too_late)?;
        let at = |value: u32| i32::try_from(value).map(Component::of).map(|value| vec![value]);
        let field = |value: u32| at(value).map_err(|_| too_late());
        calendar.year = vec![Component::of(time.year())];
        calendar.month = field(time.month())?;
        calendar.day = field(time.day())?;
        calendar.hour = field(time.hour())?;
        calendar.minute = field(time.minute())?;
        calendar.microsecond = field(time.second() * MICROS.unsigned_abs())?;
        calendar.zone = Some("UTC".to_owned());
        self.at += 1 + digits;
        Ok(())
    }
}

/// The day of the week that a text begins with, Monday being 0, and the length of its name.
fn day_name(text: &str) -> Option<(u8, usize)> {
    let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let begins_with =
        |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    names.iter().zip(0..).find_map(|(name, day)| {
        let length = [name.len(), 3].into_iter().find(|length| begins_with(&name[..*length]))?;
        Some((day, length))
    })
}
