use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pulldown_cmark::{Event, Tag};

use super::{Block, Chapter, Console, ConsoleCommand, File, Listing, Need, Prompt, Stretch};
use crate::pattern::Pattern;

/// A project of its own, with files to include and one chapter.
fn read(chapter: &[u8]) -> Result<Chapter, String> {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &[u8]| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("docs/en/01-x.md", chapter);
    write("units/x.service", b"[Service]\nExecStart=x\n");
    write("exercises/01-x/01-y/variants/pass/x.rs", b"answer");
    write("units/latin1.service", b"caf\xe9");
    std::os::unix::fs::symlink("/etc/passwd", root.path().join("units/link")).unwrap();
    Chapter::read(root.path(), Path::new("docs/en/01-x.md")).map_err(|error| error.to_string())
}

fn blocks(body: &str) -> Vec<Block> {
    stretches(body).into_iter().map(|stretch| stretch.block).collect()
}

fn stretches(body: &str) -> Vec<Stretch> {
    let chapter = read(format!("# Title\n\n{body}").as_bytes()).unwrap();
    let is_prose = |stretch: &Stretch| matches!(stretch.block, Block::Prose(_));
    chapter.stretches.into_iter().filter(|stretch| !is_prose(stretch)).collect()
}

fn commands(body: &str) -> Vec<ConsoleCommand> {
    match blocks(&format!("```console\n{body}\n```\n")).pop() {
        Some(Block::Console(console)) => console.commands,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check_wrong(body: &str, line: usize, cause: &str) {
    let error = read(format!("# Title\n\n{body}").as_bytes()).expect_err(body);
    let place = format!("docs/en/01-x.md, line {line}: ");
    assert!(error.contains(&place) && error.contains(cause), "{body:?}: {error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[test]
fn the_first_heading_is_the_title() {
    assert_eq!(read(b"# The `date` daemon {#id}\n\ntext\n").unwrap().title, "The date daemon");
    assert!(read(b"text").unwrap_err().contains("no heading"));
    assert!(read(b"").unwrap_err().contains("no heading"));
}

#[test]
fn a_console_block_holds_commands_and_their_answers() {
    let commands = commands(
        "lab# echo a; false\na\n? 1\n\nlearner$ true\n$ cargo build\n...\nlab# cat x\n# /etc/x\n$5\n",
    );
    let row = |at: usize| {
        let typed: &ConsoleCommand = &commands[at];
        (typed.prompt, typed.command.as_str(), &typed.expected, typed.status, typed.line)
    };
    assert_eq!(row(0), (Prompt::LabRoot, "echo a; false", &Pattern::new(&["a"]), 1, 4));
    assert_eq!(row(1), (Prompt::LabLearner, "true", &Pattern::new(&[]), 0, 8));
    assert_eq!(row(2), (Prompt::Host, "cargo build", &Pattern::new(&["..."]), 0, 9));
    assert_eq!(row(3), (Prompt::LabRoot, "cat x", &Pattern::new(&["# /etc/x", "$5"]), 0, 11));
    assert_eq!(commands.len(), 4);
}

#[test]
fn what_is_no_command_and_no_answer_is_refused() {
    let check =
        |body: &str, line, cause| check_wrong(&format!("```console\n{body}\n```\n"), line, cause);
    check("", 4, "without a command");
    check("\n\n", 4, "without a command");
    check("output\n", 4, "without a command");
    check("# comment\n", 4, "without a command");
    check("...\n", 4, "without a command");
    check("root# id", 4, "unknown prompt");
    check("lab$ id", 4, "unknown prompt");
    check("learner# id", 4, "unknown prompt");
    check("lab# id\nme\nuser@host$ id", 6, "unknown prompt");
    check("lab#", 4, "a prompt without a command");
    check("lab# id\n$ ", 5, "a prompt without a command");
    check("lab# id\n? one", 5, "exit status");
    check("lab# id\n? 256", 5, "exit status");
    check("lab# id\n? -1", 5, "exit status");
}

#[test]
fn a_block_that_nobody_runs_is_refused() {
    check_wrong("```\nlab# id\n```", 3, "doesn't say what it is");
    check_wrong("```sh\nid\n```", 3, "nothing proves it");
    check_wrong("```rust,ignore\nfn\n```", 3, "unknown option `ignore`");
    check_wrong("text\n\n    lab# id\n", 5, "indented");
    check_wrong("```console\nlab# id\n", 3, "never closed");
    check_wrong("````console\nlab# id\n```\n", 3, "never closed");
    check_wrong("- item\n  ```console\n  lab# id\n  ```\n", 4, "inside a list");
    check_wrong("> ```console\n> lab# id\n> ```\n", 3, "inside a list or a quote");
    check_wrong("text {{#include x}}", 3, "outside a fenced block");
    check_wrong("`{{#include x}}`", 3, "outside a fenced block");
    check_wrong("```ini,file=/etc/x\na\n{{#include x}}\n```", 3, "alone in its block");
}

#[test]
fn a_file_is_written_as_it_stands_or_as_it_is_included() {
    let blocks = blocks(
        "```ini,file=/etc/a\n[Unit]\n\n  x\n```\n\n```ini,file=/etc/b\n{{#include ../../units/x.service}}\n```\n",
    );
    let file = |at: usize| match &blocks[at] {
        Block::File(file) => (file.path.to_str().unwrap(), file.text.as_str()),
        other => panic!("{other:?}"),
    };
    assert_eq!(file(0), ("/etc/a", "[Unit]\n\n  x\n"));
    assert_eq!(file(1), ("/etc/b", "[Service]\nExecStart=x\n"));
}

#[test]
fn a_listing_shows_a_file() {
    let listing = |argument: &str| match blocks(&format!(
        "```rust\n{{{{#include {argument}}}}}\n```"
    ))
    .pop()
    {
        Some(Block::Listing(listing)) => (listing.path.to_str().unwrap().to_owned(), listing.text),
        other => panic!("{other:?}"),
    };
    let (path, text) = listing("../../units/x.service");
    assert_eq!((path.as_str(), text.as_str()), ("units/x.service", "[Service]\nExecStart=x\n"));
}

#[test]
fn an_include_stays_in_the_project_and_out_of_the_answers() {
    let check = |argument: &str, cause| {
        check_wrong(&format!("```rust\n{{{{#include {argument}}}}}\n```"), 3, cause)
    };
    check("../../units/none.service", "No such file");
    check("../../../../../../../../etc/passwd", "outside the project");
    check("/etc/passwd", "outside the project");
    check("../../units/link", "outside the project");
    check("../../exercises/01-x/01-y/variants/pass/x.rs", "stay out of the book");
    check("../../units/x.service:1:2", "No such file");
    check("../../units", "not a regular file");
    check("../../units/latin1.service", "not UTF-8");
}

#[test]
fn a_console_block_may_be_patient() {
    let blocks = blocks("```console,retry=5s\nlab# id\n```\n");
    assert!(
        matches!(&blocks[..], [Block::Console(console)] if console.retry == Duration::from_secs(5))
    );
}

#[test]
fn a_chapter_must_be_a_file_of_bounded_text() {
    assert!(
        read(b"# caf\xe9\n")
            .unwrap_err()
            .ends_with("cannot read docs/en/01-x.md: it is not UTF-8 from byte 5 on")
    );
    let large = "# Title\n".to_owned() + &"x".repeat(1 << 20);
    assert!(read(large.as_bytes()).unwrap_err().contains("larger than 1 MiB"));
}

#[test]
fn a_block_may_need_what_not_every_lab_has() {
    let patient = stretches("```console,retry=5s,users\nlab# id\n```\n");
    let is_console = matches!(patient[0].block, Block::Console(_));
    assert!(patient.len() == 1 && is_console && patient[0].need == Some(Need::Users));
    let written = stretches("```ini,file=/etc/x,controllers\nx\n```\n");
    let is_file = matches!(written[0].block, Block::File(_));
    assert!(written.len() == 1 && is_file && written[0].need == Some(Need::Controllers));
}

/// What of a stretch must be the same in all languages: the ids of headings, and all that is run,
/// written or shown.
fn shape(stretch: &Stretch) -> Vec<String> {
    let mut shape: Vec<String> =
        stretch.need.iter().map(|need| format!("needs {need:?}")).collect();
    match &stretch.block {
        Block::Prose(events) => shape.extend(events.iter().filter_map(heading)),
        Block::Console(Console { commands, retry }) => shape.extend(commands.iter().map(
            |ConsoleCommand { prompt, command, expected, status, line: _ }| {
                format!("{prompt:?} {command} {expected:?} {status} {retry:?}")
            },
        )),
        Block::File(File { path, text }) => shape.push(format!("{path:?} {:?}", settings(text))),
        Block::Listing(Listing { path, text }) => {
            // A unit with its comments in Spanish lies in a directory beside the English one.
            let path = path.to_string_lossy().replace("units/es/", "units/");
            // A picture has its words in the page's language.
            if path.contains("/pictures/") && path.ends_with(".txt") {
                shape.push(format!("picture {}", path.rsplit('/').next().unwrap_or_default()));
            } else {
                shape.push(format!("{path} {:?}", settings(text)));
            }
        }
    }
    shape
}

/// A unit's lines, without the words of its comments, which are in the reader's language. How many
/// lines of comment there are counts: a lesson may name a line by its number.
fn settings(text: &str) -> Vec<&str> {
    text.lines().map(|line| if line.trim_start().starts_with('#') { "#" } else { line }).collect()
}

fn heading(event: &Event<'_>) -> Option<String> {
    match event {
        Event::Start(Tag::Heading { level, id, .. }) => Some(format!("{level} {id:?}")),
        _ => None,
    }
}

#[test]
fn the_chapters_of_all_languages_do_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let names = |language: &Path| -> BTreeSet<PathBuf> {
        let pages = fs::read_dir(language).unwrap().map(|entry| entry.unwrap().path());
        let pages = pages.filter(|page| page.extension().is_some_and(|end| end == "md"));
        pages.map(|page| page.file_name().unwrap().into()).collect()
    };
    let docs = root.join("docs");
    let english = names(&docs.join("en"));
    let languages = fs::read_dir(&docs).unwrap().map(|entry| entry.unwrap().path());
    for language in languages.filter(|path| path.join("SUMMARY.md").is_file()) {
        assert_eq!(names(&language), english, "the pages in {}", language.display());
        for page in english.iter().filter(|page| *page != Path::new("SUMMARY.md")) {
            let shape = |directory: &Path| -> Vec<String> {
                let path = directory.strip_prefix(&root).unwrap().join(page);
                let chapter = Chapter::read(&root, &path).unwrap();
                chapter.stretches.iter().flat_map(shape).collect()
            };
            let place = format!("{} in {}", page.display(), language.display());
            assert_eq!(shape(&language), shape(&docs.join("en")), "{place}");
        }
    }
}
