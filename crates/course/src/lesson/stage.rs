//! Where a lesson's commands run: the lab, and for building the learner's own machine.

use std::io::Write;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::thread;
use std::time::{Duration, Instant};

use check_report::{Text, text};
use lab::{Access, Bind, COMMAND_TIMEOUT, Lab, Mode, Options};

use super::answer::Answer;
use super::interrupt::Interrupt;
use super::on_host;
use crate::chapter::{Block, Chapter, Console, ConsoleCommand, File, Need, Prompt, Stretch};
use crate::error::Error;

/// Writes the file named by its first argument.
const WRITE: &str = r#"mkdir -p -- "$(dirname -- "$1")" && printf %s "$2" > "$1""#;

/// Between two tries of a command that takes a moment to answer as expected.
const PAUSE: Duration = Duration::from_millis(50);

/// The lab of one lesson and the project's directory.
pub(crate) struct Stage {
    root: PathBuf,
    lab: Option<Lab>,
}

impl Stage {
    /// A stage for `chapter`; the lab is booted only if the chapter uses one.
    pub(crate) fn set(root: &Path, chapter: &Chapter, mode: Option<Mode>) -> Result<Stage, Error> {
        let options = Options {
            mode,
            // Read-only: a lesson must not change the learner's clone from inside.
            binds: vec![Bind { path: root.to_owned(), access: Access::ReadOnly }],
        };
        let needs_lab = chapter.stretches.iter().any(|stretch| in_lab(&stretch.block));
        let lab = needs_lab.then(|| Lab::boot(&options)).transpose()?;
        Ok(Stage { root: root.to_owned(), lab })
    }

    /// A stage for a chapter that is only read.
    pub(crate) fn without_lab(root: &Path) -> Stage {
        Stage { root: root.to_owned(), lab: None }
    }

    /// The lab's systemd and mode, in a few words; none if the chapter uses no lab.
    pub(crate) fn describe(&self) -> Result<Option<Text>, Error> {
        let Some(lab) = &self.lab else {
            return Ok(None);
        };
        let (version, mode) = (lab.systemd_version()?, Text::of(&lab.mode().to_string()));
        Ok(Some(text!("systemd {version}, {mode}", version, mode)))
    }

    /// What `stretch` needs and the lab lacks; without a lab there is nothing to ask for.
    pub(crate) fn lacks(&self, stretch: &Stretch) -> Result<Option<Need>, Error> {
        let (Some(lab), Some(need)) = (&self.lab, stretch.need) else { return Ok(None) };
        let has_it = match need {
            Need::Users => lab.mode().has_users(),
            Need::Controllers => {
                let given = lab.controllers()?;
                ["memory", "pids"].iter().all(|name| given.iter().any(|it| it == name))
            }
        };
        Ok((!has_it).then_some(need))
    }

    /// The lab, if the chapter uses one.
    pub(super) fn lab(&self) -> Option<&Lab> {
        self.lab.as_ref()
    }

    /// The project's directory, which the lab shows at the same path.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Runs a command until it answers as the chapter says, for at most `patience`, which a slow
    /// machine stretches; `out` shows what it prints. Ctrl-C ends it, if `interrupt` listens.
    pub(crate) fn answer(
        &self,
        typed: &ConsoleCommand,
        patience: Duration,
        interrupt: Option<&Interrupt>,
        out: &mut dyn Write,
    ) -> Result<Answer, Error> {
        let start = Instant::now();
        let patience = self.lab.as_ref().map_or(patience, |lab| lab.pace().stretch(patience));
        loop {
            let mut answer = self.run(typed, interrupt, out)?;
            answer.stopped |= interrupt.is_some_and(Interrupt::was_pressed);
            if answer.stopped || answer.fits(typed) || start.elapsed() >= patience {
                return Ok(answer);
            }
            thread::sleep(PAUSE);
        }
    }

    /// Runs a command where its prompt says.
    fn run(
        &self,
        typed: &ConsoleCommand,
        interrupt: Option<&Interrupt>,
        out: &mut dyn Write,
    ) -> Result<Answer, Error> {
        if typed.prompt == Prompt::Host {
            return on_host::run(typed, &self.root, out);
        }
        let lab = self.must();
        let boots = lab.boots();
        // One stream for both keeps their order.
        let script = format!("exec 2>&1; {}", typed.command);
        let mut command = lab.command("bash");
        command.args(["-c", &script]).current_dir(&self.root);
        if typed.prompt == Prompt::LabLearner {
            command.user("learner")?;
        }
        let ran = command.output_unless(COMMAND_TIMEOUT, interrupt.map(AsFd::as_fd));
        let output = match ran {
            Err(lab::Error::Stopped { printed, .. }) => return Ok(Answer::stopped(&printed)),
            ran => ran?,
        };
        if typed.command == "systemctl reboot" {
            lab.wait_for_boot(boots + 1, COMMAND_TIMEOUT)?;
            // The shell that would have answered went down with the lab: whether it left words or
            // an exit status is chance.
            return Ok(Answer::new(b"", ExitStatus::default()));
        }
        Ok(Answer::new(&output.stdout, output.status))
    }

    /// Writes a file of the chapter in the lab, with the directories above it.
    pub(crate) fn write(&self, file: &File) -> Result<(), Error> {
        let mut command = self.must().command("bash");
        command.args(["-c", WRITE, "bash"]).arg(&file.path).arg(&file.text);
        let output = command.output(COMMAND_TIMEOUT)?;
        if !output.status.success() {
            let cause = String::from_utf8_lossy(&output.stderr);
            return Err(Error::Says(text!(
                "cannot write {path} in the lab: {cause}",
                path = file.path.display(),
                cause = cause.trim_end(),
            )));
        }
        Ok(())
    }

    fn must(&self) -> &Lab {
        self.lab.as_ref().expect("in_lab has seen this block")
    }
}

fn in_lab(block: &Block) -> bool {
    match block {
        Block::Console(Console { commands, .. }) => {
            commands.iter().any(|typed| typed.prompt != Prompt::Host)
        }
        Block::File(_) => true,
        Block::Prose(_) | Block::Listing(_) => false,
    }
}
