//! The kill matrix: every exercise's check, shown every answer that its author thought of.
//!
//! A check that was never shown a wrong answer proves nothing.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anstyle::Style;

use crate::error::Error;
use crate::exercise::{Exercise, file_name};
use crate::grade::{Built, Grader, Refused, Submission, Verdict, compile, report};
use crate::read::read_text;
use crate::terminal::Terminal;

const PLAIN: Style = Style::new();
/// How often the reference must get the same verdict.
const REPEATS: usize = 20;
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

/// Tries every variant of `exercises`, prints the table, and fails if there is a hole.
pub(crate) fn verify(
    grader: &Grader<'_>,
    exercises: &[Exercise],
    terminal: &mut Terminal<'_>,
) -> Result<(), Error> {
    let (staging, _turn) = grader.staging("verify")?;
    let mut cases = Vec::new();
    for exercise in exercises {
        cases.extend(cases_of(exercise)?);
    }
    let submissions: Vec<Submission> = cases.iter().map(|case| case.submission.clone()).collect();
    terminal
        .line(PLAIN, &format!("{} submissions to {} exercises", cases.len(), exercises.len()))?;
    let built = build(grader, &staging, &cases)?;
    let verdicts = grader.judge_all(&submissions, &built, &staging);
    let mut judged: Vec<(Case, Verdict)> = Vec::new();
    for (case, verdict) in cases.into_iter().zip(verdicts) {
        judged.push((case, verdict?));
    }
    terminal.line(PLAIN.bold(), HEADING)?;
    let mut holes = Vec::new();
    for exercise in exercises {
        let of_exercise: Vec<&(Case, Verdict)> = judged
            .iter()
            .filter(|(case, _)| case.submission.exercise.key == exercise.key)
            .collect();
        terminal.line(PLAIN, &row(exercise, &of_exercise))?;
        holes.extend(enough(exercise, &of_exercise));
        holes.extend(of_exercise.iter().filter_map(|(case, verdict)| hole(case, verdict, &built)));
    }
    for hole in &holes {
        terminal.line(PLAIN, "")?;
        terminal.lines(PLAIN, hole)?;
    }
    match holes.len() {
        0 => terminal.line(
            PLAIN,
            "No holes: every right answer passes, every wrong one is refused with its words.",
        ),
        count => Err(Error::Holes(count)),
    }
}

const HEADING: &str =
    "exercise                         right  wrong  starter  empty    commented  hollow   again";

/// Builds each program once; the repeats share it.
fn build(
    grader: &Grader<'_>,
    staging: &Path,
    cases: &[Case],
) -> Result<HashMap<String, Built>, Error> {
    let mut programs: Vec<&Submission> = Vec::new();
    for case in
        cases.iter().filter(|case| case.role != Role::Again && case.submission.exercise.is_rust())
    {
        programs.push(&case.submission);
    }
    compile(grader.project, staging, &programs, false)
}

fn cases_of(exercise: &Exercise) -> Result<Vec<Case>, Error> {
    let mut cases = Vec::new();
    let mut add =
        |role: Role, label: &str, folder: &Path, change: fn(&str) -> String| -> Result<(), Error> {
            let name = format!("verify-{}-{}-{label}", exercise.lesson, exercise.number);
            let mut submission = Submission::variant(exercise, &name, folder)?;
            for (_, text) in &mut submission.files {
                *text = change(text);
            }
            cases.push(Case { role, label: label.to_owned(), submission });
            Ok(())
        };
    for folder in exercise.variants("pass-")? {
        add(Role::Right, file_name(&folder), &folder, str::to_owned)?;
        if file_name(&folder) == "pass-reference" {
            for _ in 1..REPEATS {
                add(Role::Again, file_name(&folder), &folder, str::to_owned)?;
            }
        }
    }
    for folder in exercise.variants("fail-")? {
        let path = folder.join("SAYS");
        let says = read_text(&path, &path)?.trim().to_owned();
        add(Role::Wrong { says }, file_name(&folder), &folder, str::to_owned)?;
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

/// Every line a comment, in Rust and in unit files.
fn commented(text: &str) -> String {
    let mark = if text.contains("fn ") { "//" } else { "#" };
    text.lines().map(|line| format!("{mark} {line}\n")).collect()
}

/// What is wrong with one verdict, if anything.
fn hole(case: &Case, verdict: &Verdict, built: &HashMap<String, Built>) -> Option<String> {
    let name = format!("{} {}", verdict.exercise, case.label);
    let said = words(verdict);
    if let Some(Refused::NotProved(why)) = &verdict.refused {
        return Some(format!("{name}: not proved: {why}"));
    }
    let build = built.get(&case.submission.name);
    match &case.role {
        Role::Right | Role::Again if !verdict.passed => {
            Some(format!("{name}: a right answer was refused:\n{said}"))
        }
        Role::Right if build.is_some_and(|build| build.warnings > 0) => {
            Some(format!("{name}: it builds with warnings"))
        }
        Role::Right | Role::Again => None,
        _ if verdict.passed => Some(format!("{name}: a wrong answer was accepted")),
        Role::Wrong { says } if says.is_empty() || !one_line(&said).contains(says) => {
            Some(format!("{name}: its words are missing: {says:?}; it said:\n{said}"))
        }
        Role::Starter => starter_hole(&name, case, build),
        _ => None,
    }
}

/// The text without its line breaks, which come where the width has them.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A starter must build without a warning: the learner's first sight of it is no error.
fn starter_hole(name: &str, case: &Case, build: Option<&Built>) -> Option<String> {
    let build = build.filter(|_| case.submission.exercise.is_rust())?;
    match (&build.program, build.warnings) {
        (Some(_), 0) => None,
        _ => Some(format!("{name}: it must build without a warning:\n{}", build.messages)),
    }
}

/// Whether an exercise brings enough variants to prove its check.
fn enough(exercise: &Exercise, cases: &[&(Case, Verdict)]) -> Vec<String> {
    let count =
        |wanted: fn(&Role) -> bool| cases.iter().filter(|(case, _)| wanted(&case.role)).count();
    let right = count(|role| *role == Role::Right);
    let wrong = count(|role| matches!(role, Role::Wrong { .. }));
    let mut holes = strays(exercise);
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

/// What is in `variants/` and is neither right nor wrong: a slip of the pen would take a variant out of the matrix.
fn strays(exercise: &Exercise) -> Vec<String> {
    let folder = exercise.dir.join("variants");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
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

fn row(exercise: &Exercise, cases: &[&(Case, Verdict)]) -> String {
    let share = |wanted: fn(&Role) -> bool, passed: bool| {
        let of_role: Vec<_> = cases.iter().filter(|(case, _)| wanted(&case.role)).collect();
        let as_should = of_role.iter().filter(|(_, verdict)| verdict.passed == passed).count();
        format!("{as_should}/{}", of_role.len())
    };
    let refused = |role: Role| {
        let holds = cases.iter().all(|(case, verdict)| case.role != role || !verdict.passed);
        if holds { "refused" } else { "PASSED" }
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
fn words(verdict: &Verdict) -> String {
    let mut text = Vec::new();
    let mut plain = Terminal::new(anstream::StripStream::new(&mut text), None, None);
    // Writing to memory cannot fail.
    let _ = report(verdict, "work", &mut plain);
    drop(plain);
    String::from_utf8_lossy(&text).into_owned()
}
