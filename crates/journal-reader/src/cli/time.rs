//! Times, as systemd reads and writes them; systemd.time(7).

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

/// Microseconds since 1970 in UTC.
pub(crate) type Micros = u64;

const SECOND: u64 = 1_000_000;

/// The zone that `TZ` or the machine says; UTC if neither does.
pub(crate) fn local_zone() -> TimeZone {
    TimeZone::try_system().unwrap_or(TimeZone::UTC)
}

/// A moment in a zone; `None` if there is no such date.
pub(crate) fn zoned(time: Micros, zone: &TimeZone) -> Option<Zoned> {
    let time = Timestamp::from_microsecond(i64::try_from(time).ok()?).ok()?;
    Some(time.to_zoned(zone.clone()))
}

/// `Thu 2024-10-03 12:00:00 UTC`, with microseconds if wanted: what systemd shows everywhere.
pub(crate) fn pretty(time: Micros, zone: &TimeZone, micros: bool) -> String {
    let Some(moment) = zoned(time, zone).filter(|moment| moment.year() <= 9999 && time > 0) else {
        return "--- XXXX-XX-XX XX:XX:XX".to_owned();
    };
    let fraction = if micros { format!(".{:06}", time % SECOND) } else { String::new() };
    let zone = moment.strftime("%Z");
    format!("{}{fraction} {zone}", moment.strftime("%a %Y-%m-%d %H:%M:%S"))
}

/// A span as `journalctl --header` writes it, to the millisecond.
pub(crate) fn span(micros: u64) -> String {
    const UNITS: [(&str, u64); 7] = [
        ("y", 31_557_600 * SECOND),
        ("month", 2_629_800 * SECOND),
        ("w", 604_800 * SECOND),
        ("d", 86_400 * SECOND),
        ("h", 3600 * SECOND),
        ("min", 60 * SECOND),
        ("s", SECOND),
    ];
    let mut rest = micros / 1000 * 1000;
    let mut words = Vec::new();
    for (unit, length) in UNITS {
        if unit == "s" && rest > 0 && rest < 60 * SECOND {
            let millis = rest % SECOND / 1000;
            match (rest / SECOND, millis) {
                (0, millis) => words.push(format!("{millis}ms")),
                (seconds, 0) => words.push(format!("{seconds}s")),
                (seconds, millis) => words.push(format!("{seconds}.{millis:03}s")),
            }
        } else if rest >= length {
            let many = if unit == "month" && rest / length > 1 { "s" } else { "" };
            words.push(format!("{}{unit}{many}", rest / length));
            rest %= length;
        }
    }
    if words.is_empty() { "0".to_owned() } else { words.join(" ") }
}

/// Why a time can't be read.
#[derive(Debug, thiserror::Error)]
#[error("{text:?} is no time: column {column}: {expected}")]
pub(crate) struct BadTime {
    text: String,
    column: usize,
    expected: &'static str,
}

const EXPECTED: &str = "expected '2024-10-31 18:00:00', '18:00', 'yesterday', '-2h', '2 hours ago' \
                        or '@' and seconds since 1970";

/// Reads a time: a date, a time of day or both, `now`, `today`, `yesterday`, `tomorrow`, `+SPAN`,
/// `-SPAN`, `SPAN ago`, `SPAN left`, `@SECONDS`; a zone may follow: `UTC`, one of this machine's,
/// or a name as `Europe/Madrid`.
pub(crate) fn parse(text: &str, now: &Zoned) -> Result<Micros, BadTime> {
    let bad = |column, expected| BadTime { text: text.to_owned(), column, expected };
    let micros = |time: Timestamp| u64::try_from(time.as_microsecond());
    let now_micros = micros(now.timestamp()).unwrap_or(0);
    let span = |span: &str, at: usize| {
        parse_span(span).map_err(|column| bad(at + column, "expected a span, as '2h 30min'"))
    };
    let before =
        |ago: u64| now_micros.checked_sub(ago).ok_or_else(|| bad(1, "that is before 1970"));
    let after = |left: u64| now_micros.checked_add(left).ok_or_else(|| bad(1, "that is too late"));
    if text == "now" {
        return Ok(now_micros);
    } else if let Some(rest) = text.strip_prefix('@') {
        return span(rest, 1);
    } else if let Some(rest) = text.strip_prefix('+') {
        return after(span(rest, 1)?);
    } else if let Some(rest) = text.strip_prefix('-') {
        return before(span(rest, 1)?);
    } else if let Some(rest) = text.strip_suffix(" ago") {
        return before(span(rest, 0)?);
    } else if let Some(rest) = text.strip_suffix(" left") {
        return after(span(rest, 0)?);
    }
    let (rest, zone) = split_zone(text, now);
    let now = now.with_time_zone(zone.clone());
    let (rest, weekday) = split_weekday(rest);
    let moment = date_and_time(rest, &now)
        .ok_or_else(|| bad(1 + text.find(rest).unwrap_or(0) + good_prefix(rest), EXPECTED))?;
    if weekday.is_some_and(|day| day != moment.strftime("%a").to_string()) {
        return Err(bad(1, "that date is another day of the week"));
    }
    let moment = moment.to_zoned(zone).map_err(|_| bad(1, EXPECTED))?;
    micros(moment.timestamp()).map_err(|_| bad(1, "that is before 1970"))
}

/// How much of the text could begin a date or a time: the error points behind it.
fn good_prefix(text: &str) -> usize {
    let part_of_time = |c: char| c.is_ascii_digit() || "-: .".contains(c);
    text.find(|c| !part_of_time(c)).unwrap_or(0)
}

fn split_zone<'t>(text: &'t str, now: &Zoned) -> (&'t str, TimeZone) {
    let Some((rest, name)) = text.rsplit_once(' ') else { return (text, now.time_zone().clone()) };
    if name.eq_ignore_ascii_case("UTC") {
        return (rest, TimeZone::UTC);
    }
    // The abbreviations that this machine's own zone has in winter and in summer.
    let half_a_year = now.checked_add(26.weeks()).unwrap_or_else(|_| now.clone());
    let ours = [now, &half_a_year].map(|moment| moment.strftime("%Z").to_string());
    if ours.iter().any(|ours| ours.eq_ignore_ascii_case(name)) {
        return (rest, now.time_zone().clone());
    }
    match TimeZone::get(name) {
        Ok(zone) => (rest, zone),
        Err(_) => (text, now.time_zone().clone()),
    }
}

fn split_weekday(text: &str) -> (&str, Option<&'static str>) {
    const DAYS: [(&str, &str); 7] = [
        ("Mon", "Monday"),
        ("Tue", "Tuesday"),
        ("Wed", "Wednesday"),
        ("Thu", "Thursday"),
        ("Fri", "Friday"),
        ("Sat", "Saturday"),
        ("Sun", "Sunday"),
    ];
    let Some((word, rest)) = text.split_once(' ') else { return (text, None) };
    let is_it = |name: &str| name.eq_ignore_ascii_case(word);
    match DAYS.iter().find(|(short, long)| is_it(short) || is_it(long)) {
        Some((short, _)) => (rest, Some(short)),
        None => (text, None),
    }
}

fn date_and_time(text: &str, now: &Zoned) -> Option<DateTime> {
    let today = now.date();
    match text {
        "today" => return Some(today.at(0, 0, 0, 0)),
        "yesterday" => return Some(today.yesterday().ok()?.at(0, 0, 0, 0)),
        "tomorrow" => return Some(today.tomorrow().ok()?.at(0, 0, 0, 0)),
        _ => {}
    }
    // As `journalctl -o short` prints it: `Oct 31 18:00:00`.
    if let Some((month_day, time)) = text.rsplit_once(' ')
        && let Ok(date) = Date::strptime("%Y %b %d", format!("{} {month_day}", today.year()))
    {
        return Some(date.to_datetime(parse_time(time)?));
    }
    match text.split_once([' ', '\t', 'T']) {
        Some((date, time)) => Some(parse_date(date)?.to_datetime(parse_time(time.trim_start())?)),
        None if text.contains(':') => Some(today.to_datetime(parse_time(text)?)),
        None => Some(parse_date(text)?.at(0, 0, 0, 0)),
    }
}

/// `2024-10-31`, or `24-10-31`.
fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let year: i16 = match (year.len(), year.parse::<i16>().ok()?) {
        // As strptime(3) reads %y.
        (1 | 2, year) if year >= 69 => 1900 + year,
        (1 | 2, year) => 2000 + year,
        (4, year) => year,
        _ => return None,
    };
    parts.next().is_none().then_some(())?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// `18:00`, `18:00:30` or `18:00:30.25`.
fn parse_time(text: &str) -> Option<Time> {
    let (text, fraction) = match text.split_once('.') {
        Some((text, fraction)) if text.matches(':').count() == 2 => (text, Some(fraction)),
        Some(_) => return None,
        None => (text, None),
    };
    let mut parts =
        text.split(':').map(|part| (part.len() <= 2).then(|| part.parse::<i8>().ok())?);
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().map_or(Some(0), |second| second)?;
    parts.next().is_none().then_some(())?;
    let nanos = match fraction {
        None => 0,
        Some(digits) if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            return None;
        }
        Some(digits) => format!("{digits:0<6.6}").parse::<i32>().ok()? * 1000,
    };
    Time::new(hour, minute, second, nanos).ok()
}

/// Reads a span: numbers with units, as `2h 30min`; seconds without one. The column of what is
/// wrong otherwise.
fn parse_span(text: &str) -> Result<u64, usize> {
    const UNITS: [(&[&str], u64); 9] = [
        (&["seconds", "second", "sec", "s", ""], SECOND),
        (&["minutes", "minute", "min", "m"], 60 * SECOND),
        (&["hours", "hour", "hr", "h"], 3600 * SECOND),
        (&["days", "day", "d"], 86_400 * SECOND),
        (&["weeks", "week", "w"], 604_800 * SECOND),
        (&["months", "month", "M"], 2_629_800 * SECOND),
        (&["years", "year", "y"], 31_557_600 * SECOND),
        (&["msec", "ms"], 1000),
        (&["usec", "us", "µs"], 1),
    ];
    let (mut total, mut rest) = (0_u64, text.trim_start());
    let column = |rest: &str| text.len() - rest.len() + 1;
    if rest.is_empty() {
        return Err(column(rest));
    }
    while !rest.is_empty() {
        let number =
            &rest[..rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len())];
        let value: f64 = number.parse().map_err(|_| column(rest))?;
        let after = rest[number.len()..].trim_start();
        let end = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let unit = UNITS.iter().find(|(names, _)| names.contains(&&after[..end]));
        let (_, unit) = unit.ok_or_else(|| column(after))?;
        let micros = value * *unit as f64;
        if micros >= u64::MAX as f64 {
            return Err(column(rest));
        }
        // Whole numbers are exact; only a fraction goes through the float.
        let micros = match number.parse::<u64>() {
            Ok(whole) => whole.saturating_mul(*unit),
            Err(_) => micros as u64,
        };
        total = total.checked_add(micros).ok_or_else(|| column(rest))?;
        rest = after[end..].trim_start();
    }
    Ok(total)
}
