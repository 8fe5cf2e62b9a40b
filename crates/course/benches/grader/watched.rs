//! A program that watches a file, and how long it takes from a save to its answer.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// No answer takes longer than this, unless it never comes.
const PATIENCE: Duration = Duration::from_secs(120);

/// The running program; ended when this is dropped.
pub(crate) struct Watched {
    program: Child,
    said: Arc<Mutex<Vec<u8>>>,
    /// What it says once for each answer, at its end.
    mark: &'static str,
}

impl Watched {
    /// Starts `command`, which says `mark` after each answer, and waits for the first.
    pub(crate) fn start(command: &mut Command, mark: &'static str) -> io::Result<Self> {
        let mut program =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let said = Arc::new(Mutex::new(Vec::new()));
        let (shared, stdout) = (Arc::clone(&said), program.stdout.take());
        thread::spawn(move || {
            let (mut stdout, mut buffer) = (stdout?, [0; 16 * 1024]);
            while let Ok(length @ 1..) = stdout.read(&mut buffer) {
                let mut said = shared.lock().unwrap_or_else(PoisonError::into_inner);
                said.extend_from_slice(&buffer[..length]);
            }
            Some(())
        });
        let watched = Watched { program, said, mark };
        watched.wait_for(1)?;
        Ok(watched)
    }

    /// How long the answer takes when `text` is saved in `file`, in seconds.
    pub(crate) fn save(&self, file: &Path, text: &str) -> io::Result<f64> {
        let answers = self.answers();
        let begin = Instant::now();
        fs::write(file, text)?;
        self.wait_for(answers + 1)?;
        let took = begin.elapsed().as_secs_f64();
        // The rest of a redrawn screen belongs to this answer, not to the next.
        thread::sleep(Duration::from_millis(300));
        Ok(took)
    }

    /// The last that it said.
    pub(crate) fn last_words(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said[said.len().saturating_sub(2000)..]).into_owned()
    }

    fn answers(&self) -> usize {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said).matches(self.mark).count()
    }

    fn wait_for(&self, answers: usize) -> io::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.answers() < answers {
            if Instant::now() > deadline {
                return Err(io::Error::other(format!(
                    "no {:?} in {PATIENCE:?}; it said: {}",
                    self.mark,
                    self.last_words()
                )));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
