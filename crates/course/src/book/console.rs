//! Console blocks and files as they stand on a page.

use check_report::text;

use super::html::{escaped, fold};
use super::unit;
use crate::chapter::{Console, ConsoleCommand, File, Prompt};
use crate::diff::{Change, diff};
use crate::language::Words;
use crate::lesson::Answer;
use crate::pattern::{Line, trimmed};
use crate::terminal::visible;

/// What is longer than this is folded.
const LINES: usize = 20;
/// Of an answer, only so many lines stand on a page.
const LINES_MAX: usize = 400;
/// Stands for lines that are left out.
const LEFT_OUT: &str = "<span class=\"gap\">...</span>";

/// A console block with what its commands answered; where an answer is missing, with what the
/// chapter expects. `words` are the page's language.
pub(super) fn console(console: &Console, answers: &[Answer], words: &Words) -> String {
    let mut html = String::from("\n\n<div class=\"console\">\n\n<pre>");
    for (at, typed) in console.commands.iter().enumerate() {
        let ConsoleCommand { prompt, command, status, .. } = typed;
        let prompt = prompt.as_written();
        html +=
            &format!("<span class=\"prompt\">{prompt} </span><kbd>{}</kbd>\n", escaped(command));
        let (excerpt, whole) = shown(typed, answers.get(at));
        html += &samp(&excerpt);
        if *status != 0 {
            let said = escaped(&words.fill(&text!("exit status {status}", status)));
            html += &format!("<span class=\"status\">{said}</span>\n");
        }
        if !whole.is_empty() {
            let summary = words.fill(&text!("all {count} lines", count = whole.len()));
            let body = format!("<pre>{}</pre>", samp(&whole));
            html = format!("{}</pre>{}<pre>", html.trim_end(), fold(&summary, &body));
        }
    }
    format!("{}</pre>\n\n</div>\n\n", html.trim_end()).replace("<pre></pre>", "")
}

/// The lines of an answer, escaped, that stand on the page; and all of them, if they are many.
fn shown(typed: &ConsoleCommand, answer: Option<&Answer>) -> (Vec<String>, Vec<String>) {
    let Some(answer) = answer else {
        return (typed.expected.lines.iter().map(expected).collect(), Vec::new());
    };
    // A chapter cannot know the escapes of a program that colours even in a pipe.
    let output = anstream::adapter::strip_str(&answer.output).to_string();
    let excerpt = || diff(&typed.expected, &output).into_iter().map(line).collect();
    let output: Vec<&str> = trimmed(output.lines());
    // What a build says depends on what was built before.
    if typed.prompt == Prompt::Host {
        return (excerpt(), Vec::new());
    }
    let whole = output.iter().take(LINES_MAX).map(|line| escaped(&visible(line)));
    let mut whole: Vec<String> = whole.collect();
    if output.len() > LINES_MAX {
        whole.push(LEFT_OUT.to_owned());
    }
    if whole.len() <= LINES {
        return (whole, Vec::new());
    }
    let short: Vec<String> = excerpt();
    let short = if short.len() > LINES { Vec::new() } else { short };
    (short, whole)
}

fn expected(line: &Line) -> String {
    match line {
        Line::Any => LEFT_OUT.to_owned(),
        Line::Text(text) => escaped(text),
    }
}

fn line(change: Change) -> String {
    match change {
        Change::Same(text) | Change::Expected(text) | Change::Got(text) => escaped(&visible(&text)),
        Change::Skipped => LEFT_OUT.to_owned(),
    }
}

fn samp(lines: &[String]) -> String {
    match lines {
        [] => String::new(),
        lines => format!("<samp>{}</samp>\n", lines.join("\n")),
    }
}

/// A file that the lesson writes, below its path.
pub(super) fn file(file: &File, language: &str) -> String {
    let body = match language {
        "ini" => format!("<pre class=\"unit\">{}</pre>", unit::unit(&file.text)),
        _ => {
            let text = escaped(&file.text);
            format!("<pre><code class=\"language-{}\">{text}</code></pre>", escaped(language))
        }
    };
    format!(
        "\n\n<figure class=\"file\">\n<figcaption>{}</figcaption>\n\n{body}\n\n</figure>\n\n",
        escaped(&file.path.display().to_string())
    )
}
