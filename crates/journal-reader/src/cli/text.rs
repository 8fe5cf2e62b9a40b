//! Text from a log is not to be trusted: it may be no text, or may want to move the cursor. The
//! rules are journalctl's.

use std::str;

/// Whether the bytes are UTF-8 without control characters; a tab is none, a newline is allowed if
/// the caller says so.
pub(crate) fn is_printable(bytes: &[u8], newline: bool) -> bool {
    let mut rest = bytes;
    // Nearly all text is plain ASCII, so eight bytes are tried at a time.
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        if !is_plain(u64::from_le_bytes(*word)) {
            break;
        }
        rest = tail;
    }
    let plain = rest.iter().position(|byte| !(b' '..=b'~').contains(byte));
    let Some(plain) = plain else { return true };
    let Ok(text) = str::from_utf8(&rest[plain..]) else { return false };
    text.chars().all(|c| match c {
        '\t' => true,
        '\n' => newline,
        c if c.is_ascii() => (' '..='~').contains(&c),
        '\u{80}'..='\u{9f}' | '\u{fdd0}'..='\u{fdef}' => false,
        // The last two of each plane are no characters.
        c => u32::from(c) & 0xfffe != 0xfffe,
    })
}

/// Whether all eight bytes are from `' '` to `'~'`: the usual trick with a borrow or a carry in
/// each byte's top bit.
fn is_plain(word: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = ONES * 0x80;
    let below_space = word.wrapping_sub(ONES * 0x20);
    let above_tilde = word.wrapping_add(ONES);
    (word | below_space | above_tilde) & TOPS == 0
}

/// Where a found part begins and ends; `(0, 0)` if nothing was searched for.
pub(crate) type Highlight = (usize, usize);

/// Writes a tab as eight blanks and leaves out what only colours the text: `ESC [ … m` and `ESC ] …
/// BEL`. Carriage returns go where a line ends. `None` if the text has none of these.
pub(crate) fn strip_formatting(text: &[u8], highlight: &mut Highlight) -> Option<Vec<u8>> {
    memchr::memchr3(b'\t', 0x1b, b'\r', text)?;
    let mut out = Vec::with_capacity(text.len() + 16);
    let original = *highlight;
    // What was put in before the found part moves it. journalctl forgets what was left out, and so
    // must we.
    let mut put_in = |at: usize, by: usize| {
        highlight.0 += if at < original.0 { by } else { 0 };
        highlight.1 += if at < original.1 { by } else { 0 };
    };
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\t' => {
                out.extend([b' '; 8]);
                put_in(at, 7);
                at += 1;
            }
            b'\r' => {
                let end = at + text[at..].iter().take_while(|byte| **byte == b'\r').count();
                // Those at the end of a line, or of the text, would only move the cursor.
                if text.get(end).is_some_and(|next| *next != b'\n') {
                    out.extend(&text[at..end]);
                }
                at = end;
            }
            0x1b => match sequence_end(text, at + 1) {
                Ok(end) => at = end,
                Err(stop) => {
                    let kept = &text[at..text.len().min(at + 2)];
                    out.extend(kept);
                    put_in(stop, if matches!(kept, [_, b'[' | b']']) { 2 } else { 1 });
                    at += kept.len();
                }
            },
            other => {
                out.push(*other);
                at += 1;
            }
        }
    }
    Some(out)
}

/// Where the sequence whose ESC lies before `start` ends; or what makes it none of the two kinds,
/// or not complete.
fn sequence_end(text: &[u8], start: usize) -> Result<usize, usize> {
    let (last, allowed): (u8, fn(u8) -> bool) = match text.get(start) {
        Some(b'[') => (b'm', |byte| byte.is_ascii_digit() || byte == b';'),
        Some(b']') => (0x07, |byte| (b' '..=b'~').contains(&byte)),
        _ => return Err(start),
    };
    let body = &text[start + 1..];
    match body.iter().position(|byte| *byte == last || !allowed(*byte)) {
        Some(length) if body[length] == last => Ok(start + 1 + length + 1),
        length => Err(start + 1 + length.unwrap_or(body.len())),
    }
}

/// As much of a line as journalctl shows: it uses printf(3), for which a NUL is the end.
pub(crate) fn until_nul(line: &[u8]) -> &[u8] {
    &line[..memchr::memchr(0, line).unwrap_or(line.len())]
}

/// A size as journalctl writes it: `24B`, `1.5K`, `512.0M`.
pub(crate) fn bytes(size: u64) -> String {
    const UNITS: [(&str, u32); 6] =
        [("E", 60), ("P", 50), ("T", 40), ("G", 30), ("M", 20), ("K", 10)];
    for (unit, shift) in UNITS {
        if size >= 1 << shift {
            let tenths = (u128::from(size) * 10) >> shift;
            return format!("{}.{}{unit}", tenths / 10, tenths % 10);
        }
    }
    format!("{size}B")
}

/// Text for an error message of ours, whatever it contains.
pub(crate) fn safe(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
