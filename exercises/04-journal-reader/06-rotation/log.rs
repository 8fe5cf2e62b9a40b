//! The log that is followed.

use check::{Clock, Directory, Explain, LogFile, Result, Running, program};

use super::super::shared::{Random, compare};

/// A log that is written and rotated, the program that follows it, and what it has to print.
pub(super) struct Log {
    pub(super) directory: Directory,
    pub(super) current: LogFile,
    pub(super) out: LogFile,
    pub(super) lines: Vec<String>,
    pub(super) rotations: usize,
}

impl Log {
    pub(super) fn new() -> Result<Log> {
        let directory = Directory::new()?;
        let (current, out) = (directory.file("current"), directory.file("out"));
        current.append("")?;
        // The directory has a history, which is none of our business.
        let rotations = 1 + Random::new().below(11);
        for number in 1..=rotations {
            directory.file(&format!("archived-{number}")).append("message of another night\n")?;
        }
        Ok(Log { directory, current, out, lines: Vec::new(), rotations })
    }

    pub(super) fn follow(&self) -> Result<Running> {
        program()?.arg(self.directory.path()).arg(self.out.path()).start()
    }

    /// The same, by a clock of its own.
    pub(super) fn follow_by(&self, clock: &Clock) -> Result<Running> {
        let program = program()?.arg(self.directory.path()).arg(self.out.path());
        clock
            .env()
            .into_iter()
            .fold(program, |program, (name, value)| program.env(name, value))
            .start()
    }

    pub(super) fn write(&mut self, count: usize) -> Result {
        for _ in 0..count {
            let line = format!("message {} of this night", self.lines.len());
            self.current.append(&format!("{line}\n"))?;
            self.lines.push(line);
        }
        Ok(())
    }

    pub(super) fn rotate(&mut self) -> Result {
        self.rotations += 1;
        self.current.rename_to(format!("archived-{}", self.rotations))?;
        self.current.append("")
    }

    /// Waits until as many lines are there, and compares all of them.
    #[track_caller]
    pub(super) fn expect_all(&self, running: &mut Running, say: &'static str) -> Result {
        let found =
            running.wait_for_lines(&self.out, self.lines.len()).say(say).in_function("follow")?;
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        compare(&found, &self.lines).say(say).in_function("follow")
    }
}
