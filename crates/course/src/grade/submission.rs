//! Takes a submission: the files that the exercise lists, and no others, on a clean copy of the
//! starter.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use check_report::{Text, text};

use crate::exercise::Exercise;
use crate::files::{copy_tree, read_text, with_line, write_if_changed};
use crate::language::{Words, with_comments_of};
use crate::project::Project;

/// One submission: an exercise and the texts of the files that may be edited.
#[derive(Debug, Clone)]
pub(crate) struct Submission {
    /// The exercise that it answers.
    pub(crate) exercise: Exercise,
    /// A name of its own among all that are graded at once: its package, and its directory.
    pub(crate) name: String,
    /// Where the files came from, for the compiler's messages.
    pub(crate) source: PathBuf,
    /// File by file, as `edit` lists them.
    pub(crate) files: Vec<(String, String)>,
}

impl Submission {
    /// Reads the learner's files from `source`. An `Err` within is the reason for refusing them.
    pub(crate) fn read(exercise: &Exercise, source: &Path) -> Result<Self, Text> {
        let mut files = Vec::new();
        for file in &exercise.manifest.edit {
            refuse_links(source, file)?;
            let path = source.join(file);
            let text = read_text(&path, Path::new(file)).map_err(|error| {
                let id = exercise.id();
                let error = error.text();
                text!("{error}; `cargo course reset {id}` brings the starter back", error, id)
            })?;
            files.push((file.clone(), text));
        }
        Ok(Submission {
            exercise: exercise.clone(),
            name: format!("check-{}-{}", exercise.lesson, exercise.number),
            source: source.to_owned(),
            files,
        })
    }

    /// Refuses what needs no check: nothing was done yet, or nothing is left.
    pub(crate) fn refuse_unsolved(&self) -> Result<(), Text> {
        if let Some((file, _)) = self.files.iter().find(|(_, text)| is_empty(text)) {
            return Err(text!("{file} is empty, but for comments", file));
        }
        let starter = self.exercise.starter();
        let untouched = self.files.iter().all(|(file, text)| {
            fs::read_to_string(starter.join(file))
                .is_ok_and(|original| original == *text || self.is_in_spanish(&original, text))
        });
        if !untouched {
            return Ok(());
        }
        Err(text!(
            "{files} is still as it was at the start: edit it, save, and check again",
            files = self.exercise.manifest.edit.join(", "),
        ))
    }

    /// Whether `text` is the starter's `original` with its comments in Spanish.
    fn is_in_spanish(&self, original: &str, text: &str) -> bool {
        let code = |text: &str| text.lines().filter(|line| !is_empty(line)).count();
        code(original) == code(text)
            && with_comments_of(original, &Words::spanish(&self.exercise)) == *text
    }

    /// What begins the paths of our copy of its files, and those of the learner's own: it is theirs
    /// that a message names.
    pub(crate) fn copy_and_own(&self, project: &Project) -> (String, String) {
        (format!("{}/", self.name), format!("{}/", project.shown(&self.source)))
    }

    /// Lays the submission out in `directory`: a clean starter with its files on top.
    pub(crate) fn lay_out(&self, directory: &Path) -> io::Result<()> {
        copy_tree(&self.exercise.starter(), directory, &|content| content)?;
        for (file, text) in &self.files {
            write_if_changed(&directory.join(file), text.as_bytes())?;
        }
        if self.exercise.is_rust() {
            let path = directory.join("Cargo.toml");
            let manifest = fs::read_to_string(&path)?;
            write_if_changed(&path, renamed(&manifest, &self.name).as_bytes())?;
        }
        Ok(())
    }
}

/// A file that is reached through a link could be any file, and change while it is read.
fn refuse_links(source: &Path, file: &str) -> Result<(), Text> {
    let path = source.join(file);
    // The file itself, the directories in it, and the exercise's own; what is above is where the
    // learner keeps their work.
    let count = Path::new(file).components().count() + 1;
    for path in path.ancestors().take(count) {
        if path.is_symlink() {
            return Err(text!("{file} is a link: put the file itself there", file));
        }
    }
    // A second name of a file outside: that one would be read.
    match fs::metadata(source.join(file)) {
        Ok(metadata) if metadata.is_file() && metadata.nlink() > 1 => {
            Err(text!("{file} has a second name somewhere (a hard link): put a copy there", file,))
        }
        _ => Ok(()),
    }
}

/// Whether a text says nothing in any of the languages that a learner writes: Rust, unit files,
/// shell.
fn is_empty(text: &str) -> bool {
    let comment =
        |line: &str| ["//", "#", ";", "/*", "*"].iter().any(|mark| line.starts_with(mark));
    // In Rust this begins an attribute.
    let attribute = |line: &str| line.starts_with("#[") || line.starts_with("#![");
    text.lines().map(str::trim).all(|line| line.is_empty() || comment(line) && !attribute(line))
}

/// Gives a package another name, so that many can stand in one workspace.
fn renamed(manifest: &str, name: &str) -> String {
    with_line(manifest, "name = ", &format!("name = {name:?}"))
}

#[cfg(test)]
mod tests {
    use super::{is_empty, renamed};

    #[test]
    fn a_text_of_comments_is_empty() {
        for text in ["", "\n \n", "// fn main() {}\n", "# [Service]\n; x\n", "/* a\n * b\n */\n"] {
            assert!(is_empty(text), "{text:?}");
        }
        for text in [
            "fn main() {}",
            "[Service]\n",
            "#[derive(Debug)]\nstruct X;",
            "#![allow(unused)] fn main() {}",
            "// x\nlet y",
        ] {
            assert!(!is_empty(text), "{text:?}");
        }
    }

    #[test]
    fn only_the_package_is_renamed() {
        let manifest = "[package]\nname = \"a\"\n\n[[bin]]\nname = \"b\"\n";
        assert_eq!(renamed(manifest, "c"), "[package]\nname = \"c\"\n\n[[bin]]\nname = \"b\"\n");
    }
}
