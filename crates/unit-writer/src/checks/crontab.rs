//! What was meant by an event that another program would understand; systemd.time(7), "Calendar
//! Events", and crontab(5).
//!
//! ```ini
//! [Timer]
//! OnCalendar=*/5 * * * *
//! ```

use unit_file::values::{Calendar, looks_like_zone};

/// `*/10 * * * *`, `@daily`, `daily 03:00`: the same event as systemd writes it.
pub(super) fn as_event(value: &str) -> Option<String> {
    let word = value.strip_prefix('@').or_else(|| value.strip_prefix("daily ")).map(str::to_owned);
    let fields: Vec<&str> = value.split_whitespace().collect();
    let meant = match fields[..] {
        [minute, hour, day, month, weekday] => line(minute, hour, day, month, weekday)?,
        _ => word?,
    };
    Calendar::parse(&meant, looks_like_zone).is_ok().then_some(meant)
}

/// A line of a crontab: its minutes come first, and its days of the week are numbers.
fn line(minute: &str, hour: &str, day: &str, month: &str, weekday: &str) -> Option<String> {
    let weekdays = match weekday {
        "*" => String::new(),
        // cron runs on either of the two, systemd where both are true.
        _ if day != "*" => return None,
        _ => format!("{} ", each(weekday, day_of_week)?),
    };
    let of_clock = |field: &str| each(&field.replace("*/", "0/"), number);
    let of_year = |field: &str| each(&field.replace("*/", "1/"), number);
    let (month, day) = (of_year(month)?, of_year(day)?);
    Some(format!("{weekdays}*-{month}-{day} {}:{}:00", of_clock(hour)?, of_clock(minute)?))
}

/// The parts of a field: `1-5` is a range, `1,15` a list, `0/5` has steps.
fn each(field: &str, part: fn(&str) -> Option<String>) -> Option<String> {
    let mut event = String::new();
    for word in field.split_inclusive(['-', ',', '/']) {
        let end = word.len() - usize::from(word.ends_with(['-', ',', '/']));
        event += &part(&word[..end])?;
        event += &word[end..].replace('-', "..");
    }
    Some(event)
}

/// Two digits, as systemd shows them; it takes one as well. A number that no field can have is left
/// to the parser of events, which knows the bounds of each.
fn number(text: &str) -> Option<String> {
    match text {
        "*" => Some("*".to_owned()),
        _ => text.parse::<u8>().ok().map(|number| format!("{number:02}")),
    }
}

/// Sunday is 0, and 7 as well.
fn day_of_week(text: &str) -> Option<String> {
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let is_day = |day: &&str| day.eq_ignore_ascii_case(text);
    let by_number = || days.get(text.parse::<usize>().ok()?).copied();
    days.into_iter().find(is_day).or_else(by_number).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::as_event;

    #[test]
    fn crontabs_become_events() {
        let cases = [
            ("*/10 * * * *", Some("*-*-* *:00/10:00")),
            ("30 4 * * *", Some("*-*-* 04:30:00")),
            ("0 3 * * 1-5", Some("Mon..Fri *-*-* 03:00:00")),
            ("0 0 1,15 */3 *", Some("*-01/03-01,15 00:00:00")),
            ("0 0 1 * sun", None),
            ("15 */2 * * 7", Some("Sun *-*-* 00/02:15:00")),
            ("@daily", Some("daily")),
            ("@reboot", None),
            ("daily 03:00", Some("03:00")),
            ("99 3 * * *", None),
            ("every 5 minutes at noon", None),
            ("now", None),
        ];
        for (value, event) in cases {
            assert_eq!(as_event(value).as_deref(), event, "{value}");
        }
    }
}
