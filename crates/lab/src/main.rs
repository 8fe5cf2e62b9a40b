//! `lab`: a disposable systemd at the prompt. The library does the work; here are words, exit codes
//! and errors.

use std::io::{self, ErrorKind, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};
use std::time::Instant;

use anyhow::Context;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{CommandFactory, Parser, Subcommand};
use lab::{Access, Bind, End, Lab, Mode, Options};

/// A real systemd, booted in a moment on this machine, that leaves nothing behind.
#[derive(Parser)]
#[command(name = "lab", version, after_help = EXIT_CODES)]
struct Cli {
    /// How to get the rights for it [default: the first that works, in this order]
    #[arg(long, global = true, value_parser = modes())]
    mode: Option<Mode>,
    #[command(subcommand)]
    action: Action,
}

/// The words that `--mode` takes, each with what it means.
fn modes() -> impl TypedValueParser<Value = Mode> {
    let word = |mode: Mode| PossibleValue::new(mode.word()).help(about(mode));
    PossibleValuesParser::new(Mode::ALL.map(word)).try_map(|word| word.parse::<Mode>())
}

fn about(mode: Mode) -> &'static str {
    match mode {
        Mode::Subuid => "An ordinary user, with ids from /etc/subuid for the other accounts",
        Mode::Single => "An ordinary user, without other accounts: no User=, no DynamicUser=",
        Mode::Sudo => "An ordinary user, for whom sudo makes the namespaces; needs no /etc/subuid",
        Mode::Root => "Root: the lab's root is nobody outside; where that fails, as host-root",
        Mode::HostRoot => {
            "Root without a user namespace: no boundary, the lab can harm this machine"
        }
    }
}

const EXIT_CODES: &str = "Exit status: that of the command; 128 and its number when a signal ended \
                          it; 125 when there is no lab, 126 or 127 when the command cannot be \
                          started. `doctor` exits 1 when no mode works.";

#[derive(Subcommand)]
enum Action {
    /// Boot a lab and open a shell in it
    Shell(Inside),
    /// Boot a lab, run one command in it, and exit as it did
    Run {
        #[command(flatten)]
        inside: Inside,
        /// The command and its arguments
        #[arg(required = true, trailing_var_arg = true)]
        command: Vec<String>,
    },
    /// Try each step of each mode, and say what mends those that fail
    Doctor,
    /// Remove what killed labs have left
    Gc,
    /// Print a completion script
    Completions {
        /// The shell it is for
        shell: clap_complete::Shell,
    },
}

#[derive(clap::Args)]
struct Inside {
    /// The directory that appears inside, at the same path [default: the current one]
    #[arg(long, value_name = "DIRECTORY")]
    project: Option<PathBuf>,
    /// The lab may not write to the project directory
    #[arg(long)]
    read_only: bool,
    /// The account to be inside: root or learner
    #[arg(long, default_value = "root")]
    user: String,
    /// Say nothing of the lab itself
    #[arg(long, short)]
    quiet: bool,
}

fn main() -> ExitCode {
    if let Some(code) = lab::serve_if_asked() {
        return code;
    }
    let cli = Cli::parse();
    let result = match cli.action {
        Action::Shell(inside) => shell(cli.mode, &inside),
        Action::Run { inside, command } => run(cli.mode, &inside, &command),
        Action::Doctor => doctor(cli.mode),
        Action::Gc => gc(),
        Action::Completions { shell } => {
            // By way of memory: clap_complete panics when its output is a pipe that closes.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "lab", &mut script);
            let written = io::stdout().write_all(&script);
            written.map(|()| ExitCode::SUCCESS).map_err(anyhow::Error::from)
        }
    };
    result.unwrap_or_else(report)
}

/// Says what went wrong, once, and chooses the exit code.
fn report(error: anyhow::Error) -> ExitCode {
    let broken_pipe = error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe);
    if broken_pipe {
        return ExitCode::SUCCESS;
    }
    let _ = writeln!(io::stderr(), "lab: {error:#}");
    match error.downcast_ref() {
        Some(lab::Error::Spawn { errno: Some(libc::ENOENT), .. }) => ExitCode::from(127),
        Some(lab::Error::Spawn { .. }) => ExitCode::from(126),
        _ => ExitCode::from(125),
    }
}

/// Boots a lab that shows the project directory, and says so.
fn boot(mode: Option<Mode>, inside: &Inside) -> anyhow::Result<(Lab, PathBuf)> {
    let project = match &inside.project {
        Some(path) => {
            path.canonicalize().with_context(|| format!("cannot find {}", path.display()))?
        }
        None => std::env::current_dir().context("cannot tell the current directory")?,
    };
    anyhow::ensure!(project.is_dir(), "{} is not a directory", project.display());
    let access = if inside.read_only { Access::ReadOnly } else { Access::ReadWrite };
    // Whoever stands in a directory that a lab has of its own, such as `/`, is in the lab's `/`.
    let (project, binds) = if inside.project.is_none() && !Bind::can_show(&project) {
        (PathBuf::from("/"), Vec::new())
    } else {
        let path = project.clone();
        (project, vec![Bind { path, access }])
    };
    let begin = Instant::now();
    let lab = Lab::boot(&Options { mode, binds })?;
    let time_ms = begin.elapsed().as_millis();
    if !inside.quiet {
        let version = lab.systemd_version()?;
        let _ = writeln!(
            io::stderr(),
            "lab: systemd {version}, {}, running after {time_ms} ms",
            lab.mode()
        );
    }
    Ok((lab, project))
}

fn run(mode: Option<Mode>, inside: &Inside, command: &[String]) -> anyhow::Result<ExitCode> {
    let (lab, project) = boot(mode, inside)?;
    let mut inner = lab.command(&command[0]);
    let status = inner.args(&command[1..]).current_dir(project).user(&inside.user)?.status()?;
    Ok(exit_code(status))
}

/// What a newcomer at the prompt must know, and cannot see.
const WELCOME: &str = "lab: exit leaves it. All is gone then, except what you change in this \
                       directory, which is your real one.";

/// A shell, and another one after each reboot, until the learner leaves.
fn shell(mode: Option<Mode>, inside: &Inside) -> anyhow::Result<ExitCode> {
    let (lab, project) = boot(mode, inside)?;
    if !inside.quiet && !inside.read_only {
        writeln!(io::stderr(), "{WELCOME}")?;
    }
    let rebooted = || {
        if !inside.quiet {
            let _ = writeln!(io::stderr(), "lab: rebooted");
        }
    };
    match lab.shell(&project, &inside.user, rebooted) {
        Ok(status) => Ok(exit_code(status)),
        Err(lab::Error::Gone(end @ End::PoweredOff)) => {
            writeln!(io::stderr(), "lab: {end}")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(error.into()),
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(125))
}

fn doctor(mode: Option<Mode>) -> anyhow::Result<ExitCode> {
    let findings = mode.map_or_else(lab::doctor, |mode| vec![lab::examine(mode)]);
    let mut out = io::stdout().lock();
    for finding in &findings {
        write!(out, "{finding}")?;
    }
    let best = findings.iter().find(|finding| finding.result.is_ok());
    match best {
        Some(finding) => writeln!(out, "A lab can run here: {}.", finding.mode)?,
        None => writeln!(out, "No lab can run here.")?,
    }
    Ok(if best.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn gc() -> anyhow::Result<ExitCode> {
    let count = lab::sweep().context("cannot look for leftovers")?;
    writeln!(io::stdout(), "removed the cgroups of {count} dead labs")?;
    Ok(ExitCode::SUCCESS)
}
