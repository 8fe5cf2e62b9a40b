//! `mask` and `unmask`: forbid units, and allow them again.

use systemctl_wrapper::Action;

use crate::cli::context::Context;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};
use crate::cli::{files, names};

pub(crate) const MASK: Verb = Verb {
    name: "mask",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Forbid units: a link to /dev/null takes their place, and nothing can start them",
    details: "--now stops them as well, --runtime forbids until the next boot. A unit file in /etc/systemd/system is\nin the way of the link, and is never overwritten.",
    statuses: WORKS_OR_NOT,
    run: mask,
};

pub(crate) const UNMASK: Verb = Verb {
    name: "unmask",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Allow masked units again",
    details: "",
    statuses: WORKS_OR_NOT,
    run: unmask,
};

fn mask(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    let units = names::files(context, units)?;
    context.manager_to_change()?;
    if context.options.dry_run {
        return files::rehearse(context, "mask", &units);
    }
    context.explain(&format!("MaskUnitFiles({units:?})"))?;
    let files: Vec<&str> = units.iter().map(String::as_str).collect();
    let options = context.options;
    let answer = context.manager()?.mask(&files, options.runtime, options.force);
    let installed = files::cannot("mask", &units, answer)?;
    files::finish(context, &installed, &units, Some(Action::Stop))
}

fn unmask(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    let units = names::files(context, units)?;
    context.manager_to_change()?;
    if context.options.dry_run {
        return files::rehearse(context, "unmask", &units);
    }
    context.explain(&format!("UnmaskUnitFiles({units:?})"))?;
    let files: Vec<&str> = units.iter().map(String::as_str).collect();
    let options = context.options;
    let answer = context.manager()?.unmask(&files, options.runtime);
    let installed = files::cannot("unmask", &units, answer)?;
    files::finish(context, &installed, &units, None)
}
