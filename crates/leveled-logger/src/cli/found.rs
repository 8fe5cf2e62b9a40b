//! The level of a line that somebody else wrote.

use leveled_logger::Level;

/// Finds the level: in a JSON object, in a `<4>` of sd-daemon(3), or as the first word that names
/// one.
pub(super) fn level_of(line: &str) -> Option<Level> {
    if line.starts_with('{') {
        return of_json(line);
    }
    if let [b'<', digit @ b'0'..=b'7', b'>', ..] = line.as_bytes() {
        return Some(of_priority(digit - b'0'));
    }
    let mut words =
        line.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        if word == "Level" {
            return words.next()?.parse().ok().map(Level::new);
        }
        let is_upper = word.bytes().all(|b| b.is_ascii_uppercase());
        // Small letters are a level only where no sentence has them.
        if (is_upper || stands_out(line, word))
            && let Some(level) = named(&word.to_ascii_uppercase())
        {
            return Some(level);
        }
    }
    None
}

/// What follows a line and belongs to it: whatever names of levels are in there, they are no
/// levels.
#[derive(Default)]
pub(super) struct Trace {
    /// The exception itself is still to come, and is not indented.
    is_open: bool,
}

impl Trace {
    /// Whether the line goes on with what was before: it is indented, or part of a traceback of
    /// Python's.
    pub(super) fn goes_on(&mut self, line: &str) -> bool {
        if line.starts_with("Traceback (most recent call last):") {
            self.is_open = true;
            return true;
        }
        // A single blank is how a short name is put under a longer one.
        let is_indented = line.starts_with("  ") || line.starts_with('\t');
        is_indented || !line.is_empty() && std::mem::take(&mut self.is_open)
    }
}

/// The level of a line that is indented, because the level's name is: `   ERROR no answer`.
pub(super) fn level_at_beginning(line: &str) -> Option<Level> {
    let word = line.split_whitespace().next()?;
    let is_name = word.bytes().all(|b| b.is_ascii_uppercase());
    if is_name && line.starts_with(' ') { named(word) } else { None }
}

/// Whether a word of the line is written `[error]`, `level=error` or `level="error"`.
fn stands_out(line: &str, word: &str) -> bool {
    let begin = word.as_ptr().addr() - line.as_ptr().addr();
    let (before, after) = (&line[..begin], &line[begin + word.len()..]);
    let key = before.strip_suffix('"').unwrap_or(before);
    before.ends_with('[') && after.starts_with(']')
        || ["level=", "lvl=", "severity="].iter().any(|name| key.ends_with(name))
}

/// The level of that name, also of one that other loggers have.
fn named(name: &str) -> Option<Level> {
    match name {
        "TRACE" => Some(Level::from_tracing(tracing::Level::TRACE)),
        "NOTICE" => Some(Level::INFO),
        "ERR" => Some(Level::ERROR),
        "CRIT" | "ALERT" | "EMERG" | "PANIC" => Some(Level::CRITICAL),
        _ => name.parse().ok().filter(|level| *level != Level::NOTSET),
    }
}

fn of_json(line: &str) -> Option<Level> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    let number = value.get("levelno").and_then(serde_json::Value::as_i64);
    let number = number.and_then(|number| i32::try_from(number).ok()).map(Level::new);
    // journalctl's JSON has a priority, most others a name under one of these keys.
    let name = || {
        ["level", "levelname", "severity", "lvl"].iter().find_map(|key| value.get(key)?.as_str())
    };
    let named = || named(&name()?.to_ascii_uppercase());
    let priority = || value.get("PRIORITY")?.as_str()?.parse().ok().map(of_priority);
    number.or_else(named).or_else(priority)
}

fn of_priority(priority: u8) -> Level {
    match priority {
        0..=2 => Level::CRITICAL,
        3 => Level::ERROR,
        4 => Level::WARNING,
        5 | 6 => Level::INFO,
        _ => Level::DEBUG,
    }
}
