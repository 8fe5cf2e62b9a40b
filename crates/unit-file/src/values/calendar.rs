//! Calendar events: `Mon..Fri 9:00`, `*-*-01 00:00`, `hourly`; systemd.time(7), "Calendar events".
//!
//! Reads and tidies an event. When it comes next is not computed here: `systemd-analyze calendar`
//! tells.

use super::calendar_parser::{Parser, shorthand, split_zone};
use super::calendar_parts::{Calendar, Component, MICROS};
use super::invalid::Invalid;

impl Calendar {
    /// Reads an event. The caller knows the time zones: `is_zone` says whether a name is one.
    pub fn parse(value: &str, is_zone: impl Fn(&str) -> bool) -> Result<Calendar, Invalid> {
        let (text, zone) = split_zone(value, is_zone);
        let mut calendar = match shorthand(text) {
            Some(calendar) => calendar,
            None => Parser::new(text).event()?,
        };
        calendar.zone = calendar.zone.or(zone);
        calendar.tidy();
        match calendar.impossible_field() {
            Some(field) => Err(Invalid::whole(value, format!("the {field} can never come"))),
            None => Ok(calendar),
        }
    }

    /// What `Calendar::parse` ends with: full years, sorted alternatives, ranges that end where a
    /// step does.
    ///
    /// systemd compares events by their tidy form, and prints no other; `systemd-analyze
    /// calendar` is the way to see it.
    fn tidy(&mut self) {
        for component in &mut self.year {
            component.start = full_year(component.start);
            component.stop = component.stop.map(full_year);
        }
        self.end_of_month &= !self.day.is_empty();
        self.weekdays %= 0x7f;
        for field in
            [&mut self.year, &mut self.month, &mut self.day, &mut self.hour, &mut self.minute]
        {
            tidy_field(field);
        }
        tidy_field(&mut self.microsecond);
    }

    fn impossible_field(&self) -> Option<&'static str> {
        let fields = [
            ("year", &self.year, 1970, 2199, false),
            ("month", &self.month, 1, 12, false),
            ("day", &self.day, 1, 31, self.end_of_month),
            ("hour", &self.hour, 0, 23, false),
            ("minute", &self.minute, 0, 59, false),
            ("second", &self.microsecond, 0, 60 * MICROS - 1, false),
        ];
        let possible = |component: &Component, from, to, backwards| {
            is_possible(component, from, to, backwards)
        };
        let impossible = fields.into_iter().find(|(_, field, from, to, backwards)| {
            !field.iter().all(|component| possible(component, *from, *to, *backwards))
        });
        impossible.map(|(name, ..)| name)
    }
}

/// Whether a word at the end of an event may name a time zone: `Europe/Madrid`, not `9:00`. For
/// callers that have no list of zones.
pub fn looks_like_zone(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase()) && !word.contains(':')
}

/// Two digits are a year between 1970 and 2069, as in a C library.
fn full_year(year: i32) -> i32 {
    match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        _ => year,
    }
}

/// `5..9/2` ends at 9, `5..8/2` at 7, and `5..5` is just 5.
fn tidy_field(field: &mut Vec<Component>) {
    for component in field.iter_mut() {
        let Component { start, stop: Some(stop), repeat } = *component else {
            continue;
        };
        // A range ends where its last step does; a range of one is just that value.
        let repeat = repeat.unwrap_or(1);
        let stop = if stop > start { stop - (stop - start) % repeat } else { stop };
        component.stop = Some(stop);
        if start == stop {
            *component = Component::of(start);
        }
    }
    field.sort();
    field.dedup();
}

/// In range, and a step that comes at least once before the range or the field ends.
///
/// systemd refuses what can come in no month at all, such as the 32nd. It does not look at fields
/// together, so 30 February is taken, and never comes.
fn is_possible(component: &Component, from: i32, to: i32, backwards: bool) -> bool {
    // No month is sure to have a 29th day from its end.
    let to = if backwards { to - 3 } else { to };
    let Component { start, stop, repeat } = *component;
    let repeat = repeat.unwrap_or(0);
    if start < from || start > to || repeat > to - from {
        return false;
    }
    if let Some(stop) = stop {
        return (from..=to).contains(&stop) && start + repeat <= stop;
    }
    if backwards { start - repeat >= from } else { start + repeat <= to }
}
