//! The patterns of the shell: `*`, `?` and `[a-z]`; glob(7), fnmatch(3) with FNM_NOESCAPE.

/// Whether the text contains a sign of a pattern.
pub fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// Whether the whole of `text` matches.
pub fn glob_matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where to go on when what follows the last star does not fit: one byte further on for the
    // star.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
                continue;
            }
            Some(_) => {
                if let Some(next) = one(pattern, p, text[t]) {
                    (p, t) = (next, t + 1);
                    continue;
                }
            }
            None => {}
        }
        let Some((after, from)) = star else { return false };
        star = Some((after, from + 1));
        (p, t) = (after, from + 1);
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

/// Matches one byte against the element at `p`; where the next element begins, if it does.
fn one(pattern: &[u8], p: usize, byte: u8) -> Option<usize> {
    match pattern[p] {
        b'?' => Some(p + 1),
        b'[' => match set(pattern, p + 1, byte) {
            Some((matches, next)) => matches.then_some(next),
            // Without an end it is no set but a bracket.
            None => (byte == b'[').then_some(p + 1),
        },
        other => (other == byte).then_some(p + 1),
    }
}

/// Matches a byte against the set that begins at `start`, behind the bracket; and where the set
/// ends.
fn set(pattern: &[u8], start: usize, byte: u8) -> Option<(bool, usize)> {
    let negated = matches!(pattern.get(start), Some(b'!' | b'^'));
    let first = start + usize::from(negated);
    let (mut at, mut found) = (first, false);
    loop {
        let low = *pattern.get(at)?;
        // A bracket at the very start stands for itself.
        if low == b']' && at > first {
            return Some((found != negated, at + 1));
        }
        match (pattern.get(at + 1), pattern.get(at + 2)) {
            (Some(b'-'), Some(high)) if *high != b']' => {
                found |= (low..=*high).contains(&byte);
                at += 3;
            }
            _ => {
                found |= low == byte;
                at += 1;
            }
        }
    }
}
