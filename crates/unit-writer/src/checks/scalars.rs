//! Scalar values: booleans, words of a closed list, numbers, sizes, time spans, limits, names.
//!
//! A scalar is taken or ignored as a whole, and the last one that is taken holds.
//!
//! ```ini
//! [Service]
//! Restart=allways
//! MemoryMax=512MB
//! TimeoutStopSec=5x
//! ```

use systemd_types::{UnitName, UnitType};
use unit_file::directives::{Directive, PerDevice, has_word};
use unit_file::values::{
    Calendar, Invalid, TimeSpan, looks_like_zone, parse_boolean, parse_integer, parse_size,
};

use super::crontab::as_event;
use super::known_words::{is_signal, known_words};
use super::problem::{Cost, Problem, one};
use super::subject::Subject;
use crate::suggest::nearest;

/// systemd takes 1, yes, y, true, t, on and their opposites, in any case. Keys that began as a
/// boolean and got more words later take both.
///
/// Nothing else is near enough to be guessed: a setting that says maybe is as if it were not there.
pub(super) fn boolean<'w>(
    row: &Directive,
    value: &str,
    words: impl Fn() -> Vec<&'w str>,
) -> Vec<Problem> {
    let Err(invalid) = parse_boolean(value) else {
        return Vec::new();
    };
    let words = words();
    if words.contains(&value) {
        return Vec::new();
    }
    let known = words.iter().copied().chain(["yes", "no", "true", "false", "on", "off"]);
    let meant = nearest(value, known);
    let mut reason = invalid.reason;
    if !words.is_empty() {
        reason = format!("{value:?} is none of yes, no, {}", words.join(", "));
    }
    // The one boolean that systemd is strict about: a guess could run the service as root.
    let cost = if row.key == "DynamicUser" { Cost::Unit } else { Cost::Line };
    vec![Problem::whole(value, reason).meant(meant).costs(cost)]
}

/// The words are compared as they are: unlike booleans, in lower case only.
pub(super) fn choice(value: &str, words: &[&str]) -> Vec<Problem> {
    if words.contains(&value) {
        return Vec::new();
    }
    let reason = format!("{value:?} is none of {}", words.join(", "));
    vec![Problem::whole(value, reason).meant(nearest(value, words.iter().copied()))]
}

/// One of the words, or its number.
///
/// Levels and facilities of syslog(3) have names and numbers.
pub(super) fn numbered(value: &str, words: &[&str], max: i128) -> Vec<Problem> {
    match parse_integer(value) {
        Ok(_) => one(number(value, 0, max)),
        Err(_) => choice(value, words),
    }
}

/// Weights are relative to those of the siblings in the tree of control groups; 100 is the
/// default.
pub(super) fn weight(value: &str, words: &str) -> Result<(), Invalid> {
    if has_word(words, value) { Ok(()) } else { number(value, 1, 10_000) }
}

/// Two parts or more between dots, none of which begins with a digit; a unique name begins with a
/// colon.
///
/// The rules of the D-Bus specification, "Message Protocol Names".
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

/// The names of all descriptors go to the program in one variable, $LISTEN_FDNAMES, between
/// colons; sd_listen_fds_with_names(3).
pub(super) fn fd_name(value: &str) -> Result<(), Invalid> {
    let good = value.len() <= 255
        && value.bytes().all(|byte| (b' '..0x7f).contains(&byte) && byte != b':');
    good.then_some(()).ok_or_else(|| {
        Invalid::whole(value, "a descriptor's name has printable characters and no colon")
    })
}

/// The limits are those of the type of the variable in systemd, or of the kernel.
pub(super) fn number(value: &str, low: i128, high: i128) -> Result<(), Invalid> {
    let number = parse_integer(value)?;
    let in_range = (low..=high).contains(&number);
    in_range
        .then_some(())
        .ok_or_else(|| Invalid::whole(value, format!("{number} is not within {low} and {high}")))
}

/// Units may be left out, and then it is seconds; the commonest slip is a unit that systemd does
/// not have.
pub(super) fn time(value: &str) -> Vec<Problem> {
    let problems = one(TimeSpan::parse(value).map(drop)).into_iter();
    problems.map(|problem| problem.meant(endless(value))).collect()
}

/// What other programs call it that something has no limit: systemd has one word for that.
pub(super) fn endless(value: &str) -> Option<&'static str> {
    matches!(value, "unlimited" | "infinite" | "max" | "never" | "-1").then_some("infinity")
}

/// The commonest bad values are of two kinds: a time span, which belongs into another key, and a
/// line of a crontab, whose five fields look a little like ours.
pub(super) fn calendar(subject: &Subject<'_>, value: &str) -> Vec<Problem> {
    let is_zone = |name: &str| match subject.machine {
        Some(machine) => machine.is_time_zone(name),
        None => looks_like_zone(name),
    };
    let Err(invalid) = Calendar::parse(value, is_zone) else {
        return Vec::new();
    };
    let reason = if TimeSpan::parse(value).is_ok() {
        format!(
            "{value:?} is a time span, not a date and time; see OnUnitActiveSec= and OnBootSec="
        )
    } else if value.split(' ').filter(|field| field.contains('*')).count() >= 3 {
        format!("{value:?} looks like a line of a crontab")
    } else {
        return vec![Problem::from(invalid).meant(as_event(value))];
    };
    vec![Problem::whole(value, reason).meant(as_event(value))]
}

/// With or without SIG, and in upper case only.
pub(super) fn signal(value: &str) -> Vec<Problem> {
    if is_signal(value) {
        return Vec::new();
    }
    let upper = value.to_ascii_uppercase();
    let meant = is_signal(&upper).then_some(upper);
    vec![Problem::whole(value, format!("{value:?} is not a signal such as SIGTERM")).meant(meant)]
}

/// `EPERM`, a number up to 4095, or kill: what a forbidden system call answers.
///
/// errno(3) has the names; `kill` ends the process instead of answering.
pub(super) fn error_number(value: &str) -> Result<(), Invalid> {
    let is_number = parse_integer(value).is_ok_and(|number| (1..=4095).contains(&number));
    if value == "kill" || is_number || has_word(known_words("ERRORS"), value) {
        return Ok(());
    }
    Err(Invalid::whole(value, format!("{value:?} is no error such as EPERM")))
}

/// `0 2-4,7`: numbers and ranges of processors, between blanks or commas.
pub(super) fn cpus(value: &str, words: &str) -> Result<(), Invalid> {
    let is_cpu = |text: &str| parse_integer(text).is_ok_and(|number| (0..8192).contains(&number));
    let is_good = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        is_cpu(first) && is_cpu(last)
    };
    let mut parts = value.split([' ', ',', '\t']).filter(|part| !part.is_empty());
    if has_word(words, value) || parts.all(is_good) {
        return Ok(());
    }
    Err(Invalid::whole(value, format!("{value:?} is no list of processors such as 0 2-4")))
}

/// A device or a file on one, and what holds for it.
pub(super) fn per_device(what: PerDevice, value: &str) -> Vec<Problem> {
    let Some((device, limit)) = value.split_once([' ', '\t']) else {
        return vec![Problem::whole(value, "a device and a value are expected")];
    };
    let limit = limit.trim();
    let judged = match what {
        // Of this key, systemd doesn't look at the device before the unit starts.
        PerDevice::Time => TimeSpan::parse(limit).map(drop),
        _ if !device.starts_with('/') => Err(Invalid::whole(value, "the device is no path")),
        PerDevice::Size if limit == "infinity" => Ok(()),
        PerDevice::Size => parse_size(limit).map(drop),
        PerDevice::Weight => number(limit, 1, 10_000),
    };
    one(judged.map_err(|invalid| Invalid::whole(value, invalid.reason)))
}

/// A unit's name, of a type if the key asks for one.
///
/// A trigger starts a unit of any type, a socket only a service.
pub(super) fn unit(value: &str, unit_type: Option<UnitType>) -> Vec<Problem> {
    let reason = match (UnitName::new(value), unit_type) {
        (Err(error), _) => {
            let suffix = unit_type.unwrap_or(UnitType::Service);
            let meant = UnitName::new(&format!("{value}.{suffix}")).ok();
            let problem = Problem::whole(value, error.to_string());
            return vec![problem.meant(meant.map(|name| name.to_string()))];
        }
        (Ok(name), Some(unit_type)) if name.unit_type() != unit_type => {
            format!("{value:?} is not a {unit_type} unit")
        }
        (Ok(name), Some(UnitType::Slice)) if !name.is_valid_slice() => {
            format!("{value:?} is no slice: each part between dashes needs a name")
        }
        (Ok(_), _) => return Vec::new(),
    };
    vec![Problem::whole(value, reason)]
}

/// A service must not run as somebody else than it asked for, so systemd gives up the unit.
pub(super) fn user(value: &str) -> Option<Problem> {
    user_name(value, 0).err().map(|invalid| Problem::from(invalid).costs(Cost::Unit))
}

/// What systemd takes for a user or group, whether or not it exists; it stands at an offset of the
/// value. The rules are those of "User/Group Name Syntax" at systemd.io.
pub(super) fn user_name(name: &str, at: usize) -> Result<(), Invalid> {
    let refuse = |reason: String| Err(Invalid::at(at..at + name.len(), reason));
    if let Ok(number) = name.parse::<u32>() {
        // -1 in 16 and in 32 bits: system calls take these for "no change".
        return match number {
            65535 | u32::MAX => refuse(format!("{name} is no user: the number is reserved")),
            _ if name.len() > 1 && name.starts_with('0') => {
                refuse(format!("{name} is no user: a number has no leading zero"))
            }
            _ => Ok(()),
        };
    }
    // A blank is odd, but systemd takes it.
    let is_forbidden = |c: char| c.is_ascii_control() || matches!(c, ':' | '/');
    if name.is_empty()
        || name.contains(is_forbidden)
        || name.starts_with(['-', ' '])
        || matches!(name, "." | "..")
        || name.bytes().all(|byte| byte.is_ascii_digit())
        || name.len() > 255
    {
        return refuse(format!("{name:?} can't be the name of a user or group"));
    }
    Ok(())
}

/// The kernel's rules for the name of an interface. A number alone is none: programs would take it
/// for an index.
pub(super) fn interface(value: &str) -> Result<(), Invalid> {
    let is_valid = |c: char| c.is_ascii_graphic() && !matches!(c, ':' | '/' | '%');
    let is_number = parse_integer(value).is_ok_and(|number| number >= 0);
    let is_reserved = matches!(value, "." | ".." | "all" | "default");
    if value.len() <= 15 && value.chars().all(is_valid) && !is_number && !is_reserved {
        return Ok(());
    }
    Err(Invalid::whole(value, format!("{value:?} is no name of a network interface")))
}
