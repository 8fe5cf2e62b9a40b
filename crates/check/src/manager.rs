//! What systemd is asked about a unit, and told to do with it.

use std::path::Path;

use check_report::{Text, text};
use nix::sys::signal::Signal;

use crate::failure::{Explain, Failure, Result};
use crate::seen::field;
use crate::systemctl::{systemctl, wait_until};
use crate::unit::Unit;

/// The settings that name programs; see systemd.service(5) and systemd.socket(5).
const COMMANDS: &str = "ExecCondition,ExecStartPre,ExecStart,ExecStartPost,ExecReload,ExecStop,\
                        ExecStopPre,ExecStopPost";

impl Unit<'_> {
    /// One property of it, such as `ActiveState`; see org.freedesktop.systemd1(5).
    ///
    /// # Errors
    /// When systemctl(1) fails.
    #[track_caller]
    pub fn property(self, name: &str) -> Result<String> {
        systemctl(&["show", "--value", "--property", name, "--", self.name()])
    }

    /// Several properties of it at one moment, in their order, for one question; each has one line
    /// at most.
    ///
    /// ```no_run
    /// use check::Unit;
    ///
    /// let [state, pid] = Unit::named("web.service").properties(["SubState", "MainPID"])?;
    /// # Ok::<(), check::Failure>(())
    /// ```
    ///
    /// # Errors
    /// When systemctl(1) fails.
    #[track_caller]
    pub fn properties<const COUNT: usize>(self, names: [&str; COUNT]) -> Result<[String; COUNT]> {
        let shown = systemctl(&["show", "--property", &names.join(","), "--", self.name()])?;
        // They come in an order of systemd's own; one that has no value may be left out.
        let value = |name| field(&shown, &format!("{name}=")).unwrap_or_default().to_owned();
        Ok(names.map(value))
    }

    /// Starts it, and waits until its start is done.
    ///
    /// # Errors
    /// When it does not start.
    #[track_caller]
    pub fn start(self) -> Result {
        self.tell(&["start"])
    }

    /// Starts it, without waiting for the start to be done.
    ///
    /// # Errors
    /// When systemd refuses.
    #[track_caller]
    pub fn begin_start(self) -> Result {
        self.tell(&["start", "--no-block"])
    }

    /// Stops it, and waits until it has stopped.
    ///
    /// # Errors
    /// When it does not stop in time.
    #[track_caller]
    pub fn stop(self) -> Result {
        self.tell(&["stop"])
    }

    /// Enables it: makes the links that its `[Install]` section asks for.
    ///
    /// # Errors
    /// When systemd refuses.
    #[track_caller]
    pub fn enable(self) -> Result {
        self.tell(&["enable"])
    }

    /// Sends `signal` to all its processes.
    ///
    /// # Errors
    /// When there is no process.
    #[track_caller]
    pub fn kill(self, signal: Signal) -> Result {
        self.tell(&["kill", "--signal", signal.as_str()])
    }

    /// Has systemd forget that it has failed, and how often it was started. There may be nothing to
    /// forget.
    #[track_caller]
    pub fn reset_failed(self) {
        let _ = self.tell(&["reset-failed"]);
    }

    /// Waits until `property` has the value `wanted`.
    ///
    /// # Errors
    /// When it has not in time, or the unit has failed instead.
    #[track_caller]
    pub fn wait_for(self, property: &str, wanted: &str) -> Result {
        let mut last = String::new();
        let what = text!("{property}={wanted} of {unit}", property, wanted, unit = self);
        wait_until(what, || {
            let [value, state, job] = self.properties([property, "ActiveState", "Job"])?;
            // One that has failed stays so, unless something is under way.
            let has_failed = wanted != "failed" && state == "failed" && job.is_empty();
            last = value;
            if has_failed && last != wanted {
                return Err(Failure::new(text!("{property}={wanted}", property, wanted), ""));
            }
            Ok((last == wanted).then_some(()))
        })
        .explain(|failure| {
            failure.set_got(text!("{property}={last}", property, last));
            failure.show_journal(self);
        })
    }

    /// The programs that it would run, as it names them.
    ///
    /// # Errors
    /// When systemctl(1) fails.
    #[track_caller]
    pub fn programs(self) -> Result<Vec<String>> {
        let show = systemctl(&["show", "--property", COMMANDS, "--", self.name()])?;
        let programs = show
            .lines()
            .filter_map(|line| line.split_once("={ path="))
            .filter_map(|(_, command)| command.split(" ; ").next());
        Ok(programs.map(str::to_owned).collect())
    }

    /// Fails if it runs anything but `program`: what runs here is the exercise's to choose.
    ///
    /// # Errors
    /// When there is no program, or another one.
    #[track_caller]
    pub fn runs_only(self, program: &str) -> Result {
        let programs = self.programs()?;
        // systemd finds a bare name where administrators put their programs, too.
        let bare = Path::new(program).file_name().and_then(|name| name.to_str());
        let fits = |found: &String| found == program || Some(found.as_str()) == bare;
        if !programs.is_empty() && programs.iter().all(fits) {
            return Ok(());
        }
        let got = if programs.is_empty() {
            "nothing to run".into()
        } else {
            Text::verbatim(programs.join(", "))
        };
        Err(Failure::new(text!("{program}, and nothing else to run", program), got)
            .say(
                "systemd itself should run the program, and no other: then it sees how the \
                 program ends, and can act on it",
            )
            .man("systemd.service(5), ExecStart=")
            .at_setting(self.name(), "Exec"))
    }

    #[track_caller]
    fn tell(self, args: &[&str]) -> Result {
        systemctl(&[args, &["--", self.name()]].concat()).map(drop).journal_of(self)
    }
}

/// One property of several units, in their order, for one question; each has one line at most, and
/// is never empty.
///
/// # Errors
/// When systemctl(1) fails.
#[track_caller]
pub fn properties(name: &str, units: &[Unit<'_>]) -> Result<Vec<String>> {
    let units: Vec<&str> = units.iter().map(|unit| unit.name()).collect();
    let ask = ["show", "--value", "--property", name, "--"];
    let shown = systemctl(&[&ask, &units[..]].concat())?;
    Ok(shown.split("\n\n").map(str::to_owned).collect())
}
