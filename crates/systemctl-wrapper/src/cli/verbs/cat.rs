//! `cat`: the files of units, as they are on disk now.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use systemctl_wrapper::{Drift, LoadState, Scope, Unit};
use systemd_types::UnitType;

use crate::cli::context::Context;
use crate::cli::output::{Tint, plain, remark, tinted, wants_colour};
use crate::cli::verb::{ANY, Verb};
use crate::cli::{diagnosis, names};

/// No unit file is longer, in bytes.
const FILE_MAX: u64 = 1 << 20;

pub(crate) const VERB: Verb = Verb {
    name: "cat",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Print the files of units, drop-ins included",
    details: "They may be newer than what the manager works with; it says so.",
    statuses: &[(0, "printed"), (1, "a unit has no files")],
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    if let Scope::Host(host) = &context.scope {
        anyhow::bail!("files of {host} can't be read from here: call cat there, through ssh(1)");
    }
    context.page();
    let mut is_first = true;
    let mut status = 0;
    // A file can be read whatever its unit does.
    for name in names::expand_to(context, units, UnitType::Service, &|_| true)? {
        let unit = context.manager()?.unit_or_template(&name)?;
        if unit.fragment.is_empty() && unit.drop_ins.is_empty() {
            remark!("systemctl-wrapper: there are no files for {}", plain(&name));
            status = 1;
            continue;
        }
        if let Some(drift) = Drift::of(&unit, &context.scope) {
            diagnosis::drift(&unit, &drift, false);
        }
        if unit.load == LoadState::Masked {
            let line = format!("# Unit {} is masked.", plain(&name));
            writeln!(context.out, "{}", tinted(&line, Tint::Faint))?;
            continue;
        }
        for file in files(&unit) {
            if !is_first {
                writeln!(context.out)?;
            }
            is_first = false;
            write_file(context, file)?;
        }
    }
    Ok(status)
}

fn files(unit: &Unit) -> impl Iterator<Item = &Path> {
    let own = std::iter::once(&unit.fragment).filter(|path| !path.is_empty());
    own.chain(&unit.drop_ins).map(Path::new)
}

fn write_file(context: &mut Context<'_>, file: &Path) -> anyhow::Result<()> {
    writeln!(context.out, "{}", tinted(&format!("# {}", file.display()), Tint::Faint))?;
    let cannot = || format!("cannot read {}", file.display());
    let data = fs::metadata(file).with_context(cannot)?;
    // A masked unit's file is /dev/null, which has no end to be afraid of; a device may have none.
    if data.len() > FILE_MAX {
        anyhow::bail!("{} has {} bytes: that is no unit file", file.display(), data.len());
    }
    if !data.is_file() {
        return Ok(());
    }
    let text = fs::read(file).with_context(cannot)?;
    // To a program the bytes, to a terminal what can't harm it.
    if !std::io::IsTerminal::is_terminal(&std::io::stdout()) {
        context.out.write_all(&text)?;
        return Ok(());
    }
    for line in String::from_utf8_lossy(&text).lines() {
        let is_comment = line.starts_with(['#', ';']);
        let line = plain(line);
        if is_comment && wants_colour() {
            writeln!(context.out, "{}", tinted(&line, Tint::Faint))?
        } else {
            writeln!(context.out, "{line}")?
        }
    }
    Ok(())
}
