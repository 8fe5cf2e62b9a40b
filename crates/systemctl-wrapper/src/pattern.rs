//! Patterns of names, as a shell has them; glob(7), fnmatch(3).

/// Whether a name fits a pattern of `*`, `?` and `[…]`, as the manager matches them in its lists.
pub fn fits(pattern: &str, name: &str) -> bool {
    fnmatch(pattern.as_bytes(), name.as_bytes())
}

fn fnmatch(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => (0..=name.len()).any(|skip| fnmatch(rest, &name[skip..])),
        (Some((b'?', rest)), Some((_, name))) => fnmatch(rest, name),
        (Some((b'[', rest)), Some((letter, after))) => match class(rest, *letter) {
            Some((is_in, rest)) => is_in && fnmatch(rest, after),
            None => *letter == b'[' && fnmatch(rest, after),
        },
        (Some((wanted, rest)), Some((letter, name))) => wanted == letter && fnmatch(rest, name),
        _ => false,
    }
}

/// Whether a letter is in the class that begins here, and what follows the class; `None` if it has
/// no end.
fn class(pattern: &[u8], letter: u8) -> Option<(bool, &[u8])> {
    let end = pattern.iter().skip(1).position(|byte| *byte == b']')? + 1;
    let (mut inside, rest) = (&pattern[..end], &pattern[end + 1..]);
    let is_negated = matches!(inside.first(), Some(b'!' | b'^'));
    if is_negated {
        inside = &inside[1..];
    }
    let mut is_in = false;
    while let Some((first, more)) = inside.split_first() {
        inside = more;
        if let [b'-', last, more @ ..] = more {
            is_in |= (*first..=*last).contains(&letter);
            inside = more;
        } else {
            is_in |= *first == letter;
        }
    }
    Some((is_in != is_negated, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_a_shell() {
        let check = |pattern: &str, name: &str, expected: bool| {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        };
        check("date*", "date-daemon.service", true);
        check("*.timer", "a.service", false);
        check("a?c.service", "abc.service", true);
        check("[a-c]x.*", "bx.socket", true);
        check("[!a-c]x.*", "bx.socket", false);
        check("", "a", false);
    }
}
