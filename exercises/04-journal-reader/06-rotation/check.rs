//! 4.6: no line is lost at a rotation; inode(7), rename(2).

use check::{Explain, Folder, LogFile, Result, Running, Signal, program};

use super::shared::compare;

const ROTATE: &str = "whoever still has the old file open can read it to its end, whatever it is called now; only then comes the next one";
const TWICE: &str = "between two looks there may be more than one rotation: archived-2 comes between archived-1 and current";
const PARTIAL: &str =
    "a line is a line when its newline is there; what is left over waits for the rest";
const START: &str = "what is in the file already comes first, and what is written later follows";

/// A log that is written and rotated, the program that follows it, and what it has to print.
struct Log {
    folder: Folder,
    current: LogFile,
    out: LogFile,
    lines: Vec<String>,
    rotations: usize,
}

impl Log {
    fn new() -> Result<Log> {
        let folder = Folder::new()?;
        let (current, out) = (folder.file("current"), folder.file("out"));
        current.append("")?;
        Ok(Log { folder, current, out, lines: Vec::new(), rotations: 0 })
    }

    fn follow(&self) -> Result<Running> {
        program()?.arg(self.folder.path()).arg(self.out.path()).start()
    }

    fn write(&mut self, count: usize) -> Result {
        for _ in 0..count {
            let line = format!("message {} of this night", self.lines.len());
            self.current.append(&format!("{line}\n"))?;
            self.lines.push(line);
        }
        Ok(())
    }

    fn rotate(&mut self) -> Result {
        self.rotations += 1;
        self.current.rename_to(format!("archived-{}", self.rotations))?;
        self.current.append("")
    }

    /// Waits until as many lines are there, and compares all of them.
    #[track_caller]
    fn expect_all(&self, running: &mut Running, say: &'static str) -> Result {
        let found =
            running.wait_for_lines(&self.out, self.lines.len()).say(say).in_function("follow")?;
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        compare(&found, &self.lines).say(say).in_function("follow")
    }
}

#[test]
fn copies_what_is_there_and_what_comes() -> Result {
    let mut log = Log::new()?;
    log.write(3)?;
    let mut running = log.follow()?;
    log.expect_all(&mut running, START)?;
    for count in [1, 4, 20] {
        log.write(count)?;
        log.expect_all(&mut running, START)?;
    }
    Ok(())
}

#[test]
fn waits_for_the_end_of_a_line() -> Result {
    let mut log = Log::new()?;
    log.write(1)?;
    let mut running = log.follow()?;
    log.expect_all(&mut running, START)?;
    log.current.append("message 1 of ")?;
    // Something else has to be seen by it in the meantime, so that it has looked: it is stopped, and goes on.
    for _ in 0..3 {
        running.freeze()?;
        running.signal(Signal::SIGCONT)?;
        std::thread::yield_now();
    }
    std::thread::sleep(std::time::Duration::from_millis(20));
    let early = log.out.text()?;
    log.current.append("this night\n")?;
    log.lines.push("message 1 of this night".to_owned());
    log.write(1)?;
    compare(&early.lines().collect::<Vec<_>>(), &log.lines[..1])
        .say(PARTIAL)
        .in_function("follow")?;
    log.expect_all(&mut running, PARTIAL)
}

#[test]
fn goes_on_with_the_new_file() -> Result {
    let mut log = Log::new()?;
    log.write(2)?;
    let mut running = log.follow()?;
    for count in [1, 3, 9] {
        log.expect_all(&mut running, ROTATE)?;
        log.rotate()?;
        log.write(count)?;
        log.expect_all(&mut running, ROTATE)?;
    }
    Ok(())
}

#[test]
fn goes_to_the_end_of_the_old_file() -> Result {
    let mut log = Log::new()?;
    log.write(2)?;
    let mut running = log.follow()?;
    log.expect_all(&mut running, START)?;
    for count in [1, 5, 30] {
        // While it looks away, lines are written before and after the rotation.
        running.freeze()?;
        log.write(count)?;
        log.rotate()?;
        log.write(count * 4)?;
        running.signal(Signal::SIGCONT)?;
        log.expect_all(&mut running, ROTATE)?;
    }
    Ok(())
}

#[test]
fn leaves_out_no_file_when_there_are_several_rotations() -> Result {
    let mut log = Log::new()?;
    log.write(2)?;
    let mut running = log.follow()?;
    log.expect_all(&mut running, START)?;
    for rotations in [2, 3, 12] {
        running.freeze()?;
        for count in 0..rotations {
            log.write(1 + count % 3)?;
            log.rotate()?;
        }
        log.write(2)?;
        running.signal(Signal::SIGCONT)?;
        log.expect_all(&mut running, TWICE)?;
    }
    Ok(())
}
