//! The unit files of a submission, put where systemd reads an administrator's units.
//!
//! A check that installs a unit runs what the unit says, as the lab's root;
//! [`crate::Unit::runs_only`] is how it looks first.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::panic::Location;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use check_report::{Text, text};

use crate::failure::{Explain, Failure, Result};
use crate::seen::in_lab;
use crate::systemctl::{run, systemctl};
use crate::unit::Unit;
use crate::{report, submission};

/// Where an administrator's units are; they outlive a reboot. See systemd.unit(5).
const DIRECTORY: &str = "/etc/systemd/system";

/// The text of a file of the submission.
///
/// # Errors
/// When it cannot be read.
pub fn file_text(file: &str) -> Result<String> {
    Ok(submission::file_text(file)?)
}

/// Installs a program that came with the exercise as `/usr/local/bin/NAME`.
///
/// # Errors
/// When it cannot be written.
pub fn install_program(name: &str) -> Result {
    put_program(name, &file_text(name)?)
}

/// Installs `text` as the program `/usr/local/bin/NAME`.
///
/// # Errors
/// When it cannot be written.
pub fn put_program(name: &str, text: &str) -> Result {
    let path = in_lab("/usr/local/bin").join(name);
    // A program that runs cannot be written over, but its name can be given away; see ETXTBSY in
    // open(2).
    let new = path.with_extension("new");
    fs::write(&new, text)?;
    fs::set_permissions(&new, Permissions::from_mode(0o755))?;
    Ok(fs::rename(&new, &path)?)
}

/// Installs the submission's unit `files` and has systemd read them.
///
/// # Errors
/// When systemd refuses one of them, or goes on without one of its lines.
#[track_caller]
pub fn install(files: &[&'static str]) -> Result {
    let names: Vec<_> = files.iter().map(|file| (*file, *file)).collect();
    install_as(&names)
}

/// Installs files of the submission, each under a name of its own, and has systemd read them.
///
/// # Errors
/// As [`install`].
#[track_caller]
pub fn install_as(names: &[(&'static str, &str)]) -> Result {
    report::at("giving your units to systemd".into(), Location::caller());
    let mut new = false;
    for (file, name) in names {
        let (path, text) = (Path::new(DIRECTORY).join(name), file_text(file)?);
        new |= fs::read_to_string(&path).ok().as_ref() != Some(&text);
        fs::write(path, text)?;
    }
    // An earlier promise was here: what systemd has to say of these units, it has said.
    static UNDERSTOOD: Mutex<Option<bool>> = Mutex::new(None);
    let mut understood = UNDERSTOOD.lock().unwrap_or_else(PoisonError::into_inner);
    match *understood {
        Some(true) if !new => return Ok(()),
        Some(false) => return Err(Failure::later()),
        _ => *understood = Some(false),
    }
    systemctl(&["daemon-reload"])?;
    // What it has to say of the units, on its way of reading them; see `verify` in
    // systemd-analyze(1).
    let paths: Vec<String> = names.iter().map(|(_, name)| format!("{DIRECTORY}/{name}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let output = run("systemd-analyze", &[&["verify", "--man=no"], &paths[..]].concat())?;
    let said = String::from_utf8_lossy(&output.stderr);
    for (file, name) in names {
        is_understood(file, name, &said)?;
    }
    *understood = Some(true);
    Ok(())
}

/// Fails at the first line of `name` that systemd ignores, and if it refuses the unit as a whole.
fn is_understood(file: &'static str, name: &str, said: &str) -> Result {
    if let Some((line, message)) = remarks(name, said).find(|(_, words)| is_ignored(words)) {
        return Err(Failure::new(
            "a file of which systemd needs to ignore nothing",
            Text::verbatim(message),
        )
        .say(about_ignored(message))
        .man("systemd.syntax(7)")
        .at_line(file, Some(line)));
    }
    // A template is no unit until it has an instance, so there is nothing to load.
    if name.contains("@.") {
        return Ok(());
    }
    let state = Unit::named(name).property("LoadState")?;
    if ["loaded", "merged"].contains(&state.as_str()) {
        return Ok(());
    }
    let first = remarks(name, said).next();
    let other = || said.lines().find(|line| line.contains(name));
    let why = first.map(|(_, message)| message).or_else(other).unwrap_or_default();
    Err(Failure::new("a unit that systemd loads", text!("LoadState={state}: {why}", state, why))
        .say(first.map_or("", |(_, message)| about_ignored(message)))
        .at_line(file, first.map(|(line, _)| line))
        .man("systemd.unit(5)"))
}

/// The numbers of the lines of `name` that systemd says something of, and its words.
fn remarks<'a>(name: &str, said: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let path = format!("{DIRECTORY}/{name}:");
    said.lines().filter_map(move |line| {
        let (number, message) = line.strip_prefix(&path)?.split_once(": ")?;
        Some((number.parse().ok()?, message))
    })
}

/// Whether systemd goes on without the line. It also has hints and warnings on lines that do what
/// they say: a path in /var/run is updated, `User=nobody` is not safe, an escape that is none stays
/// as it is.
fn is_ignored(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    let goes_on = message.contains("ignor") || message.contains("assignment outside of section");
    goes_on && !message.contains("escape sequences")
}

/// What a colleague says of a line that systemd ignores.
fn about_ignored(message: &str) -> &'static str {
    if message.contains('#') {
        "there are no comments at the end of a line: what follows the = is the value, all of it"
    } else if message.contains("add dependency") {
        "a unit's name ends with its type, as in database.service; and in a list there are blanks \
         between the names, no commas"
    } else if message.contains("calendar") {
        "that is no calendar event: Weekdays Year-Month-Day Hour:Minute:Second, of which only the \
         time may be all; systemd-analyze calendar shows how an event is read"
    } else if message.contains("path is not absolute") {
        "a path begins with /, and is not in quotes here"
    } else if message.contains("absolute") {
        "a full path, /usr/local/bin/worker, or a bare name that systemd looks up: it knows no \
         directory that `.` could be"
    } else if message.starts_with("Unknown key") {
        "this section has no such setting, so systemd went on without the line; it says so in the \
         journal only, and starts the unit all the same"
    } else if message.starts_with("Unknown section") {
        "systemd went on without the whole section"
    } else {
        "systemd went on without this line, as if it were not there, and says so in the journal \
         only"
    }
}

#[cfg(test)]
mod tests {
    use super::{about_ignored, is_ignored, remarks};

    #[test]
    fn what_systemd_ignores_is_found_with_its_line() {
        let said = "/etc/systemd/system/b.service:2: Unknown key 'X' in section [Unit], ignoring.\n\
                    a.service: Command /x is not executable: No such file or directory\n\
                    /etc/systemd/system/a.service:7: Failed to parse sec value, ignoring: 5 # s\n";
        let found: Vec<_> = remarks("a.service", said).collect();
        assert_eq!(found, [(7, "Failed to parse sec value, ignoring: 5 # s")]);
        assert_eq!(remarks("c.service", said).count(), 0);
    }

    #[test]
    fn a_hint_is_not_taken_for_an_ignored_line() {
        #[track_caller]
        fn check(message: &str, expected: bool) {
            assert_eq!(is_ignored(message), expected, "{message}");
        }
        check("Special user nobody configured, this is not safe!", false);
        check("Standard output type syslog is obsolete, automatically updating to journal.", false);
        check("PIDFile= references a path below legacy directory /var/run/, updating x", false);
        check("Ignoring unknown escape sequences: \"\\d\"", false);
        check("Unknown section 'x'. Ignoring.", true);
        check("Assignment outside of section.", true);
        check("Missing '=', ignoring line.", true);
    }

    #[test]
    fn a_colleague_knows_why_a_line_is_ignored() {
        #[track_caller]
        fn check(message: &str, says: &str) {
            let said = about_ignored(message);
            assert!(said.contains(says), "{said}");
        }
        check("Failed to parse sec value, ignoring: 5 # s", "no comments at the end");
        // As systemd 252 says it, and as 257 does.
        check("Unknown key 'X' in section [Unit], ignoring.", "no such setting");
        check("Unknown key 'X' in section 'Unit', ignoring.", "no such setting");
        check("Unknown section 'x'. Ignoring.", "the whole section");
        check(
            "Failed to add dependency on database, ignoring: Invalid argument",
            "ends with its type",
        );
        check(
            "Failed to parse calendar specification, ignoring: weekly at 5",
            "systemd-analyze calendar",
        );
    }
}
