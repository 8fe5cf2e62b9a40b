//! `add-wants` and `add-requires`: let a target pull units in, without a word in their files.

use systemd_types::{Globs, UnitType, mangle};

use crate::cli::context::Context;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};
use crate::cli::{files, names};

pub(crate) const WANTS: Verb = Verb {
    name: "add-wants",
    aliases: &[],
    arguments: "TARGET UNIT…",
    counts: (2, ANY),
    summary: "Let a target pull units in, by links in its .wants/ directory",
    details: "It works for static units too, which can't be enabled.",
    statuses: WORKS_OR_NOT,
    run: |context, units| run(context, units, "Wants"),
};

pub(crate) const REQUIRES: Verb = Verb {
    name: "add-requires",
    aliases: &[],
    arguments: "TARGET UNIT…",
    counts: (2, ANY),
    summary: "Let a target require units, by links in its .requires/ directory",
    details: "",
    statuses: WORKS_OR_NOT,
    run: |context, units| run(context, units, "Requires"),
};

fn run(context: &mut Context<'_>, units: &[String], kind: &str) -> anyhow::Result<u8> {
    let target = mangle(&units[0], UnitType::Target, Globs::Refused)?;
    let units = names::files(context, &units[1..])?;
    context.manager_to_change()?;
    let call = format!("AddDependencyUnitFiles({units:?}, {target:?}, {kind:?})");
    if !context.may_call(&call)? {
        return Ok(0);
    }
    let files: Vec<&str> = units.iter().map(String::as_str).collect();
    let (runtime, force) = (context.options.runtime, context.options.force);
    let answer = context.manager()?.add_dependency(&files, &target, kind, runtime, force);
    let installed = files::cannot(&format!("add to {target}"), &units, answer)?;
    files::finish(context, &installed, &units, false)
}
