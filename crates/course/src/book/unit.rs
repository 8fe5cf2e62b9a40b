//! Unit files as HTML: which part of a line is what, by systemd.syntax(7).
//!
//! It colours and judges nothing: a misspelt setting looks like any other.

use super::html::escaped;

/// A unit file's text, line by line, with its parts marked.
pub(super) fn unit(text: &str) -> String {
    let mut continues = false;
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let marked = line_of(line, continues);
            // A comment in the middle of a value does not end it.
            if !is_comment(line) {
                continues = line.ends_with('\\');
            }
            // Its own element, so that what wraps can be set in.
            format!("<span class=\"line\">{marked}\n</span>")
        })
        .collect();
    lines.concat()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with(['#', ';'])
}

fn line_of(line: &str, continues: bool) -> String {
    let trimmed = line.trim();
    if is_comment(line) {
        return span("comment", line);
    }
    if continues {
        return value(line);
    }
    if trimmed.starts_with('[') && trimmed.ends_with(']') {
        return span("section", line);
    }
    match line.split_once('=') {
        Some((key, rest)) => format!("{}={}", span("key", key), value(rest)),
        None => escaped(line),
    }
}

/// A value, with its specifiers and variables: `%i`, `$MAINPID`, `${NAME}`.
fn value(text: &str) -> String {
    let Some(at) = text.find(['%', '$']) else { return escaped(text) };
    let (before, found) = text.split_at(at);
    let length = special(found);
    let (sign, rest) = found.split_at(length.max(1));
    let sign = if length == 0 { escaped(sign) } else { span("special", sign) };
    escaped(before) + &sign + &value(rest)
}

/// How many bytes of `text`, which begins with `%` or `$`, are one specifier or variable.
fn special(text: &str) -> usize {
    let name = |text: &str| {
        text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
    };
    let mut bytes = text.bytes();
    match (bytes.next(), bytes.next()) {
        // The doubled sign is the sign itself.
        (Some(b'%'), Some(next)) if next.is_ascii_alphabetic() || next == b'%' => 2,
        (Some(b'$'), Some(b'$')) => 2,
        (Some(b'$'), Some(b'{')) => {
            let end = 2 + name(&text[2..]);
            if text[end..].starts_with('}') { end + 1 } else { 0 }
        }
        (Some(b'$'), Some(_)) if name(&text[1..]) > 0 => 1 + name(&text[1..]),
        _ => 0,
    }
}

fn span(class: &str, text: &str) -> String {
    format!("<span class=\"unit-{class}\">{}</span>", escaped(text))
}

#[cfg(test)]
mod tests {
    use super::{line_of, unit};

    #[track_caller]
    fn check(line: &str, expected: &str) {
        assert_eq!(line_of(line, false), expected);
    }

    #[test]
    fn each_part_of_a_line_is_marked() {
        check("[Unit]", "<span class=\"unit-section\">[Unit]</span>");
        check(" ; x=<y>", "<span class=\"unit-comment\"> ; x=&lt;y&gt;</span>");
        check("Restart=no # x", "<span class=\"unit-key\">Restart</span>=no # x");
        check("", "");
        check("no setting", "no setting");
    }

    #[test]
    fn specifiers_and_variables_are_marked_and_other_signs_are_not() {
        let special = |text: &str| format!("<span class=\"unit-special\">{text}</span>");
        let value = |text: &str| format!("<span class=\"unit-key\">X</span>={text}");
        check("X=a %i b", &value(&format!("a {} b", special("%i"))));
        check("X=100%", &value("100%"));
        check("X=%é $é ${é}", &value("%é $é $&#123;é}"));
        check("X=$A_1 ${B}$", &value(&format!("{} {}$", special("$A_1"), special("$&#123;B}"))));
        check("X=$$y", &value(&format!("{}y", special("$$"))));
    }

    #[test]
    fn a_value_goes_on_after_a_backslash_and_over_comments() {
        let text = unit("A=b \\\n# c\nD=e\nF=g\n");
        assert!(text.contains("<span class=\"line\">D=e\n"), "{text}");
        assert!(text.contains("<span class=\"unit-key\">F</span>=g"), "{text}");
    }
}
