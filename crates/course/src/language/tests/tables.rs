//! The tables `es.toml`: each key is an English text of today, and no place for a value is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::super::comments::groups;
use super::super::untranslated::{is_text, places};
use super::super::words::{QUIZ, TextTable};
use super::literals::literals;
use super::{assert_none, root};
use crate::exercise::{Exercise, tables};
use crate::project::Project;

/// The sources of what is said by the course itself, the lab and the checks' library.
const ROOMS: [&str; 4] =
    ["crates/course/src", "crates/check/src", "crates/check-report/src", "crates/lab/src"];
/// What is said in the course's table and stands in no literal: words that clap has, and systemd's.
const ELSEWHERE: [&str; 10] = [
    "Print help",
    "Print version",
    "Print this message or the help of the given subcommand(s)",
    "Usage:",
    "Options",
    "Arguments",
    "Commands",
    "[OPTIONS]",
    "[COMMAND]",
    "<COMMAND>",
];

/// All tables, by their paths.
pub(super) fn all() -> BTreeMap<PathBuf, TextTable> {
    let root = root();
    let others = [root.join("crates/course/es.toml"), root.join(QUIZ)].into_iter();
    let paths = others.chain(tables(&root));
    paths
        .map(|path| {
            let table = TextTable::parse(&fs::read_to_string(&path).unwrap());
            (path.clone(), table.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        })
        .collect()
}

fn sources(directory: &Path, below: bool) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_test = path.ends_with("tests") || path.ends_with("tests.rs");
        if path.is_dir() && below && !is_test {
            texts.extend(sources(&path, below));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
            texts.push(fs::read_to_string(&path).unwrap());
        }
    }
    texts
}

fn said(sources: &[String]) -> BTreeSet<String> {
    sources.iter().flat_map(|source| literals(source)).collect()
}

/// The first line of `path` that holds `key`, for the message.
pub(super) fn place(path: &Path, key: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let start: String = key.chars().take_while(|char| !"\"\\\n".contains(*char)).collect();
    let line = text.lines().position(|line| line.contains(&start)).map_or(0, |line| line + 1);
    format!("{}:{line}", path.strip_prefix(root()).unwrap_or(path).display())
}

/// What a table may have for keys, by section.
struct Keys {
    title: BTreeSet<String>,
    hints: BTreeSet<String>,
    promises: BTreeSet<String>,
    words: BTreeSet<String>,
    help: BTreeSet<String>,
    starter: BTreeSet<String>,
}

impl Keys {
    /// Those of the table at `path`: of the course, of a lesson or of an exercise.
    fn of(path: &Path, exercises: &[Exercise]) -> Self {
        let directory = path.parent().unwrap();
        let rooms = ROOMS.iter().flat_map(|room| sources(&root().join(room), true));
        let words = match path {
            _ if directory.ends_with("crates/course") => said(&rooms.collect::<Vec<_>>()),
            _ if path.ends_with(QUIZ) => questions(),
            _ => said(&sources(directory, false)),
        };
        let mut keys = Keys { words, ..Keys::none() };
        if directory.ends_with("crates/course") {
            keys.help = help();
        }
        if let Some(exercise) = exercises.iter().find(|exercise| exercise.dir == directory) {
            keys.title.insert(exercise.manifest.title.clone());
            keys.hints.extend(exercise.manifest.hints.iter().cloned());
            // A long check has promises in modules, too.
            for check in sources(directory, false) {
                let tests = check.split("#[test]").skip(1);
                let names =
                    tests.filter_map(|test| Some(test.split_once("fn ")?.1.split_once('(')?.0));
                keys.promises.extend(names.map(str::to_owned));
            }
            keys.starter.extend(comments(exercise));
        }
        keys
    }

    fn none() -> Self {
        let none = BTreeSet::new;
        let (title, hints, promises) = (none(), none(), none());
        Keys { title, hints, promises, words: none(), help: none(), starter: none() }
    }
}

/// The comments of what a learner starts with, and of the solution that is shown at the end.
fn comments(exercise: &Exercise) -> Vec<String> {
    let reference = exercise.dir.join("variants/pass-reference");
    let mut files: Vec<PathBuf> =
        exercise.manifest.edit.iter().map(|file| reference.join(file)).collect();
    let mut directories = vec![exercise.starter()];
    while let Some(directory) = directories.pop() {
        for path in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { directories.push(path) } else { files.push(path) }
        }
    }
    let texts = files.into_iter().map(|file| fs::read_to_string(file).unwrap_or_default());
    texts.flat_map(|text| groups(&text)).collect()
}

/// What the quizzes say.
fn questions() -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for lesson in Project::find(&root()).unwrap().lessons().unwrap() {
        for question in crate::quiz::of_chapter(&root(), &lesson.path).unwrap().unwrap_or_default()
        {
            texts.insert(question.asks);
            texts.extend(question.options.into_iter().flat_map(|it| [it.says, it.why]));
        }
    }
    texts
}

/// What the command line's help says.
fn help() -> BTreeSet<String> {
    fn add(command: &clap::Command, texts: &mut BTreeSet<String>) {
        texts.extend(command.get_about().map(ToString::to_string));
        texts.extend(command.get_after_help().map(ToString::to_string));
        let arguments = command.get_arguments();
        for argument in arguments {
            texts.extend(argument.get_help().map(ToString::to_string));
            texts.extend(crate::help::values(argument));
        }
        for command in command.get_subcommands() {
            add(command, texts);
        }
    }
    let mut texts: BTreeSet<String> = ELSEWHERE.map(str::to_owned).into();
    add(&<crate::Cli as clap::CommandFactory>::command(), &mut texts);
    texts
}

fn exercises() -> Vec<Exercise> {
    Project::find(&root()).unwrap().exercises().unwrap()
}

#[test]
fn each_key_is_an_english_text_of_today() {
    let exercises = exercises();
    let mut faults = Vec::new();
    for (path, table) in all() {
        let keys = Keys::of(&path, &exercises);
        let mut check = |section: &str,
                         have: &BTreeMap<String, String>,
                         keys: &BTreeSet<String>| {
            for key in have.keys().filter(|key| !keys.contains(*key)) {
                let place = place(&path, key);
                faults.push(format!("{place}: [{section}] nothing says this any more: {key:?}"));
            }
        };
        check("title", &table.title, &keys.title);
        check("hints", &table.hints, &keys.hints);
        check("promises", &table.promises, &keys.promises);
        check("words", &table.words, &keys.words);
        check("help", &table.help, &keys.help);
        check("starter", &table.starter, &keys.starter);
    }
    assert_none(&faults);
}

#[test]
fn each_comment_that_a_learner_reads_is_translated() {
    let tables = all();
    let known: BTreeSet<&String> =
        tables.values().flat_map(|table| table.starter.keys().chain(&table.untranslated)).collect();
    let exercises = exercises();
    let faults = exercises.iter().flat_map(|exercise| {
        let english = comments(exercise).into_iter().filter(|text| !known.contains(text));
        english.map(|text| format!("{}: no Spanish text for {text:?}", exercise.id()))
    });
    assert_none(&faults.collect::<Vec<_>>());
}

#[test]
fn an_exercise_has_one_name_in_its_task_and_in_the_index() {
    let titles: BTreeMap<String, String> =
        all().into_values().flat_map(|table| table.title).collect();
    let mut faults = Vec::new();
    for exercise in exercises() {
        let english = &exercise.manifest.title;
        let names = [("en", "README.md", english), ("es", "README.es.md", &titles[english])];
        for (language, task, title) in names {
            let id = exercise.id();
            let index = root().join("docs").join(language).join("exercises.md");
            for (path, line) in [
                (exercise.dir.join(task), format!("# {id} {title}\n")),
                (index, format!("- **{id}** {title}")),
            ] {
                if !fs::read_to_string(&path).unwrap().contains(&line) {
                    faults.push(format!("{}: no line {line:?}", path.display()));
                }
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn no_place_for_a_value_is_lost() {
    let mut faults = Vec::new();
    for (path, table) in all() {
        for (english, spanish) in table.sections().into_iter().flat_map(|(_, texts)| texts) {
            if places(english) != places(spanish) {
                let place = place(&path, english);
                faults.push(format!(
                    "{place}: other places than in English:\n  {english}\n  {spanish}"
                ));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn one_text_has_one_translation() {
    let mut seen: BTreeMap<String, (String, PathBuf)> = BTreeMap::new();
    let mut faults = Vec::new();
    for (path, table) in all() {
        let words = table.sections().into_iter().filter(|(section, _)| *section != "promises");
        // What is the same in Spanish here, and another text there, would be said by chance.
        let same = table.untranslated.iter().map(|text| (text, text));
        for (english, spanish) in words.flat_map(|(_, texts)| texts).chain(same) {
            let first = seen.entry(english.clone()).or_insert((spanish.clone(), path.clone()));
            if first.0 != *spanish {
                let (one, other) = (place(&first.1, english), place(&path, english));
                faults.push(format!("{one} and {other}: two translations of {english:?}"));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn what_is_still_in_english_is_counted() {
    let all = all();
    let known: BTreeSet<&str> = all
        .values()
        .flat_map(|table| {
            let texts = table.sections().into_iter().flat_map(|(_, texts)| texts.keys());
            texts.chain(&table.untranslated)
        })
        .map(String::as_str)
        .collect();
    let exercises = exercises();
    let lessons = exercises.iter().map(|exercise| exercise.dir.parent().unwrap());
    let directories = exercises.iter().map(|exercise| exercise.dir.as_path()).chain(lessons);
    let directories: BTreeSet<PathBuf> = directories.map(|it| it.join("es.toml")).collect();
    let course = root().join("crates/course/es.toml");
    println!("{:<50} still in English", "texts of");
    for path in directories.into_iter().chain([course, root().join(QUIZ)]) {
        let Keys { title, hints, promises, words, help, starter } = Keys::of(&path, &exercises);
        let words = words.into_iter().filter(|word| is_text(word));
        let texts: BTreeSet<String> =
            title.into_iter().chain(hints).chain(words).chain(help).chain(starter).collect();
        let missing: Vec<&String> =
            texts.iter().filter(|text| !known.contains(text.as_str())).collect();
        let promises = promises.iter().filter(|name| !known.contains(name.as_str())).count();
        let name =
            path.parent().unwrap().strip_prefix(root()).unwrap_or(&path).display().to_string();
        println!("{name:<50} {}", missing.len() + promises);
        if std::env::var_os("SHOW").is_some() {
            missing.iter().for_each(|text| println!("    {text:?}"));
        }
    }
}
