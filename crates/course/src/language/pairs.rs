//! The pieces of a Spanish page beside the English ones that they say, as far as the lock knows it.

use super::lock::Entry;
use super::pieces::Piece;

/// How a Spanish piece stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It was made from the English text as it is.
    Fresh,
    /// It was made from another one, and is not shown until it is done anew.
    Stale,
    /// It was made from another one, and nobody has said anything about that.
    Outdated,
    /// Nobody has said what it was made from.
    New,
    /// There is only the English one.
    Missing,
}

/// A Spanish piece and its English one; one of them may be missing.
#[derive(Debug, Clone)]
pub(super) struct Pair<'a> {
    pub(super) english: Option<Piece<'a>>,
    pub(super) spanish: Option<Piece<'a>>,
    pub(super) state: State,
    /// What the lock has of the Spanish one.
    pub(super) entry: Option<Entry>,
}

impl<'a> Pair<'a> {
    fn of(english: Option<&Piece<'a>>, spanish: Option<&Piece<'a>>, entries: &[Entry]) -> Self {
        let entry = spanish.and_then(|piece| entry_of(piece, entries)).cloned();
        let hash = english.map(Piece::hash);
        let state = match (spanish, &entry) {
            (None, _) => State::Missing,
            (Some(_), None) => State::New,
            (Some(_), Some(entry)) if entry.stale => State::Stale,
            (Some(_), Some(entry)) if hash == Some(entry.english) => State::Fresh,
            (Some(_), Some(_)) => State::Outdated,
        };
        Pair { english: english.copied(), spanish: spanish.copied(), state, entry }
    }
}

/// All pieces of prose of both pages, in the order of the Spanish one. What the lock knows holds
/// the two together; what is between goes by its order.
pub(super) fn pairs<'a>(
    english: &[Piece<'a>],
    spanish: &[Piece<'a>],
    entries: &[Entry],
) -> Vec<Pair<'a>> {
    let english: Vec<_> = english.iter().filter(|piece| piece.is_prose()).copied().collect();
    let spanish: Vec<_> = spanish.iter().filter(|piece| piece.is_prose()).copied().collect();
    let mut pairs = Vec::new();
    let (mut at_english, mut at_spanish) = (0, 0);
    for (index, piece) in spanish.iter().enumerate() {
        let entry = entry_of(piece, entries).filter(|entry| !entry.stale);
        let found = entry.and_then(|entry| {
            let rest = &english[at_english..];
            rest.iter().position(|piece| piece.hash() == entry.english)
        });
        if let Some(found) = found {
            let found = at_english + found;
            pairs.extend(between(
                &english[at_english..found],
                &spanish[at_spanish..index],
                entries,
            ));
            pairs.push(Pair::of(Some(&english[found]), Some(piece), entries));
            (at_english, at_spanish) = (found + 1, index + 1);
        }
    }
    pairs.extend(between(&english[at_english..], &spanish[at_spanish..], entries));
    pairs
}

/// Pieces of which the lock does not say which belongs to which.
fn between<'a>(english: &[Piece<'a>], spanish: &[Piece<'a>], entries: &[Entry]) -> Vec<Pair<'a>> {
    let count = english.len().max(spanish.len());
    (0..count).map(|at| Pair::of(english.get(at), spanish.get(at), entries)).collect()
}

fn entry_of<'e>(piece: &Piece<'_>, entries: &'e [Entry]) -> Option<&'e Entry> {
    let hash = piece.hash();
    entries.iter().find(|entry| entry.spanish == hash)
}

#[cfg(test)]
mod tests {
    use super::super::lock::Entry;
    use super::super::pieces::of_markdown;
    use super::{State, pairs};

    fn entry(english: &str, spanish: &str, stale: bool) -> Entry {
        let hash = |text| of_markdown(text)[0].hash();
        Entry { page: String::new(), english: hash(english), spanish: hash(spanish), stale }
    }

    #[test]
    fn each_piece_stands_beside_the_one_that_it_says() {
        let english = of_markdown("One.\n\nInserted.\n\nTwo.\n\nThree, changed.\n\nFour.\n");
        let spanish = of_markdown("Uno.\n\nDos.\n\nTres.\n\nCuatro, nuevo.\n");
        let entries = [
            entry("One.", "Uno.", false),
            entry("Two.", "Dos.", false),
            entry("Three.", "Tres.", false),
            entry("Four.", "Cuatro.", false),
        ];
        let pairs = pairs(&english, &spanish, &entries);
        let states: Vec<State> = pairs.iter().map(|pair| pair.state).collect();
        use State::{Fresh, Missing, New, Outdated};
        assert_eq!(states, [Fresh, Missing, Fresh, Outdated, New]);
        assert_eq!(pairs[3].english.unwrap().text, "Three, changed.");
        assert_eq!(pairs[4].english.unwrap().text, "Four.");
    }

    #[test]
    fn what_is_known_to_be_stale_waits() {
        let (english, spanish) = (of_markdown("One, changed.\n"), of_markdown("Uno.\n"));
        let pairs = pairs(&english, &spanish, &[entry("One.", "Uno.", true)]);
        assert_eq!(pairs[0].state, State::Stale);
    }
}
