//! An author's variant as a submission: its own files on the starter, or a change to the reference.

use std::path::Path;

use super::submission::Submission;
use crate::error::Error;
use crate::exercise::Exercise;
use crate::files::read_text;

/// The right answer that a change is made to.
const REFERENCE: &str = "variants/pass-reference";
/// The file that says what a variant changes.
const CHANGE: &str = "CHANGE";

impl Submission {
    /// A variant of the author's. With a file `CHANGE` it is the reference, changed as that file
    /// says. Without one, it has the starter's files where it brings none of its own.
    pub(crate) fn variant(
        exercise: &Exercise,
        name: &str,
        directory: &Path,
    ) -> Result<Self, Error> {
        let path = directory.join(CHANGE);
        let change = path.is_file().then(|| read_text(&path, &path)).transpose()?;
        let base = match change {
            Some(_) => exercise.dir.join(REFERENCE),
            None => exercise.starter(),
        };
        let mut files = Vec::new();
        for file in &exercise.manifest.edit {
            let own = directory.join(file);
            let path = [own, base.join(file), exercise.starter().join(file)];
            let path = path.iter().find(|path| path.exists()).unwrap_or(&path[2]);
            files.push((file.clone(), read_text(path, path)?));
        }
        if let Some(change) = change {
            apply(&change, &mut files).map_err(|cause| Error::cannot_read(&path, &cause))?;
        }
        Ok(Submission {
            exercise: exercise.clone(),
            name: name.to_owned(),
            source: directory.to_owned(),
            files,
        })
    }
}

/// Makes a change to `files`. A line that is the name of one of them says which is changed. The
/// lines with `-` that follow must be in that file once, one after the other. The lines with `+`
/// take their place.
///
/// Unlike diff(1)'s, such a change has no numbers, and is written and read by people.
fn apply(change: &str, files: &mut [(String, String)]) -> Result<(), String> {
    let mut lines = change.lines().peekable();
    let mut current = None;
    while let Some(line) = lines.peek() {
        // Between two changes that would read as one.
        if line.is_empty() {
            lines.next();
            continue;
        }
        if let Some(index) = files.iter().position(|(name, _)| name == line) {
            current = Some(index);
            lines.next();
            continue;
        }
        let mut marked = |mark: char| {
            let mut text = String::new();
            while let Some(line) = lines.next_if(|line| line.starts_with(mark)) {
                text.extend([&line[1..], "\n"]);
            }
            text
        };
        let (old, new) = (marked('-'), marked('+'));
        let Some(index) = current.filter(|_| !old.is_empty()) else {
            let line = lines.next().unwrap_or("+");
            return Err(format!("{line:?} is no file of `edit`, and changes no line"));
        };
        let (name, text) = &mut files[index];
        // With the line break before it, so that it is whole lines that are found.
        let (found, whole) = (format!("\n{text}"), format!("\n{old}"));
        match found.matches(&whole).count() {
            1 => *text = found.replace(&whole, &format!("\n{new}"))[1..].to_owned(),
            count => return Err(format!("{name} has these lines {count} times: {old:?}")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::apply;

    #[track_caller]
    fn check(change: &str, expected: Result<[&str; 2], &str>) {
        let mut files = [("a", "1\n2\n3\n12\n"), ("b", "2\n")]
            .map(|(name, text)| (name.to_owned(), text.to_owned()));
        match (apply(change, &mut files), expected) {
            (Ok(()), Ok(texts)) => assert_eq!(files.map(|(_, text)| text), texts),
            (Err(error), Err(cause)) => assert!(error.contains(cause), "{error}"),
            (result, _) => panic!("{change:?}: {result:?}, {files:?}"),
        }
    }

    #[test]
    fn a_change_takes_the_place_of_whole_lines() {
        check("a\n-2\n+x\n+y\n", Ok(["1\nx\ny\n3\n12\n", "2\n"]));
        check("a\n-1\n-2\n", Ok(["3\n12\n", "2\n"]));
        check("a\n-1\n\n-3\n", Ok(["2\n12\n", "2\n"]));
        check("a\n-12\n+9\n-3\n+8\nb\n-2\n+7\n", Ok(["1\n2\n8\n9\n", "7\n"]));
    }

    #[test]
    fn a_change_that_changes_nothing_is_an_error() {
        check("a\n-4\n+x\n", Err("a has these lines 0 times"));
        check("c\n-2\n+x\n", Err("\"c\" is no file"));
        check("-2\n+x\n", Err("is no file"));
        check("a\n+x\n", Err("changes no line"));
    }
}
