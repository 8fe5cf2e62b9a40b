//! `unit-writer uninstall`: takes back what `install` did, and nothing else.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, bail};
use systemd_types::UnitName;
use unit_writer::load::{Identity, LoadPath, Role, Scope, drop_ins_in};

use super::args::{Place, Uninstall};
use super::install::{confirm, directory, reload};
use super::systemctl;

pub(crate) fn uninstall(options: &Uninstall, out: &mut dyn Write) -> anyhow::Result<()> {
    let (place, given) = (&options.place, options.unit.as_str());
    let target = directory(place)?.join(given);
    let name = if is_drop_in(given) {
        None
    } else {
        Some(UnitName::new(given).with_context(|| format!("cannot uninstall {given}"))?)
    };
    must_exist(given, &target)?;
    let drop_in_directory = match &name {
        Some(name) => target.with_file_name(format!("{name}.d")),
        None => target.parent().unwrap_or(&target).to_owned(),
    };
    // Without the unit its drop-ins would change nothing, and wait for the next unit of the name;
    // those of a unit that shows again still change it.
    let drop_ins = match &name {
        Some(name) if !is_elsewhere_too(place, name, &target) => drop_ins_in(&drop_in_directory),
        _ => Vec::new(),
    };
    let paths = drop_ins.iter().chain([&target]).map(|path| path.display().to_string());
    confirm(place, &format!("remove {}", paths.collect::<Vec<_>>().join(", ")))?;
    if let Some(name) = &name {
        out.flush()?;
        disable(place, name)?;
    }
    // Of a unit that is a link, disabling has removed the file already.
    for path in [&target].into_iter().chain(&drop_ins) {
        remove(path, out)?;
    }
    remove_if_empty(&drop_in_directory, out)?;
    reload(place, out)
}

/// `x.service.d/y.conf`, and nothing that leads elsewhere.
fn is_drop_in(given: &str) -> bool {
    let identity = Identity::of(Path::new(given));
    given.matches('/').count() == 1
        && identity.is_some_and(|identity| identity.role == Role::DropIn)
}

/// Only what was installed can be taken back.
fn must_exist(given: &str, target: &Path) -> anyhow::Result<()> {
    if target.symlink_metadata().is_ok() {
        return Ok(());
    }
    let missing = format!("cannot uninstall {given}: there is no {}", target.display());
    let template = UnitName::new(given).ok().and_then(|name| name.template());
    match template.filter(|template| target.with_file_name(template.as_str()).exists()) {
        Some(template) => {
            bail!("{missing}; it is an instance of {template}, so uninstall that one")
        }
        None => bail!(missing),
    }
}

/// Stops the unit and removes the links to it; of a template, those of all of its instances.
fn disable(place: &Place, name: &UnitName) -> anyhow::Result<()> {
    let is_running = systemctl::is_running(place);
    if is_running && name.is_template() {
        // A template can't be stopped, as it never runs; a pattern names those that do.
        let instances = name.as_str().replacen("@.", "@*.", 1);
        systemctl::run(place, &["stop", "--", &instances])?;
    } else if is_running {
        return systemctl::run(place, &["disable", "--now", "--", name.as_str()]);
    } else if place.user {
        return Ok(());
    }
    systemctl::run(place, &["disable", "--", name.as_str()])
}

/// Whether a package has a unit of the name as well, which the installed one hid.
fn is_elsewhere_too(place: &Place, name: &UnitName, target: &Path) -> bool {
    let scope = if place.user { Scope::User } else { Scope::System };
    let load_path = LoadPath::new(scope, &place.root, None);
    let mut files = load_path.directories().iter().map(|directory| directory.join(name.as_str()));
    files.any(|file| file != *target && file.exists())
}

fn remove(path: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(writeln!(out, "removed {}", path.display())?),
    }
}

/// A directory of drop-ins goes with the last of them; what somebody else put there stays.
fn remove_if_empty(directory: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    match fs::remove_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
            Ok(writeln!(out, "left {}, which is not empty", directory.display())?)
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", directory.display()))
        }
        _ => Ok(()),
    }
}
