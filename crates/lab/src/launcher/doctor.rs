//! Finds out what works on this machine by trying it: each mode, step by step, up to a running
//! systemd.

use std::fmt;
use std::time::{Duration, Instant};

use super::lab::Lab;
use super::sudo::Password;
use crate::error::Error;
use crate::mode::Mode;
use crate::refusal::{Refusal, Step};

/// What came of one mode.
///
/// ```no_run
/// for finding in lab::doctor() {
///     print!("{finding}");
/// }
/// ```
#[derive(Debug)]
pub struct Finding {
    /// The mode that was tried.
    pub mode: Mode,
    /// The steps that worked, in order.
    pub passed: Vec<Step>,
    /// What a lab in this mode is like, or the step that failed.
    pub result: Result<Works, Refusal>,
    /// What mends it. Where one cure mends several findings, only the first of them has it.
    pub cure: Option<String>,
}

/// What a mode that works gives.
#[derive(Clone, Debug)]
pub struct Works {
    /// The time from nothing to a running systemd.
    pub boot: Duration,
    /// The cgroup controllers that the lab was given; see [`Lab::controllers`].
    pub controllers: Vec<String>,
}

/// The limits that lessons set, and the controller that each needs.
const LIMITS: [(&str, &str); 3] =
    [("cpu", "CPUQuota="), ("memory", "MemoryMax="), ("pids", "TasksMax=")];

impl fmt::Display for Works {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = match self.controllers.as_slice() {
            [] => "none".to_owned(),
            names => names.join(" "),
        };
        write!(f, "controllers: {given}")?;
        let has = |controller: &str| self.controllers.iter().any(|given| given == controller);
        let dead: Vec<&str> =
            LIMITS.iter().filter(|(name, _)| !has(name)).map(|(_, limit)| *limit).collect();
        match dead.as_slice() {
            [] => Ok(()),
            limits => write!(f, ", so that these settings do nothing: {}", limits.join(" ")),
        }
    }
}

/// One line a step, and after the one that failed what mends it.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} (--mode {})", self.mode, self.mode.word())?;
        for step in &self.passed {
            writeln!(f, "  ok    {step}")?;
        }
        match &self.result {
            Ok(works) => {
                writeln!(f, "  ok    {} in {} ms", Step::Boot, works.boot.as_millis())?;
                writeln!(f, "        {works}")?;
            }
            Err(refusal) => writeln!(f, "  FAIL  {}: {refusal}", refusal.step)?,
        }
        self.cure.iter().try_for_each(|cure| writeln!(f, "        {cure}"))
    }
}

/// Tries every mode that this user could use, best first. A cure for several is told once. Asks for
/// no password: that sudo(8) wants one is a finding.
pub fn doctor() -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for &mode in Mode::candidates() {
        // What root can do without a user namespace is of interest only where there is none.
        let last = findings.last().and_then(|finding| finding.result.as_ref().err());
        if mode != Mode::HostRoot || last.is_some_and(|why| !why.is_before_ids()) {
            findings.push(examine(mode));
        }
    }
    for index in 1..findings.len() {
        let (before, after) = findings.split_at_mut(index);
        if before.iter().any(|finding| finding.cure == after[0].cure) {
            after[0].cure = None;
        }
    }
    findings
}

/// Tries one mode, step by step.
pub fn examine(mode: Mode) -> Finding {
    let mut passed = Vec::new();
    let begin = Instant::now();
    let tried = Lab::try_boot(mode, &[], Password::NeverAsk, |step| {
        passed.push(step);
        true
    });
    let boot = begin.elapsed();
    let works = |lab: Lab| lab.controllers().map(|controllers| Works { boot, controllers });
    let result = match tried.map(|result| result.map(works)) {
        Ok(Ok(Ok(works))) => Ok(works),
        Ok(Err(refusal)) => Err(refusal),
        Err(Error::BootTimeout(limit)) => {
            Err(Refusal::new(Step::Boot, "boot", format!("nothing within {limit:?}")))
        }
        Ok(Ok(Err(error))) | Err(error) => Err(Refusal::new(Step::Boot, "boot", error)),
    };
    let cure = result.as_ref().err().and_then(Refusal::cure);
    Finding { mode, passed, result, cure }
}
