//! `unit-writer install` and `uninstall`

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use systemd_types::UnitName;
use unit_writer::checks::Severity;
use unit_writer::load::{Neighbours, Role, Source, read_limited};

use super::args::{Install, Place, Target, Uninstall};
use super::{ask, check, render, systemctl, write};

pub(crate) fn install(options: &Install, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let source = check::read(&options.file, None, &mut Neighbours::default())?;
    if !is_sound(&source, &options.place, out)? {
        bail!("cannot install {}: mend the errors first", options.file.display());
    }
    let target = destination(&source, &options.place)?;
    let old = match fs::symlink_metadata(&target) {
        Ok(_) => Some(
            read_limited(&target).with_context(|| format!("cannot read {}", target.display()))?,
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            return Err(error).with_context(|| format!("cannot look at {}", target.display()));
        }
    };
    let new = source.file.bytes();
    if old.as_deref() == Some(new) {
        writeln!(out, "{} is up to date", target.display())?;
    } else {
        if let Some(old) = &old {
            show_difference(&target, old, new, out)?;
            out.flush()?;
            confirm(&options.place, &format!("replace {}", target.display()))?;
        }
        put(&target, new)?;
        writeln!(out, "installed {}", target.display())?;
        out.flush()?;
    }
    reload(&options.place, out)?;
    if options.enable || options.now {
        let name = source
            .identity
            .unit_name()
            .ok_or_else(|| anyhow!("a drop-in for many units can't be enabled or started"))?;
        activate(options, name, out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Judges the file as `check` does; errors forbid to install it.
fn is_sound(source: &Source, place: &Place, out: &mut dyn Write) -> anyhow::Result<bool> {
    let target =
        Target { offline: false, root: place.root.clone(), systemd: None, user: place.user };
    let findings = check::Judge::new(&target).findings(source);
    let worst = findings.iter().map(|finding| finding.severity).max();
    let mut report = render::Report::new(false);
    report.add(source, findings, out)?;
    out.flush()?;
    Ok(worst != Some(Severity::Error))
}

fn directory(place: &Place) -> anyhow::Result<PathBuf> {
    if place.user {
        let home = std::env::home_dir()
            .ok_or_else(|| anyhow!("cannot find your home directory: HOME is not set"))?;
        return Ok(home.join(".config/systemd/user"));
    }
    Ok(place.root.join("etc/systemd/system"))
}

/// Where the file goes: units side by side, drop-ins into the directory they were in.
fn destination(source: &Source, place: &Place) -> anyhow::Result<PathBuf> {
    let directory = directory(place)?;
    let file_name = source
        .path
        .file_name()
        .ok_or_else(|| anyhow!("{} has no file name", source.path.display()))?;
    Ok(match source.identity.role {
        Role::Unit => directory.join(file_name),
        Role::DropIn => {
            let parent = source.path.parent().and_then(Path::file_name).unwrap_or_default();
            directory.join(parent).join(file_name)
        }
    })
}

fn put(target: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let parent = target.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    write::write(target, bytes, 0o644).with_context(|| format!("cannot write {}", target.display()))
}

/// A person says yes, here or beforehand.
fn confirm(place: &Place, what: &str) -> anyhow::Result<()> {
    let agreed = if place.yes { Some(true) } else { ask::yes(&format!("{what}?"))? };
    match agreed {
        Some(true) => Ok(()),
        Some(false) => bail!("cannot {what}: you said no"),
        None => bail!("cannot {what}: nobody is there to ask, say --yes"),
    }
}

fn reload(place: &Place, out: &mut dyn Write) -> anyhow::Result<()> {
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
    if !options.now {
        return Ok(());
    }
    if !systemctl::is_running(&options.place) {
        bail!("cannot start {name}: no service manager runs here");
    }
    systemctl::run(&options.place, &["start", "--", name.as_str()])
}

/// The lines that go and come, without those that both have at the beginning and the end.
fn show_difference(path: &Path, old: &[u8], new: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let (old, new) =
        (String::from_utf8_lossy(old).into_owned(), String::from_utf8_lossy(new).into_owned());
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let start = old.iter().zip(&new).take_while(same).count();
    let end = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(same).count();
    writeln!(out, "{} changes from line {} on:", path.display(), start + 1)?;
    old[start..old.len() - end].iter().try_for_each(|line| writeln!(out, "-{line}"))?;
    new[start..new.len() - end].iter().try_for_each(|line| writeln!(out, "+{line}"))
}

pub(crate) fn uninstall(options: &Uninstall, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let name = UnitName::new(&options.unit)
        .with_context(|| format!("cannot uninstall {}", options.unit))?;
    let target = directory(&options.place)?.join(name.as_str());
    if fs::symlink_metadata(&target).is_err() {
        bail!("cannot uninstall {name}: there is no {}", target.display());
    }
    confirm(&options.place, &format!("remove {}", target.display()))?;
    if systemctl::is_running(&options.place) {
        systemctl::run(&options.place, &["disable", "--now", "--", name.as_str()])?;
    } else if !options.place.user {
        systemctl::run(&options.place, &["disable", "--", name.as_str()])?;
    }
    // Of a unit that is a link, disabling has removed the file already.
    match fs::remove_file(&target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot remove {}", target.display()));
        }
        _ => writeln!(out, "removed {}", target.display())?,
    }
    let drop_ins = target.with_file_name(format!("{name}.d"));
    if drop_ins.is_dir() {
        writeln!(out, "left its drop-ins in {}", drop_ins.display())?;
    }
    reload(&options.place, out)?;
    Ok(ExitCode::SUCCESS)
}
