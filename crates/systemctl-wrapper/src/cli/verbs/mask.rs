//! `mask` and `unmask`: forbid units, and allow them again.

use systemctl_wrapper::Action;

use crate::cli::context::Context;
use crate::cli::files;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const MASK: Verb = Verb {
    name: "mask",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Forbid units: a link to /dev/null takes their place, and nothing can start them",
    details: "--now stops them as well, --runtime forbids until the next boot. A unit file in\n\
              /etc/systemd/system is\n\
              in the way of the link, and is never overwritten.",
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
    files::change(
        context,
        ("mask", "MaskUnitFiles"),
        units,
        Some(Action::Stop),
        |manager, files, options| manager.mask(files, options.runtime, options.force),
    )
}

fn unmask(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    files::change(context, ("unmask", "UnmaskUnitFiles"), units, None, |manager, files, options| {
        manager.unmask(files, options.runtime)
    })
}
