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
            let mut finding = examine(mode);
            if findings.iter().any(|before| before.cure == finding.cure) {
                finding.cure = None;
            }
            findings.push(finding);
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
    let works = tried.and_then(|lab| Ok(Works { boot, controllers: lab.controllers()? }));
    let result = works.map_err(why_not);
    let cure = result.as_ref().err().and_then(Refusal::cure);
    Finding { mode, passed, result, cure }
}

fn why_not(error: Error) -> Refusal {
    match error {
        Error::NoMode(mut tried) if tried.len() == 1 => tried.remove(0).1,
        Error::BootTimeout(limit) => {
            Refusal::new(Step::Boot, "boot", format!("nothing within {limit:?}"))
        }
        error => Refusal::new(Step::Boot, "boot", error),
    }
}
