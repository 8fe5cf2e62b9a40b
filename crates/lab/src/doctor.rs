//! Finds out what works on this machine by trying it: each mode, step by step, up to a running systemd.

use std::fmt;
use std::time::{Duration, Instant};

use crate::error::{Error, Refusal, Step};
use crate::{Lab, Mode, Options};

/// What came of one mode.
#[derive(Debug)]
pub struct Finding {
    /// The mode that was tried.
    pub mode: Mode,
    /// The steps that worked, in order.
    pub passed: Vec<Step>,
    /// The time from nothing to a running systemd, or the step that failed.
    pub result: Result<Duration, Refusal>,
}

/// One line a step, and after the one that failed what mends it.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} (--mode {})", self.mode, self.mode.word())?;
        for step in &self.passed {
            writeln!(f, "  ok    {step}")?;
        }
        let refusal = match &self.result {
            Ok(time) => return writeln!(f, "  ok    {} in {} ms", Step::Boot, time.as_millis()),
            Err(refusal) => refusal,
        };
        writeln!(f, "  FAIL  {}: {refusal}", refusal.step)?;
        refusal.cure().map_or(Ok(()), |cure| writeln!(f, "        {cure}"))
    }
}

/// Tries every mode that this user could use, best first.
pub fn doctor() -> Vec<Finding> {
    Mode::candidates().iter().copied().map(examine).collect()
}

/// Tries one mode, step by step.
pub fn examine(mode: Mode) -> Finding {
    let mut passed = Vec::new();
    let begin = Instant::now();
    let result = match Lab::try_boot(mode, &Options::default(), |step| passed.push(step)) {
        Ok(Ok(_lab)) => Ok(begin.elapsed()),
        Ok(Err(refusal)) => Err(refusal),
        Err(Error::BootTimeout(limit)) => {
            Err(Refusal::new(Step::Boot, "boot", format!("nothing within {limit:?}")))
        }
        Err(error) => Err(Refusal::new(Step::Boot, "boot", error)),
    };
    Finding { mode, passed, result }
}
