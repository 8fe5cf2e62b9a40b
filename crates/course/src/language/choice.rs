//! Which language is spoken: the one asked for, the one remembered, or the one of the environment.

use std::ffi::OsString;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use check_report::text;

use super::which::Language;
use super::words::Words;
use crate::error::{Error, typed};
use crate::files::{read_text, write_if_changed};
use crate::project::Project;

/// Where the learner's choice is remembered, in their directory.
const FILE: &str = "language";

/// What is spoken from the course's start on.
#[derive(Debug, Default)]
pub struct Speech {
    /// The language.
    pub(crate) language: Language,
    /// Whether anything says so: an option, the learner's choice or the environment.
    pub(crate) is_chosen: bool,
    /// Whether the terminal takes nothing but ASCII, so that "ó" would come out as garbage.
    pub(crate) ascii: bool,
    /// What was asked for and is no language; whatever else is chosen says so.
    unknown: Option<Error>,
    /// Where the course is, if we are in it: its exercises have texts of their own.
    root: Option<PathBuf>,
}

impl Speech {
    /// Reads the course's `arguments` and the environment. `from` is where the course was called.
    pub fn choose(arguments: &[OsString], from: &Path) -> Speech {
        let project = Project::find(from).ok();
        let work = option(arguments, "--work").map(|work| from.join(work));
        let work = work.or_else(|| project.as_ref().map(|project| project.work.clone()));
        let remembered = work.and_then(|work| {
            let path = work.join(FILE);
            Language::from_code(read_text(&path, &path).ok()?.trim())
        });
        let (asked, unknown) = match option(arguments, "--lang").map(named).transpose() {
            Ok(asked) => (asked, None),
            Err(unknown) => (None, Some(unknown)),
        };
        let chosen = asked.or(remembered).or_else(|| of_environment(&variable));
        let language = chosen.unwrap_or_default();
        Speech {
            language,
            is_chosen: chosen.is_some(),
            ascii: needs_ascii(language, &variable),
            unknown,
            root: project.map(|project| project.root),
        }
    }

    /// What was asked for and is no language, if it was.
    pub fn unknown(&self) -> Option<&Error> {
        self.unknown.as_ref()
    }

    /// Another language, from the middle of things on.
    pub(crate) fn of(language: Language, project: &Project) -> Speech {
        let root = Some(project.root.clone());
        let ascii = needs_ascii(language, &variable);
        Speech { language, is_chosen: true, ascii, unknown: None, root }
    }

    /// What is said in the language.
    pub(crate) fn words(&self) -> Words {
        Words::of(self.language, self.root.as_deref())
    }
}

/// A variable of the environment, if it is set to anything.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether the accents of `language`, or on a terminal the lines of a picture, would come out as
/// garbage. A file gets English as it is: the program that reads it knows UTF-8.
fn needs_ascii(language: Language, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let garbles = language != Language::English || io::stdout().is_terminal();
    garbles && !takes_utf8(variable)
}

/// The language called `name`, which somebody has typed.
fn named(name: String) -> Result<Language, Error> {
    Language::from_code(&name).ok_or_else(|| {
        Error::Says(text!(
            "cannot speak {wanted}: the languages are {known}",
            wanted = typed(&name),
            known = Language::known(),
        ))
    })
}

/// Remembers the language called `name` in the learner's directory, and returns it.
pub(crate) fn remember(project: &Project, name: &str) -> Result<Language, Error> {
    let language = named(name.to_owned())?;
    let path = project.work.join(FILE);
    fs::create_dir_all(&project.work)
        .and_then(|()| write_if_changed(&path, format!("{name}\n").as_bytes()))
        .map_err(|error| Error::write(&path, error))?;
    Ok(language)
}

/// The value of an option that is needed before the command line is understood as a whole: the
/// help itself is in the learner's language.
fn option(arguments: &[OsString], name: &str) -> Option<String> {
    let mut arguments = arguments.iter().skip(1).map(|argument| argument.to_string_lossy());
    while let Some(argument) = arguments.next() {
        match argument.strip_prefix(name) {
            // Another option is no value; clap says that one is missing.
            Some("") => {
                let value = arguments.next().filter(|value| !value.starts_with('-'));
                return value.map(|value| value.into_owned());
            }
            Some(rest) if rest.starts_with('=') => return Some(rest[1..].to_owned()),
            _ if argument == "--" => return None,
            _ => {}
        }
    }
    None
}

/// What the environment asks for, if it asks for anything: gettext's list of languages, of which
/// the first that we have counts, or else the locale. C and POSIX ask for nothing.
fn of_environment(variable: &dyn Fn(&str) -> Option<String>) -> Option<Language> {
    let list = variable("LANGUAGE").unwrap_or_default();
    let listed = list.split(':').find_map(|locale| Language::from_code(language_of(locale)));
    listed.or_else(|| {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable)?;
        match language_of(&locale) {
            "C" | "POSIX" => None,
            code => Some(Language::from_code(code).unwrap_or_default()),
        }
    })
}

/// `es` of `es_MX.UTF-8@euro`.
fn language_of(locale: &str) -> &str {
    locale.split(['_', '.', '@']).next().unwrap_or(locale)
}

/// Whether the terminal takes UTF-8, as its locale says. Where nothing says anything, as in a
/// container, it most likely does.
fn takes_utf8(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let Some(locale) = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable) else {
        return true;
    };
    let locale = locale.to_lowercase();
    locale.ends_with("utf-8") || locale.ends_with("utf8") || locale.contains(".utf")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{Language, of_environment, option, takes_utf8};

    fn variables(set: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        let set: Vec<(String, String)> =
            set.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        move |wanted| set.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
    }

    #[test]
    fn the_environment_is_read_as_gettext_reads_it() {
        #[track_caller]
        fn check(set: &[(&str, &str)], expected: Option<Language>) {
            assert_eq!(of_environment(&variables(set)), expected, "{set:?}");
        }
        let (english, spanish) = (Some(Language::English), Some(Language::Spanish));
        check(&[("LANG", "es_MX.UTF-8")], spanish);
        check(&[("LANG", "es")], spanish);
        check(&[("LANG", "es_ES@euro")], spanish);
        check(&[("LANG", "en_US.UTF-8")], english);
        check(&[("LANG", "fr_FR.UTF-8")], english);
        check(&[("LANG", "fr_FR.UTF-8"), ("LANGUAGE", "fr:es:en")], spanish);
        check(&[("LANG", "es_ES.UTF-8"), ("LANGUAGE", "en:es")], english);
        check(&[("LANG", "es_ES.UTF-8"), ("LANGUAGE", "fr")], spanish);
        check(&[("LANG", "es_ES.UTF-8"), ("LC_MESSAGES", "en_GB.UTF-8")], english);
        check(&[("LC_MESSAGES", "en_GB.UTF-8"), ("LC_ALL", "es_ES.UTF-8")], spanish);
        for nothing in [&[][..], &[("LANG", "C.UTF-8")], &[("LANG", "es"), ("LC_ALL", "POSIX")]] {
            check(nothing, None);
        }
    }

    #[test]
    fn a_terminal_takes_utf8_unless_its_locale_says_otherwise() {
        #[track_caller]
        fn check(set: &[(&str, &str)], expected: bool) {
            assert_eq!(takes_utf8(&variables(set)), expected, "{set:?}");
        }
        check(&[], true);
        check(&[("LANG", "es_MX.UTF-8")], true);
        check(&[("LANG", "C.utf8")], true);
        check(&[("LANG", "C")], false);
        check(&[("LANG", "es_ES@euro")], false);
        check(&[("LANG", "es_ES.UTF-8"), ("LC_ALL", "es_ES.ISO-8859-1")], false);
        check(&[("LANG", "C"), ("LC_CTYPE", "C.UTF-8")], true);
    }

    #[test]
    fn an_option_is_found_wherever_it_stands() {
        #[track_caller]
        fn check(line: &str, expected: Option<&str>) {
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(option(&arguments, "--lang").as_deref(), expected, "{line}");
        }
        check("course list --lang es", Some("es"));
        check("course --lang=es list", Some("es"));
        check("course --lang", None);
        check("course --lang --plain", None);
        check("course list", None);
        check("course -- --lang es", None);
        check("course --language es", None);
    }
}
