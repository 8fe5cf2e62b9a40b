//! What a verdict says that has no Spanish text.

use super::verdict::{Promise, Refusal, Verdict};
use crate::language::{Words, untranslated};

impl Verdict {
    /// The templates that `words` has nothing for.
    pub(crate) fn untranslated(&self, words: &Words) -> Vec<String> {
        match self {
            Verdict::NotProved(why) | Verdict::Refused(Refusal::File(why)) => {
                untranslated(why, words)
            }
            Verdict::Refused(Refusal::DoesNotCompile(_)) => Vec::new(),
            Verdict::Tried { promises, .. } => {
                let names = promises.iter().map(|promise| &promise.name);
                let names = names.filter(|name| words.get(name).is_none()).cloned();
                let broken = promises.iter().filter_map(Promise::broken);
                let texts = broken.flat_map(|why| [&why.expected, &why.got, &why.say, &why.man]);
                names.chain(texts.flat_map(|text| untranslated(text, words))).collect()
            }
        }
    }
}
