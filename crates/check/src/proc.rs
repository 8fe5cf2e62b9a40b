//! What the kernel says of a running submission, in /proc/PID; see proc(5).

use std::fs;

use nix::sys::signal::Signal;

use check_report::{Text, text};

use crate::failure::{Failure, Result};
use crate::patience::{PATIENCE, blink, look_until};
use crate::running::Running;
use crate::seen::field;

impl Running {
    /// Stops it, as Ctrl-Z would, so that what it has done can be counted in peace. SIGCONT lets it
    /// go on.
    ///
    /// # Errors
    /// When it ends instead.
    #[track_caller]
    pub fn freeze(&mut self) -> Result {
        self.signal(Signal::SIGSTOP)?;
        self.wait_until("a program that can be stopped", |this| {
            let stat = this.proc("stat")?;
            // The state follows the name, which is in brackets; see proc_pid_stat(5).
            Ok(stat.rsplit_once(") ").filter(|(_, rest)| rest.starts_with('T')).map(|_| ()))
        })
    }

    /// How often it has called write(2) so far; see `syscw` in proc_pid_io(5).
    ///
    /// # Errors
    /// When the kernel does not say.
    pub fn writes(&self) -> Result<usize> {
        let io = self.proc("io")?;
        let count = field(&io, "syscw: ").and_then(|count| count.parse().ok());
        count.ok_or_else(|| Failure::new("a count of writes in /proc/PID/io", Text::verbatim(&io)))
    }

    /// How often it has gone to sleep so far, in all its threads; see `voluntary_ctxt_switches` in
    /// proc_pid_status(5). Unlike the time on a processor, this doesn't depend on what else the
    /// machine does.
    ///
    /// # Errors
    /// When it has ended.
    pub fn naps(&self) -> Result<usize> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.pid()))
            .map_err(|error| Failure::new("a program that runs on", Text::verbatim(error)))?;
        // A thread that has ended meanwhile naps no more.
        let naps = threads.flatten().filter_map(|thread| {
            let status = fs::read_to_string(thread.path().join("status")).ok()?;
            field(&status, "voluntary_ctxt_switches:\t")?.parse::<usize>().ok()
        });
        Ok(naps.sum())
    }

    /// Waits a moment for the program to take `signal` into its own hands: to catch, block or
    /// ignore it. Until then the signal would find a program that is only starting. That it never
    /// does is no failure yet: what counts is what the signal does.
    ///
    /// # Errors
    /// When the kernel does not say.
    pub fn expect_signal(&mut self, signal: Signal) -> Result {
        let bit = 1 << (signal as u64 - 1);
        let takes = |status: &str| {
            let masks = ["SigCgt:\t", "SigBlk:\t", "SigIgn:\t"].map(|name| field(status, name));
            let mut masks = masks.iter().flatten();
            masks.any(|mask| u64::from_str_radix(mask, 16).is_ok_and(|mask| mask & bit != 0))
        };
        let taken = look_until(PATIENCE / 10, blink, || {
            if self.has_ended() {
                return Some(Ok(()));
            }
            self.proc("status").map(|status| takes(&status).then_some(())).transpose()
        });
        taken.unwrap_or(Ok(()))
    }

    fn proc(&self, name: &str) -> Result<String> {
        let text = fs::read_to_string(format!("/proc/{}/{name}", self.pid()));
        text.map_err(|error| {
            let got = text!("/proc/PID/{name}: {error}", name, error);
            Failure::new("a program that runs on", got)
        })
    }
}
