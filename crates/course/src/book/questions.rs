//! The questions at the end of a page: a form without a server.
//!
//! Without JavaScript each option shows its reason as soon as it is chosen; with it, the page waits
//! for the button, and a screen reader hears the reason. Each element ends where it begins: a blank
//! line would end the HTML.

use check_report::{Text, text};
use pulldown_cmark::{Event, Parser, Tag, TagEnd, TextMergeStream};

use super::html::{self, escaped, fold};
use crate::language::Words;
use crate::man_page;
use crate::quiz::{Choice, Question};

/// The questions, below a heading. `proofs` are their proofs as HTML, empty where there is none.
pub(super) fn questions(
    questions: &[Question],
    proofs: &[String],
    lesson: u8,
    words: &Words,
) -> String {
    let heading = words.fill(&"Questions".into());
    let about = text!(
        "Nothing is graded, and nothing leaves your machine. In the terminal: `cargo course quiz \
         {lesson}`.",
        lesson,
    );
    let mut html = format!("\n\n## {heading} {{#questions}}\n\n{}\n\n", words.fill(&about));
    for ((number, question), proof) in (1..).zip(questions).zip(proofs) {
        html += &form(number, question, words);
        if !proof.is_empty() {
            html += &fold(&words.fill(&"What proves it, in a lab".into()), proof);
        }
    }
    html
}

fn form(number: usize, question: &Question, words: &Words) -> String {
    let name = format!("question-{}", question.name);
    let asks = inline(&words.fill(&Text::of(&question.asks)));
    let mut html = format!(
        "\n\n<form class=\"quiz\" action=\"#questions\" id=\"{name}\">\n<fieldset>\n\
         <legend>{number}. {asks}</legend>\n"
    );
    for (at, option) in (1..).zip(&question.options) {
        html += &choice(&name, at, option, words);
    }
    let answer = escaped(&words.fill(&"Answer".into()));
    html += &format!(
        "<button type=\"submit\">{answer}</button>\n<div class=\"verdict\" role=\"status\"></div>\n\
         </fieldset>\n</form>\n\n"
    );
    html
}

fn choice(name: &str, at: usize, option: &Choice, words: &Words) -> String {
    let verdict = if option.right { text!("{at} is right.", at) } else { "No.".into() };
    let class = if option.right { "reason right" } else { "reason" };
    format!(
        "<div class=\"option\">\
         <input type=\"radio\" name=\"{name}\" id=\"{name}-{at}\" value=\"{at}\">\n\
         <label for=\"{name}-{at}\">{}</label>\n\
         <p class=\"{class}\"><strong>{}</strong> {}</p></div>\n",
        inline(&words.fill(&Text::of(&option.says))),
        escaped(&words.fill(&verdict)),
        inline(&words.fill(&Text::of(&option.why))),
    )
}

/// A line of Markdown, of which only code, emphasis and references to man pages are used here.
fn inline(text: &str) -> String {
    let part = |event| match event {
        Event::Text(text) => linked(&text),
        Event::Code(text) => format!("<code>{}</code>", escaped(&text)),
        Event::Start(Tag::Emphasis) => "<em>".to_owned(),
        Event::End(TagEnd::Emphasis) => "</em>".to_owned(),
        Event::SoftBreak => " ".to_owned(),
        // What looks like HTML is none.
        Event::InlineHtml(text) | Event::Html(text) => escaped(&text),
        _ => String::new(),
    };
    TextMergeStream::new(Parser::new(text)).map(part).collect()
}

fn linked(text: &str) -> String {
    let mut html = String::new();
    let mut at = 0;
    for (range, name, section) in man_page::references(text) {
        html += &escaped(&text[at..range.start]);
        html += &html::man_page(name, section);
        at = range.end;
    }
    html + &escaped(&text[at..])
}

#[cfg(test)]
mod tests {
    use super::inline;

    #[test]
    fn code_emphasis_and_references_are_all_there_is() {
        assert_eq!(inline("a <b>\n `c<d>` e"), "a &lt;b&gt; <code>c&lt;d&gt;</code> e");
        assert_eq!(inline("say *when*, not `*`: *"), "say <em>when</em>, not <code>*</code>: *");
        assert!(inline("see signal(7).").contains("signal(7)</a>."));
        assert_eq!(inline("`systemd.unit(5)`"), "<code>systemd.unit(5)</code>");
    }
}
