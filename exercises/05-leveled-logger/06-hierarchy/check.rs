//! 5.6: names, files and what propagates; "Logger Objects" in Python's library reference.

use check::{Directory, Result, program};

use super::shared::{ended_with, same_lines};

const OWN: &str = "a logger writes to its own files, all of them, and then it goes on up: the \
                   logger above, and so on; the root is above all";
const ONCE: &str = "each file gets a line once, however many loggers on the way have it";
const DIRECTORIES: &str = "two files of the same name in two directories are two files";
const LETTERS: &str = "a name is more than its first letters: app.dbx is not below app.db";
const CLOSED: &str = "from a closed logger nothing goes further up, also when it is on the way; \
                      its own files still get it";
const DOWN: &str = "a line goes up, and not to those below";
const EACH: &str = "each line is judged by itself, whatever was said before it";

#[test]
fn a_line_goes_to_its_logger_and_to_all_above_it() -> Result {
    let tree = ["root=r", "app=a", "app.db=d", "app.db=d2", "app.web=w"];
    check(&tree, "app.db", &["a", "d", "d2", "r"], OWN)?;
    check(&tree, "app.db.pool.size", &["a", "d", "d2", "r"], OWN)?;
    check(&tree, "app.web", &["a", "r", "w"], OWN)?;
    check(&tree, "other.thing", &["r"], OWN)?;
    check(&tree, &format!("app.db{}", ".deeper".repeat(100)), &["a", "d", "d2", "r"], OWN)?;
    check(&["app.db=d"], "other", &[], OWN)
}

#[test]
fn what_is_below_gets_nothing() -> Result {
    let tree = ["root=r", "app=a", "app.db=d"];
    check(&tree, "app", &["a", "r"], DOWN)?;
    check(&tree, "root", &["r"], DOWN)
}

#[test]
fn names_are_not_letters() -> Result {
    let tree = ["app.db=d", "app=a"];
    check(&tree, "app.dbx", &["a"], LETTERS)?;
    check(&tree, "apple", &[], LETTERS)?;
    check(&["roo=r"], "root", &[], LETTERS)?;
    check(&["app=a", "app.db=d", "app.d!"], "app.db", &["a", "d"], LETTERS)?;
    check(&["App=a", "app=b", "APP.db=d"], "app.db", &["b"], LETTERS)?;
    // The root is above all, and a name that begins with its own is a name like any other.
    check(&["root=r", "root.x=x", "root.x.y=y"], "root.x.y", &["r", "x", "y"], LETTERS)?;
    check(&["root=r", "rooted=x"], "rooted", &["r", "x"], LETTERS)
}

#[test]
fn each_file_gets_a_line_once() -> Result {
    check(&["root=x", "app.db=x"], "app.db", &["x"], ONCE)?;
    check(&["root=x", "app=y", "app.db=x", "app.db=x"], "app.db.pool", &["x", "y"], ONCE)?;
    check(&["root=x", "app=one/x", "app.db=two/x"], "app.db", &["one/x", "two/x", "x"], DIRECTORIES)
}

#[test]
fn nothing_goes_up_from_a_closed_logger() -> Result {
    let tree = ["root=r", "app=a", "app.db=d", "app.db.pool=p", "app.db!"];
    check(&tree, "app.db", &["d"], CLOSED)?;
    check(&tree, "app.db.pool", &["d", "p"], CLOSED)?;
    check(&tree, "app", &["a", "r"], CLOSED)?;
    check(&["root=r", "app.db!"], "app.db.pool", &[], CLOSED)?;
    // Nothing is above the root.
    check(&["root=r", "app=a", "root!"], "app.db", &["a", "r"], CLOSED)?;
    check(&["root=r", "app=a", "app!", "app.db!", "app.db=d"], "app.db", &["d"], CLOSED)
}

#[test]
fn what_was_said_before_does_not_matter() -> Result {
    let tree = ["root=r", "app=a", "app.db=d", "app.db=r", "b.c=b", "b.c!"];
    let said = ["app.db", "b.c", "app.db", "app", "b.c.d", "root", "app.db", "other"];
    let files: [(&str, &[&str]); 4] = [
        ("r", &["app.db", "app.db", "app", "root", "app.db", "other"]),
        ("a", &["app.db", "app.db", "app", "app.db"]),
        ("d", &["app.db", "app.db", "app.db"]),
        ("b", &["b.c", "b.c.d"]),
    ];
    let directory = Directory::new()?;
    say(&directory, &tree, &said)?;
    for (file, names) in files {
        let expected: Vec<String> = names.iter().map(|name| format!("{name}: hello")).collect();
        same_lines(&directory.file(file).lines()?, &expected, EACH, "files_for")?;
    }
    Ok(())
}

/// Says one line to one logger, and looks at all files there are.
fn check(tree: &[&str], name: &str, files: &[&str], say_why: &'static str) -> Result {
    let directory = Directory::new()?;
    let (_one, _two) = (directory.directory("one")?, directory.directory("two")?);
    say(&directory, tree, &[name])?;
    let mut got = Vec::new();
    for file in ["a", "b", "d", "d2", "one/x", "p", "r", "two/x", "w", "x", "y"] {
        got.extend(directory.file(file).lines()?.iter().map(|line| format!("{file}: {line}")));
    }
    let expected: Vec<String> = files.iter().map(|file| format!("{file}: {name}: hello")).collect();
    // A line too many, where nothing else is meant to go wrong, came from above.
    let is_extra = got.iter().any(|line| !expected.contains(line));
    let say_why = if is_extra && say_why == OWN { DOWN } else { say_why };
    same_lines(&got, &expected, say_why, "files_for")
}

fn say(directory: &Directory, tree: &[&str], said: &[&str]) -> Result {
    let mut program = program()?;
    for argument in tree {
        program = match argument.split_once('=') {
            Some((name, file)) => {
                let path = directory.file(file).path().display().to_string();
                program.arg(format!("{name}={path}"))
            }
            None => program.arg(argument),
        };
    }
    program = program.arg("--");
    for name in said {
        program = program.arg(name).arg("hello");
    }
    ended_with(&program.output()?, 0, OWN)
}
