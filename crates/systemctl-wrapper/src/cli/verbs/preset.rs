//! `preset`: as the distribution would have it.

use crate::cli::context::Context;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};
use crate::cli::{Usage, files};

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
    let mode = context.options.preset_mode.as_deref().unwrap_or("full");
    if !["full", "enable-only", "disable-only"].contains(&mode) {
        let wrong = format!("{mode:?} is no mode: full, enable-only or disable-only");
        return Err(Usage(wrong).into());
    }
    files::change(
        context,
        ("preset", "PresetUnitFilesWithMode"),
        units,
        None,
        |manager, files, options| manager.preset(files, mode, options.runtime, options.force),
    )
}
