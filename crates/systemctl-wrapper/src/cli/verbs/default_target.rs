//! `get-default` and `set-default`: what a boot starts.

use systemd_types::{Globs, UnitType, mangle};

use crate::cli::context::Context;
use crate::cli::files;
use crate::cli::verb::{Verb, WORKS_OR_NOT};

pub(crate) const GET: Verb = Verb {
    name: "get-default",
    aliases: &[],
    arguments: "",
    counts: (0, 0),
    summary: "Print the target that a boot starts",
    details: "",
    statuses: WORKS_OR_NOT,
    run: get,
};

pub(crate) const SET: Verb = Verb {
    name: "set-default",
    aliases: &[],
    arguments: "TARGET",
    counts: (1, 1),
    summary: "Make a target the one that a boot starts",
    details: "It starts nothing now; isolate does.",
    statuses: WORKS_OR_NOT,
    run: set,
};

fn get(context: &mut Context<'_>, _: &[String]) -> anyhow::Result<u8> {
    let target = context.manager()?.default_target()?;
    writeln!(context.out, "{target}")?;
    Ok(0)
}

fn set(context: &mut Context<'_>, args: &[String]) -> anyhow::Result<u8> {
    let target = mangle(&args[0], UnitType::Target, Globs::Refused)?;
    context.manager_to_change()?;
    if !context.may_call(&format!("SetDefaultTarget({target:?}, true)"))? {
        return Ok(0);
    }
    let answer = context.manager()?.set_default_target(&target);
    let installed = files::cannot("set-default", std::slice::from_ref(&target), answer)?;
    files::finish(context, &installed, std::slice::from_ref(&target), false)
}
