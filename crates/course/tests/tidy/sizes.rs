//! How much there is to read: lines of code and comments per crate, and bounds on lines and files.

use std::path::{Path, PathBuf};

use super::{files, is_test, manifests, read};

/// Beyond this rustfmt has given up on a statement, and says nothing.
const COLUMNS_MAX: usize = 120;
/// The longest file that is shipped. A test may be a long table.
const LINES_MAX: usize = 350;
/// The longest function: about what a screen shows.
const FUNCTION_MAX: usize = 60;

/// What ships: neither tests nor benchmarks, nor the examples in comments.
fn shipped(package: &str) -> Vec<PathBuf> {
    let src = files(&format!("crates/{package}/src"), ".rs").into_iter();
    src.filter(|file| !is_test(file)).collect()
}

/// Lines of code and of comments, without the tests at the file's end.
fn count(text: &str) -> (usize, usize) {
    let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = shipped.lines().map(str::trim).filter(|line| !line.is_empty());
    let (comments, code): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with("//"));
    (code.len(), comments.len())
}

#[test]
fn the_size_of_each_crate_is_printed() {
    println!("{:<20} {:>6} {:>9} {:>6} {:>8}", "crate", "code", "comments", "files", "longest");
    for package in manifests().keys() {
        let texts: Vec<String> = shipped(package).iter().map(read).collect();
        let counts = texts.iter().map(|text| count(text));
        let (code, comments) = counts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let longest = texts.iter().map(|text| text.lines().count()).max().unwrap_or(0);
        println!("{package:<20} {code:>6} {comments:>9} {:>6} {longest:>8}", texts.len());
        assert!(code > 0, "crates/{package} ships nothing");
    }
}

/// All files that are held to the bounds.
fn bounded() -> Vec<PathBuf> {
    manifests().into_keys().flat_map(|package| shipped(&package)).collect()
}

#[test]
fn no_file_is_too_long_to_read() {
    for file in bounded() {
        let lines = read(&file).lines().count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines; at most {LINES_MAX}", file.display());
    }
}

#[test]
fn no_line_is_too_long_to_read() {
    for file in bounded() {
        for (number, line) in (1..).zip(read(&file).lines()) {
            let columns = line.chars().count();
            assert!(
                columns <= COLUMNS_MAX,
                "{}:{number} has {columns} columns; at most {COLUMNS_MAX}: break the string with \\",
                file.display()
            );
        }
    }
}

#[test]
fn no_function_is_too_long_to_read() {
    for file in bounded() {
        for (name, lines) in functions(&read(&file)) {
            let place = file.display();
            assert!(
                lines <= FUNCTION_MAX,
                "{place}: {name} has {lines} lines; at most {FUNCTION_MAX}"
            );
        }
    }
}

/// The functions of a file as rustfmt writes it, each with how many lines it has: from the first to
/// the brace below its beginning.
fn functions(text: &str) -> Vec<(&str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let begins = |line: &str| {
        let words: Vec<&str> = line.trim_start().split(' ').collect();
        let is_qualifier = |word: &&str| {
            word.starts_with("pub")
                || ["const", "async", "unsafe", "extern", "\"C\""].contains(word)
        };
        let first = words.iter().position(|word| !is_qualifier(word));
        // What ends on its own line is short enough.
        first.is_some_and(|first| words[first] == "fn") && !line.ends_with([';', '}'])
    };
    let length = |at: usize| {
        let margin = &lines[at][..lines[at].len() - lines[at].trim_start().len()];
        let end = |line: &&str| {
            let at_margin = line.strip_prefix(margin).unwrap_or_default();
            // A trait may leave the body to others.
            at_margin == "}" || at_margin.starts_with(')') && at_margin.ends_with(';')
        };
        lines[at..].iter().position(end).map_or(lines.len() - at, |length| length + 1)
    };
    let starts = (0..lines.len()).filter(|at| begins(lines[*at]));
    starts.map(|at| (lines[at].trim(), length(at))).collect()
}

#[test]
fn functions_are_measured() {
    let text = "impl A {\n    pub(super) const fn b(\n    ) {\n        {\n        }\n    }\n}\n\
                fn c() {}\nlet fn_like = 1;\nfn d() {\n}\nfn e(\n) -> F;\n";
    let lengths = [("pub(super) const fn b(", 5), ("fn d() {", 2), ("fn e(", 2)];
    assert_eq!(functions(text), lengths);
}

#[test]
fn lines_are_counted_as_code_and_comments() {
    let text = "//! a\n\n/// b\nfn c() {} // d\n#[cfg(test)]\nmod tests {\n    fn e() {}\n}\n";
    assert_eq!(count(text), (1, 2));
    assert!(is_test(Path::new("crates/x/src/tests.rs")));
}
