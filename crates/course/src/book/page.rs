//! One page of the book: what stands in its source, with what was really answered.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use check_report::{Text, text};
use pulldown_cmark::{Event, Parser, Tag, TagEnd, TextMergeWithOffset};

use super::failure::Failure;
use super::walk::{WalkedChapter, walk};
use super::{console, html, picture, questions};
use crate::chapter::{Block, Chapter, Need, Stretch, markdown};
use crate::error::Error;
use crate::language::Words;
use crate::lesson::Answer;
use crate::man_page;
use crate::numbered;
use crate::project::Project;
use crate::quiz::{Proof, Question, of_chapter};

/// A page as mdBook has it.
pub(super) struct Page {
    /// Its file, relative to the project's root.
    pub(super) path: PathBuf,
    /// Its Markdown.
    pub(super) text: String,
    /// What is said on it, in its language.
    pub(super) words: Arc<Words>,
}

/// A page with its blocks and references replaced.
pub(super) struct Built {
    /// Its Markdown.
    pub(super) text: String,
    /// What the one who builds should know.
    pub(super) said: Option<String>,
    /// What went wrong; the page says so.
    pub(super) failure: Option<Failure>,
}

/// A piece of the source and what stands there on the page.
type Edit = (Range<usize>, String);

impl Page {
    /// Walks the page's chapter and fills in what was answered.
    pub(super) fn build(&self, project: &Project) -> Result<Built, Error> {
        let chapter = Chapter::of_text(&project.root, &self.path, &self.text)?;
        let begin = Instant::now();
        let walked = walk(project, &self.path, &chapter);
        let mut edits = self.prose();
        edits.extend(self.blocks(&chapter, &walked));
        let mut failure = walked.failure.clone();
        if let Some(asked) = of_chapter(&project.root, &self.path)? {
            let end = self.text.len();
            edits.push((end..end, self.questions(project, &asked, &mut failure)?));
        }
        let mut said = None;
        if let Some((on_page, to_builder)) = self.about(&walked, begin.elapsed()) {
            let end = self.end_of_title();
            edits.extend(end.map(|end| (end..end, html::paragraph("answered", &on_page))));
            said = Some(to_builder);
        }
        Ok(Built { text: edited(&self.text, edits), said, failure })
    }

    /// The questions of the chapter, each with what proves its answer. The first that fails is the
    /// page's failure.
    fn questions(
        &self,
        project: &Project,
        asked: &[Question],
        failure: &mut Option<Failure>,
    ) -> Result<String, Error> {
        let mut proofs = Vec::new();
        for question in asked {
            let mut html = String::new();
            if let Some(Proof { path, chapter }) = &question.proof {
                let walked = walk(project, path, chapter);
                html.extend(self.blocks(chapter, &walked).into_iter().map(|(_, html)| html));
                *failure = failure.take().or(walked.failure);
            }
            proofs.push(html);
        }
        let stem = self.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let lesson = numbered::parse(stem).map_or(0, |(number, _)| number);
        Ok(questions::questions(asked, &proofs, lesson, &self.words))
    }

    /// The fenced blocks of the page, or of a proof on it, as HTML.
    fn blocks(&self, chapter: &Chapter, walked: &WalkedChapter) -> Vec<Edit> {
        let mut edits = Vec::new();
        for (stretch, answers) in chapter.stretches.iter().zip(&walked.answers) {
            if let Some(mut html) = self.block(stretch, answers) {
                if walked.lab.is_some() && answers.is_empty() {
                    html += &self.not_run(stretch);
                }
                html += &self.ended_in(&stretch.lines, walked);
                edits.push((stretch.range.clone(), html));
            }
        }
        edits
    }

    /// A block as it stands on the page: as HTML, a listing as a fenced block; none for text.
    fn block(&self, stretch: &Stretch, answers: &[Answer]) -> Option<String> {
        match &stretch.block {
            Block::Listing(listing) if picture::is_picture(&listing.path) => {
                let summary = self.words.fill(&"The same as text".into());
                Some(picture::picture(&listing.text, &summary))
            }
            Block::Listing(listing) => Some(listed(&listing.text, &stretch.info)),
            Block::Prose(_) => None,
            Block::Console(console) => Some(console::console(console, answers, &self.words)),
            Block::File(file) => {
                let language = stretch.info.split(',').next().unwrap_or_default();
                Some(console::file(file, language))
            }
        }
    }

    /// What is said below a block without answers, if the lab lacks what it needs.
    fn not_run(&self, stretch: &Stretch) -> String {
        let why = match (stretch.need, &stretch.block) {
            (Some(Need::Users), Block::Console(_)) => {
                "Not run: the lab that built this page has one user id."
            }
            (Some(Need::Controllers), Block::Console(_)) => {
                "Not run: the lab that built this page has no controllers for memory and tasks."
            }
            _ => return String::new(),
        };
        html::paragraph("answered not-run", &self.words.fill(&why.into()))
    }

    /// What is said below the block in these lines, if the walk ended there.
    fn ended_in(&self, lines: &Range<usize>, walked: &WalkedChapter) -> String {
        match &walked.failure {
            Some(Failure { line, cause, .. }) if lines.contains(line) => {
                let cause = self.words.fill(cause);
                let cause = text!(
                    "The walk ended here, in line {line}: {cause} \
                     What follows is as the chapter has it, not as it was answered.",
                    line,
                    cause = format!("{}.", cause.trim_end().trim_end_matches('.')),
                );
                html::paragraph("failed", &self.words.fill(&cause))
            }
            _ => String::new(),
        }
    }

    /// Who answered, and how long that took: for the page, below its title, and for who builds it.
    fn about(&self, walked: &WalkedChapter, took: Duration) -> Option<(String, String)> {
        let path = self.path.display();
        let (on_page, to_builder) = match (&walked.no_lab, &walked.lab) {
            (Some(cause), _) => (
                Text::from(
                    "No lab could run where this page was built. So its answers are as the \
                     chapter expects them: [..] stands for what differs from day to day, and ... \
                     for lines.",
                ),
                format!("{path}: no lab, so it stands as written: {cause}"),
            ),
            (None, Some(lab)) => {
                let (count, seconds) = (walked.commands(), took.as_secs_f32());
                let on_page = text!(
                    "The answers on this page are real: a lab gave them when the page was built \
                     ({lab}).",
                    lab
                );
                (on_page, format!("{path}: {count} commands answered in {seconds:.1} s, {lab}"))
            }
            (None, None) => return None,
        };
        Some((self.words.fill(&on_page), to_builder))
    }

    fn end_of_title(&self) -> Option<usize> {
        let mut events = Parser::new_ext(&self.text, markdown()).into_offset_iter();
        let is_end = |event: &Event<'_>| matches!(event, Event::End(TagEnd::Heading(_)));
        events.find(|(event, _)| is_end(event)).map(|(_, range)| range.end)
    }

    /// The references to man pages, as links.
    fn prose(&self) -> Vec<Edit> {
        let mut edits = Vec::new();
        for range in stretches(&self.text) {
            for (found, name, section) in man_page::references(&self.text[range.clone()]) {
                let found = range.start + found.start..range.start + found.end;
                // In code, the backticks round it are replaced as well.
                let whole = found.start - 1..found.end + 1;
                let is_code = self
                    .text
                    .get(whole.clone())
                    .is_some_and(|text| text.starts_with('`') && text.ends_with('`'));
                edits.push((if is_code { whole } else { found }, html::man_page(name, section)));
            }
        }
        edits
    }
}

/// A file of the repository as a fenced block. mdBook would include the English one on every page:
/// the language of the comments is known here alone.
fn listed(text: &str, info: &str) -> String {
    let runs = text.split(|char| char != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or_default().max(2) + 1);
    format!("{fence}{info}\n{}\n{fence}\n", text.trim_end())
}

/// The stretches of text in which a reference may stand: neither in a heading nor in a link, and in
/// code only if it is all of the code.
fn stretches(text: &str) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    let mut closed = 0;
    let events = Parser::new_ext(text, markdown()).into_offset_iter();
    for (event, range) in TextMergeWithOffset::new(events) {
        match event {
            Event::Start(
                Tag::Heading { .. } | Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_),
            ) => closed += 1,
            Event::End(TagEnd::Heading(_) | TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => {
                closed -= 1;
            }
            Event::Code(code) if closed == 0 => {
                let whole = man_page::references(&code);
                if whole.first().is_some_and(|(found, _, _)| *found == (0..code.len())) {
                    stretches.push(range);
                }
            }
            Event::Text(_) if closed == 0 => stretches.push(range),
            _ => {}
        }
    }
    stretches
}

fn edited(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut done = String::new();
    let mut at = 0;
    for (range, new) in edits {
        done += &text[at..range.start];
        done += &new;
        at = range.end;
    }
    done + &text[at..]
}
