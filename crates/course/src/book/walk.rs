//! Walks a chapter in a lab of its own and keeps what was really answered.

use std::io;
use std::path::Path;

use check_report::{Text, text};

use super::failure::Failure;
use crate::chapter::{Block, Chapter, Console, Need};
use crate::error::Error;
use crate::lesson::{Answer, Stage};
use crate::project::Project;

/// A chapter after its walk.
#[derive(Default)]
pub(crate) struct WalkedChapter {
    /// The lab that answered, in a few words; none if the chapter needs none.
    pub(crate) lab: Option<String>,
    /// Why no lab could run.
    pub(crate) no_lab: Option<String>,
    /// What the commands of each fenced block answered, in order. A block that did not run has
    /// none; where the walk failed, there are fewer than commands.
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

/// Walks the chapter at `path`, whose text is `text`: it says in which line the walk failed.
pub(crate) fn walk(project: &Project, path: &Path, text: &str, chapter: &Chapter) -> WalkedChapter {
    let mut walked = WalkedChapter::default();
    if chapter.fences.is_empty() {
        return walked;
    }
    let stage = match Stage::set(&project.root, chapter, None) {
        Ok(stage) => stage,
        Err(error) => {
            walked.no_lab = Some(error.to_string());
            return walked;
        }
    };
    let blocks = chapter.blocks.iter().filter(|block| !matches!(block, Block::Prose(_)));
    let described = stage.describe();
    let mut ended = described
        .map(|lab| walked.lab = lab.map(|lab| lab.english()))
        .map_err(|error| (1, error.text()));
    for (block, range) in blocks.zip(&chapter.fences) {
        let line = 1 + text[..range.start].matches('\n').count();
        let mut answers = Vec::new();
        if ended.is_ok() {
            ended = run(&stage, block, line, &mut answers);
        }
        walked.answers.push(answers);
    }
    walked.failure =
        ended.err().map(|(line, cause)| Failure { path: path.to_owned(), line, cause });
    walked
}

/// Runs a block; an error comes with its line.
fn run(
    stage: &Stage,
    block: &Block,
    line: usize,
    answers: &mut Vec<Answer>,
) -> Result<(), (usize, Text)> {
    match block {
        Block::Prose(_) | Block::Listing(_) => Ok(()),
        Block::File(file) => stage.write(file).map_err(|error| (line, error.text())),
        Block::Console(console) => commands(stage, console, answers),
        Block::Needs(need, block) if has(stage, *need, line)? => run(stage, block, line, answers),
        Block::Needs(..) => Ok(()),
    }
}

fn has(stage: &Stage, need: Need, line: usize) -> Result<bool, (usize, Text)> {
    stage.has(need).map_err(|error| (line, error.text()))
}

fn commands(
    stage: &Stage,
    console: &Console,
    answers: &mut Vec<Answer>,
) -> Result<(), (usize, Text)> {
    for (typed, patience) in console.with_patience() {
        let says = |error: Error| (typed.line, error.text());
        let answer = stage.answer(typed, patience, None, &mut io::sink()).map_err(says)?;
        if !answer.fits(typed) {
            let (command, status, output) =
                (Text::verbatim(&typed.command), answer.status, Text::verbatim(&answer.output));
            let cause = text!(
                "`{command}` did not answer as the chapter says, but with exit status {status}:\n\
                 {output}",
                command,
                status,
                output,
            );
            return Err((typed.line, cause));
        }
        answers.push(answer);
    }
    Ok(())
}
