//! Walks a chapter in a lab of its own and keeps what was really answered.

use std::io;
use std::path::Path;

use check_report::{Text, text};

use super::failure::Failure;
use crate::chapter::{Block, Chapter, Console};
use crate::error::Error;
use crate::lesson::{Answer, Stage};
use crate::project::Project;

/// The line in which a walk ended, and why.
type Fault = (usize, Text);

/// A chapter after its walk.
#[derive(Default)]
pub(crate) struct WalkedChapter {
    /// The lab that answered, in a few words; none if the chapter needs none.
    pub(crate) lab: Option<String>,
    /// Why no lab could run.
    pub(crate) no_lab: Option<String>,
    /// What the commands of each stretch answered, in order. One that did not run has none; where
    /// the walk failed, there are fewer than commands.
    pub(crate) answers: Vec<Vec<Answer>>,
    /// Where the walk ended before the chapter did.
    pub(crate) failure: Option<Failure>,
}

impl WalkedChapter {
    /// How many commands were answered.
    pub(crate) fn commands(&self) -> usize {
        self.answers.iter().map(Vec::len).sum()
    }
}

/// Walks `chapter`, which is the one at `path`.
pub(crate) fn walk(project: &Project, path: &Path, chapter: &Chapter) -> WalkedChapter {
    let mut walked = WalkedChapter::default();
    walked.answers.resize_with(chapter.stretches.len(), Vec::new);
    match Stage::set(&project.root, chapter, None) {
        Ok(stage) => {
            let ended = through(&stage, chapter, &mut walked);
            walked.failure =
                ended.err().map(|(line, cause)| Failure { path: path.to_owned(), line, cause });
        }
        Err(error) => walked.no_lab = Some(error.to_string()),
    }
    walked
}

/// Does what the chapter says; an error comes with its line.
fn through(stage: &Stage, chapter: &Chapter, walked: &mut WalkedChapter) -> Result<(), Fault> {
    let lab = stage.describe().map_err(|error| (1, error.text()))?;
    walked.lab = lab.map(|lab| lab.english());
    for (stretch, answers) in chapter.stretches.iter().zip(&mut walked.answers) {
        let here = |error: Error| (stretch.lines.start, error.text());
        if stage.lacks(stretch).map_err(here)?.is_some() {
            continue;
        }
        match &stretch.block {
            Block::Prose(_) | Block::Listing(_) => {}
            Block::File(file) => stage.write(file).map_err(here)?,
            Block::Console(console) => commands(stage, console, answers)?,
        }
    }
    Ok(())
}

fn commands(stage: &Stage, console: &Console, answers: &mut Vec<Answer>) -> Result<(), Fault> {
    for (typed, patience) in console.with_patience() {
        let says = |error: Error| (typed.line, error.text());
        let answer = stage.answer(typed, patience, None, &mut io::sink()).map_err(says)?;
        if !answer.fits(typed) {
            let cause = text!(
                "`{command}` did not answer as the chapter says, but with exit status {status}:\n\
                 {output}",
                command = Text::verbatim(&typed.command),
                status = answer.status,
                output = Text::verbatim(&answer.output),
            );
            return Err((typed.line, cause));
        }
        answers.push(answer);
    }
    Ok(())
}
