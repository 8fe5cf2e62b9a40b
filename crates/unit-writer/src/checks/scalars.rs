//! Scalar values: booleans, words of a closed list, numbers, sizes, time spans, limits.

use super::Subject;
use super::known_words::is_signal;
use super::value::{Problem, one};
use crate::suggest::nearest;
use unit_file::directives::{Directive, LimitUnit};
use unit_file::values::{
    Calendar, Invalid, TimeSpan, parse_boolean, parse_integer, parse_percent, parse_size,
};

pub(super) fn boolean(row: &Directive, value: &str, words: &[&str]) -> Vec<Problem> {
    let Err(invalid) = parse_boolean(value) else {
        return Vec::new();
    };
    if words.contains(&value) {
        return Vec::new();
    }
    let known = words.iter().copied().chain(["yes", "no", "true", "false", "on", "off"]);
    let meant = nearest(value, known);
    let mut reason = invalid.reason;
    if !words.is_empty() {
        reason = format!("{value:?} is none of yes, no, {}", words.join(", "));
    }
    let problem = Problem::from(Invalid::whole(value, reason)).meant(meant);
    // The one boolean that systemd is strict about.
    vec![if row.key == "DynamicUser" { problem.unit() } else { problem }]
}

pub(super) fn choice(value: &str, words: &[&str]) -> Vec<Problem> {
    if words.contains(&value) {
        return Vec::new();
    }
    let reason = format!("{value:?} is none of {}", words.join(", "));
    vec![Problem::from(Invalid::whole(value, reason)).meant(nearest(value, words.iter().copied()))]
}

/// Two parts or more between dots, none of which begins with a digit; a unique name begins with a colon.
pub(super) fn bus_name(value: &str) -> Result<(), Invalid> {
    let unique = value.starts_with(':');
    let parts: Vec<&str> = value.strip_prefix(':').unwrap_or(value).split('.').collect();
    let valid = |part: &&str| {
        let characters =
            part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        !part.is_empty()
            && characters
            && (unique || !part.starts_with(|c: char| c.is_ascii_digit()))
    };
    let good = parts.len() > 1 && parts.iter().all(valid) && value.len() <= 255;
    good.then_some(()).ok_or_else(|| {
        Invalid::whole(value, format!("{value:?} is no D-Bus name such as org.example.Thing"))
    })
}

pub(super) fn fd_name(value: &str) -> Result<(), Invalid> {
    let good = value.len() <= 255
        && value.bytes().all(|byte| (b' '..0x7f).contains(&byte) && byte != b':');
    good.then_some(()).ok_or_else(|| {
        Invalid::whole(value, "a descriptor's name has printable characters and no colon")
    })
}

pub(super) fn number(value: &str, low: i128, high: i128) -> Result<(), Invalid> {
    let number = parse_integer(value)?;
    let in_range = (low..=high).contains(&number);
    in_range
        .then_some(())
        .ok_or_else(|| Invalid::whole(value, format!("{number} is not within {low} and {high}")))
}

pub(super) fn time(value: &str) -> Vec<Problem> {
    one(TimeSpan::parse(value).map(drop))
}

pub(super) fn calendar(subject: &Subject<'_>, value: &str) -> Vec<Problem> {
    let is_zone = |name: &str| match subject.machine {
        Some(machine) => machine.is_time_zone(name),
        None => name.starts_with(|c: char| c.is_ascii_uppercase()),
    };
    let Err(invalid) = Calendar::parse(value, is_zone) else {
        return Vec::new();
    };
    let reason = if TimeSpan::parse(value).is_ok() {
        format!(
            "{value:?} is a time span, not a date and time; see OnUnitActiveSec= and OnBootSec="
        )
    } else if value.split(' ').filter(|field| field.contains('*')).count() >= 3 {
        format!("{value:?} looks like a line of a crontab; systemd writes *-*-* 03:30:00")
    } else {
        return vec![invalid.into()];
    };
    vec![Invalid::whole(value, reason).into()]
}

/// `512MB`, `512Mi`: the letter alone is right.
pub(super) fn size(value: &str) -> Vec<Problem> {
    let meant = || {
        let shorter = value.trim_end_matches(['B', 'b', 'i']).trim_end().to_ascii_uppercase();
        (shorter.len() < value.len() && parse_size(&shorter).is_ok()).then_some(shorter)
    };
    let problem =
        |invalid: Invalid| Problem::from(Invalid::whole(value, invalid.reason)).meant(meant());
    parse_size(value).err().map(problem).into_iter().collect()
}

pub(super) fn memory(row: &Directive, value: &str) -> Vec<Problem> {
    match value {
        "0" if matches!(row.key, "MemoryMax" | "MemoryHigh") => {
            vec![Invalid::whole(value, "no memory at all is no limit").into()]
        }
        "infinity" => Vec::new(),
        _ if value.ends_with('%') => {
            one(parse_percent(value).and_then(|percent| at_most_all(value, percent)))
        }
        _ => size(value),
    }
}

pub(super) fn at_most_all(value: &str, hundredths: u64) -> Result<(), Invalid> {
    let fits = hundredths <= 10_000;
    fits.then_some(())
        .ok_or_else(|| Invalid::whole(value, format!("{value} is more than all of it")))
}

pub(super) fn tasks(value: &str) -> Vec<Problem> {
    match value {
        "infinity" => Vec::new(),
        _ if value.ends_with('%') => {
            one(parse_percent(value).and_then(|percent| at_most_all(value, percent)))
        }
        _ => one(number(value, 1, i128::from(u64::MAX) - 1)),
    }
}

pub(super) fn limit(value: &str, unit: LimitUnit) -> Vec<Problem> {
    let (soft, hard) = value.split_once(':').unwrap_or((value, value));
    let read = |text: &str| -> Result<i128, Invalid> {
        match unit {
            _ if text == "infinity" && unit != LimitUnit::Nice => Ok(i128::MAX),
            LimitUnit::Number => {
                number(text, 0, i128::from(u64::MAX)).and_then(|()| parse_integer(text))
            }
            LimitUnit::Size => parse_size(text).map(i128::from),
            LimitUnit::Seconds | LimitUnit::Microseconds => {
                let span = TimeSpan::parse(text)?;
                Ok(span
                    .micros()
                    .and_then(|micros| i128::try_from(micros).ok())
                    .unwrap_or(i128::MAX))
            }
            LimitUnit::Nice if text.starts_with(['+', '-']) => {
                number(text, -20, 19).and_then(|()| parse_integer(text)).map(|nice| 20 - nice)
            }
            LimitUnit::Nice => number(text, 0, 40).and_then(|()| parse_integer(text)),
        }
    };
    let judged = read(soft).and_then(|soft| Ok((soft, read(hard)?)));
    match judged {
        Ok((soft, hard)) if soft > hard => {
            vec![Invalid::whole(value, "the soft limit is above the hard one").into()]
        }
        Ok(_) => Vec::new(),
        Err(invalid) => vec![Invalid::whole(value, invalid.reason).into()],
    }
}

pub(super) fn signal(value: &str) -> Vec<Problem> {
    if is_signal(value) {
        return Vec::new();
    }
    let upper = value.to_ascii_uppercase();
    let meant = is_signal(&upper).then_some(upper);
    vec![
        Problem::from(Invalid::whole(value, format!("{value:?} is not a signal such as SIGTERM")))
            .meant(meant),
    ]
}
