//! `unit-writer new`: one file for each kind of unit, and here what they share.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use systemd_types::UnitType;
use unit_file::writer::Target;
use unit_writer::checks::{Finding, Severity};
use unit_writer::load::{Identity, Source, UnitSet};

use super::checker::Checker;
use super::render::Report;
use super::target::Target as JudgedFor;
use super::write;

mod common;
mod mount;
mod path;
mod service;
mod socket;
mod timer;

use common::{Common, Draft};

/// The kinds of units.
#[derive(Debug, Subcommand)]
pub(crate) enum New {
    /// A program that systemd runs
    Service(service::NewService),
    /// A group of units
    Target(NewTarget),
    /// A socket that starts a service
    Socket(socket::NewSocket),
    /// A mount point; its name follows from --where
    Mount(mount::NewMount),
    /// Starts another unit when it is time
    Timer(timer::NewTimer),
    /// Starts another unit when a path changes
    Path(path::NewPath),
}

/// The arguments of a target.
#[derive(Debug, Args)]
pub(crate) struct NewTarget {
    #[command(flatten)]
    pub(crate) common: Common,
}

pub(crate) fn run(options: &New, out: &mut dyn Write) -> anyhow::Result<()> {
    let (draft, common) = match options {
        New::Service(options) => (service::draft(options)?, &options.common),
        New::Target(options) => (target(options)?, &options.common),
        New::Socket(options) => (socket::draft(options)?, &options.common),
        New::Mount(options) => (mount::draft(options)?, &options.common),
        New::Timer(options) => (timer::draft(options)?, &options.common),
        New::Path(options) => (path::draft(options)?, &options.common),
    };
    check(&draft, common.output.as_deref())?;
    let Some(directory) = &common.output else {
        return Ok(out.write_all(draft.text.as_bytes())?);
    };
    let path = directory.join(draft.name.as_str());
    let shown = path.display();
    if path.symlink_metadata().is_ok() {
        bail!("cannot write {shown}: it exists already");
    }
    write::write(&path, draft.text.as_bytes(), 0o644)
        .with_context(|| format!("cannot write {shown}"))?;
    Ok(writeln!(out, "wrote {shown}")?)
}

/// Judges the draft as `check` would. What systemd refuses or ignores is not written; what only
/// this machine lacks is told, for the unit may be for another one.
fn check(draft: &Draft, directory: Option<&Path>) -> anyhow::Result<()> {
    let path = directory.unwrap_or(Path::new("")).join(draft.name.as_str());
    let identity = Identity::of(&path).expect("the name has a unit type");
    let source = Source::of_bytes(&path, identity, draft.text.clone().into_bytes())?;
    let set = UnitSet::of([&source]);
    let judge = |offline: bool| -> anyhow::Result<Vec<Finding>> {
        let target = JudgedFor { offline, root: "/".into(), systemd: None, user: false };
        let mut findings = Checker::new(&target)?.findings(&source, source.effective(), &set);
        findings.retain(|finding| finding.severity > Severity::Info);
        Ok(findings)
    };
    let everywhere = judge(true)?;
    let is_bad = !everywhere.is_empty();
    let findings = if is_bad { everywhere } else { judge(false)? };
    Report::for_errors().add(&source, findings, &mut io::stderr().lock())?;
    if is_bad {
        bail!("cannot write {}: systemd would not do what it says", draft.name);
    }
    Ok(())
}

fn target(options: &NewTarget) -> anyhow::Result<Draft> {
    let common = &options.common;
    let name = common.name(UnitType::Target)?;
    let target = Target { unit: common.unit()?, install: common.install("multi-user.target")? };
    Ok(Draft { name, text: target.to_string() })
}
