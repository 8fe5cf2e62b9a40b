//! What the kinds of new units share: their arguments, and how answers are read.

use std::error::Error;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use systemd_types::{UnitName, UnitType};
use unit_file::writer::{Install, Setting, Text, Unit};

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

impl Common {
    pub(super) fn name(&self, unit_type: UnitType) -> anyhow::Result<UnitName> {
        let question = format!("Name of the {unit_type}");
        needed(self.name.as_deref(), &question, "the unit's name", |typed| {
            let suffix = format!(".{unit_type}");
            let is_whole = typed.ends_with(&suffix);
            let whole = if is_whole { typed.to_owned() } else { format!("{typed}{suffix}") };
            UnitName::new(&whole).with_context(|| format!("cannot name a unit {whole:?}"))
        })
    }

    pub(super) fn unit(&self) -> anyhow::Result<Unit> {
        let option = "--description";
        let read = |given: &str| value(option, given, Text::new);
        let description = needed(self.description.as_deref(), "Description", option, read)?;
        Ok(Unit {
            documentation: values("--documentation", &self.documentation, Text::new)?,
            after: names(&self.after)?,
            wants: names(&self.wants)?,
            requires: names(&self.requires)?,
            ..Unit::described(description)
        })
    }

    /// Whoever is asked for a description is asked for this too.
    pub(super) fn install(&self, usual: &str) -> anyhow::Result<Install> {
        if !self.wanted_by.is_empty() || self.description.is_some() {
            return Ok(Install { wanted_by: names(&self.wanted_by)? });
        }
        let question = format!("Wanted by, or none [{usual}]");
        let read = |answer: &str| if answer == "none" { Ok(Vec::new()) } else { names([answer]) };
        let answer = ask::until_good(&question, read)?;
        Ok(Install { wanted_by: answer.map_or_else(|| names([usual]), Ok)? })
    }

    /// The settings, `Section.Key=value`; those of other sections than the unit's own would be
    /// lost, so they are refused.
    pub(super) fn settings(&self, section: &str) -> anyhow::Result<Vec<Setting>> {
        let read = |setting: &String| -> anyhow::Result<Setting> {
            let parts = setting
                .split_once('=')
                .and_then(|(name, value)| Some((name.split_once('.')?, value)));
            let Some(((own, key), value)) = parts else {
                bail!(Usage(format!("--set={setting} is not of the form SECTION.KEY=VALUE")));
            };
            if own != section {
                let reason = format!("only settings of [{section}] can be set this way");
                bail!(Usage(format!("--set={setting}: {reason}")));
            }
            Setting::new(own, key, value).with_context(|| format!("cannot set {setting:?}"))
        };
        self.settings.iter().map(read).collect()
    }
}

/// What was given, or the answer of the person at the terminal, asked for until it is good; or a
/// complaint about the usage.
pub(super) fn needed<T>(
    given: Option<&str>,
    question: &str,
    option: &str,
    read: impl Fn(&str) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    if let Some(given) = given {
        return read(given);
    }
    Ok(ask::until_good(question, read)?.ok_or_else(|| Usage(format!("{option} is missing")))?)
}

/// The value of an option, as the type of its key takes it.
pub(super) fn value<T, E: Error + Send + Sync + 'static>(
    option: &str,
    given: &str,
    read: impl Fn(&str) -> Result<T, E>,
) -> anyhow::Result<T> {
    read(given).with_context(|| format!("cannot use the value of {option}"))
}

/// The same of an option that can be left out, or given more than once.
pub(super) fn values<'a, T, E: Error + Send + Sync + 'static>(
    option: &str,
    given: impl IntoIterator<Item = &'a String>,
    read: impl Fn(&str) -> Result<T, E>,
) -> anyhow::Result<Vec<T>> {
    given.into_iter().map(|given| value(option, given, &read)).collect()
}

pub(super) fn names(
    names: impl IntoIterator<Item = impl AsRef<str>>,
) -> anyhow::Result<Vec<UnitName>> {
    let read = |name: &str| UnitName::new(name).with_context(|| format!("cannot name {name:?}"));
    names.into_iter().map(|name| read(name.as_ref())).collect()
}
