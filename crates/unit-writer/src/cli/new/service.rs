//! `unit-writer new service`

use anyhow::{Context, bail};
use clap::Args;
use systemd_types::UnitType;
use unit_file::values::{Backslash, TimeSpan, split};
use unit_file::writer::{AbsolutePath, Exec, Restart, Service, ServiceType, Text, Variable};

use super::common::{Common, Draft, needed, values};
use crate::cli::usage::Usage;

/// The arguments.
#[derive(Debug, Args)]
pub(crate) struct NewService {
    #[command(flatten)]
    pub(crate) common: Common,
    /// How systemd knows that it has started: simple, exec, forking, oneshot, notify, idle
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) service_type: Option<String>,
    /// When systemd starts it again: no, on-failure, always and others
    #[arg(long, value_name = "WHEN")]
    pub(crate) restart: Option<String>,
    /// The pause before that
    #[arg(long, value_name = "SPAN")]
    pub(crate) restart_sec: Option<String>,
    /// The user it runs as
    #[arg(long, value_name = "USER")]
    pub(crate) user: Option<String>,
    /// Run it as a user that exists only as long as the service
    #[arg(long)]
    pub(crate) dynamic_user: bool,
    /// A variable it gets
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) env: Vec<String>,
    /// The directory it starts in
    #[arg(long, value_name = "PATH")]
    pub(crate) working_directory: Option<String>,
    /// A directory below /var/lib that systemd makes for it
    #[arg(long, value_name = "NAME")]
    pub(crate) state_directory: Option<String>,
    /// The program and its arguments, behind --; they are quoted as systemd needs it
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

pub(super) fn draft(options: &NewService) -> anyhow::Result<Draft> {
    let common = &options.common;
    let (name, unit) = (common.name(UnitType::Service)?, common.unit()?);
    let mut service = Service::new(unit, command(options)?);
    if let Some(given) = &options.service_type {
        service.service_type = choice("--type", given, &ServiceType::ALL)?;
    }
    if let Some(given) = &options.restart {
        service.restart = choice("--restart", given, &Restart::ALL)?;
    }
    service.restart_sec = values("--restart-sec", &options.restart_sec, TimeSpan::parse)?.pop();
    service.user = values("--user", &options.user, Text::new)?.pop();
    service.dynamic_user = options.dynamic_user;
    service.working_directory =
        values("--working-directory", &options.working_directory, AbsolutePath::new)?.pop();
    service.state_directory =
        values("--state-directory", &options.state_directory, Text::new)?.pop();
    let variables = options.env.iter().map(|given| variable(given));
    service.environment = variables.collect::<anyhow::Result<Vec<Variable>>>()?;
    service.more = common.settings("Service")?;
    service.install = common.install("multi-user.target")?;
    Ok(Draft { name, text: service.to_string() })
}

/// The command behind `--` has come through a shell, which has split it; an answer has not.
fn command(options: &NewService) -> anyhow::Result<Exec> {
    let exec = |words: &[String]| {
        let (program, arguments) =
            words.split_first().context("cannot run the command: there is no program")?;
        Exec::new(program, arguments.iter().map(String::as_str)).context("cannot run the command")
    };
    if !options.command.is_empty() {
        return exec(&options.command);
    }
    needed(None, "Command: a program and its arguments", "the command behind --", |answer| {
        let split = split(answer, Backslash::Escapes);
        if let Some(error) = split.error {
            bail!("cannot read the command: {error}");
        }
        let words: Vec<String> = split.words.iter().map(|word| word.text().into_owned()).collect();
        exec(&words)
    })
}

fn variable(given: &str) -> anyhow::Result<Variable> {
    let (name, value) = given
        .split_once('=')
        .ok_or_else(|| Usage(format!("--env={given} is not of the form NAME=VALUE")))?;
    Variable::new(name, value).with_context(|| format!("cannot use --env={given}"))
}

/// The one of the choices that is spelt so.
fn choice<T: Copy>(option: &str, given: &str, choices: &[(T, &str)]) -> anyhow::Result<T> {
    let found = choices.iter().find(|(_, word)| *word == given);
    Ok(found.map(|(choice, _)| *choice).ok_or_else(|| {
        let all: Vec<&str> = choices.iter().map(|(_, word)| *word).collect();
        Usage(format!("{option}={given} is none of {}", all.join(", ")))
    })?)
}
