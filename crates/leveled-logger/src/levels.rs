//! Levels of many loggers from one line of text: `warning,app.db=debug`. For an environment
//! variable, so that whoever runs a service can hear more of a part of it.

use crate::{Error, Level, get_logger, root};

/// So many loggers may be named in one list.
const MAX_PARTS: usize = 1000;

/// Sets the levels that the list says: a level alone is the root's. Upper and lower case are the
/// same here, and a number is a level too. It may be called again at any time; what it does not
/// name stays as it is.
///
/// ```
/// use leveled_logger::{Level, apply_levels, get_logger};
///
/// apply_levels("warning,app.db=debug").unwrap();
/// assert_eq!(get_logger("app.db.pool").effective_level(), Level::DEBUG);
/// ```
///
/// # Errors
///
/// When a part can't be read; then nothing is changed.
pub fn apply_levels(list: &str) -> Result<(), Error> {
    let bad = |part: &str, reason: &str| Error::BadLevels {
        list: list.to_owned(),
        part: part.to_owned(),
        reason: reason.to_owned(),
    };
    let parts: Vec<&str> = list.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() > MAX_PARTS {
        return Err(bad(parts[MAX_PARTS], "that is one part too many: at most 1000"));
    }
    let mut levels = Vec::new();
    for part in parts {
        let (name, level) = part.split_once('=').unwrap_or(("root", part));
        let level = read_level(level.trim()).ok_or_else(|| {
            bad(part, "no level: use debug, info, warning, error, critical, or a number")
        })?;
        let name = name.trim().replace("::", ".");
        if name.is_empty() || name.split('.').any(str::is_empty) {
            return Err(bad(part, "no name of a logger: write app.db=debug"));
        }
        levels.push((name, level));
    }
    for (name, level) in levels {
        let logger = if name == "root" { root() } else { get_logger(&name) };
        logger.set_level(level);
    }
    Ok(())
}

/// A level as people type it.
pub(crate) fn read_level(text: &str) -> Option<Level> {
    text.to_ascii_uppercase().parse().ok().or_else(|| text.parse().ok().map(Level::new))
}
