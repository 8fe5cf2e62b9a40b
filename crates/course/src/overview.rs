//! What `course` says without a command: where the learner is, what comes next, and the commands
//! that matter.

use anstyle::Style;
use check_report::{Text, text};

use crate::chapter::Chapter;
use crate::error::Error;
use crate::exercise::Exercise;
use crate::project::Project;
use crate::terminal::Terminal;
use crate::work::{Standing, Work};

const PLAIN: Style = Style::new();

/// Lists the lessons of `project`, how much of each is done, and what to do now.
pub(crate) fn overview(project: &Project, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let work = Work::open(project)?;
    let exercises = project.exercises()?;
    terminal.offer_languages()?;
    terminal.say_in(PLAIN.bold(), "A course on Linux services, by hand")?;
    for lesson in project.lessons()? {
        let title = Chapter::read_in(&project.root, &lesson.path, terminal.language())?.title;
        let done = terminal.fill(&done(&work, &exercises, lesson.number));
        let line = format!("  {:>2}  {title:<44} {done}", lesson.number);
        terminal.line(PLAIN, line.trim_end())?;
    }
    terminal.line(PLAIN, "")?;
    let next = work.next()?;
    if let Some(exercise) = &next {
        let (id, title) = (exercise.id(), exercise.title());
        terminal.say(text!("Next exercise: {id} {title}", id, title))?;
    }
    let begun = exercises.iter().any(|exercise| work.standing(exercise) != Standing::New);
    let lesson = next.as_ref().map_or(1, |exercise| exercise.lesson);
    let walk = format!("cargo course lesson {lesson}");
    // A newcomer is shown the lesson first, everybody else the exercise.
    let commands = match (begun, &next) {
        (true, Some(exercise)) => [format!("cargo course watch {}", exercise.id()), walk],
        (_, Some(exercise)) => [walk, format!("cargo course start {}", exercise.id())],
        (_, None) => [walk, "cargo course list".to_owned()],
    };
    terminal.line(PLAIN, "")?;
    for command in commands {
        terminal.line(PLAIN, &format!("  {command}"))?;
    }
    terminal.line(PLAIN, "  cargo course --help")
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
