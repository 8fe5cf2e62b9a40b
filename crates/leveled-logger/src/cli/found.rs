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
        if word.len() >= 4 && word.bytes().all(|b| b.is_ascii_uppercase()) {
            match word.parse() {
                Ok(level) if level != Level::NOTSET => return Some(level),
                _ => {}
            }
        }
    }
    None
}

fn of_json(line: &str) -> Option<Level> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    let number = value.get("levelno").and_then(serde_json::Value::as_i64);
    let number = number.and_then(|number| i32::try_from(number).ok()).map(Level::new);
    // journalctl's JSON has a priority, most others a name.
    let named = || value.get("level")?.as_str()?.to_uppercase().parse().ok();
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
