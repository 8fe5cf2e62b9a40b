//! Paths in values, and what stands around them.
//!
//! Nearly all paths are absolute, because the manager has no directory of its own that a relative
//! path could count from.
//!
//! ```ini
//! [Service]
//! WorkingDirectory="/srv/app"
//! StateDirectory=/var/lib/app
//! StandardOutput=file:app.log
//! ```

use unit_file::directives::{Directive, has_word, words_in};
use unit_file::values::{Backslash, Invalid, Word, judge_path};

use super::lists::{complain, each};
use super::problem::{Cost, Problem, one};
use crate::suggest::nearest;

/// Words for where something comes from or goes, and those that a path follows.
type Streams = (&'static str, &'static str);

pub(super) const INPUTS: Streams = ("null tty tty-force tty-fail socket data fd", "fd file");
pub(super) const OUTPUTS: Streams = (
    "inherit null tty journal kmsg journal+console kmsg+console socket fd syslog syslog+console",
    "fd file@236 append@240 truncate@248",
);

/// An absolute path behind `skip` bytes of prefixes.
///
/// A service has no current directory before WorkingDirectory= is set, so a relative path would
/// mean nothing. systemd also refuses "..", because it compares paths as text.
fn absolute(value: &str, skip: usize) -> Result<(), Invalid> {
    let path = &value[skip..];
    judge_path(path).map_err(|problem| {
        let hint = if path.starts_with('~') {
            "; ~ means nothing here, write the path out"
        } else if path.starts_with('$') {
            "; variables are filled in in Exec lines alone"
        } else if path.starts_with(['"', '\'']) {
            "; quotes are no quotes here, write the path as it is"
        } else {
            ""
        };
        Invalid::at(skip..value.len(), format!("{problem}{hint}"))
    })
}

/// One path for the whole value, taken as it stands: blanks and quotes are part of it.
pub(super) fn path(row: &Directive, value: &str) -> Vec<Problem> {
    if row.key == "PIDFile" && !value.starts_with('/') {
        return Vec::new(); // it is taken to be below /run
    }
    // A service must not run outside of a root that was asked for, so systemd gives up the unit.
    let is_strict = matches!(row.key, "RootDirectory" | "RootImage" | "RootVerity");
    let cost = if is_strict { Cost::Unit } else { Cost::Line };
    one(absolute(value, 0)).into_iter().map(|problem| problem.costs(cost)).collect()
}

/// Started in another directory than it asked for, a service might write to the wrong files: only
/// `-` makes a bad `WorkingDirectory=` harmless.
pub(super) fn directory(value: &str) -> Vec<Problem> {
    let is_optional = value.starts_with('-');
    if value.trim_start_matches('-') == "~" {
        return Vec::new();
    }
    let cost = if is_optional { Cost::Line } else { Cost::Unit };
    // Only the whole of the value is the home of the service's user; %h is that of the manager's.
    let judged = if value.trim_start_matches('-').starts_with("~/") {
        Err(Invalid::whole(value, "~ is the user's home only alone: write ~, or the whole path"))
    } else {
        absolute(value, usize::from(is_optional))
    };
    one(judged).into_iter().map(|problem| problem.costs(cost)).collect()
}

/// Not a word but the whole line is the path: quotes would be part of it.
pub(super) fn environment_file(value: &str) -> Vec<Problem> {
    one(absolute(value, usize::from(value.starts_with('-'))))
}

/// Behind | and ! stands a path, without a blank; one that is not absolute costs the line.
pub(super) fn condition(value: &str) -> Vec<Problem> {
    let path = value.strip_prefix('|').unwrap_or(value);
    let path = path.strip_prefix('!').unwrap_or(path);
    one(absolute(value, value.len() - path.len()))
}

/// Each word is a path, and one that systemd does not take is left out of the list: what was to be
/// protected is open then.
pub(super) fn list(value: &str, prefixes: &[char]) -> Vec<Problem> {
    each(value, Backslash::Stays, |word| {
        let text = word.text();
        let rest = text.trim_start_matches(prefixes);
        let problem = judge_path(rest).err()?;
        let hint = if rest.starts_with('~') { "; ~ means nothing here" } else { "" };
        complain(word, format!("{text:?}: {problem}{hint}"))
    })
}

/// `/source:/destination:options`, of which the first `count` fields are paths.
pub(super) fn fields(row: &Directive, value: &str, count: usize) -> Vec<Problem> {
    each(value, Backslash::Stays, |word| {
        let text = word.text();
        // A bind mount without a destination goes to the place it comes from; an image can't.
        if row.key == "MountImages" && !text.contains(':') {
            return complain(word, format!("{text:?} names no directory to mount the image on"));
        }
        let fields = text.trim_start_matches('-').split(':').take(count);
        if let Some(problem) = fields.into_iter().find_map(|field| judge_path(field).err()) {
            return complain(word, format!("{text:?}: {problem}"));
        }
        let option = text.splitn(3, ':').nth(2).filter(|_| row.key.starts_with("Bind"))?;
        let is_good = matches!(option, "" | "rbind" | "norbind");
        let reason = || {
            let hint = "; BindReadOnlyPaths= makes a place read-only";
            format!("{option:?}: the third part is rbind or norbind{hint}")
        };
        if is_good { None } else { complain(word, reason()) }
    })
}

/// One bad part costs the line here, as the parts are read together.
pub(super) fn search_path(value: &str) -> Vec<Problem> {
    let bad = value.split(':').find_map(|path| judge_path(path).err());
    let problem = |problem| Problem::whole(value, format!("{problem}")).costs(Cost::Word);
    bad.map(problem).into_iter().collect()
}

/// `RuntimeDirectory=` and its like name directories below a standard place, because systemd makes
/// them, owns them and removes them.
pub(super) fn directories(row: &Directive, value: &str) -> Vec<Problem> {
    each(value, Backslash::Stays, |word| below(row, word))
}

/// The name becomes a directory below /run, /var/lib and so on, so it must not lead out of there.
fn below(row: &Directive, word: &Word) -> Option<Problem> {
    let text = word.text();
    let mut fields = text.split(':');
    let first = fields.next().unwrap_or_default();
    let second = fields.next();
    if second.is_some_and(|second| second.starts_with('/') || row.key == "ConfigurationDirectory") {
        let reason = format!("{text:?}: what stands behind the colon is a second name, not a path");
        return complain(word, reason);
    }
    if first.starts_with('/') {
        let places = ["/run/", "/var/lib/", "/var/cache/", "/var/log/", "/etc/"];
        let meant = places.iter().find_map(|place| first.strip_prefix(place));
        let reason = format!("{text:?} is absolute; the name counts from the standard place");
        return complain(word, reason).map(|problem| problem.meant(meant));
    }
    let has_dots = first.split('/').any(|part| part == "..");
    has_dots.then(|| complain(word, format!("{text:?} contains \"..\""))).flatten()
}

/// One of the words, or one that is followed by a name or path.
pub(super) fn stream(version: u32, value: &str, (words, prefixes): Streams) -> Vec<Problem> {
    if has_word(words, value) {
        return Vec::new();
    }
    let prefixes: Vec<&str> = words_in(prefixes, version).collect();
    match value.split_once(':') {
        Some(("fd", _)) => Vec::new(),
        Some((prefix, path)) if prefixes.contains(&prefix) => {
            one(absolute(value, value.len() - path.len()))
        }
        _ => {
            let all: Vec<&str> = words.split(' ').collect();
            let reason =
                format!("{value:?} is none of {}, {}:", all.join(", "), prefixes.join(":, "));
            // A path alone is the commonest slip; a log goes on where it was.
            let opens = if prefixes.contains(&"append") { "append" } else { "file" };
            let meant = if value.starts_with('/') {
                Some(format!("{opens}:{value}"))
            } else {
                nearest(value, all).map(str::to_owned)
            };
            vec![Problem::whole(value, reason).meant(meant)]
        }
    }
}

/// A device's path or class, and letters for what may be done with it.
pub(super) fn device(value: &str) -> Option<Problem> {
    let (device, permissions) = value.split_once([' ', '\t']).unwrap_or((value, ""));
    let starts = ["/dev/", "/run/systemd/inaccessible/", "char-", "block-"];
    if !starts.iter().any(|start| device.starts_with(start)) {
        let reason = format!("{device:?} is neither below /dev nor char- or block- with a name");
        return Some(Invalid::at(0..device.len(), reason).into());
    }
    let permissions = permissions.trim();
    let is_odd = permissions.contains(|c: char| !matches!(c, 'r' | 'w' | 'm'));
    let span = value.len() - permissions.len()..value.len();
    let reason = || format!("{permissions:?} has other letters than r, w and m");
    is_odd.then(|| Invalid::at(span, reason()).into())
}
