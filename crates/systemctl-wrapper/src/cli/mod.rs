//! The command line: parse, find the verb, let it run, report once.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use clap::Parser;
use clap::error::ErrorKind;
use systemctl_wrapper::Error;

mod agent;
mod and_now;
mod cgroup;
mod context;
mod diagnosis;
mod drop_in;
mod each;
mod explain;
mod files;
mod format;
mod interrupt;
mod jobs;
mod journal;
mod list;
mod names;
mod options;
mod output;
mod pager;
mod paper;
mod refused;
mod settling;
mod show;
mod svg;
mod verb;
mod verbs;
mod vocabulary;

use context::Context;
use options::Options;
use output::{plain, remark};
use pager::Out;
use verb::VERBS;

/// systemctl(1) has the same status for what makes no sense as for all else that fails.
const FAILURE: u8 = 1;

/// What was typed makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// Parses the arguments, runs the verb, and reports an error in one line.
pub(crate) fn run() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let options = match Options::try_parse_from(&arguments) {
        Ok(options) => options,
        Err(error) => return report_usage(&error, &arguments),
    };
    let mut out = Out::new();
    let result = dispatch(&options, &arguments, &mut out);
    // What was said before an error stands above it.
    let written = out.finish();
    match result.and_then(|status| Ok(written.map(|()| status)?)) {
        Ok(status) => ExitCode::from(status),
        // Somebody has seen enough, as with `| head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => report(&error, &options.words.join(" ")),
    }
}

fn dispatch(options: &Options, arguments: &[OsString], out: &mut Out) -> anyhow::Result<u8> {
    if options.version {
        writeln!(out, "systemctl-wrapper {}", env!("CARGO_PKG_VERSION"))?;
        return Ok(0);
    }
    if let Some(words) = vocabulary::asked_for(options)? {
        write!(out, "{words}")?;
        return Ok(0);
    }
    let (name, args) = match options.words.split_first() {
        Some((name, args)) => (name.as_str(), args),
        None if options.help => ("help", &[][..]),
        None => ("list-units", &[][..]),
    };
    let Some(verb) = VERBS.iter().find(|verb| verb.is_called(name)) else {
        return Err(refused::verb(name, arguments).into());
    };
    // Without a verb, --help is the list of all of them.
    if options.help && !options.words.is_empty() {
        verb.help(out)?;
        return Ok(0);
    }
    verb.expects(args)?;
    if verb.makes_jobs() || options.now {
        interrupt::take();
    }
    if options.explain {
        explain::question(verb.name);
    }
    let mut context = Context::new(options, out)?;
    let result = (verb.run)(&mut context, args);
    match result {
        // (By ssh, systemctl would come no further.)
        Err(error) if is_no_bus(&error) && options.host.is_none() => {
            let failed = fall_back(&error, arguments, options);
            Err(failed)
        }
        other => other,
    }
}

fn is_no_bus(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Error>().is_some_and(Error::is_no_bus)
}

/// Where no bus is, PID 1 may be there all the same, and systemctl(1) knows its private socket.
/// Returns only if that can't be run.
fn fall_back(error: &anyhow::Error, arguments: &[OsString], options: &Options) -> anyhow::Error {
    let words: Vec<&OsString> = arguments.iter().skip(1).collect();
    if options.has_own_words() {
        return anyhow::anyhow!("{error}; systemctl(1) has no such verb or option to fall back to");
    }
    remark!("systemctl-wrapper: {}; systemctl does it instead", plain(&error.to_string()));
    let failed = Command::new("systemctl").args(words).exec();
    anyhow::anyhow!("{error}; and cannot run systemctl: {failed}")
}

/// A wrong option of ours, or one of systemctl's that is left out.
fn report_usage(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    match error.kind() {
        ErrorKind::UnknownArgument => {
            remark!("systemctl-wrapper: {}", refused::option(error, arguments));
        }
        _ => {
            let _ = error.print(); // nobody is left to tell
        }
    }
    ExitCode::from(FAILURE)
}

/// One line that names what was to be done and why it was not, and one with the cure where there
/// is one.
fn report(error: &anyhow::Error, what: &str) -> ExitCode {
    if error.is::<files::Told>() {
        return ExitCode::from(FAILURE);
    }
    let known = error.downcast_ref::<Error>();
    let cannot = match known {
        // The manager says why, and not always what.
        Some(Error::Refused { .. }) => format!("cannot {what}: "),
        _ => String::new(),
    };
    remark!("systemctl-wrapper: {}", plain(&format!("{cannot}{error:#}")));
    if let Some(cure) = known.and_then(Error::cure) {
        remark!("  {}", plain(&cure));
    }
    ExitCode::from(FAILURE)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
