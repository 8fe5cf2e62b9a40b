//! What the kinds of new units share: their arguments, and how answers are read.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use systemd_types::{UnitName, UnitType};
use unit_file::values::TimeSpan;
use unit_file::writer::{AbsolutePath, Install, Setting, Text, Unit};

use crate::cli::ask;
use crate::cli::usage::Usage;

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
pub(super) struct Draft {
    pub(super) name: UnitName,
    pub(super) text: String,
}

/// What was given, or the answer of the person at the terminal, asked for until it is good; or a
/// complaint about the usage.
pub(super) fn needed<T>(
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

pub(super) fn name(common: &Common, unit_type: UnitType) -> anyhow::Result<UnitName> {
    let question = format!("Name of the {unit_type}");
    needed(common.name.as_deref(), &question, "the unit's name", |typed| {
        let suffix = format!(".{unit_type}");
        let is_whole = typed.ends_with(&suffix);
        let whole = if is_whole { typed.to_owned() } else { format!("{typed}{suffix}") };
        UnitName::new(&whole).with_context(|| format!("cannot name a unit {whole:?}"))
    })
}

pub(super) fn unit(common: &Common) -> anyhow::Result<Unit> {
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
pub(super) fn install(common: &Common, usual: &str) -> anyhow::Result<Install> {
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

pub(super) fn text(option: &str, value: &str) -> anyhow::Result<Text> {
    Text::new(value).with_context(|| format!("cannot use the value of {option}"))
}

pub(super) fn texts(option: &str, values: &[String]) -> anyhow::Result<Vec<Text>> {
    values.iter().map(|value| text(option, value)).collect()
}

pub(super) fn optional_text(option: &str, value: &Option<String>) -> anyhow::Result<Option<Text>> {
    value.as_deref().map(|value| text(option, value)).transpose()
}

pub(super) fn names(names: &[String]) -> anyhow::Result<Vec<UnitName>> {
    names
        .iter()
        .map(|name| UnitName::new(name).with_context(|| format!("cannot name {name:?}")))
        .collect()
}

pub(super) fn absolute(option: &str, path: &str) -> anyhow::Result<AbsolutePath> {
    AbsolutePath::new(path).with_context(|| format!("cannot use the value of {option}"))
}

pub(super) fn span(option: &str, value: &Option<String>) -> anyhow::Result<Option<TimeSpan>> {
    let read = |value: &str| {
        TimeSpan::parse(value).with_context(|| format!("cannot use the value of {option}"))
    };
    value.as_deref().map(read).transpose()
}

/// `Section.Key=value`; those of other sections than the unit's own would be lost, so they are
/// refused.
pub(super) fn settings(common: &Common, section: &str) -> anyhow::Result<Vec<Setting>> {
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
