//! What a calendar event is made of; systemd.time(7), "Calendar events".

/// A second, in the unit that seconds are kept in.
pub(super) const MICROS: i32 = 1_000_000;

/// A calendar event. An empty list of components stands for `*`.
///
/// ```
/// use unit_file::values::Calendar;
///
/// let event = Calendar::parse("Mon 9:00", |_| false)?;
/// assert_eq!(event.to_string(), "Mon *-*-* 09:00:00");
/// # Ok::<(), unit_file::values::Invalid>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Bit 0 is Monday; 0 stands for any day.
    pub weekdays: u8,
    /// 1970 to 2199.
    pub year: Vec<Component>,
    /// 1 to 12.
    pub month: Vec<Component>,
    /// 1 to 31.
    pub day: Vec<Component>,
    /// Days count from the end of the month: `*-02~01` is the last of February.
    pub end_of_month: bool,
    /// 0 to 23.
    pub hour: Vec<Component>,
    /// 0 to 59.
    pub minute: Vec<Component>,
    /// Microseconds of the minute.
    pub microsecond: Vec<Component>,
    /// `UTC` or a zone's name; local time if there is none.
    pub zone: Option<String>,
}

/// One alternative of a field: `5`, `5..9`, `5/15` or `5..9/2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Component {
    /// The first value.
    pub start: i32,
    /// The last value, if it is a range.
    pub stop: Option<i32>,
    /// The step, if there is one.
    pub repeat: Option<i32>,
}

impl Component {
    pub(super) const fn of(start: i32) -> Component {
        Component { start, stop: None, repeat: None }
    }
}
