//! What `course` says without a command: the lessons, and the command that matters.

use anstyle::Style;

use crate::chapter::Chapter;
use crate::error::Error;
use crate::project::Project;
use crate::terminal::Terminal;

const NEXT: &str = "
cargo course lesson 1   walks lesson 1 in a lab; nothing on your machine changes
cargo course --help     lists all commands";

/// Lists the lessons of `project`.
pub(crate) fn overview(project: &Project, terminal: &mut Terminal<'_>) -> Result<(), Error> {
    let plain = Style::new();
    terminal.line(plain.bold(), "A course on Linux services, by hand")?;
    for lesson in project.lessons()? {
        let title = Chapter::read(&project.root, &lesson.path)?.title;
        terminal.line(plain, &format!("  {:>2}  {title}", lesson.number))?;
    }
    terminal.lines(plain, NEXT)
}
