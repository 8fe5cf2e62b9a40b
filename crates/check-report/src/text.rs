//! What is said to a learner: a template, and the values that go into it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{Debug, Display};

use serde::{Deserialize, Serialize};

/// How much of one value is kept, in characters: a submission's words may be long.
const VALUE_LIMIT: usize = 1000;

/// A text that can be said in another language: the template is the key, and is in English.
///
/// `{name}` in the template is a place for a value. Other braces mean themselves.
///
/// ```
/// use check_report::{Text, text};
///
/// let unit = "web.service";
/// let text = text!("{unit} to be started with the app", unit);
/// assert_eq!(text.english(), "web.service to be started with the app");
///
/// let spanish = |key: &str| match key {
///     "{unit} to be started with the app" => Some("que {unit} se inicie".to_owned()),
///     _ => None,
/// };
/// assert_eq!(text.fill(&spanish), "que web.service se inicie");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The English text, with places for the values.
    pub template: Cow<'static, str>,
    /// The values by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<Cow<'static, str>, Value>,
}

/// What goes into a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A name, a number, or a program's words: the same in all languages.
    Verbatim(String),
    /// A part of the sentence, which is translated too.
    Text(Text),
}

impl Text {
    /// A text of ours that is known only when the program runs: a heading in a file, for instance.
    /// It has no places for values.
    pub fn of(english: &str) -> Self {
        Text { template: english.to_owned().into(), with: BTreeMap::new() }
    }

    /// What was seen, as it was seen: nothing in it is to be translated.
    pub fn verbatim(seen: impl Display) -> Self {
        Text { template: "{seen}".into(), with: [("seen".into(), Value::from(&seen))].into() }
    }

    /// What was seen, in quotes and with its control characters escaped, as `{:?}` writes it.
    pub fn quoted(seen: impl Debug) -> Self {
        Text::verbatim(format!("{seen:?}"))
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.template.is_empty()
    }

    /// The text in English.
    pub fn english(&self) -> String {
        self.fill(&|_| None)
    }

    /// The text with its values, in the language of `translate`. A template without a translation
    /// stays English.
    pub fn fill(&self, translate: &dyn Fn(&str) -> Option<String>) -> String {
        let translated = translate(&self.template);
        let mut rest = translated.as_deref().unwrap_or(&self.template);
        let mut filled = String::new();
        while let Some((before, after)) = rest.split_once('{') {
            filled += before;
            let value = after.split_once('}').and_then(|(name, after)| {
                let value = self.with.get(name)?;
                Some((value.fill(translate), after))
            });
            match value {
                Some((value, after)) => {
                    filled += &value;
                    rest = after;
                }
                None => {
                    filled.push('{');
                    rest = after;
                }
            }
        }
        filled + rest
    }
}

impl Value {
    fn fill(&self, translate: &dyn Fn(&str) -> Option<String>) -> String {
        match self {
            Value::Verbatim(text) => end(text, translate).unwrap_or_else(|| text.clone()),
            Value::Text(text) => text.fill(translate),
        }
    }
}

/// How a process ended, as the standard library shows it: the one kind of value that has words in
/// it. None for any other.
fn end(text: &str, translate: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let (text, dumped) = match text.strip_suffix(" (core dumped)") {
        Some(text) => (text, true),
        None => (text, false),
    };
    let is_end = |end: &&str| {
        let is_part = |char: char| char.is_ascii_alphanumeric() || " ()+".contains(char);
        end.starts_with(|first: char| first.is_ascii_digit()) && end.chars().all(is_part)
    };
    let of = |mark, key| Some((key, text.strip_prefix(mark).filter(is_end)?));
    let (key, end) =
        of("exit status: ", "exit status: {end}").or_else(|| of("signal: ", "signal: {end}"))?;
    let key = if dumped { "signal: {end} (core dumped)" } else { key };
    Some(translate(key)?.replace("{end}", end))
}

impl From<&'static str> for Text {
    fn from(template: &'static str) -> Self {
        Text { template: template.into(), with: BTreeMap::new() }
    }
}

impl<T: Display + ?Sized> From<&T> for Value {
    fn from(value: &T) -> Self {
        let text = value.to_string();
        match text.char_indices().nth(VALUE_LIMIT) {
            Some((end, _)) => Value::Verbatim(format!("{} …", &text[..end])),
            None => Value::Verbatim(text),
        }
    }
}

impl From<&Text> for Value {
    fn from(text: &Text) -> Self {
        Value::Text(text.clone())
    }
}

impl From<&&Text> for Value {
    fn from(text: &&Text) -> Self {
        Value::from(*text)
    }
}

/// Makes a [`Text`] of a template and the values that go into it: `text!("{count} lines", count)`,
/// or `text!("{name} of {all}", name = file.name(), all = 7)`. What implements `Display` can be a
/// value, and so can a [`Text`].
///
/// A place without a value does not compile, nor does a value without a place:
///
/// ```compile_fail
/// let count = 3;
/// check_report::text!("{lines} lines", count);
/// ```
#[macro_export]
macro_rules! text {
    ($template:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {{
        const { $crate::assert_fits($template, &[$(stringify!($name)),*]) };
        $crate::Text {
            template: $template.into(),
            with: [$((
                stringify!($name).into(),
                $crate::Value::from(&$crate::text!(@value $name $($value)?)),
            )),*].into(),
        }
    }};
    (@value $name:ident) => { $name };
    (@value $name:ident $value:expr) => { $value };
}

/// Panics, and so ends a compilation, unless the places in `template` are those that `names` fill.
pub const fn assert_fits(template: &str, names: &[&str]) {
    let text = template.as_bytes();
    let mut used = 0;
    let mut start = 0;
    while start < text.len() {
        let mut end = start + 1;
        while end < text.len() && (text[end].is_ascii_lowercase() || text[end] == b'_') {
            end += 1;
        }
        if text[start] == b'{' && end > start + 1 && end < text.len() && text[end] == b'}' {
            let index = index_of(text, start + 1, end, names);
            assert!(index < names.len(), "a place in the template has no value");
            used |= 1 << index;
        }
        start += 1;
    }
    assert!(used == (1u64 << names.len()) - 1, "a value has no place in the template");
}

/// The index in `names` of what stands in `text` from `start` to `end`; their number if it is not
/// there.
const fn index_of(text: &[u8], start: usize, end: usize, names: &[&str]) -> usize {
    let mut index = 0;
    while index < names.len() {
        let name = names[index].as_bytes();
        let mut same = 0;
        while name.len() == end - start && same < name.len() && name[same] == text[start + same] {
            same += 1;
        }
        if name.len() == end - start && same == name.len() {
            break;
        }
        index += 1;
    }
    index
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn values_go_into_their_places_and_other_braces_stay() {
        #[track_caller]
        fn check(text: &Text, expected: &str) {
            assert_eq!(text.english(), expected);
        }
        check(&"Rust's {:?} and ${PATH}, {".into(), "Rust's {:?} and ${PATH}, {");
        check(&text!("{a}{b}{a}", a = 1, b = "{a}"), "1{a}1");
        check(&text!("{ {a}", a = "x"), "{ x");
        check(&Text::verbatim("{a} é"), "{a} é");
        let inner = text!("{n} lines", n = 2);
        check(&text!("{inner}; it ended", inner), "2 lines; it ended");
        check(&Text::default(), "");
    }

    #[test]
    fn how_a_process_ended_is_said_in_the_language_too() {
        let spanish = |key: &str| match key {
            "exit status: {end}" => Some("estado de salida: {end}".to_owned()),
            "signal: {end} (core dumped)" => Some("señal: {end} (con volcado)".to_owned()),
            _ => None,
        };
        let said = |seen: &str| text!("it ended ({seen})", seen).fill(&spanish);
        assert_eq!(said("exit status: 1"), "it ended (estado de salida: 1)");
        assert_eq!(
            said("signal: 6 (SIGABRT) (core dumped)"),
            "it ended (señal: 6 (SIGABRT) (con volcado))"
        );
        // What has no translation, and what a program said itself.
        for seen in
            ["signal: 9 (SIGKILL)", "exit status: 1\n", "exit status: none", "\"exit status: 1\""]
        {
            assert_eq!(said(seen), format!("it ended ({seen})"));
        }
    }

    #[test]
    fn a_text_within_a_text_is_translated_too() {
        let inner = Text::from("one");
        let spanish = |key: &str| match key {
            "one" => Some("uno".to_owned()),
            "{a} and {b}" => Some("{b} y {a}".to_owned()),
            _ => None,
        };
        assert_eq!(text!("{a} and {b}", a = inner, b = "one").fill(&spanish), "one y uno");
    }

    #[test]
    fn what_was_seen_is_shortened() {
        assert!(Text::verbatim("é".repeat(10_000)).english().chars().count() < 1100);
    }
}
