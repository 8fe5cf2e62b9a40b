//! The string literals of Rust sources: the keys that a table may have.

use super::super::untranslated::{is_text, places};

/// The literals in `source`, without those of the tests at its end, as the compiler understands
/// them.
pub(super) fn literals(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(char) = rest.chars().next() {
        let raw = rest.strip_prefix('r').map(|rest| rest.trim_start_matches('#'));
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if let (true, Some(text)) = (is_raw(rest), raw) {
            let marks = "#".repeat(rest.len() - text.len() - 1);
            let end = format!("\"{marks}");
            let (literal, after) = text[1..].split_once(&end).unwrap();
            found.push(literal.to_owned());
            rest = after;
        } else if char == '"' {
            let (literal, after) = escaped(&rest[1..]);
            found.push(literal);
            rest = after;
        } else if char.is_alphanumeric() || char == '_' {
            // The r of a name is no raw string.
            rest = rest.trim_start_matches(|char: char| char.is_alphanumeric() || char == '_');
        } else if char == '\'' && is_char(rest) {
            let end = if rest.starts_with("'\\") { 3 } else { 2 };
            rest = &rest[rest.char_indices().nth(end).map_or(rest.len(), |(at, _)| at)..];
        } else {
            rest = &rest[char.len_utf8()..];
        }
    }
    found
}

fn is_raw(rest: &str) -> bool {
    rest.strip_prefix('r').is_some_and(|rest| rest.trim_start_matches('#').starts_with('"'))
}

/// Whether a character begins here, such as '"', and no lifetime.
fn is_char(rest: &str) -> bool {
    let mut chars = rest.chars().skip(1);
    match chars.next() {
        Some('\\') => true,
        Some(_) => chars.next() == Some('\''),
        None => false,
    }
}

/// A literal up to its closing quote, and what follows.
fn escaped(text: &str) -> (String, &str) {
    let mut literal = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (literal, &text[at + 1..]),
            '\\' => {
                let (at, escape) = chars.next().unwrap();
                match escape {
                    'n' => literal.push('\n'),
                    't' => literal.push('\t'),
                    'r' => literal.push('\r'),
                    '0' => literal.push('\0'),
                    // A line break and the blanks after it are no part of the text.
                    '\n' => {
                        let rest = text[at..].trim_start();
                        let (after, end) = escaped(rest);
                        return (literal + &after, end);
                    }
                    'x' | 'u' => {
                        let rest = &text[at + 1..];
                        let (digits, rest) = match rest.strip_prefix('{') {
                            Some(rest) => rest.split_once('}').unwrap(),
                            None => rest.split_at(2),
                        };
                        let code = u32::from_str_radix(digits, 16).unwrap();
                        literal.push(char::from_u32(code).unwrap());
                        let (after, end) = escaped(rest);
                        return (literal + &after, end);
                    }
                    other => literal.push(other),
                }
            }
            other => literal.push(other),
        }
    }
    (literal, "")
}

#[test]
fn literals_are_read_as_the_compiler_reads_them() {
    let source = "// \"no\"\nlet a = (\"one \\\n    two\\n\", r#\"raw \"x\"\"#, '\"', \"\\u{e9}\\\"\", b\"\\x41\");\n\
                  for<'a> fn f(x: &'a str) {}\n#[cfg(test)]\nmod tests {\n\"no\"";
    assert_eq!(literals(source), ["one two\n", "raw \"x\"", "é\"", "A"]);
    assert!(is_text("a file of {name}"));
    assert!(is_text("{what} in {name}") && !is_text("{what}={name}"));
    assert_eq!(places("{b} ${PATH} {a} {b} {:?}"), ["{a}", "{b}"]);
}
