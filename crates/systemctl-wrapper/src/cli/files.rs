//! What all verbs that change links on disk have in common.

use systemctl_wrapper::{Action, Change, Error, Installed, JobMode, Manager};

use super::context::Context;
use super::options::Options;
use super::output::plain;
use super::{diagnosis, names};

/// Runs a verb that changes the links of units: the call, what it changed, and what follows.
pub(crate) fn change(
    context: &mut Context<'_>,
    (verb, call): (&str, &str),
    typed: &[String],
    now: Option<Action>,
    effect: impl FnOnce(&Manager, &[&str], &Options) -> Result<Installed, Error>,
) -> anyhow::Result<u8> {
    let units = names::files(context, typed)?;
    context.manager_to_change()?;
    if context.options.dry_run {
        return rehearse(context, verb, &units);
    }
    context.explain(&format!("{call}({units:?})"))?;
    let files: Vec<&str> = units.iter().map(String::as_str).collect();
    let answer = effect(&*context.manager()?, &files, context.options);
    let installed = cannot(verb, &units, answer)?;
    if !installed.has_install_section && installed.changes.is_empty() && context.is_loud() {
        explain_static(context, &units)?;
    }
    finish(context, &installed, &units, now)
}

/// Says what changed on disk, lets the manager read it, starts or stops with `--now`, and ends with
/// the two axes: now, and at boot.
pub(crate) fn finish(
    context: &mut Context<'_>,
    installed: &Installed,
    units: &[String],
    now: Option<Action>,
) -> anyhow::Result<u8> {
    if context.is_loud() {
        for change in &installed.changes {
            writeln!(context.out, "{}", plain(&change.to_string()))?;
        }
        let is_changed =
            installed.changes.iter().any(|change| !matches!(change, Change::Remark { .. }));
        if !is_changed {
            writeln!(context.out, "nothing to change on disk")?;
        }
    }
    if !context.options.no_reload {
        context.explain("Reload()")?;
        context.manager()?.daemon_reload()?;
    }
    // A path was linked: from here on the unit has a name.
    let names: Vec<String> =
        units.iter().map(|unit| unit.rsplit('/').next().unwrap_or_default().to_owned()).collect();
    if let Some(action) = now.filter(|_| context.options.now) {
        return super::jobs::run_on(context, action, &names, &JobMode::default());
    }
    if context.is_loud() {
        for name in names.iter().filter(|name| !name.contains("@.")) {
            let unit = context.manager()?.unit(name)?;
            let at_boot = diagnosis::at_boot(&unit);
            writeln!(context.out, "{name}: now: {}; at boot: {at_boot}", unit.active)?;
        }
    }
    Ok(0)
}

/// Says why units can't be enabled.
fn explain_static(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<()> {
    for name in units.iter().filter(|name| !name.starts_with('/')) {
        // A template is no unit, so the manager knows its file's state and nothing else of it.
        if name.contains("@.") {
            let state = context.manager()?.unit_file_state(name)?;
            writeln!(context.out, "{name} is {state}: enable one of its instances, by name")?;
            continue;
        }
        let unit = context.manager()?.unit(name)?;
        if let Some(why) = diagnosis::why_not_enabled(&unit) {
            writeln!(context.out, "{name} is {}: {why}", unit.file_state)?;
        }
    }
    Ok(())
}

/// Names the verb and the units in an error.
pub(crate) fn cannot(
    verb: &str,
    units: &[String],
    answer: Result<Installed, Error>,
) -> anyhow::Result<Installed> {
    answer.map_err(|error| {
        let cure = error.cure().map(|cure| format!("\n  {cure}")).unwrap_or_default();
        let units = plain(&units.join(" "));
        eprintln!("systemctl-wrapper: cannot {verb} {units}: {}{cure}", plain(&error.to_string()));
        anyhow::Error::from(Told)
    })
}

/// An error that has been reported already.
#[derive(Debug, thiserror::Error)]
#[error("told already")]
pub(crate) struct Told;

/// Shows what a verb would change, without changing it: the directories and names that it works on.
fn rehearse(context: &mut Context<'_>, verb: &str, units: &[String]) -> anyhow::Result<u8> {
    for name in units {
        let unit = context.manager()?.unit(name.rsplit('/').next().unwrap_or_default())?;
        writeln!(context.out, "would {verb} {name}: now {}", diagnosis::at_boot(&unit))?;
        let file = if name.starts_with('/') { name } else { &unit.fragment };
        for link in links(file, name, verb) {
            writeln!(context.out, "  {link}")?;
        }
    }
    Ok(0)
}

/// The links that `[Install]` of a file asks for.
fn links(file: &str, name: &str, verb: &str) -> Vec<String> {
    let name = name.rsplit('/').next().unwrap_or_default();
    match verb {
        "mask" => return vec![format!("the link /etc/systemd/system/{name} → /dev/null")],
        "unmask" => return vec![format!("without the link /etc/systemd/system/{name}")],
        _ => {}
    }
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let install = text.lines().map(str::trim).skip_while(|line| *line != "[Install]").skip(1);
    let lines = install.take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| line.split_once('='))
        .flat_map(|(key, value)| {
            let directory = match key.trim() {
                "WantedBy" => "wants",
                "RequiredBy" => "requires",
                _ => "",
            };
            let targets = value.split_whitespace().filter(move |_| !directory.is_empty());
            targets.map(move |target| {
                format!("the link /etc/systemd/system/{target}.{directory}/{name} → {file}")
            })
        })
        .collect()
}
