//! What `course` says without a command: where the learner is, what comes next, and the commands
//! that matter.

use anstyle::Style;
use check_report::{Text, text};

use crate::chapter::Chapter;
use crate::error::Error;
use crate::exercise::Exercise;
use crate::project::Project;
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
    let exercises = project.exercises()?;
    terminal.offer_languages()?;
    terminal.say_in(PLAIN.bold(), "A course on Linux services, by hand")?;
    for lesson in project.lessons()? {
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
    left(&work, terminal)?;
    let commands = commands(&work, &exercises, next.as_ref())?;
    terminal.line(PLAIN, "")?;
    for command in commands {
        terminal.line(PLAIN, &format!("  {command}"))?;
    }
    terminal.line(PLAIN, "  cargo course --help")
}

/// The lessons that were left in the middle.
fn left(work: &Work<'_>, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let place = Place::read(work.project);
    for lesson in work.project.lessons()? {
        let Walked { steps, of, .. } = place.walked(&lesson.slug);
        if steps > 0 {
            let number = lesson.number;
            terminal.say(text!(
                "Lesson {number} was left at step {steps} of {of}: cargo course lesson {number} \
                 goes on there",
                number,
                steps,
                of
            ))?;
        }
    }
    Ok(())
}

/// What to do now. Who is new to the lesson of the exercise `next` is shown the chapter first,
/// everybody else the exercise.
fn commands(
    work: &Work<'_>,
    exercises: &[Exercise],
    next: Option<&Exercise>,
) -> Result<[String; 2], Error> {
    let lesson = next.map_or(1, |exercise| exercise.lesson);
    let walk = format!("cargo course lesson {lesson}");
    let Some(next) = next else {
        return Ok([walk, "cargo course list".to_owned()]);
    };
    let begun = exercises
        .iter()
        .any(|exercise| exercise.lesson == lesson && work.standing(exercise) != Standing::New);
    let place = Place::read(work.project);
    let lessons = work.project.lessons()?;
    let chapter = lessons.iter().find(|other| other.number == lesson);
    let walked = chapter.is_some_and(|chapter| place.walked(&chapter.slug).finished);
    let start = format!("cargo course start {}", next.id());
    Ok(match (begun, walked) {
        (true, _) => [format!("cargo course watch {}", next.id()), walk],
        (false, true) => [start, walk],
        (false, false) => [walk, start],
    })
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
