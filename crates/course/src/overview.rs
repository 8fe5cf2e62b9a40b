//! What `course` says without a command: where the learner is, what comes next, and the commands
//! that matter.

use anstyle::Style;
use check_report::{Text, text};

use crate::chapter::Chapter;
use crate::error::Error;
use crate::exercise::Exercise;
use crate::project::{Lesson, Project};
use crate::terminal::Terminal;
use crate::work::{Place, Standing, Walked, Work};

const PLAIN: Style = Style::new();

/// For whoever has passed every exercise.
const WHERE_NOW: &str = "All exercises are passed: this is the end of the course. You can write \
     a service, watch it, read what it says, and upgrade it while callers call. Where to go on: \
     docs/en/real-machine.md, the same on a machine of your own, by hand and as a Debian package.";

/// Lists the lessons of `project`, how much of each is done, and what to do now.
pub(crate) fn overview(project: &Project, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let work = Work::open(project, terminal)?;
    let (lessons, exercises) = (project.lessons()?, project.exercises()?);
    let place = Place::read(project);
    terminal.offer_languages()?;
    terminal.say_in(PLAIN.bold(), "A course on Linux services, by hand")?;
    for lesson in &lessons {
        let title = Chapter::read_in(&project.root, &lesson.path, terminal.language())?.title;
        let done = terminal.fill(&done(&work, &exercises, lesson.number));
        let line = if terminal.is_narrow() && !done.is_empty() {
            format!("  {:>2}  {title}\n      {done}", lesson.number)
        } else {
            format!("  {:>2}  {title:<44} {done}", lesson.number)
        };
        terminal.lines(PLAIN, line.trim_end())?;
    }
    terminal.line(PLAIN, "")?;
    let next = work.current()?;
    match &next {
        Some(exercise) => {
            let (id, title) = (exercise.id(), exercise.title());
            terminal.say(text!("Next exercise: {id} {title}", id, title))?;
        }
        None => terminal.say(WHERE_NOW)?,
    }
    for Lesson { number, slug, .. } in &lessons {
        let Walked { steps, of, .. } = place.walked(slug);
        if steps > 0 {
            terminal.say(text!(
                "Lesson {number} was left at step {steps} of {of}: cargo course lesson {number} \
                 goes on there",
                number,
                steps,
                of
            ))?;
        }
    }
    terminal.line(PLAIN, "")?;
    let is_walked = |number| {
        let lesson = lessons.iter().find(|lesson| lesson.number == number);
        lesson.is_some_and(|lesson| place.walked(&lesson.slug).finished)
    };
    for command in commands(&work, &exercises, next.as_ref(), is_walked) {
        terminal.line(PLAIN, &format!("  cargo course {command}"))?;
    }
    terminal.line(PLAIN, "  cargo course --help")
}

/// What to do now. Who is new to the lesson of the exercise `next` is shown the chapter first,
/// everybody else the exercise.
fn commands(
    work: &Work<'_>,
    exercises: &[Exercise],
    next: Option<&Exercise>,
    is_walked: impl Fn(u8) -> bool,
) -> [String; 2] {
    let Some(next) = next else {
        return ["lesson 1".to_owned(), "list".to_owned()];
    };
    let lesson = next.lesson;
    let is_begun =
        |exercise: &Exercise| exercise.lesson == lesson && work.standing(exercise) != Standing::New;
    let (walk, start) = (format!("lesson {lesson}"), format!("start {}", next.id()));
    if exercises.iter().any(is_begun) {
        [format!("watch {}", next.id()), walk]
    } else if is_walked(lesson) {
        [start, walk]
    } else {
        [walk, start]
    }
}

/// How many of a lesson's exercises are passed; nothing for a lesson that has none.
fn done(work: &Work<'_>, exercises: &[Exercise], lesson: u8) -> Text {
    let of_lesson = exercises.iter().filter(|exercise| exercise.lesson == lesson);
    let passed = |exercise: &&Exercise| work.standing(exercise) == Standing::Passed;
    match of_lesson.clone().count() {
        0 => Text::default(),
        all => {
            let passed = of_lesson.filter(passed).count();
            text!("{passed} of {all} exercises passed", passed, all)
        }
    }
}
