//! A program of the name systemctl, which says how it was called, and ends as it is told to.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use check::{Clock, Directory, Ended, PATIENCE, Result, program};

/// A directory with a program of the name systemctl, which writes down how it was called and ends
/// as it is told to.
const STANDIN: &str = "/usr/local/lib/standin";

/// What the stand-in does: it writes its words down, and an empty line; prints what SAYS names, on
/// both of its streams; takes its time; and ends with STATUS. The learner's clock is not its own.
const SCRIPT: &str = "#!/bin/sh\nunset LD_PRELOAD\n{ printf '%s\\0' \"$@\"; printf '\\n\\0'; } >> \
                      \"$LOG\"\nif [ -n \"$FLOOD\" ]; then head -c 3000000 /dev/zero | tr '\\0' x \
                      >&2; head -c 3000000 /dev/zero | tr '\\0' '\\377'; fi\nif [ -n \"$SLOW\" ]; \
                      then cat /proc/uptime /proc/$PPID/task/*/schedstat > \"$LOG.1\"; sleep \
                      \"$SLOW\"; cat /proc/uptime /proc/$PPID/task/*/schedstat > \"$LOG.2\"; \
                      fi\nif [ \"$STATUS\" = signal ]; then kill -KILL $$; \
                      fi\nprintf '%b\\n' \"$SAYS\"; printf '%b\\n' \"$SAYS\" >&2\nexit \
                      \"$STATUS\"\n";

/// What systemctl says in all the cases that there are, and a byte that is no UTF-8: no word of it
/// may count.
pub(super) const MISLEADING: &str = "active\ninactive\nfailed\nok\nUnit web.service could not be \
                          found.\nFailed to start web.service: Unit web.service not \
                          found.\nFailed to start web.service: Access denied\nJob for web.service \
                          failed because the control process exited with error code.\n\\0377";

/// How the stand-in behaves.
pub(super) struct Standin<'a> {
    pub(super) status: &'a str,
    pub(super) says: &'a str,
    pub(super) flood: &'a str,
    /// How long it takes, for sleep(1).
    pub(super) slow: &'a str,
    /// The clock of the submission.
    pub(super) clock: Option<&'a Clock>,
}

pub(super) const LYING: Standin<'_> =
    Standin { status: "0", says: MISLEADING, flood: "", slow: "", clock: None };

/// Runs the submission with the stand-in in its PATH; the second value is how the stand-in was
/// called, each time.
pub(super) fn run(
    verb: &str,
    unit: &str,
    standin: &Standin<'_>,
) -> Result<(Ended, Vec<Vec<String>>)> {
    run_in(&Directory::new()?, verb, unit, standin)
}

/// The same; the stand-in's notes are left in `directory`.
pub(super) fn run_in(
    directory: &Directory,
    verb: &str,
    unit: &str,
    standin: &Standin<'_>,
) -> Result<(Ended, Vec<Vec<String>>)> {
    let program_file = format!("{STANDIN}/systemctl");
    if !fs::exists(&program_file)? {
        fs::create_dir_all(STANDIN)?;
        fs::write(&program_file, SCRIPT)?;
        fs::set_permissions(&program_file, Permissions::from_mode(0o755))?;
    }
    let log = directory.file("words");
    let mut program = program()?
        .env("PATH", format!("{STANDIN}:/usr/bin:/bin"))
        .env("LOG", log.path())
        .env("STATUS", standin.status)
        .env("SAYS", standin.says)
        .env("FLOOD", standin.flood)
        .env("SLOW", standin.slow)
        .arg(verb)
        .arg(unit);
    for (name, value) in standin.clock.into_iter().flat_map(Clock::env) {
        program = program.env(name, value);
    }
    let ended = program.start()?.end(PATIENCE)?;
    let words = if log.exists() { log.text()? } else { String::new() };
    // A line of its own ends a call.
    let words: Vec<String> = words.split_terminator('\0').map(str::to_owned).collect();
    let calls = words.split(|word| word == "\n").map(<[String]>::to_vec);
    let count = words.iter().filter(|word| *word == "\n").count();
    Ok((ended, calls.take(count).collect()))
}
