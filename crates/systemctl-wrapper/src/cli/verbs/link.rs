//! `link`: make unit files known that lie elsewhere.

use crate::cli::context::Context;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};
use crate::cli::{Usage, files};

pub(crate) const VERB: Verb = Verb {
    name: "link",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Make unit files known that lie elsewhere; by absolute path",
    details: "The link lies in /etc/systemd/system, the file stays where it is.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, units: &[String]) -> anyhow::Result<u8> {
    if let Some(name) = units.iter().find(|unit| !unit.contains('/')) {
        return Err(Usage(format!("{name} is no path: link takes paths, such as ./{name}")).into());
    }
    files::change(context, ("link", "LinkUnitFiles"), units, None, |manager, files, options| {
        manager.link(files, options.runtime, options.force)
    })
}
