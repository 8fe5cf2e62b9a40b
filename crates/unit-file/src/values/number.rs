//! Whole numbers, octal file modes and percentages.

use super::Invalid;

/// Reads a whole number with an optional sign: decimal, or with a prefix `0x`, `0o`, `0b`, or octal
/// with a leading `0`.
///
/// ```
/// use unit_file::values::parse_integer;
///
/// assert_eq!(parse_integer("0x10"), Ok(16));
/// assert_eq!(parse_integer("010"), Ok(8));
/// ```
pub fn parse_integer(value: &str) -> Result<i128, Invalid> {
    let not_a_number = || Invalid::whole(value, format!("{value:?} is not a whole number"));
    let text = value.trim_start_matches([' ', '\t']);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, &lower[..]),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(not_a_number());
    }
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(not_a_number());
    }
    let too_large = |_| Invalid::whole(value, format!("{value} is too large a number"));
    let number = i128::from_str_radix(digits, radix).map_err(too_large)?;
    Ok(if negative { -number } else { number })
}

/// Reads an octal access mode such as `0644`, up to `7777`.
///
/// A mode is octal without any prefix, as chmod(1) takes it.
pub fn parse_mode(value: &str) -> Result<u32, Invalid> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let mode = u32::from_str_radix(value, 8).ok().filter(|mode| digits && *mode <= 0o7777);
    mode.ok_or_else(|| {
        Invalid::whole(value, format!("{value:?} is not an octal access mode such as 0644"))
    })
}

/// Reads `20%`, `12.5%` or `0.25%` in hundredths of a percent.
///
/// systemd counts in hundredths of a percent for most keys, and in whole percents for some.
pub fn parse_percent(value: &str) -> Result<u64, Invalid> {
    let no = || Invalid::whole(value, format!("{value:?} is not a percentage such as 20%"));
    let number = value.strip_suffix('%').ok_or_else(no)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| {
        (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(whole) || !digits(fraction) || fraction.len() > 2 {
        return Err(no());
    }
    let hundredths: u64 = format!("{fraction:0<2}").parse().map_err(|_| no())?;
    whole.parse::<u64>().map(|whole| whole * 100 + hundredths).map_err(|_| no())
}
