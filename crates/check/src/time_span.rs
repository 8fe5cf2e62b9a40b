//! Time spans as systemd prints them; see systemd.time(7).

use std::time::Duration;

/// Reads a time span, such as `1min 30s` or `100ms`; `infinity` is as long as can be. Nothing if it
/// is none.
pub fn time_span(words: &str) -> Option<Duration> {
    if words == "infinity" {
        return Some(Duration::MAX);
    }
    words.split_whitespace().try_fold(Duration::ZERO, |sum, word| {
        let digits = word.find(|sign: char| sign.is_ascii_alphabetic()).unwrap_or(word.len());
        let seconds = match &word[digits..] {
            "us" => 1e-6,
            "ms" => 1e-3,
            "s" | "" => 1.0,
            "min" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            "w" => 7.0 * 86_400.0,
            "month" => 30.4375 * 86_400.0,
            "y" => 365.25 * 86_400.0,
            _ => return None,
        };
        let number: f64 = word[..digits].parse().ok()?;
        Some(sum + Duration::try_from_secs_f64(number * seconds).ok()?)
    })
}
