//! The kill matrix: every exercise's check, shown every answer that its author thought of.
//!
//! A check that was never shown a wrong answer proves nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anstyle::Style;
use check_report::text;

use crate::error::Error;
use crate::exercise::{Exercise, file_name};
use crate::files::read_text;
use crate::grade::{Graded, Grader, Promise, Refusal, Submission, Verdict, report};
use crate::language::{Words, claims_to_be_whole};
use crate::terminal::Terminal;

const PLAIN: Style = Style::new();
/// How many right and how many wrong answers an exercise must bring.
const RIGHT_MIN: usize = 2;
const WRONG_MIN: usize = 5;

/// What a submission is there to prove.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Role {
    /// A right answer, the first time or again.
    Right,
    Again,
    /// A wrong one, and the words that its author must be shown.
    Wrong {
        says: String,
        /// How many marks it must get, where the exercise has marks.
        marks: Option<u32>,
    },
    /// What every learner begins with; it must build.
    Starter,
    Empty,
    Commented,
    /// A program that builds, does nothing and says that all went well.
    Hollow,
}

struct Case {
    role: Role,
    label: String,
    submission: Submission,
}

/// Tries every variant of `exercises`, and the reference so many `times`. Prints the table, and
/// fails if there is a hole.
pub(crate) fn verify(
    grader: &Grader<'_>,
    exercises: &[Exercise],
    times: i64,
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let mut cases = Vec::new();
    for exercise in exercises {
        cases.extend(cases_of(exercise, times)?);
    }
    terminal.say(text!(
        "{submissions} submissions to {exercises} exercises",
        submissions = cases.len(),
        exercises = exercises.len(),
    ))?;
    let submissions: Vec<Submission> = cases.iter().map(|case| case.submission.clone()).collect();
    let graded: Vec<(Case, Graded)> =
        cases.into_iter().zip(grader.grade_all(&submissions)?).collect();
    terminal.line(PLAIN.bold(), HEADING)?;
    let mut holes = Vec::new();
    let key = |(case, _): &(Case, Graded)| case.submission.exercise.key.clone();
    for cases in graded.chunk_by(|one, next| key(one) == key(next)) {
        let exercise = &cases[0].0.submission.exercise;
        terminal.line(PLAIN, &row(exercise, cases))?;
        holes.extend(enough(exercise, cases));
        holes.extend(cases.iter().filter_map(|(case, graded)| hole(case, graded)));
        holes.extend(not_in_spanish(exercise, cases));
    }
    for hole in &holes {
        terminal.line(PLAIN, "")?;
        terminal.lines(PLAIN, hole)?;
    }
    match holes.len() {
        0 => terminal
            .say("No holes: every right answer passes, every wrong one is refused with its words."),
        count => Err(Error::Says(text!("the checks have {count} holes", count))),
    }
}

const HEADING: &str =
    "exercise                         right  wrong  starter  empty    commented  hollow   again";

fn cases_of(exercise: &Exercise, times: i64) -> Result<Vec<Case>, Error> {
    let mut cases = Vec::new();
    let mut add = |role, label: &str, directory: &Path, change: fn(&str) -> String| {
        let name = format!("verify-{}-{}-{label}", exercise.lesson, exercise.number);
        let mut submission = Submission::variant(exercise, &name, directory)?;
        for (_, text) in &mut submission.files {
            *text = change(text);
        }
        cases.push(Case { role, label: label.to_owned(), submission });
        Ok::<(), Error>(())
    };
    for directory in exercise.variants("pass-")? {
        add(Role::Right, file_name(&directory), &directory, str::to_owned)?;
        if file_name(&directory) == "pass-reference" {
            for _ in 1..times {
                add(Role::Again, file_name(&directory), &directory, str::to_owned)?;
            }
        }
    }
    for directory in exercise.variants("fail-")? {
        let path = directory.join("SAYS");
        let says = read_text(&path, &path)?.trim().to_owned();
        let marks = marks_of(exercise, &directory)?;
        add(Role::Wrong { says, marks }, file_name(&directory), &directory, str::to_owned)?;
    }
    let starter = exercise.starter();
    // A line more than the starter has, so that it is the check that refuses it.
    add(Role::Starter, "starter", &starter, |text| format!("{text}\n"))?;
    add(Role::Empty, "empty", &starter, |_| String::new())?;
    add(Role::Commented, "commented", &starter, commented)?;
    if exercise.is_rust() {
        add(Role::Hollow, "hollow", &starter, |_| "fn main() {}\n".to_owned())?;
    }
    Ok(cases)
}

/// What the variant's file `MARKS` says, where the exercise has marks.
fn marks_of(exercise: &Exercise, directory: &Path) -> Result<Option<u32>, Error> {
    if exercise.manifest.marks.is_empty() {
        return Ok(None);
    }
    let path = directory.join("MARKS");
    let marks = read_text(&path, &path)?.trim().parse();
    marks.map(Some).map_err(|_| Error::cannot_read(&path, "it is no number of marks"))
}

/// Every line a comment, in Rust and in unit files.
fn commented(text: &str) -> String {
    let mark = if text.contains("fn ") { "//" } else { "#" };
    text.lines().map(|line| format!("{mark} {line}\n")).collect()
}

/// What is wrong with one verdict, if anything.
fn hole(case: &Case, graded: &Graded) -> Option<String> {
    let Graded { verdict, warnings } = graded;
    let exercise = &case.submission.exercise;
    let name = format!("{} {}", exercise.id(), case.label);
    if let Verdict::NotProved(why) = verdict {
        return Some(format!("{name}: not proved: {}", why.english()));
    }
    let said = words(exercise, verdict);
    let points = verdict.marks(exercise).map_or(0, |(points, _)| points);
    match &case.role {
        Role::Right | Role::Again if !verdict.passed() => {
            Some(format!("{name}: a right answer was refused:\n{said}"))
        }
        Role::Right if !warnings.is_empty() => Some(format!("{name}: it builds with warnings")),
        Role::Right | Role::Again => None,
        _ if verdict.passed() => Some(format!("{name}: a wrong answer was accepted")),
        Role::Wrong { marks: Some(marks), .. } if points != *marks => {
            Some(format!("{name}: it must get {marks} marks, and got {points}:\n{said}"))
        }
        Role::Wrong { says, .. } if says.is_empty() || !one_line(&said).contains(says) => {
            Some(format!("{name}: its words are missing: {says:?}; it said:\n{said}"))
        }
        // The learner's first sight of a starter is no error.
        Role::Starter => {
            let failed = matches!(verdict, Verdict::Refused(Refusal::DoesNotCompile(_)));
            let shown = if failed { &said } else { warnings };
            let builds = !failed && warnings.is_empty();
            (!builds).then(|| format!("{name}: it must build without a warning:\n{shown}"))
        }
        Role::Wrong { .. } | Role::Empty | Role::Commented | Role::Hollow => None,
    }
}

/// What was said and has no Spanish text, of a lesson that claims to have one for all.
fn not_in_spanish(exercise: &Exercise, cases: &[(Case, Graded)]) -> Option<String> {
    if !claims_to_be_whole(exercise) {
        return None;
    }
    let words = Words::spanish(exercise);
    let said = cases.iter().flat_map(|(_, graded)| graded.verdict.untranslated(&words));
    let missing: BTreeSet<String> = said.collect();
    let lines: Vec<String> = missing.iter().map(|text| format!("  {text:?}")).collect();
    let id = exercise.id();
    (!missing.is_empty()).then(|| format!("{id}: no Spanish in es.toml for:\n{}", lines.join("\n")))
}

/// The text without its line breaks, which come where the width has them.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether an exercise brings enough variants to prove its check.
fn enough(exercise: &Exercise, cases: &[(Case, Graded)]) -> Vec<String> {
    let count =
        |wanted: fn(&Role) -> bool| cases.iter().filter(|(case, _)| wanted(&case.role)).count();
    let right = count(|role| *role == Role::Right);
    let wrong = count(|role| matches!(role, Role::Wrong { .. }));
    let mut holes = strays(exercise);
    holes.extend(cases.iter().find_map(|(_, graded)| unmarked(exercise, &graded.verdict)));
    if right < RIGHT_MIN {
        holes.push(format!(
            "{}: {right} right answers: bring the reference and another one",
            exercise.id()
        ));
    }
    if wrong < WRONG_MIN {
        holes.push(format!("{}: {wrong} wrong answers: bring at least {WRONG_MIN}", exercise.id()));
    }
    holes
}

/// What is wrong with the table of marks: it names all promises and nothing else, or is not there.
fn unmarked(exercise: &Exercise, verdict: &Verdict) -> Option<String> {
    let Verdict::Tried { promises, .. } = verdict else { return None };
    let (marks, id) = (&exercise.manifest.marks, exercise.id());
    let names: Vec<String> = promises.iter().map(Promise::function).collect();
    if let Some(name) = marks.keys().find(|name| !names.contains(name)) {
        return Some(format!("{id}: `marks` in exercise.toml: there is no promise {name}"));
    }
    let name = names.iter().find(|name| !marks.is_empty() && !marks.contains_key(*name))?;
    Some(format!("{id}: `marks` in exercise.toml: the promise {name} has none"))
}

/// What is in `variants/` and is neither right nor wrong: a slip of the pen would take a variant
/// out of the matrix.
fn strays(exercise: &Exercise) -> Vec<String> {
    let directory = exercise.dir.join("variants");
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with("pass-") && !name.starts_with("fail-"))
        .map(|name| {
            format!(
                "{}: variants/{name}: a variant's name starts with pass- or fail-",
                exercise.id()
            )
        })
        .collect()
}

fn row(exercise: &Exercise, cases: &[(Case, Graded)]) -> String {
    let share = |wanted: fn(&Role) -> bool, passed: bool| {
        let of_role: Vec<_> = cases.iter().filter(|(case, _)| wanted(&case.role)).collect();
        let as_should =
            of_role.iter().filter(|(_, graded)| graded.verdict.passed() == passed).count();
        format!("{as_should}/{}", of_role.len())
    };
    let refused = |role: Role| {
        let mut of_role = cases.iter().filter(|(case, _)| case.role == role);
        if of_role.any(|(_, graded)| graded.verdict.passed()) { "PASSED" } else { "refused" }
    };
    format!(
        "{:<31} {:>6} {:>6}  {:<7}  {:<7}  {:<9}  {:<7} {:>6}",
        exercise.key,
        share(|role| *role == Role::Right, true),
        share(|role| matches!(role, Role::Wrong { .. }), false),
        refused(Role::Starter),
        refused(Role::Empty),
        refused(Role::Commented),
        refused(Role::Hollow),
        share(|role| matches!(role, Role::Again), true),
    )
}

/// A verdict as the learner would read it.
fn words(exercise: &Exercise, verdict: &Verdict) -> String {
    let mut text = Vec::new();
    let mut plain = Terminal::new(anstream::StripStream::new(&mut text), None, None);
    // Writing to memory cannot fail.
    let _ = report(verdict, exercise, "work", &mut plain);
    drop(plain);
    String::from_utf8_lossy(&text).into_owned()
}
