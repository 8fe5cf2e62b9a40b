//! On which days a calendar event falls; systemd.time(7).

use chrono::{Datelike, Days, Months, NaiveDate};

use super::calendar_parts::{Calendar, Component};

impl Calendar {
    /// The first day, from a given one on, that the event falls on; `None` if there is none before
    /// the year 2200, where systemd stops looking. The time zone is left out of account.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use unit_file::values::Calendar;
    ///
    /// let today = NaiveDate::from_ymd_opt(2026, 1, 1).expect("this is a date");
    /// let never = Calendar::parse("*-02-30", |_| false)?;
    /// assert_eq!(never.next_day(today), None);
    /// # Ok::<(), unit_file::values::Invalid>(())
    /// ```
    pub fn next_day(&self, from: NaiveDate) -> Option<NaiveDate> {
        let days = from.iter_days().take_while(|day| day.year() < 2200);
        days.into_iter().find(|day| self.falls_on(*day))
    }

    /// All parts must fit: a day of the week beside a date is one condition more, not another
    /// date.
    fn falls_on(&self, day: NaiveDate) -> bool {
        let weekday = day.weekday().num_days_from_monday();
        matches(&self.year, day.year().unsigned_abs())
            && matches(&self.month, day.month())
            && (self.weekdays == 0 || self.weekdays & (1 << weekday) != 0)
            && matches(&self.day, if self.end_of_month { from_end(day) } else { day.day() })
    }
}

/// The day of the month, counted from its end: the last day is 1.
fn from_end(day: NaiveDate) -> u32 {
    let next = day.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
    let last = next.and_then(|next| next.checked_sub_days(Days::new(1)));
    last.map_or(1, |last| last.day() - day.day() + 1)
}

/// An empty list stands for `*`.
fn matches(field: &[Component], value: u32) -> bool {
    let fits = |component: &Component| {
        let Component { start, stop, repeat } = *component;
        let Ok(value) = i32::try_from(value) else {
            return false;
        };
        // Without a range or a step, only the value itself fits.
        let stop = stop.unwrap_or(if repeat.is_some() { i32::MAX } else { start });
        (start..=stop).contains(&value) && (value - start) % repeat.unwrap_or(1) == 0
    };
    field.is_empty() || field.iter().any(fits)
}
