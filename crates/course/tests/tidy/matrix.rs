//! Enough answers to prove each check, and enough of those that are wrong only later.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{files, read};

/// How many answers an exercise brings at least: right ones in different styles, and wrong ones.
/// Some of the wrong ones are right at first, and say in their file `LATER` when they go wrong.
const RIGHT: usize = 3;
const WRONG: usize = 8;
const LATER: usize = 3;

/// The files of all variants, by exercise and variant.
fn variants() -> BTreeMap<PathBuf, BTreeMap<String, Vec<PathBuf>>> {
    let mut found: BTreeMap<PathBuf, BTreeMap<String, Vec<PathBuf>>> = BTreeMap::new();
    for file in files("exercises", "") {
        let parts: Vec<&str> = file.iter().filter_map(|part| part.to_str()).collect();
        let [_, lesson, exercise, "variants", variant, ..] = parts[..] else { continue };
        let of_exercise = found.entry(Path::new(lesson).join(exercise)).or_default();
        of_exercise.entry(variant.to_owned()).or_default().push(file.clone());
    }
    found
}

#[test]
fn each_exercise_brings_answers_enough() {
    let variants = variants();
    assert!(variants.len() >= 42, "{} exercises", variants.len());
    for (exercise, variants) in variants {
        let of = |begin: &str| variants.keys().filter(|name| name.starts_with(begin)).count();
        let later = variants.values().flatten().filter(|file| file.ends_with("LATER")).count();
        let (right, wrong) = (of("pass-"), of("fail-"));
        assert!(
            right >= RIGHT && wrong >= WRONG && later >= LATER,
            "{}: {right} right answers, {wrong} wrong ones, {later} of them right at first; \
             at least {RIGHT}, {WRONG} and {LATER}",
            exercise.display()
        );
    }
}

#[test]
fn what_is_wrong_later_is_wrong_and_says_when() {
    for (name, files) in variants().into_values().flatten() {
        for later in files.iter().filter(|file| file.ends_with("LATER")) {
            let when = read(later);
            assert!(name.starts_with("fail-"), "{}", later.display());
            assert!(
                when.lines().count() == 1 && when.trim().len() > 5,
                "{}: one line that says when it goes wrong",
                later.display()
            );
        }
    }
}
