//! Sizes in bytes: `512M`, `1.5G`, `1G 500M`.
//!
//! One letter, no `B` after it, no `Mi`. The letters count in 1024, as memory does.
//!
//! Sizes are written by people for people, so a fraction is fine; what is counted is whole bytes.

use super::Invalid;

/// The suffixes, largest first, and the power of the base they stand for.
const SUFFIXES: [(&str, u32); 8] =
    [("E", 6), ("P", 5), ("T", 4), ("G", 3), ("M", 2), ("K", 1), ("B", 0), ("", 0)];

/// Reads terms such as `4T 3G`, each of a smaller unit than the one before.
///
/// ```
/// use unit_file::values::parse_size;
///
/// assert_eq!(parse_size("1.5K"), Ok(1536));
/// assert!(parse_size("512MB").is_err());
/// ```
pub fn parse_size(value: &str) -> Result<u64, Invalid> {
    let mut total = 0_u64;
    let mut at = 0;
    let mut smallest = 0;
    loop {
        at += blanks(&value[at..]);
        let start = at;
        let term = read_term(value, at, smallest).map_err(|reason| {
            let hint = match value[start..].chars().next() {
                Some('i' | 'B' | 'b') if start > 0 => "; write the letter alone, as in 512M",
                _ => "",
            };
            Invalid::at(start..value.len(), format!("{reason}{hint}"))
        })?;
        total = total
            .checked_add(term.bytes)
            .ok_or_else(|| Invalid::whole(value, "the size is too large to count in bytes"))?;
        at += term.length;
        smallest = term.next_suffix;
        if at == value.len() {
            return Ok(total);
        }
    }
}

struct Term {
    bytes: u64,
    length: usize,
    next_suffix: usize,
}

/// A fraction is allowed for each term, and no unit twice: `1G 500M` is one size, `500M 1G` is
/// none.
fn read_term(value: &str, start: usize, smallest: usize) -> Result<Term, String> {
    let text = &value[start..];
    let digits_end = digits(text);
    if text.starts_with('-') {
        return Err("a size is not negative".to_owned());
    }
    if digits_end == 0 {
        return Err(format!("{value:?} is not a number with a suffix K, M, G, T, P or E"));
    }
    let whole: u64 =
        text[..digits_end].parse().map_err(|_| "the number is too large".to_owned())?;
    let mut at = digits_end;
    let mut fraction = 0.0;
    if text[at..].starts_with('.') {
        let digits = digits(&text[at + 1..]);
        fraction = format!("0.{}", &text[at + 1..at + 1 + digits]).parse().unwrap_or(0.0);
        at += 1 + digits;
    }
    at += blanks(&text[at..]);
    let known = (smallest..SUFFIXES.len()).find(|index| text[at..].starts_with(SUFFIXES[*index].0));
    let Some(index) = known else {
        return Err(format!("{:?} is out of order, larger units come first", &text[at..]));
    };
    let (suffix, power) = SUFFIXES[index];
    let factor = 1024_u64.pow(power);
    let bytes = whole
        .checked_mul(factor)
        .and_then(|bytes| bytes.checked_add((fraction * factor as f64) as u64));
    let bytes = bytes.ok_or_else(|| "the size is too large to count in bytes".to_owned())?;
    Ok(Term { bytes, length: at + suffix.len(), next_suffix: index + 1 })
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn blanks(text: &str) -> usize {
    text.bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}
