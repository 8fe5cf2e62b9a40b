//! Words that mean something to systemd when they stand in a unit, and what a colleague says of
//! them. All words of a kind rather than a sample.

use std::time::SystemTime;

/// Signs that mean something to systemd, in one place or another, and some that don't.
pub(super) const SIGNS: &str =
    " \"'\\%$;{}a1nx#~-=:@+!|*?&><`(),[]/ñ☃\u{a0}\u{2028}\u{3000}\u{301}\u{feff}";
/// Those of which three in a row may mean something else than each of them.
const NEIGHBOURS: &str = " \"'\\%$;{}an";
/// How many words are made up anew for each check.
const MADE_UP: usize = 50;
/// What no text should have, and a line may have nevertheless: each may be refused. The last begins
/// a line for systemd.
pub(super) const CONTROLS: [char; 6] = ['\t', '\u{1}', '\u{1b}', '\u{7f}', '\u{85}', '\r'];

/// What a colleague says of single signs, if an argument arrives otherwise.
pub(super) const WORDS: [(&[&str], &str); 9] = [
    (&["--file", "/var/lib/dates.log"], "not even plain words arrive as they were"),
    (&["two words", " at the ends "], "a blank ends a word, unless the word is in quotes"),
    (
        &["", "after nothing"],
        "an empty word is only there in quotes; without them nothing is left of it",
    ),
    (
        &["\"quoted\"", "it's"],
        "a quote within a word needs a \\ before it, and a word that holds one needs quotes \
         around it",
    ),
    (
        &["C:\\new\\table", "\\"],
        "\\ begins an escape, \\n a line break: a backslash that means itself is written \\\\",
    ),
    (&["+%Y-%m-%d", "100%"], "% begins a specifier, everywhere in a unit: %% means one %"),
    (
        &["$HOME", "${PATH}", "$$"],
        "$ begins a variable in a command line, in quotes too: $$ means one $",
    ),
    (
        &[";", "after a semicolon"],
        "a ; alone begins a new command, unless it is in quotes or written \\;",
    ),
    (
        &["# no comment", "-x", "@", "10\u{a0}km ☃"],
        "most signs mean themselves, and should stay as they are; Rust's {:?} writes some of them \
         in a way that only Rust reads",
    ),
];

/// The same for a description.
pub(super) const DESCRIPTIONS: [(&str, &str); 4] = [
    (
        "Copy photos",
        "Description= belongs in [Unit], and takes all that follows as it is: quotes would be \
         part of it",
    ),
    (
        "Copy \"%n\", $HOME's too, 100%",
        "% begins a specifier, in Description= as well; quotes and $ mean themselves there, so \
         leave them as they are",
    ),
    ("C:\\new", "in Description= a backslash means itself; only at the end of a line it doesn't"),
    ("\"all of it\"", "in Description= quotes mean themselves, also at its ends"),
];

/// And for the end of a program's path. Quotes and backslashes are no part of it: systemd takes no
/// such path.
pub(super) const PATHS: [(&str, &str); 2] = [
    (" 100% of %n", "the program is a word like the others: quotes around it, and %% for a %"),
    (
        " $HOME ${PATH}",
        "no variable is looked up in the path of a program, and so $$ does not mean one $ there",
    ),
];

/// Words with all signs beside all others, and some that nobody has seen before.
pub(super) fn family() -> Vec<String> {
    let known = WORDS.iter().flat_map(|(words, _)| words.iter());
    let mut words: Vec<String> = known.map(|&word| word.to_owned()).collect();
    words.extend(words_of(SIGNS, 1));
    words.extend(words_of(SIGNS, 2));
    words.extend(words_of(NEIGHBOURS, 3));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let signs: Vec<char> = SIGNS.chars().collect();
    let mut seed = u64::from(now.subsec_nanos()) | 1;
    // A generator of Marsaglia's; good enough to be no habit.
    let mut below = |limit: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % limit as u64) as usize
    };
    for _ in 0..MADE_UP {
        let length = below(20);
        words.push((0..length).map(|_| signs[below(signs.len())]).collect());
    }
    words.push("a long word ".repeat(1000));
    words
}

/// All words of `length` of the `signs`.
pub(super) fn words_of(signs: &str, length: usize) -> Vec<String> {
    (0..length).fold(vec![String::new()], |words, _| {
        words
            .iter()
            .flat_map(|word| signs.chars().map(move |sign| format!("{word}{sign}")))
            .collect()
    })
}
