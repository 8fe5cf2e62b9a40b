//! `preset`: as the distribution would have it.

use crate::cli::context::Context;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};
use crate::cli::{files, names};

pub(crate) const VERB: Verb = Verb {
    name: "preset",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Enable or disable units, as the presets of the distribution say",
    details: "--preset-mode=full, enable-only or disable-only; systemd.preset(5).",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    let units = names::files(context, units)?;
    context.manager_to_change()?;
    if context.options.dry_run {
        return files::rehearse(context, "preset", &units);
    }
    context.explain(&format!("PresetUnitFilesWithMode({units:?})"))?;
    let files: Vec<&str> = units.iter().map(String::as_str).collect();
    let options = context.options;
    let mode = options.preset_mode.as_deref().unwrap_or("full");
    let answer = context.manager()?.preset(&files, mode, options.runtime, options.force);
    let installed = files::cannot("preset", &units, answer)?;
    files::finish(context, &installed, &units, None)
}
