//! The questions at the end of a page: a form without a server.
//!
//! Without JavaScript each option shows its reason as soon as it is chosen; with it, the page waits
//! for the button, and a screen reader hears the reason. Each element ends where it begins: a blank
//! line would end the HTML.

use check_report::{Text, text};

use super::html::{self, escaped, fold};
use crate::man_page;
use crate::quiz::{Choice, Question};

/// The questions, below a heading. `proofs` are their proofs as HTML, empty where there is none.
pub(super) fn questions(
    questions: &[Question],
    proofs: &[String],
    lesson: u8,
    say: &dyn Fn(&Text) -> String,
) -> String {
    let heading = say(&"Questions".into());
    let about = text!(
        "Nothing is graded, and nothing leaves your machine. In the terminal: `cargo course quiz \
         {lesson}`.",
        lesson,
    );
    let mut html = format!("\n\n## {heading} {{#questions}}\n\n{}\n\n", say(&about));
    for ((number, question), proof) in (1..).zip(questions).zip(proofs) {
        html += &form(number, question, say);
        if !proof.is_empty() {
            html += &fold(&say(&"What proves it, in a lab".into()), proof);
        }
    }
    html
}

fn form(number: usize, question: &Question, say: &dyn Fn(&Text) -> String) -> String {
    let name = format!("question-{}", question.name);
    let asks = inline(&say(&Text::of(&question.asks)));
    let mut html = format!(
        "\n\n<form class=\"quiz\" action=\"#questions\" id=\"{name}\">\n<fieldset>\n\
         <legend>{number}. {asks}</legend>\n"
    );
    for (at, option) in (1..).zip(&question.options) {
        html += &choice(&name, at, option, say);
    }
    let answer = escaped(&say(&"Answer".into()));
    html += &format!(
        "<button type=\"submit\">{answer}</button>\n<div class=\"verdict\" role=\"status\"></div>\n\
         </fieldset>\n</form>\n\n"
    );
    html
}

fn choice(name: &str, at: usize, option: &Choice, say: &dyn Fn(&Text) -> String) -> String {
    let verdict = if option.right { text!("{at} is right.", at) } else { "No.".into() };
    let class = if option.right { "reason right" } else { "reason" };
    format!(
        "<div class=\"option\">\
         <input type=\"radio\" name=\"{name}\" id=\"{name}-{at}\" value=\"{at}\">\n\
         <label for=\"{name}-{at}\">{}</label>\n\
         <p class=\"{class}\"><strong>{}</strong> {}</p></div>\n",
        inline(&say(&Text::of(&option.says))),
        escaped(&say(&verdict)),
        inline(&say(&Text::of(&option.why))),
    )
}

/// A line of Markdown, of which only code, emphasis and references to man pages are used here.
fn inline(text: &str) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts = folded.split('`').enumerate();
    let parts = parts.map(|(at, part)| match at % 2 {
        0 => emphasized(&linked(part)),
        _ => format!("<code>{}</code>", escaped(part)),
    });
    parts.collect()
}

/// Stars are emphasis where each has its pair, and a star is one for itself where one is left over.
fn emphasized(html: &str) -> String {
    let parts: Vec<&str> = html.split('*').collect();
    if parts.len().is_multiple_of(2) {
        return html.to_owned();
    }
    let parts = parts.iter().enumerate();
    let parts = parts.map(|(at, part)| match at % 2 {
        0 => (*part).to_owned(),
        _ => format!("<em>{part}</em>"),
    });
    parts.collect()
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
