//! One page of the book: what stands in its source, with what was really answered.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use check_report::{Text, text};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::failure::Failure;
use super::walk::{WalkedChapter, walk};
use super::{console, html, picture, questions};
use crate::chapter::{Block, Chapter, Need, markdown};
use crate::error::Error;
use crate::language::Words;
use crate::lesson::Answer;
use crate::man_page;
use crate::numbered;
use crate::project::Project;
use crate::quiz::{Question, of_chapter};

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
        let walked = walk(project, &self.path, &self.text, &chapter);
        let mut edits = self.prose();
        edits.extend(self.blocks(&chapter, &walked));
        edits.extend(self.about(&walked));
        let mut failure = walked.failure.clone();
        if let Some(asked) = of_chapter(&project.root, &self.path)? {
            let end = self.text.len();
            edits.push((end..end, self.questions(project, &asked, &mut failure)?));
        }
        let path = self.path.display();
        let seconds = begin.elapsed().as_secs_f32();
        let said = match (&walked.no_lab, &walked.lab) {
            (Some(cause), _) => Some(format!("{path}: no lab, so it stands as written: {cause}")),
            (None, Some(lab)) => {
                let count = walked.commands();
                Some(format!("{path}: {count} commands answered in {seconds:.1} s, {lab}"))
            }
            (None, None) => None,
        };
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
            let Some(proof) = &question.proof else {
                proofs.push(String::new());
                continue;
            };
            let (path, text, words) =
                (proof.path.clone(), proof.text.clone(), Arc::clone(&self.words));
            let page = Page { path, text, words };
            let walked = walk(project, &page.path, &page.text, &proof.chapter);
            let blocks = page.blocks(&proof.chapter, &walked);
            proofs.push(blocks.into_iter().map(|(_, html)| html).collect());
            *failure = failure.take().or(walked.failure);
        }
        let stem = self.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let lesson = numbered::parse(stem).map_or(0, |(number, _)| number);
        Ok(questions::questions(asked, &proofs, lesson, &|text| self.say(text)))
    }

    /// Says a text in the page's language.
    fn say(&self, text: &Text) -> String {
        text.fill(&|english| self.words.get(english))
    }

    /// The fenced blocks as HTML.
    fn blocks(&self, chapter: &Chapter, walked: &WalkedChapter) -> Vec<Edit> {
        let blocks = chapter.blocks.iter().filter(|block| !matches!(block, Block::Prose(_)));
        let none = Vec::new();
        let answers = walked.answers.iter().chain(std::iter::repeat(&none));
        let mut edits = Vec::new();
        for ((block, range), answers) in blocks.zip(&chapter.fences).zip(answers) {
            let info = self.text[range.clone()].lines().next().unwrap_or_default();
            let info = info.trim_start_matches(['`', '~']);
            if let Some(mut block) = self.block(block, answers, info, walked.lab.is_some()) {
                block += &self.ended_in(range, walked);
                edits.push((range.clone(), block));
            }
        }
        edits
    }

    /// A block as it stands on the page: as HTML, a listing as a fenced block; none for text.
    fn block(&self, block: &Block, answers: &[Answer], info: &str, ran: bool) -> Option<String> {
        let say = |text: &Text| self.say(text);
        match block {
            Block::Listing(listing) if picture::is_picture(&listing.path) => {
                let summary = self.say(&"The same as text".into());
                Some(picture::picture(&listing.text, &summary))
            }
            Block::Listing(listing) => Some(listed(&listing.text, info)),
            Block::Prose(_) => None,
            Block::Console(console) => Some(console::console(console, answers, &say)),
            Block::File(file) => {
                let language = info.split(',').next().unwrap_or_default();
                Some(console::file(file, language))
            }
            Block::Needs(need, block) => {
                let is_console = matches!(**block, Block::Console(_));
                let shown = self.block(block, answers, info, ran)?;
                if ran && is_console && answers.is_empty() {
                    let why = match need {
                        Need::Users => "Not run: the lab that built this page has one user id.",
                        Need::Controllers => {
                            "Not run: the lab that built this page has no controllers for memory \
                             and tasks."
                        }
                    };
                    let why = self.say(&why.into());
                    return Some(shown + &html::paragraph("answered not-run", &why));
                }
                Some(shown)
            }
        }
    }

    /// What is said below the block in `range`, if the walk ended there.
    fn ended_in(&self, range: &Range<usize>, walked: &WalkedChapter) -> String {
        let line = |offset: usize| 1 + self.text[..offset].matches('\n').count();
        let lines = line(range.start)..line(range.end);
        match &walked.failure {
            Some(Failure { line, cause, .. }) if lines.contains(line) => {
                let cause = self.say(cause);
                let cause = text!(
                    "The walk ended here, in line {line}: {cause} \
                     What follows is as the chapter has it, not as it was answered.",
                    line,
                    cause = format!("{}.", cause.trim_end().trim_end_matches('.')),
                );
                html::paragraph("failed", &self.say(&cause))
            }
            _ => String::new(),
        }
    }

    /// Below the title: who answered.
    fn about(&self, walked: &WalkedChapter) -> Option<Edit> {
        let text = match (&walked.no_lab, &walked.lab) {
            (Some(_), _) => Text::from(
                "No lab could run where this page was built. So its answers are as the chapter \
                 expects them: [..] stands for what differs from day to day, and ... for lines.",
            ),
            (None, Some(lab)) => {
                text!(
                    "The answers on this page are real: a lab gave them when the page was built \
                     ({lab}).",
                    lab
                )
            }
            (None, None) => return None,
        };
        let end = self.end_of_title()?;
        Some((end..end, html::paragraph("answered", &self.say(&text))))
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
    for (event, range) in Parser::new_ext(text, markdown()).into_offset_iter() {
        match event {
            Event::Start(tag) if closes(&tag) => closed += 1,
            Event::End(TagEnd::Heading(_) | TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => {
                closed -= 1;
            }
            Event::Code(code) if closed == 0 => {
                let whole = man_page::references(&code);
                if whole.first().is_some_and(|(found, _, _)| *found == (0..code.len())) {
                    stretches.push(range);
                }
            }
            // Text comes in pieces, which end at `_` for instance.
            Event::Text(_) if closed == 0 => match stretches.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => stretches.push(range),
            },
            _ => {}
        }
    }
    stretches
}

fn closes(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Heading { .. } | Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_))
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
