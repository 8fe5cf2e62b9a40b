//! `unit-writer install`

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use systemd_types::UnitName;
use unit_writer::checks::Severity;
use unit_writer::load::{Neighbours, Role, Source, UnitSet, read_limited};

use super::args::{Install, Place};
use super::checker::{Checker, read};
use super::render::Report;
use super::target::Target;
use super::{ask, difference, systemctl, write};

pub(crate) fn install(options: &Install, out: &mut dyn Write) -> anyhow::Result<()> {
    let place = &options.place;
    let mut source = read(&options.file, None, &mut Neighbours::default())?;
    if !is_sound(&mut source, place, out)? && !options.force {
        bail!(
            "cannot install {}: mend the errors first, or say --force if it is for a machine that \
             has what is missing here",
            options.file.display()
        );
    }
    let target = destination(&source, place)?;
    let shown = target.display();
    let old = target.symlink_metadata().is_ok().then(|| read_limited(&target)).transpose();
    let old = old.with_context(|| format!("cannot read {shown}"))?;
    let new = source.own.file.bytes();
    if old.as_deref() == Some(new) {
        writeln!(out, "{shown} is up to date")?;
    } else {
        if let Some(old) = &old {
            difference::show(&target, old, new, out)?;
            out.flush()?;
            confirm(place, &format!("replace {shown}"))?;
        }
        put(&target, new)?;
        writeln!(out, "installed {shown}")?;
        out.flush()?;
    }
    reload(place, out)?;
    if options.enable || options.now {
        let name = source.identity.unit_name();
        let name = name.context("a drop-in for many units can't be enabled or started")?;
        activate(options, name, out)?;
    }
    Ok(())
}

/// Judges the file as `check` does; errors forbid to install it.
fn is_sound(source: &mut Source, place: &Place, out: &mut dyn Write) -> anyhow::Result<bool> {
    let target =
        Target { offline: false, root: place.root.clone(), systemd: None, user: place.user };
    let mut checker = Checker::new(&target)?;
    checker.complete(source);
    let set = UnitSet::of([&*source]);
    let mut report = Report::new(false);
    report.add(source, checker.findings(source, source.effective(), &set), out)?;
    out.flush()?;
    Ok(report.worst() != Some(Severity::Error))
}

pub(super) fn directory(place: &Place) -> anyhow::Result<PathBuf> {
    if place.user {
        let home =
            std::env::home_dir().context("cannot find your home directory: HOME is not set")?;
        return Ok(home.join(".config/systemd/user"));
    }
    Ok(place.root.join("etc/systemd/system"))
}

/// Where the file goes: units side by side, drop-ins into the directory they were in.
fn destination(source: &Source, place: &Place) -> anyhow::Result<PathBuf> {
    let mut target = directory(place)?;
    let path = &source.own.path;
    if source.identity.role == Role::DropIn {
        target.extend(path.parent().and_then(Path::file_name));
    }
    target.extend(path.file_name());
    Ok(target)
}

fn put(target: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let parent = target.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    write::write(target, bytes, 0o644).with_context(|| format!("cannot write {}", target.display()))
}

/// A person says yes, here or beforehand.
pub(super) fn confirm(place: &Place, what: &str) -> anyhow::Result<()> {
    if place.yes {
        return Ok(());
    }
    match ask::yes(&format!("{what}?"))? {
        Some(true) => Ok(()),
        Some(false) => bail!("cannot {what}: you said no"),
        None => bail!("cannot {what}: nobody is there to ask, say --yes"),
    }
}

pub(super) fn reload(place: &Place, out: &mut dyn Write) -> anyhow::Result<()> {
    if systemctl::is_running(place) {
        return systemctl::run(place, &["daemon-reload"]);
    }
    Ok(writeln!(out, "skipped daemon-reload: no service manager runs here")?)
}

fn activate(options: &Install, name: &UnitName, out: &mut dyn Write) -> anyhow::Result<()> {
    out.flush()?;
    if options.enable {
        systemctl::run(&options.place, &["enable", "--", name.as_str()])?;
    }
    if options.now && !systemctl::is_running(&options.place) {
        bail!("cannot start {name}: no service manager runs here");
    } else if options.now {
        systemctl::run(&options.place, &["start", "--", name.as_str()])?;
    }
    Ok(())
}
