//! A skeleton for authors: a directory with everything that an exercise needs, and words that say
//! what goes where.

use std::fs;
use std::path::Path;

use anstyle::Style;
use check_report::{Text, text};

use crate::error::Error;
use crate::numbered;
use crate::project::Project;
use crate::terminal::Terminal;

const README: &str = include_str!("../skeleton/README.md");
const MANIFEST: &str = include_str!("../skeleton/exercise.toml");
const CHECK: &str = include_str!("../skeleton/check.rs");
const CARGO: &str = include_str!("../skeleton/starter/Cargo.toml");
const MAIN: &str = include_str!("../skeleton/starter/src/main.rs");

/// Makes `exercises/NN-slug/NN-name`, unless there is something already.
pub(crate) fn new(project: &Project, key: &str, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    if !is_key(key) {
        return Err(Error::Says(text!(
            "cannot make exercise {name}: a name is such as 01-date-daemon/07-name",
            name = Text::quoted(key),
        )));
    }
    let dir = project.exercises_dir().join(key);
    let package = key
        .replace('/', "-")
        .trim_start_matches(|c: char| c.is_ascii_digit() || c == '-')
        .to_owned();
    let number = number(key);
    let files = [
        ("README.md", README.replace("N.M", &number)),
        ("exercise.toml", MANIFEST.to_owned()),
        ("check.rs", CHECK.replace("N.M", &number)),
        ("starter/Cargo.toml", CARGO.replace("NAME", &package)),
        ("starter/src/main.rs", MAIN.to_owned()),
        ("variants/pass-reference/src/main.rs", MAIN.replace("    0\n", "    42\n")),
        ("variants/fail-what-learners-do/src/main.rs", MAIN.replace("    0\n", "    41\n")),
        ("variants/fail-what-learners-do/SAYS", "that is not the answer\n".to_owned()),
    ];
    fs::create_dir_all(dir.parent().unwrap_or(Path::new("/")))
        .map_err(|error| Error::write(&dir, error))?;
    // Fails if there is one: an author's work is not overwritten.
    fs::create_dir(&dir).map_err(|error| Error::write(&dir, error))?;
    for (name, text) in files {
        let path = dir.join(name);
        let directory = path.parent().unwrap_or(&dir);
        fs::create_dir_all(directory)
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| Error::write(&path, error))?;
    }
    terminal.say(text!(
        "Made exercises/{key}. It has one right answer and one wrong one; write more, then:",
        key,
    ))?;
    terminal.line(Style::new(), &format!("cargo course verify {number}"))
}

/// `1.7` for `01-date-daemon/07-name`.
fn number(key: &str) -> String {
    let parts = key.split('/').map(|part| part[..2].trim_start_matches('0'));
    parts.collect::<Vec<_>>().join(".")
}

/// `NN-slug/NN-name`, in small letters, digits and hyphens.
fn is_key(key: &str) -> bool {
    let small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_part = |part| numbered::parse(part).is_some_and(|(_, slug)| slug.bytes().all(small));
    key.split_once('/').is_some_and(|(lesson, exercise)| is_part(lesson) && is_part(exercise))
}

#[cfg(test)]
mod tests {
    use super::is_key;

    #[test]
    fn an_exercise_is_named_by_two_digits_and_a_slug_twice() {
        assert!(is_key("01-date-daemon/02-append"));
        for key in [
            "",
            "append",
            "1-a/2-b",
            "01-a",
            "01-a/02-",
            "01-a/../02-b",
            "01-A/02-b",
            "/01-a/02-b",
            "01-a/02-b/03-c",
        ] {
            assert!(!is_key(key), "{key}");
        }
    }
}
