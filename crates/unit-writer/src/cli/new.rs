//! `unit-writer new`

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail};
use systemd_types::{UnitName, UnitType};
use unit_file::values::{Calendar, TimeSpan};
use unit_file::writer::{
    AbsolutePath, Exec, Install, Listen, Mode, Mount, Path, Restart, Service, ServiceType, Setting,
    Socket, Target, Text, Timer, Trigger, Unit, Variable, Watch,
};
use unit_writer::load::{Machine, Scope};

use super::args::{Common, New};
use super::{Usage, ask, write};

pub(crate) fn run(options: &New, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let (name, text, common) = match options {
        New::Service { common, .. } => {
            (name(common, UnitType::Service)?, service(options, common)?, common)
        }
        New::Target { common } => {
            let name = name(common, UnitType::Target)?;
            (
                name,
                Target { unit: unit(common)?, install: install(common, "multi-user.target")? }
                    .to_string(),
                common,
            )
        }
        New::Socket { common, .. } => {
            (name(common, UnitType::Socket)?, socket(options, common)?, common)
        }
        New::Mount { common, .. } => {
            let (name, text) = mount(options, common)?;
            (name, text, common)
        }
        New::Timer { common, .. } => {
            (name(common, UnitType::Timer)?, timer(options, common)?, common)
        }
        New::Path { common, .. } => (name(common, UnitType::Path)?, path(options, common)?, common),
    };
    match &common.output {
        None => out.write_all(text.as_bytes())?,
        Some(directory) => {
            let path = directory.join(name.as_str());
            if path.symlink_metadata().is_ok() {
                bail!("cannot write {}: it exists already", path.display());
            }
            write::write(&path, text.as_bytes(), 0o644)
                .with_context(|| format!("cannot write {}", path.display()))?;
            writeln!(out, "wrote {}", path.display())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What was given, or the answer of the person at the terminal, or a complaint about the usage.
fn needed(given: Option<&str>, question: &str, option: &str) -> anyhow::Result<String> {
    match given {
        Some(given) => Ok(given.to_owned()),
        None => Ok(ask::line(question)?.ok_or_else(|| Usage(format!("{option} is missing")))?),
    }
}

fn name(common: &Common, unit_type: UnitType) -> anyhow::Result<UnitName> {
    let typed =
        needed(common.name.as_deref(), &format!("Name of the {unit_type}"), "the unit's name")?;
    let suffix = format!(".{unit_type}");
    let whole = if typed.ends_with(&suffix) { typed } else { format!("{typed}{suffix}") };
    UnitName::new(&whole).with_context(|| format!("cannot name a unit {whole:?}"))
}

fn unit(common: &Common) -> anyhow::Result<Unit> {
    let description = needed(common.description.as_deref(), "Description", "--description")?;
    Ok(Unit {
        documentation: texts("--documentation", &common.documentation)?,
        after: names(&common.after)?,
        wants: names(&common.wants)?,
        requires: names(&common.requires)?,
        ..Unit::described(text("--description", &description)?)
    })
}

/// Whoever is asked for a description is asked for this too.
fn install(common: &Common, usual: &str) -> anyhow::Result<Install> {
    if !common.wanted_by.is_empty() || common.description.is_some() {
        return Ok(Install { wanted_by: names(&common.wanted_by)?, ..Install::default() });
    }
    let answer =
        ask::line(&format!("Wanted by, or none [{usual}]"))?.unwrap_or_else(|| usual.to_owned());
    let wanted_by = if answer == "none" { Vec::new() } else { names(&[answer])? };
    Ok(Install { wanted_by, ..Install::default() })
}

fn text(option: &str, value: &str) -> anyhow::Result<Text> {
    Text::new(value).with_context(|| format!("cannot use the value of {option}"))
}

fn texts(option: &str, values: &[String]) -> anyhow::Result<Vec<Text>> {
    values.iter().map(|value| text(option, value)).collect()
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

fn span(option: &str, value: &str) -> anyhow::Result<TimeSpan> {
    TimeSpan::parse(value).with_context(|| format!("cannot use the value of {option}"))
}

/// `Section.Key=value`; those of other sections than the unit's own would be lost, so they are refused.
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

fn service(options: &New, common: &Common) -> anyhow::Result<String> {
    let New::Service {
        service_type,
        restart,
        restart_sec,
        user,
        dynamic_user,
        env,
        working_directory,
        state_directory,
        command,
        ..
    } = options
    else {
        bail!("this is no service");
    };
    let unit = unit(common)?;
    let asked = if command.is_empty() {
        Some(needed(None, "Program, with its path", "the command behind --")?)
    } else {
        None
    };
    let words: Vec<&str> = asked.iter().chain(command).map(String::as_str).collect();
    let exec = Exec::new(words[0], words[1..].iter().copied()).context("cannot run the command")?;
    let mut service = Service::new(unit, exec);
    if let Some(given) = service_type {
        service.service_type = choice("--type", given, &ServiceType::ALL)?;
    }
    if let Some(given) = restart {
        service.restart = choice("--restart", given, &Restart::ALL)?;
    }
    service.restart_sec =
        restart_sec.as_deref().map(|given| span("--restart-sec", given)).transpose()?;
    service.user = user.as_deref().map(|given| text("--user", given)).transpose()?;
    service.dynamic_user = *dynamic_user;
    service.working_directory = working_directory
        .as_deref()
        .map(|given| absolute("--working-directory", given))
        .transpose()?;
    service.state_directory =
        state_directory.as_deref().map(|given| text("--state-directory", given)).transpose()?;
    service.environment =
        env.iter().map(|given| variable(given)).collect::<anyhow::Result<Vec<Variable>>>()?;
    service.more = settings(common, "Service")?;
    service.install = install(common, "multi-user.target")?;
    Ok(service.to_string())
}

fn variable(given: &str) -> anyhow::Result<Variable> {
    let (name, value) = given
        .split_once('=')
        .ok_or_else(|| Usage(format!("--env={given} is not of the form NAME=VALUE")))?;
    Variable::new(name, value).with_context(|| format!("cannot use --env={given}"))
}

/// The one of the choices that is spelt so.
fn choice<T: Copy + std::fmt::Display>(
    option: &str,
    given: &str,
    choices: &[T],
) -> anyhow::Result<T> {
    let found = choices.iter().find(|choice| choice.to_string() == given).copied();
    Ok(found.ok_or_else(|| {
        let all: Vec<String> = choices.iter().map(T::to_string).collect();
        Usage(format!("{option}={given} is none of {}", all.join(", ")))
    })?)
}

fn socket(options: &New, common: &Common) -> anyhow::Result<String> {
    let New::Socket { listen: addresses, accept, mode, .. } = options else {
        bail!("this is no socket")
    };
    let unit = unit(common)?;
    let first = needed(
        addresses.first().map(String::as_str),
        "Port, address:port or path to listen on",
        "--listen",
    )?;
    let mut socket = Socket::new(unit, listen(&first)?);
    socket.also_listen = addresses
        .iter()
        .skip(1)
        .map(|address| listen(address))
        .collect::<anyhow::Result<Vec<Listen>>>()?;
    socket.accept = *accept;
    if let Some(mode) = mode {
        let bits = u32::from_str_radix(mode, 8)
            .map_err(|_| Usage(format!("--mode={mode} is not an octal access mode")))?;
        socket.socket_mode = Some(Mode::new(bits).context("cannot use --mode")?);
    }
    socket.more = settings(common, "Socket")?;
    socket.install = install(common, "sockets.target")?;
    Ok(socket.to_string())
}

fn listen(address: &str) -> anyhow::Result<Listen> {
    if address.starts_with('/') {
        return Ok(Listen::Path(absolute("--listen", address)?));
    }
    let port = address.parse().ok().map(Listen::Port);
    let found = port.or_else(|| address.parse().ok().map(Listen::Address));
    Ok(found.ok_or_else(|| {
        Usage(format!(
            "--listen={address} is neither a port, nor an address with a port, nor a path"
        ))
    })?)
}

fn mount(options: &New, common: &Common) -> anyhow::Result<(UnitName, String)> {
    let New::Mount { what, place, file_system, options: mount_options, .. } = options else {
        bail!("this is no mount")
    };
    let unit = unit(common)?;
    let what = needed(what.as_deref(), "What to mount", "--what")?;
    let place = needed(place.as_deref(), "Where to mount it", "--where")?;
    let mut mount = Mount::new(unit, text("--what", &what)?, absolute("--where", &place)?);
    mount.file_system = file_system.as_deref().map(|given| text("--type", given)).transpose()?;
    mount.options = mount_options.as_deref().map(|given| text("--options", given)).transpose()?;
    mount.more = settings(common, "Mount")?;
    mount.install = install(common, "local-fs.target")?;
    let name = mount.name().context("cannot name the mount unit")?;
    let given = common.name.as_deref().map(|given| given.strip_suffix(".mount").unwrap_or(given));
    if given.is_some_and(|given| given != name.stem()) {
        bail!(Usage(format!("the mount unit of {place} can only be named {name}")));
    }
    Ok((name, mount.to_string()))
}

fn timer(options: &New, common: &Common) -> anyhow::Result<String> {
    let New::Timer { on_calendar, on_boot, on_unit_active, persistent, unit: starts, .. } = options
    else {
        bail!("this is no timer")
    };
    let unit = unit(common)?;
    let mut triggers = on_calendar
        .iter()
        .map(|event| calendar(event))
        .collect::<anyhow::Result<Vec<Trigger>>>()?;
    triggers.extend(
        on_boot
            .as_deref()
            .map(|given| span("--on-boot", given).map(Trigger::AfterBoot))
            .transpose()?,
    );
    triggers.extend(
        on_unit_active
            .as_deref()
            .map(|given| span("--on-unit-active", given).map(Trigger::AfterUnitActive))
            .transpose()?,
    );
    if triggers.is_empty() {
        triggers.push(calendar(&needed(
            None,
            "When, such as daily or Mon..Fri 9:00",
            "--on-calendar",
        )?)?);
    }
    let mut timer = Timer::new(unit, triggers.remove(0));
    timer.more_triggers = triggers;
    timer.persistent = *persistent;
    timer.starts = names(starts.as_slice())?.pop();
    timer.more = settings(common, "Timer")?;
    timer.install = install(common, "timers.target")?;
    Ok(timer.to_string())
}

fn calendar(event: &str) -> anyhow::Result<Trigger> {
    let machine = Machine::new(std::path::Path::new("/"), Scope::System);
    let calendar = Calendar::parse(event, |zone| machine.is_time_zone(zone));
    Ok(Trigger::Calendar(calendar.with_context(|| format!("cannot use --on-calendar={event}"))?))
}

/// The paths of an option, and what is watched for.
type WatchKind<'a> = (&'a [String], fn(AbsolutePath) -> Watch);

fn path(options: &New, common: &Common) -> anyhow::Result<String> {
    let New::Path { exists, changed, modified, directory_not_empty, unit: starts, .. } = options
    else {
        bail!("this is no path unit")
    };
    let unit = unit(common)?;
    let kinds: [WatchKind<'_>; 4] = [
        (exists, Watch::Exists),
        (changed, Watch::Changed),
        (modified, Watch::Modified),
        (directory_not_empty, Watch::DirectoryNotEmpty),
    ];
    let mut watches = Vec::new();
    for (paths, watch) in kinds {
        for path in paths {
            watches.push(watch(absolute("the watched path", path)?));
        }
    }
    if watches.is_empty() {
        watches.push(Watch::Changed(absolute(
            "the watched path",
            &needed(None, "File to watch", "--changed")?,
        )?));
    }
    let mut path = Path::new(unit, watches.remove(0));
    path.also_watch = watches;
    path.starts = names(starts.as_slice())?.pop();
    path.more = settings(common, "Path")?;
    path.install = install(common, "paths.target")?;
    Ok(path.to_string())
}
