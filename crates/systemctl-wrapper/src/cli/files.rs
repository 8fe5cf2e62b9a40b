//! What all verbs that change links on disk have in common.

use systemctl_wrapper::{Action, Change, Error, Installed, Manager, Scope, Unit};

use super::context::Context;
use super::options::Options;
use super::output::{plain, remark};
use super::{and_now, diagnosis, names};

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
        rehearse(context, verb, &units)?;
        return and_now::run(context, verb, now, &units);
    }
    context.explain(&format!("{call}({units:?})"))?;
    let files: Vec<&str> = units.iter().map(String::as_str).collect();
    let answer = effect(&*context.manager()?, &files, context.options);
    let installed = cannot(verb, &units, answer)?;
    if !installed.has_install_section && installed.changes.is_empty() && context.is_loud() {
        explain_static(context, &units)?;
    }
    finish(context, &installed, &units, context.options.now && now.is_some())?;
    and_now::run(context, verb, now, &units)
}

/// Says what changed on disk, lets the manager read it, and ends with the two axes: now, and at
/// boot. That would be too early where jobs follow.
pub(crate) fn finish(
    context: &mut Context<'_>,
    installed: &Installed,
    units: &[String],
    jobs_follow: bool,
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
    if context.is_loud() && !jobs_follow {
        // A path was linked: from here on the unit has a name.
        let names = units.iter().map(|unit| unit.rsplit('/').next().unwrap_or_default());
        for name in names.filter(|name| !name.contains("@.")) {
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
        let units = units.join(" ");
        let units = plain(&units);
        remark!("systemctl-wrapper: cannot {verb} {units}: {}{cure}", plain(&error.to_string()));
        anyhow::Error::from(Told)
    })
}

/// An error that has been reported already.
#[derive(Debug, thiserror::Error)]
#[error("told already")]
pub(crate) struct Told;

/// Shows what a verb would change, without changing it: the directories and names that it works on.
fn rehearse(context: &mut Context<'_>, verb: &str, units: &[String]) -> anyhow::Result<()> {
    let directory = match (&context.scope, context.options.runtime) {
        (Scope::User, true) => "$XDG_RUNTIME_DIR/systemd/user",
        (Scope::User, false) => "~/.config/systemd/user",
        (_, true) => "/run/systemd/system",
        (_, false) => "/etc/systemd/system",
    };
    for name in units {
        let last = name.rsplit('/').next().unwrap_or_default();
        let unit = context.manager()?.unit_or_template(last)?;
        writeln!(context.out, "would {verb} {name}: now {}", diagnosis::at_boot(&unit))?;
        // Which links it would be is written in the unit's file, and that lies there.
        if matches!(context.scope, Scope::Host(_)) {
            continue;
        }
        for change in changes(&unit, name, verb, directory) {
            writeln!(context.out, "  {}", plain(&change))?;
        }
    }
    Ok(())
}

/// What a verb would make in `directory`, or take away there.
fn changes(unit: &Unit, name: &str, verb: &str, directory: &str) -> Vec<String> {
    let file = if name.starts_with('/') { name } else { &unit.fragment };
    let name = name.rsplit('/').next().unwrap_or_default();
    let link = format!("{directory}/{name}");
    let enables = match verb {
        "mask" if link == *file => {
            return vec![format!("nothing, and it would be refused: {link} is in the way")];
        }
        "mask" => return vec![format!("the link {link} → /dev/null")],
        "unmask" => return vec![format!("without the link {link}")],
        "link" => return vec![format!("the link {link} → {file}")],
        "revert" => {
            let files = unit.drop_ins.iter().chain([&unit.fragment]);
            let own = files.filter(|file| !file.starts_with("/usr") && !file.starts_with("/lib"));
            return own
                .map(|file| format!("without {file}, if it overrides the vendor's"))
                .collect();
        }
        "disable" => false,
        "preset" => unit.properties.text("UnitFilePreset") != "disabled",
        _ => true,
    };
    let links = links(file, name).into_iter().map(|link| format!("{directory}/{link}"));
    if enables {
        links.map(|link| format!("the link {link} → {file}")).collect()
    } else {
        links.map(|link| format!("without the link {link}")).collect()
    }
}

/// The links that `[Install]` of a file asks for.
fn links(file: &str, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let install = text.lines().map(str::trim).skip_while(|line| *line != "[Install]").skip(1);
    let lines = install.take_while(|line| !line.starts_with('['));
    let pairs: Vec<(&str, &str)> = lines
        .filter_map(|line| line.split_once('='))
        .flat_map(|(key, value)| value.split_whitespace().map(move |word| (key.trim(), word)))
        .collect();
    // Of a template, an instance is what others want; without DefaultInstance=, nothing.
    let default = pairs.iter().rev().find(|(key, _)| *key == "DefaultInstance");
    let wanted = match (name.split_once("@."), default) {
        (None, _) => Some(name.to_owned()),
        (Some((prefix, kind)), Some((_, instance))) => Some(format!("{prefix}@{instance}.{kind}")),
        (Some(_), None) => None,
    };
    let link = |(key, word): &(&str, &str)| match *key {
        "WantedBy" => Some(format!("{word}.wants/{}", wanted.as_ref()?)),
        "RequiredBy" => Some(format!("{word}.requires/{}", wanted.as_ref()?)),
        "Alias" => Some((*word).to_owned()),
        _ => None,
    };
    pairs.iter().filter_map(link).collect()
}
