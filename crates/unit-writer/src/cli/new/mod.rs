//! `unit-writer new`: one file for each kind of unit, and here what they share.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use systemd_types::{UnitName, UnitType};
use unit_file::values::TimeSpan;
use unit_file::writer::{AbsolutePath, Install, Setting, Target, Text, Unit};
use unit_writer::checks::{Finding, Severity};
use unit_writer::load::{Identity, Source, UnitSet};

use super::args::Target as JudgedFor;
use super::judge::Judge;
use super::render::Report;
use super::usage::Usage;
use super::{ask, write};

mod mount;
mod path;
mod service;
mod socket;
mod timer;

/// The kinds of units.
#[derive(Debug, Subcommand)]
pub(crate) enum New {
    /// A program that systemd runs
    Service(service::NewService),
    /// A group of units
    Target(NewTarget),
    /// A socket that starts a service
    Socket(socket::NewSocket),
    /// A mount point; its name follows from --where
    Mount(mount::NewMount),
    /// Starts another unit when it is time
    Timer(timer::NewTimer),
    /// Starts another unit when a path changes
    Path(path::NewPath),
}

/// The arguments of a target.
#[derive(Debug, Args)]
pub(crate) struct NewTarget {
    #[command(flatten)]
    pub(crate) common: Common,
}

/// What every new unit has.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The unit's name, with or without its suffix
    pub(crate) name: Option<String>,
    /// One line that says what it is
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// Where to read about it
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) documentation: Vec<String>,
    /// Start it after these
    #[arg(long, value_name = "UNIT")]
    pub(crate) after: Vec<String>,
    /// Start these too
    #[arg(long, value_name = "UNIT")]
    pub(crate) wants: Vec<String>,
    /// It can't do without these
    #[arg(long, value_name = "UNIT")]
    pub(crate) requires: Vec<String>,
    /// Enabled, it starts with these
    #[arg(long, value_name = "UNIT")]
    pub(crate) wanted_by: Vec<String>,
    /// Any other setting, as it stands in a unit file
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    pub(crate) settings: Vec<String>,
    /// Write it into this directory instead of printing it
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}

/// A unit that is about to be written.
struct Draft {
    name: UnitName,
    text: String,
}

pub(crate) fn run(options: &New, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let (draft, common) = match options {
        New::Service(options) => (service::draft(options)?, &options.common),
        New::Target(options) => (target(options)?, &options.common),
        New::Socket(options) => (socket::draft(options)?, &options.common),
        New::Mount(options) => (mount::draft(options)?, &options.common),
        New::Timer(options) => (timer::draft(options)?, &options.common),
        New::Path(options) => (path::draft(options)?, &options.common),
    };
    check(&draft, common.output.as_deref())?;
    match &common.output {
        None => out.write_all(draft.text.as_bytes())?,
        Some(directory) => {
            let path = directory.join(draft.name.as_str());
            if path.symlink_metadata().is_ok() {
                bail!("cannot write {}: it exists already", path.display());
            }
            write::write(&path, draft.text.as_bytes(), 0o644)
                .with_context(|| format!("cannot write {}", path.display()))?;
            writeln!(out, "wrote {}", path.display())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Judges the draft as `check` would. What systemd refuses or ignores is not written; what only
/// this machine lacks is told, for the unit may be for another one.
fn check(draft: &Draft, directory: Option<&Path>) -> anyhow::Result<()> {
    let path = directory.unwrap_or(Path::new("")).join(draft.name.as_str());
    let Some(identity) = Identity::of(&path) else {
        return Ok(()); // its name has a unit type, so this doesn't happen
    };
    let source = Source::of_bytes(&path, identity, draft.text.clone().into_bytes())?;
    let set = UnitSet::of([&source]);
    let findings = |offline: bool| -> anyhow::Result<Vec<Finding>> {
        let target = JudgedFor { offline, root: "/".into(), systemd: None, user: false };
        Ok(Judge::new(&target)?.findings(&source, &set))
    };
    let mut everywhere = findings(true)?;
    everywhere.retain(|finding| finding.severity > Severity::Info);
    let is_bad = !everywhere.is_empty();
    let mut here = if is_bad { Vec::new() } else { findings(false)? };
    here.retain(|finding| finding.severity > Severity::Info);
    let mut said = Vec::new();
    Report::for_errors().add(&source, if is_bad { everywhere } else { here }, &mut said)?;
    std::io::stderr().write_all(&said)?;
    if is_bad {
        bail!("cannot write {}: systemd would not do what it says", draft.name);
    }
    Ok(())
}

fn target(options: &NewTarget) -> anyhow::Result<Draft> {
    let common = &options.common;
    let name = name(common, UnitType::Target)?;
    let target = Target { unit: unit(common)?, install: install(common, "multi-user.target")? };
    Ok(Draft { name, text: target.to_string() })
}

/// What was given, or the answer of the person at the terminal, asked for until it is good; or a
/// complaint about the usage.
fn needed<T>(
    given: Option<&str>,
    question: &str,
    option: &str,
    read: impl Fn(&str) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    match given {
        Some(given) => read(given),
        None => match ask::until_good(question, read)? {
            Some(answer) => Ok(answer),
            None => bail!(Usage(format!("{option} is missing"))),
        },
    }
}

fn name(common: &Common, unit_type: UnitType) -> anyhow::Result<UnitName> {
    let question = format!("Name of the {unit_type}");
    needed(common.name.as_deref(), &question, "the unit's name", |typed| {
        let suffix = format!(".{unit_type}");
        let is_whole = typed.ends_with(&suffix);
        let whole = if is_whole { typed.to_owned() } else { format!("{typed}{suffix}") };
        UnitName::new(&whole).with_context(|| format!("cannot name a unit {whole:?}"))
    })
}

fn unit(common: &Common) -> anyhow::Result<Unit> {
    let given = common.description.as_deref();
    let description =
        needed(given, "Description", "--description", |given| text("--description", given))?;
    Ok(Unit {
        documentation: texts("--documentation", &common.documentation)?,
        after: names(&common.after)?,
        wants: names(&common.wants)?,
        requires: names(&common.requires)?,
        ..Unit::described(description)
    })
}

/// Whoever is asked for a description is asked for this too.
fn install(common: &Common, usual: &str) -> anyhow::Result<Install> {
    if !common.wanted_by.is_empty() || common.description.is_some() {
        return Ok(Install { wanted_by: names(&common.wanted_by)? });
    }
    let question = format!("Wanted by, or none [{usual}]");
    let answer = ask::until_good(&question, |answer| match answer {
        "none" => Ok(Vec::new()),
        answer => names(&[answer.to_owned()]),
    })?;
    let wanted_by = answer.map_or_else(|| names(&[usual.to_owned()]), Ok)?;
    Ok(Install { wanted_by })
}

fn text(option: &str, value: &str) -> anyhow::Result<Text> {
    Text::new(value).with_context(|| format!("cannot use the value of {option}"))
}

fn texts(option: &str, values: &[String]) -> anyhow::Result<Vec<Text>> {
    values.iter().map(|value| text(option, value)).collect()
}

fn optional_text(option: &str, value: &Option<String>) -> anyhow::Result<Option<Text>> {
    value.as_deref().map(|value| text(option, value)).transpose()
}

fn names(names: &[String]) -> anyhow::Result<Vec<UnitName>> {
    names
        .iter()
        .map(|name| UnitName::new(name).with_context(|| format!("cannot name {name:?}")))
        .collect()
}

fn absolute(option: &str, path: &str) -> anyhow::Result<AbsolutePath> {
    AbsolutePath::new(path).with_context(|| format!("cannot use the value of {option}"))
}

fn span(option: &str, value: &Option<String>) -> anyhow::Result<Option<TimeSpan>> {
    let read = |value: &str| {
        TimeSpan::parse(value).with_context(|| format!("cannot use the value of {option}"))
    };
    value.as_deref().map(read).transpose()
}

/// `Section.Key=value`; those of other sections than the unit's own would be lost, so they are
/// refused.
fn settings(common: &Common, section: &str) -> anyhow::Result<Vec<Setting>> {
    let read = |setting: &String| -> anyhow::Result<Setting> {
        let parts =
            setting.split_once('=').and_then(|(name, value)| Some((name.split_once('.')?, value)));
        let Some(((own, key), value)) = parts else {
            bail!(Usage(format!("--set={setting} is not of the form SECTION.KEY=VALUE")));
        };
        if own != section {
            bail!(Usage(format!(
                "--set={setting}: only settings of [{section}] can be set this way"
            )));
        }
        Setting::new(own, key, value).with_context(|| format!("cannot set {setting:?}"))
    };
    common.settings.iter().map(read).collect()
}
