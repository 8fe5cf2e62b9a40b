//! Booleans: more spellings than the man page lists, and in any case.
//!
//! systemd takes six words for each of the two, in any case; systemd.syntax(7).

use super::Invalid;

/// Reads `yes`, `y`, `true`, `t`, `on`, `1` and their opposites.
///
/// ```
/// use unit_file::values::parse_boolean;
///
/// assert_eq!(parse_boolean("on"), Ok(true));
/// assert!(parse_boolean("enabled").is_err());
/// ```
pub fn parse_boolean(value: &str) -> Result<bool, Invalid> {
    let is_one_of = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word));
    if is_one_of(&["1", "yes", "y", "true", "t", "on"]) {
        Ok(true)
    } else if is_one_of(&["0", "no", "n", "false", "f", "off"]) {
        Ok(false)
    } else {
        Err(Invalid::whole(value, format!("{value:?} is not a boolean, write yes or no")))
    }
}
