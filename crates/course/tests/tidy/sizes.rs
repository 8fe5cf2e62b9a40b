//! How much there is to read: lines of code and comments per crate, and bounds on lines and files.

use std::path::{Path, PathBuf};

use super::{files, is_test, manifests, read};

/// Beyond this rustfmt has given up on a statement, and says nothing.
const COLUMNS_MAX: usize = 120;
/// The longest file that is shipped. A test may be a long table.
const LINES_MAX: usize = 350;
/// Crates that were beyond these bounds when the bounds were drawn.
const BEYOND: [&str; 1] = ["journal-reader"];

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

/// The files that are held to the bounds.
fn bounded() -> Vec<PathBuf> {
    let packages = manifests().into_keys().filter(|package| !BEYOND.contains(&package.as_str()));
    packages.flat_map(|package| shipped(&package)).collect()
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
fn lines_are_counted_as_code_and_comments() {
    let text = "//! a\n\n/// b\nfn c() {} // d\n#[cfg(test)]\nmod tests {\n    fn e() {}\n}\n";
    assert_eq!(count(text), (1, 2));
    assert!(is_test(Path::new("crates/x/src/tests.rs")));
}
