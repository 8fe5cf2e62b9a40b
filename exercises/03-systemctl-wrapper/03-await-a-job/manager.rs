//! A manager that says what a script has, in place of PID 1: the one way to lose a signal on
//! purpose.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use check::{Clock, Directory, Ended, Explain, PATIENCE, Result, program};

use super::JOB_REMOVED;

/// The job that the manager gives to whoever asks for a start.
pub(super) const JOB: &str = "/job/42";

/// What the manager does with a request to start a unit: lines before the answer and after it, each
/// with a pause before it.
#[derive(Clone, Default)]
pub(super) struct Script {
    pub(super) before: Vec<String>,
    pub(super) after: Vec<(u64, String)>,
    /// The answers to has-job, the last of them again and again.
    pub(super) has_job: Vec<bool>,
    pub(super) state: &'static str,
    /// After so many questions, something else that goes on follows each answer at once. For the
    /// submission, the silence is over and a new one begins, as if it had been long.
    pub(super) noise: usize,
    /// The connection ends at this request: after its answer where it is a start, and without one
    /// where it is a question.
    pub(super) closes: Option<&'static str>,
}

/// What a submission has asked the manager.
#[derive(Clone, Default)]
pub(super) struct Asked {
    pub(super) starts: usize,
    /// How often it has asked whether the job is there.
    pub(super) questions: usize,
    /// Whether it listened when it asked for the start.
    listened: bool,
    /// The time between an answer to has-job and the next has-job, where nothing was sent in
    /// between.
    pub(super) silences: Vec<Duration>,
}

/// Runs the submission against a manager with a script, with a clock of its own perhaps, and says
/// what the submission has asked.
pub(super) fn run_and_ask(
    script: Script,
    unit: &str,
    clock: Option<&Clock>,
) -> Result<(Ended, Asked)> {
    let directory = Directory::new()?;
    let path = directory.path().join("manager");
    let listener = UnixListener::bind(&path)?;
    fs::set_permissions(&path, Permissions::from_mode(0o777))?;
    let asked = Arc::new(Mutex::new(Asked::default()));
    let counts = Arc::clone(&asked);
    // A silence may be as long as PATIENCE, each of them.
    let patience = PATIENCE * script.has_job.len().max(1) as u32;
    let is_told =
        script.after.iter().any(|(_, signal)| signal.starts_with(&format!("removed {JOB} ")));
    let manager = Manager { script, unit: unit.to_owned() };
    thread::spawn(move || {
        if let Ok((stream, _)) = listener.accept() {
            // A submission that goes away in the middle is judged by its end.
            let _ = manager.serve(stream, &counts);
        }
    });
    let mut program = program()?.arg(&path).arg(unit);
    for (name, value) in clock.into_iter().flat_map(Clock::env) {
        program = program.env(name, value);
    }
    let ended = program.start()?.end(patience);
    let asked = asked.lock().map(|asked| asked.clone()).unwrap_or_default();
    let ended = ended.man(JOB_REMOVED).explain(|failure| match asked.listened {
        true if is_told => {
            failure.add_say("the signal with the job's name came, and was passed over")
        }
        false if asked.starts > 0 => failure
            .add_say("no signal came: whoever listens after the call hears nothing of this job"),
        _ => {}
    })?;
    Ok((ended, asked))
}

/// A manager that knows one unit, and its job.
struct Manager {
    script: Script,
    unit: String,
}

impl Manager {
    /// Answers requests, and sends signals only to whoever has subscribed by then.
    fn serve(self, stream: UnixStream, asked: &Mutex<Asked>) -> std::io::Result<()> {
        let Manager { script, unit } = self;
        let mut write = stream.try_clone()?;
        let mut listens = false;
        let mut has_job = script.has_job.into_iter().peekable();
        let (mut noise, mut quiet_since) = (script.noise, None);
        let before: String = script.before.iter().map(|signal| format!("{signal}\n")).collect();
        let after = script.after;
        for line in BufReader::new(stream).lines() {
            let line = line?;
            let (verb, about) = line.split_once(' ').unwrap_or((&line, ""));
            if verb != "start" && script.closes == Some(verb) {
                return Ok(());
            }
            let answer = match verb {
                "subscribe" => {
                    listens = true;
                    "ok".to_owned()
                }
                "start" => {
                    if let Ok(mut asked) = asked.lock() {
                        asked.starts += 1;
                        asked.listened = listens;
                    }
                    let (before, after) =
                        if listens { (&*before, after.clone()) } else { ("", vec![]) };
                    // One piece, so that the signal is there when the answer is read.
                    write.write_all(format!("{before}answer {JOB}\n").as_bytes())?;
                    if script.closes == Some("start") {
                        return Ok(());
                    }
                    send_later(write.try_clone()?, after);
                    continue;
                }
                "has-job" => {
                    if let Ok(mut asked) = asked.lock() {
                        asked.questions += 1;
                        asked.silences.extend(quiet_since.map(|since: Instant| since.elapsed()));
                    }
                    let now = match has_job.len() {
                        1 => has_job.peek().copied(),
                        _ => has_job.next(),
                    };
                    let answer = if now == Some(true) && about == JOB { "yes" } else { "no" };
                    // Before it is written, so that what is measured is never shorter than the
                    // silence.
                    quiet_since = (noise == 0).then(Instant::now);
                    if noise > 0 {
                        noise -= 1;
                        // Another signal; the client knows nothing of it.
                        write.write_all(
                            format!("answer {answer}\nnew /job/9 a.mount\n").as_bytes(),
                        )?;
                        continue;
                    }
                    answer.to_owned()
                }
                // As systemd answers for a unit that is not there.
                "state" if about != unit => "inactive".to_owned(),
                "state" => script.state.to_owned(),
                _ => "what".to_owned(),
            };
            write.write_all(format!("answer {answer}\n").as_bytes())?;
        }
        Ok(())
    }
}

fn send_later(mut write: UnixStream, signals: Vec<(u64, String)>) {
    thread::spawn(move || {
        for (pause_ms, signal) in signals {
            thread::sleep(Duration::from_millis(pause_ms));
            if write.write_all(format!("{signal}\n").as_bytes()).is_err() {
                return;
            }
        }
    });
}
