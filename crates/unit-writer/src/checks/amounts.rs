//! Amounts: sizes in bytes, shares of a whole, numbers of tasks, limits of a process;
//! systemd.resource-control(5), systemd.exec(5).
//!
//! ```ini
//! [Service]
//! MemoryMax=512MB
//! MemoryHigh=110%
//! TasksMax=unlimited
//! ```

use unit_file::directives::{Directive, LimitUnit};
use unit_file::values::{Invalid, TimeSpan, parse_integer, parse_percent, parse_size};

use super::problem::{Problem, one};
use super::scalars::{endless, number};

/// `512MB`, `512Mi`: the letter alone is right.
pub(super) fn size(value: &str) -> Vec<Problem> {
    let meant = || endless(value).map(str::to_owned).or_else(|| letter_alone(value));
    let problem = |invalid: Invalid| Problem::whole(value, invalid.reason).meant(meant());
    parse_size(value).err().map(problem).into_iter().collect()
}

/// The size without what stands behind its letter.
pub(super) fn letter_alone(value: &str) -> Option<String> {
    let upper = value.trim_end_matches(['B', 'b', 'i']).trim_end().to_ascii_uppercase();
    parse_size(&upper).is_ok().then_some(upper)
}

/// A limit of 0 would kill the first process, so systemd takes it for a mistake where it is a
/// hard limit.
pub(super) fn memory(row: &Directive, value: &str) -> Vec<Problem> {
    match value {
        "0" if matches!(row.key, "MemoryMax" | "MemoryHigh" | "MemoryLimit") => {
            vec![Problem::whole(value, "no memory at all is no limit")]
        }
        "infinity" => Vec::new(),
        _ if value.ends_with('%') => one(percent(value)),
        _ => size(value),
    }
}

/// A share of something: at most all of it.
pub(super) fn percent(value: &str) -> Result<(), Invalid> {
    let hundredths = parse_percent(value)?;
    if hundredths <= 10_000 {
        return Ok(());
    }
    Err(Invalid::whole(value, format!("{value} is more than all of it")))
}

/// A percentage counts of what the kernel and the parent allow; systemd.resource-control(5).
pub(super) fn tasks(value: &str) -> Vec<Problem> {
    match value {
        "infinity" => Vec::new(),
        _ if value.ends_with('%') => one(percent(value)),
        _ => {
            let problems = one(number(value, 1, i128::from(u64::MAX) - 1)).into_iter();
            problems.map(|problem| problem.meant(endless(value))).collect()
        }
    }
}

/// setrlimit(2): the soft limit is the one in force, and may be raised up to the hard one by the
/// process itself.
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
            vec![Problem::whole(value, "the soft limit is above the hard one")]
        }
        Ok(_) => Vec::new(),
        Err(invalid) => {
            let size = || letter_alone(value).filter(|_| unit == LimitUnit::Size);
            let meant = endless(value).map(str::to_owned).or_else(size);
            vec![Problem::whole(value, invalid.reason).meant(meant)]
        }
    }
}
