//! The place for a check: its directory, and a lab that shows it, or what stands in for one. It
//! needs nothing of the program, so that it can be made while that is built.

use std::ops::Range;
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, JoinHandle};

use check_report::{Text, text};
use lab::{Access, Bind, Lab, Mode, Options};

use super::layout::Layout;
use super::transcript::CHECK_TIMEOUT;
use crate::error::Error;
use crate::exercise::{Exercise, Rung};

/// The user ids of submissions: above those of people, below those that systemd gives away; see
/// "UIDS-GIDS" in systemd's documentation.
const UIDS: Range<u32> = 20_000..60_000;

/// Gives a user id a name: systemd runs nothing as an account that it cannot look up, and D-Bus
/// does not speak to one.
const MAKE_ACCOUNT: &str = "echo submission-$1:x:$1:$1::/:/usr/sbin/nologin >> /etc/passwd;
    echo submission-$1:x:$1: >> /etc/group";

/// Where a check runs, and what it finds there.
pub(crate) struct Place {
    pub(super) layout: Layout,
    /// The reason why there is none means that nothing can be proved.
    pub(super) ground: Result<Ground, Text>,
}

/// What a check stands on.
pub(super) struct Ground {
    /// Without one it is the host.
    pub(super) lab: Option<Lab>,
    /// The account that the submission's program runs as, if it has one of its own in the lab.
    pub(super) uid: Option<u32>,
    /// What a verdict rests on: whoever grades other people's work must know where it is no proof.
    /// It is asked before anything of the submission runs, which may leave no lab to ask.
    pub(super) words: Text,
}

impl Place {
    /// Makes the directory `dir`, and boots a lab that shows it, if `exercise` wants one.
    pub(crate) fn new(exercise: &Exercise, dir: &Path, mode: Option<Mode>) -> Result<Self, Error> {
        let layout = Layout::begin(dir).map_err(|error| Error::write(dir, error))?;
        let ground = match Ground::find(exercise, dir, mode) {
            // A lab that did not answer us gets a successor: that says nothing about a submission.
            Err(lab::Error::TimedOut { .. }) => Ground::find(exercise, dir, mode)?,
            found => found?,
        };
        Ok(Place { layout, ground })
    }

    /// Clears the directory, and ends the lab beside: that takes as long as some checks.
    pub(crate) fn leave(self) -> Leaving {
        let Place { layout, ground } = self;
        drop(layout);
        Leaving(Some(thread::spawn(move || drop(ground))))
    }
}

/// A lab on its way out. Dropping this waits for it to be gone.
pub(crate) struct Leaving(Option<JoinHandle<()>>);

impl Drop for Leaving {
    fn drop(&mut self) {
        // Whether it went in order or not, it is gone.
        let _ = self.0.take().map(JoinHandle::join);
    }
}

impl Ground {
    fn find(
        exercise: &Exercise,
        dir: &Path,
        mode: Option<Mode>,
    ) -> Result<Result<Ground, Text>, lab::Error> {
        let rung = exercise.manifest.rung;
        let on_host = |words: &'static str| Ground { lab: None, uid: None, words: words.into() };
        if rung == Rung::Static {
            return Ok(Ok(on_host("files only")));
        }
        let bind = Bind { path: dir.to_owned(), access: Access::ReadOnly };
        Ok(match (Lab::boot(&Options { mode, binds: vec![bind] }), rung) {
            (Ok(lab), _) => Ok(Ground::in_lab(lab, exercise.is_rust())?),
            (Err(_), Rung::Process) => Ok(on_host(
                "on this machine, without a sandbox: no lab can run here (cargo course doctor)",
            )),
            (Err(why), _) => Err(text!("the check needs a lab, and none ran: {why}", why)),
        })
    }

    /// A lab, made ready for one submission.
    fn in_lab(lab: Lab, is_program: bool) -> Result<Self, lab::Error> {
        let version = lab.systemd_version()?;
        let mode = Text::of(&lab.mode().to_string());
        let words = match lab.mode() {
            Mode::Single => text!(
                "systemd {version}, {mode}; a submission and its check share the one id, so marks \
                 for strangers need subordinate ids (cargo course doctor)",
                version,
                mode
            ),
            // What a unit runs as root can reach this machine.
            Mode::HostRoot if !is_program => text!(
                "systemd {version}, {mode}; root of the lab is root of this machine, so check the \
                 units of strangers as an ordinary user",
                version,
                mode
            ),
            _ => text!("systemd {version}, {mode}", version, mode),
        };
        // With one id, the submission runs as whoever runs the check.
        let uid = (is_program && lab.mode() != Mode::Single).then(fresh_uid);
        if let Some(uid) = uid {
            let (uid, limit) = (uid.to_string(), lab.pace().stretch(CHECK_TIMEOUT));
            lab.command("sh").args(["-c", MAKE_ACCOUNT, "sh", &uid]).output(limit)?;
        }
        Ok(Ground { lab: Some(lab), uid, words })
    }
}

/// A user id that no other submission has at the moment: the kernel counts the processes of an id,
/// not those of a lab, and what one submission starts must not be missing to another.
fn fresh_uid() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    UIDS.start + (process::id().wrapping_mul(64).wrapping_add(count)) % (UIDS.end - UIDS.start)
}
