//! The project's directory and the lessons in it. The directories are the list: there is no
//! manifest to keep.

use std::fs;
use std::path::{Display, Path, PathBuf};

use check_report::text;

use crate::error::{Error, typed};
use crate::numbered;

/// Where the chapters are, below the project's root.
const CHAPTERS: &str = "docs/en";

/// A clone of the course.
#[derive(Debug)]
pub struct Project {
    /// Its root, absolute.
    pub root: PathBuf,
    /// Where the learner's copies are, and what they have done; absolute.
    pub(crate) work: PathBuf,
}

/// A chapter by its name: `docs/en/01-date-daemon.md` is lesson 1, `date-daemon`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// From the file's name; 0 is the introduction.
    pub number: u8,
    /// The one name that the lesson's crate, units, chapter and exercises share.
    pub slug: String,
    /// The chapter, relative to the root.
    pub path: PathBuf,
}

impl Project {
    /// Finds the project's root: `from` or the nearest directory above it that holds the chapters.
    pub fn find(from: &Path) -> Result<Project, Error> {
        from.ancestors()
            .find(|directory| directory.join(CHAPTERS).is_dir())
            .map(|root| Project { root: root.to_owned(), work: root.join("work") })
            .ok_or_else(|| {
                Error::Says(text!(
                    "cannot find the course: no docs/en in {from} or above it; go into the \
                     project's directory",
                    from = from.display(),
                ))
            })
    }

    /// A path as it is shown to the learner: from the root on, if it is below that.
    pub(crate) fn shown<'a>(&self, path: &'a Path) -> Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }

    /// All lessons, in order.
    pub fn lessons(&self) -> Result<Vec<Lesson>, Error> {
        let directory = self.root.join(CHAPTERS);
        let entries =
            fs::read_dir(&directory).map_err(|error| Error::read(Path::new(CHAPTERS), error))?;
        let mut lessons: Vec<Lesson> = entries
            .filter_map(|entry| Lesson::from_file_name(entry.ok()?.file_name().to_str()?))
            .collect();
        lessons.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(lessons)
    }

    /// The lesson that is called `name`: `1`, `01`, `date-daemon` or `01-date-daemon`.
    pub(crate) fn lesson(&self, name: &str) -> Result<Lesson, Error> {
        let lessons = self.lessons()?;
        let found = lessons.iter().find(|lesson| lesson.answers_to(name));
        found.cloned().ok_or_else(|| {
            Error::Says(text!(
                "cannot find lesson {wanted}: the lessons are {known}",
                wanted = typed(name),
                known = known(&lessons),
            ))
        })
    }
}

impl Lesson {
    /// Reads `NN-slug.md`; other files in the directory, such as `SUMMARY.md`, are no lessons.
    fn from_file_name(name: &str) -> Option<Lesson> {
        let (number, slug) = numbered::parse(name.strip_suffix(".md")?)?;
        Some(Lesson { number, slug: slug.to_owned(), path: Path::new(CHAPTERS).join(name) })
    }

    fn answers_to(&self, name: &str) -> bool {
        let number = name.parse() == Ok(self.number);
        number || name == self.slug || self.path.file_stem().is_some_and(|stem| stem == name)
    }
}

fn known(lessons: &[Lesson]) -> String {
    if lessons.is_empty() {
        return format!("no chapter in {CHAPTERS}");
    }
    let names: Vec<String> =
        lessons.iter().map(|lesson| format!("{} ({})", lesson.number, lesson.slug)).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::Lesson;

    #[test]
    fn a_lesson_is_a_file_with_two_digits_and_a_slug() {
        let lesson = Lesson::from_file_name("01-date-daemon.md").unwrap();
        assert_eq!((lesson.number, lesson.slug.as_str()), (1, "date-daemon"));
        for other in ["SUMMARY.md", "1-x.md", "01.md", "01-.md", "01-x.txt", "+1-x.md", ".md", ""] {
            assert_eq!(Lesson::from_file_name(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_lesson_answers_to_its_number_its_slug_and_its_file() {
        let lesson = Lesson::from_file_name("01-date-daemon.md").unwrap();
        for name in ["1", "01", "date-daemon", "01-date-daemon"] {
            assert!(lesson.answers_to(name), "{name:?}");
        }
        for name in ["", "2", "11", "date", "-1", "1.0", "01-date-daemon.md", "999999999999"] {
            assert!(!lesson.answers_to(name), "{name:?}");
        }
    }
}
