//! Quoting of words, so that systemd splits, unescapes and expands them back to what they were.

/// A word of a command line: `%` and `$` doubled, the rest escaped, quoted where it has to be.
pub fn quote_argument(word: &str) -> String {
    quote(&word.replace('$', "$$"))
}

/// A word of `Environment=`, where a `$` means itself.
pub fn quote_variable(name: &str, value: &str) -> String {
    quote(&format!("{name}={value}"))
}

fn quote(word: &str) -> String {
    let mut quoted = String::with_capacity(word.len() + 2);
    for c in word.chars() {
        match c {
            '%' => quoted.push_str("%%"),
            '\\' => quoted.push_str("\\\\"),
            '"' => quoted.push_str("\\\""),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_ascii_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    // A lone ; separates commands, and a word that begins with # looks like a comment to readers.
    let needs_quotes =
        word.is_empty() || word == ";" || word.starts_with('#') || word.contains([' ', '"', '\'']);
    if needs_quotes { format!("\"{quoted}\"") } else { quoted }
}
