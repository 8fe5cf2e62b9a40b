//! A question as `quiz/NN.toml` has it: what is asked, the options with their reasons, and what
//! proves the answer in a lab.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use check_report::{Text, text};
use serde::Deserialize;

use crate::chapter::Chapter;
use crate::error::Error;
use crate::files::read_text;
use crate::language::english_path;

/// What a file may hold: more is no quiz that anybody ends.
const QUESTIONS_MAX: usize = 20;
/// How many options a question may have: each has one digit.
const OPTIONS: std::ops::RangeInclusive<usize> = 2..=6;

/// A file of questions.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quiz {
    question: Vec<WrittenQuestion>,
}

/// A question as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenQuestion {
    name: String,
    asks: String,
    proof: Option<String>,
    option: Vec<Choice>,
}

/// One option of a question.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    /// The option, in Markdown's inline code at most.
    pub(crate) says: String,
    /// Why it is right or wrong.
    pub(crate) why: String,
    /// Whether it is the right one.
    #[serde(default)]
    pub(crate) right: bool,
}

/// A question that can be asked: exactly one of its options is right.
#[derive(Debug)]
pub(crate) struct Question {
    /// What it is called in `work/quiz.json`, and on the page.
    pub(crate) name: String,
    /// What is asked.
    pub(crate) asks: String,
    /// The options, in the order of their digits.
    pub(crate) options: Vec<Choice>,
    /// A small chapter whose commands answer as the right option says; its lines are those of the
    /// file. None where the question asks for a reason.
    pub(crate) proof: Option<Proof>,
}

/// What proves an answer.
#[derive(Debug)]
pub(crate) struct Proof {
    /// The file of the questions, relative to the project's root.
    pub(crate) path: PathBuf,
    /// The small chapter.
    pub(crate) chapter: Chapter,
}

impl Question {
    /// The digit and the text of the right option.
    pub(crate) fn right(&self) -> (usize, &Choice) {
        let mut options = (1..).zip(&self.options);
        options.find(|(_, option)| option.right).expect("read() has seen that one is right")
    }
}

/// The questions of the chapter at `path`, in English; none if it has no file of them.
pub(crate) fn of_chapter(root: &Path, path: &Path) -> Result<Option<Vec<Question>>, Error> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let Some((number, _)) = crate::numbered::parse(stem) else {
        return Ok(None);
    };
    // The questions are the same in all languages; who shows them says them in another.
    let english = english_path(path);
    let path = english.as_deref().unwrap_or(path);
    let directory = path.parent().unwrap_or(Path::new(""));
    let file = directory.join(format!("quiz/{number:02}.toml"));
    if !root.join(&file).exists() {
        return Ok(None);
    }
    read(root, path, &file).map(Some)
}

fn read(root: &Path, chapter: &Path, file: &Path) -> Result<Vec<Question>, Error> {
    let text = read_text(&root.join(file), file)?;
    let wrong = |cause: String| {
        let (path, cause) = (file.display(), Text::of(&cause));
        Error::Says(text!("cannot use {path}: {cause}", path, cause))
    };
    let quiz: Quiz = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if !(1..=QUESTIONS_MAX).contains(&quiz.question.len()) {
        return Err(wrong(format!("it has {} questions; 1 to 20", quiz.question.len())));
    }
    let mut names = BTreeSet::new();
    let mut questions = Vec::new();
    for asked in quiz.question {
        check(&asked).map_err(|cause| wrong(format!("{}: {cause}", asked.name)))?;
        if !names.insert(asked.name.clone()) {
            return Err(wrong(format!("two questions are called {}", asked.name)));
        }
        let WrittenQuestion { name, asks, proof, option: mut options } = asked;
        let proof = proof.map(|it| read_proof(root, chapter, file, &text, &it)).transpose()?;
        // Authors mostly put the right option in the middle, so the options are turned: by the
        // name, the same each time.
        let turn = name.bytes().map(usize::from).sum::<usize>() % options.len();
        options.rotate_left(turn);
        questions.push(Question { name, asks, options, proof });
    }
    Ok(questions)
}

fn check(asked: &WrittenQuestion) -> Result<(), String> {
    let is_name = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
    if asked.name.is_empty() || !asked.name.chars().all(is_name) {
        return Err("a name has letters a to z, digits and hyphens".to_owned());
    }
    if !OPTIONS.contains(&asked.option.len()) {
        return Err(format!("it has {} options; 2 to 6", asked.option.len()));
    }
    match asked.option.iter().filter(|option| option.right).count() {
        1 => {}
        count => return Err(format!("{count} of its options are right; exactly one is")),
    }
    let texts = asked.option.iter().flat_map(|option| [&option.says, &option.why]);
    if texts.chain([&asked.asks]).any(|text| text.trim().is_empty()) {
        Err("a text is empty".to_owned())
    } else {
        Ok(())
    }
}

/// Reads a proof as a chapter whose lines are those of the file, so that an error names the line.
/// What it includes is found from where the chapter is.
fn read_proof(
    root: &Path,
    chapter: &Path,
    file: &Path,
    text: &str,
    proof: &str,
) -> Result<Proof, Error> {
    let before = text.find(proof).map_or(0, |at| text[..at].matches('\n').count());
    let text = format!("# Proof{}{proof}", "\n".repeat(before.max(1)));
    let path = file.to_owned();
    match Chapter::of_text(root, chapter, &text) {
        Ok(chapter) => Ok(Proof { path, chapter }),
        Err(Error::Chapter { line, cause, .. }) => Err(Error::Chapter { path, line, cause }),
        Err(other) => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::of_chapter;

    const GOOD: &str = "[[question]]\nname = \"a\"\nasks = \"?\"\nproof = '''\n```console\nlab# true\n```\n'''\n\
                        [[question.option]]\nsays = \"x\"\nwhy = \"y\"\nright = true\n\
                        [[question.option]]\nsays = \"x\"\nwhy = \"y\"\n";

    fn read(text: &str) -> Result<usize, String> {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("docs/en/quiz")).unwrap();
        fs::write(root.path().join("docs/en/quiz/01.toml"), text).unwrap();
        let questions = of_chapter(root.path(), Path::new("docs/en/01-x.md"));
        questions.map(|all| all.unwrap().len()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_question_has_one_right_option() {
        assert_eq!(read(GOOD), Ok(1));
        #[track_caller]
        fn check(text: &str, cause: &str) {
            let error = read(text).unwrap_err();
            let named = error.contains("docs/en/quiz/01.toml");
            assert!(named && error.contains(cause), "{error}");
        }
        check("", "question");
        check(&GOOD.replace("right = true", ""), "0 of its options are right");
        check(&format!("{GOOD}right = true\n"), "2 of its options are right");
        check(&format!("{GOOD}{GOOD}"), "two questions are called a");
        check(&GOOD.replace("\"?\"", "\" \""), "a text is empty");
        check(&GOOD.replace("\"a\"", "\"A b\""), "a name has letters");
        check(&format!("{GOOD}points = 3\n"), "points");
        check(&GOOD.replace("lab# ", "lib# "), "line 6: an unknown prompt");
    }

    #[test]
    fn a_page_without_questions_has_none() {
        let root = tempfile::tempdir().unwrap();
        for page in ["docs/en/01-x.md", "docs/en/glossary.md"] {
            assert!(of_chapter(root.path(), Path::new(page)).unwrap().is_none(), "{page}");
        }
    }
}
