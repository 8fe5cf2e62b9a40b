//! Text for a terminal, and text for a service's standard error.

use std::borrow::Cow;

use crate::{FormatError, Formatter, Level, Record};

/// The level's name in colour, for whoever looks at a screen.
pub(super) fn colored(
    record: &Record<'_>,
    formatter: &Formatter,
    line: &mut String,
) -> Result<(), FormatError> {
    let paint = match record.level {
        level if level >= Level::CRITICAL => "\x1b[1;31m",
        level if level >= Level::ERROR => "\x1b[31m",
        level if level >= Level::WARNING => "\x1b[33m",
        level if level >= Level::INFO => "\x1b[32m",
        _ => "\x1b[2m",
    };
    // The first place where the name stands is where the format put it, unless somebody's message
    // came before it.
    let plain = formatter.format(record)?;
    match plain.find(&*record.level_name) {
        Some(at) if !record.level_name.is_empty() => {
            let (before, rest) = plain.split_at(at);
            let (name, after) = rest.split_at(record.level_name.len());
            line.extend([before, paint, name, "\x1b[0m", after]);
        }
        _ => line.push_str(&plain),
    }
    Ok(())
}

/// `<3>` in front of every line: a line without one would get the service's `SyslogLevel=`, see
/// systemd.exec(5).
pub(super) fn prefixed(
    record: &Record<'_>,
    formatter: &Formatter,
    text: &mut String,
) -> Result<(), FormatError> {
    let prefix: Cow<'static, str> = match record.level.priority().number() {
        3 => "<3>".into(),
        4 => "<4>".into(),
        6 => "<6>".into(),
        7 => "<7>".into(),
        other => format!("<{other}>").into(),
    };
    text.push_str(&prefix);
    let begin = text.len();
    formatter.format_into(record, text)?;
    if text[begin..].contains('\n') {
        let lines = text.split_off(begin);
        text.push_str(&lines.replace('\n', &format!("\n{prefix}")));
    }
    Ok(())
}
