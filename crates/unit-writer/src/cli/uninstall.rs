//! `unit-writer uninstall`: takes back what `install` did, and nothing else.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use systemd_types::UnitName;
use unit_writer::load::{Identity, LoadPath, Role, Scope, drop_ins_in};

use super::args::{Place, Uninstall};
use super::install::{confirm, directory, reload};
use super::systemctl;

pub(crate) fn uninstall(options: &Uninstall, out: &mut dyn Write) -> anyhow::Result<()> {
    let (place, given) = (&options.place, options.unit.as_str());
    let directory = directory(place)?;
    match drop_in(given) {
        Some(path) => {
            let target = existing(given, directory.join(path))?;
            confirm(place, &format!("remove {}", target.display()))?;
            remove(&target, out)?;
            remove_if_empty(target.parent().unwrap_or(&directory), out)?;
        }
        None => {
            let name = UnitName::new(given).with_context(|| format!("cannot uninstall {given}"))?;
            unit(place, &name, &directory, out)?;
        }
    }
    reload(place, out)
}

/// `x.service.d/y.conf`, and nothing that leads elsewhere.
fn drop_in(given: &str) -> Option<&Path> {
    let path = Path::new(given);
    let is_drop_in = Identity::of(path).is_some_and(|identity| identity.role == Role::DropIn);
    (is_drop_in && given.matches('/').count() == 1).then_some(path)
}

/// The file, if it is one that was installed.
fn existing(given: &str, target: PathBuf) -> anyhow::Result<PathBuf> {
    if fs::symlink_metadata(&target).is_ok() {
        return Ok(target);
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

/// A unit, its links, and its drop-ins: without the unit they would change nothing, and wait for
/// the next unit of the name.
fn unit(
    place: &Place,
    name: &UnitName,
    directory: &Path,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let target = existing(name.as_str(), directory.join(name.as_str()))?;
    let drop_in_directory = target.with_file_name(format!("{name}.d"));
    let drop_ins = if is_elsewhere_too(place, name, &target) {
        Vec::new() // they change the unit that shows again
    } else {
        drop_ins_in(&drop_in_directory)
    };
    let paths = drop_ins.iter().chain([&target]).map(|path| path.display().to_string());
    confirm(place, &format!("remove {}", paths.collect::<Vec<_>>().join(", ")))?;
    out.flush()?;
    disable(place, name)?;
    // Of a unit that is a link, disabling has removed the file already.
    remove(&target, out)?;
    for path in &drop_ins {
        remove(path, out)?;
    }
    remove_if_empty(&drop_in_directory, out)
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
