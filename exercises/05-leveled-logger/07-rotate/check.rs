//! 5.7: a file that does not outgrow its size, and lines that are all there; rename(2).

use std::fs;
use std::os::unix::fs::MetadataExt;

use check::{Directory, Ended, Explain, Failure, LogFile, PATIENCE, Result, Signal, program, text};

use super::shared::{ended_with, is_no_success, same_lines};

const BEFORE: &str =
    "look before it is written whether a line still fits: no file becomes larger than MAX";
const EXACT: &str = "a file of exactly MAX bytes is no larger than MAX";
const THERE: &str =
    "what is in the file already counts, also when the program has just been started";
const BYTES: &str = "a file's size is in bytes, not characters";
const ORDER: &str = "move the oldest first, or the newer one takes its place; each line is in one \
                     of the files, and in order";
const KEPT: &str = "BACKUPS older files are kept, with their lines, and no more";
const LINE: &str = "the line that did not fit is the first of the new file";
const OLD: &str =
    "the open file is still the old one, whatever it is called now: go on in the new one";
const STUCK: &str = "a file that cannot be moved away is no reason to lose the line: go on in the \
                     one that is open, and say so";
const CHAIN: &str = "app.log.1 could not make room, and whoever moves on all the same replaces it: \
                     only a file that is not there is no error";
const ZERO: &str = "with 0 backups nothing is rotated: nothing is thrown away unless somebody \
                    said how much to keep";
const NEIGHBOUR: &str = "other files in the directory are somebody else's";
const MOVED: &str = "it is moved, and not copied: whoever reads the file has it open, and reads on";
const EMPTY: &str =
    "a line that is larger than MAX has a file of its own, and an empty file is not worth a backup";
const AGAIN: &str = "it happens again and again, for as long as the program runs";

#[test]
fn all_lines_are_there_and_no_file_outgrows_its_size() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    let neighbours = ["app.log.old", "other.log", "app.log.1.gz", "catalog"];
    for name in neighbours {
        directory.file(name).append("somebody else's\n")?;
    }
    let said = messages(60);
    ended(&file, "64", "100", &said)?;
    for name in neighbours {
        let theirs = ["somebody else's".to_owned()];
        same_lines(&directory.file(name).lines()?, &theirs, NEIGHBOUR, "rotate")?;
    }
    let files = files(&directory)?;
    let got = all_lines(&files);
    let large = files.iter().find(|(_, text)| text.len() > 64);
    let say = match () {
        () if files.len() > 1 && got.len() + files.len() - 1 == said.len() => LINE,
        () if files.len() == 2 && files[1].0 == "app.log.1" => AGAIN,
        // All that came later is in one of them.
        () if files.iter().any(|(_, text)| text.len() > 128) => OLD,
        () if large.is_some() => BEFORE,
        () if files.len() > 2 && said.ends_with(&got) => KEPT,
        () => ORDER,
    };
    if let Some((name, text)) = large {
        let got = text!("{name} has {size} bytes", name, size = text.len());
        return Err(Failure::new("no file larger than 64 bytes", got).say(say).in_function("say"));
    }
    same_lines(&got, &said, say, "rotate")
}

#[test]
fn just_fitting_is_no_reason_for_a_new_file() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    let said: Vec<String> = ["123456789", "123456789", "x"].map(str::to_owned).into();
    ended(&file, "20", "3", &said)?;
    same_lines(&file.lines()?, &said[2..], EXACT, "say")?;
    same_lines(&directory.file("app.log.1").lines()?, &said[..2], EXACT, "say")?;
    // Four characters, six bytes; with the newline two such lines have 14 bytes.
    let other = directory.file("other.log");
    let said: Vec<String> = ["ññab", "ññcd"].map(str::to_owned).into();
    ended(&other, "13", "3", &said)?;
    same_lines(&other.lines()?, &said[1..], BYTES, "say")
}

#[test]
fn what_is_in_the_file_already_counts() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    file.append("an old line of thirty letters.\n")?;
    let said: Vec<String> = vec!["a new line".to_owned()];
    let inode = fs::metadata(file.path())?.ino();
    ended(&file, "40", "3", &said)?;
    same_lines(&file.lines()?, &said, THERE, "say")?;
    same_lines(
        &directory.file("app.log.1").lines()?,
        &["an old line of thirty letters.".to_owned()],
        THERE,
        "say",
    )?;
    if fs::metadata(directory.file("app.log.1").path())?.ino() == inode {
        return Ok(());
    }
    Err(Failure::new("app.log.1, which was app.log before", "another file with its lines")
        .say(MOVED)
        .man("rename(2)")
        .in_function("rotate"))
}

#[test]
fn as_many_older_files_are_kept_as_were_asked_for() -> Result {
    for backups in [1, 2, 5] {
        let directory = Directory::new()?;
        let file = directory.file("app.log");
        let said = messages(40);
        // Eleven bytes a line: two in each file.
        ended(&file, "25", &backups.to_string(), &said)?;
        let files = files(&directory)?;
        let kept = said.len() - 2 * (backups + 1);
        same_lines(&all_lines(&files), &said[kept..], KEPT, "rotate")?;
        if files.len() != backups + 1 {
            let got = text!("{count} files", count = files.len());
            let expected = text!("{count} files", count = backups + 1);
            return Err(Failure::new(expected, got).say(KEPT).in_function("rotate"));
        }
    }
    Ok(())
}

#[test]
fn with_no_backups_nothing_is_thrown_away() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    let said = messages(10);
    ended(&file, "25", "0", &said)?;
    same_lines(&file.lines()?, &said, ZERO, "say")?;
    let full = directory.file("full.log");
    full.leave_room(6)?;
    is_no_success(&program()?.arg(full.path()).arg("25").arg("0").arg("message").output()?, "say")
}

#[test]
fn larger_lines_have_a_file_of_their_own() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    let said: Vec<String> =
        ["a line that is larger than the file may be", "b", "c"].map(str::to_owned).into();
    ended(&file, "10", "3", &said)?;
    let files = files(&directory)?;
    let empty = files.iter().any(|(_, text)| text.is_empty());
    if empty || files.len() != 2 {
        let got = text!("{count} files", count = files.len());
        return Err(Failure::new("2 files, none of them empty", got).say(EMPTY).in_function("say"));
    }
    same_lines(&all_lines(&files), &said, EMPTY, "say")?;
    // And where the large one is the last.
    let last = directory.file("last.log");
    ended(&last, "10", "3", &[said[1].clone(), said[0].clone()])?;
    same_lines(&last.lines()?, &said[..1], EMPTY, "say")?;
    same_lines(&directory.file("last.log.1").lines()?, &said[1..2], EMPTY, "say")?;
    // No line is as small as that.
    let zero = directory.file("zero.log");
    ended(&zero, "0", "3", &said[1..3])?;
    same_lines(&zero.lines()?, &said[2..3], EMPTY, "say")?;
    same_lines(&directory.file("zero.log.1").lines()?, &said[1..2], EMPTY, "say")
}

#[test]
fn what_cannot_be_moved_costs_no_line() -> Result {
    let directory = Directory::new()?;
    let file = directory.file("app.log");
    // In the place of the backup is a directory with something in it: rename(2) does not replace
    // that.
    let in_the_way = directory.directory("app.log.1")?;
    in_the_way.file("something").append("")?;
    let said = messages(10);
    let outcome = ended(&file, "25", "1", &said);
    let ended = outcome.say(STUCK).man("rename(2)").in_function("say")?;
    same_lines(&file.lines()?, &said, STUCK, "say")?;
    if ended.stderr.trim().is_empty() {
        return Err(Failure::new("a word on standard error", "nothing")
            .say("the file grows now, and nobody knows why: say that it can't be moved away")
            .in_function("say"));
    }
    Ok(())
}

#[test]
fn what_cannot_be_moved_is_not_replaced() -> Result {
    let directory = Directory::new()?;
    let (file, older) = (directory.file("app.log"), directory.file("app.log.1"));
    older.append("an older line\n")?;
    let in_the_way = directory.directory("app.log.2")?;
    in_the_way.file("something").append("")?;
    let said = messages(10);
    let ended = ended(&file, "25", "2", &said)?;
    same_lines(&older.lines()?, &["an older line".to_owned()], CHAIN, "rotate")?;
    same_lines(&file.lines()?, &said, STUCK, "say")?;
    if ended.stderr.trim().is_empty() {
        return Err(Failure::new("a word on standard error", "nothing").say(CHAIN));
    }
    Ok(())
}

#[test]
fn when_the_way_is_free_again_it_goes_on_as_before() -> Result {
    for _ in 0..6 {
        let directory = Directory::new()?;
        let file = directory.file("app.log");
        let in_the_way = directory.directory("app.log.1")?;
        in_the_way.file("something").append("")?;
        let said = messages(3000);
        let program = program()?.arg(file.path()).arg("25").arg("1");
        let program = said.iter().fold(program, |program, message| program.arg(message));
        let mut running = program.start()?;
        while !running.has_ended() && file.size() < 60 {
            std::thread::yield_now();
        }
        // In the middle of it the directory goes away; whoever was done by then is asked once more.
        let is_stopped = running.freeze().is_ok() && !running.has_ended();
        fs::remove_dir_all(in_the_way.path())?;
        running.signal(Signal::SIGCONT)?;
        ended_with(&running.end(PATIENCE)?, 0, STUCK)?;
        if !is_stopped {
            continue;
        }
        let backup = directory.file("app.log.1");
        if file.size() <= 25 && backup.exists() {
            return Ok(());
        }
        let got = text!("{size} bytes in app.log", size = file.size());
        return Err(Failure::new("app.log rotated again, and no larger than 25 bytes", got)
            .say("what was in the way is gone: try it again with each line, not only once")
            .in_function("say"));
    }
    Ok(())
}

/// Eleven bytes each, with the newline.
fn messages(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("message {at:02}")).collect()
}

fn ended(file: &LogFile, max: &str, backups: &str, said: &[String]) -> Result<Ended> {
    let program = program()?.arg(file.path()).arg(max).arg(backups);
    let ended: Ended =
        said.iter().fold(program, |program, message| program.arg(message)).output()?;
    ended_with(&ended, 0, STUCK)?;
    Ok(ended)
}

/// The file and its backups, the oldest last; at most so many as a test can make.
fn files(directory: &Directory) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for number in 0..=100 {
        let name = if number == 0 { "app.log".to_owned() } else { format!("app.log.{number}") };
        let file = directory.file(&name);
        if file.exists() {
            files.push((name, file.text()?));
        }
    }
    Ok(files)
}

/// All lines, the oldest file first.
fn all_lines(files: &[(String, String)]) -> Vec<String> {
    files.iter().rev().flat_map(|(_, text)| text.lines().map(str::to_owned)).collect()
}
