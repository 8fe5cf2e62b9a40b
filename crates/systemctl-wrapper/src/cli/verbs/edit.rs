//! `edit`: write drop-ins for units, have them checked, and let the manager read them.

use std::io::{IsTerminal, Read};
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use systemctl_wrapper::Unit;
use systemd_types::{Globs, UnitName, UnitType, mangle};

use crate::cli::Usage;
use crate::cli::context::Context;
use crate::cli::drop_in::{self, DropIn};
use crate::cli::output::remark;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const VERB: Verb = Verb {
    name: "edit",
    aliases: &[],
    arguments: "UNIT…",
    counts: (1, ANY),
    summary: "Write drop-ins for units, have them checked, and let the manager read them",
    details: "--stdin takes the text from standard input, the same for all of the units;\n\
              otherwise\n\
              $SYSTEMD_EDITOR, $EDITOR or $VISUAL opens a file for each of them.\n\
              --drop-in=NAME is its name (override.conf), --runtime makes it last until the\n\
              next boot.\n\
              Where unit-writer is installed, its errors keep a drop-in from being installed.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, args: &[String]) -> anyhow::Result<u8> {
    let options = context.options;
    if options.full || options.force {
        let which = if options.full { "--full" } else { "--force" };
        let command = format!("systemctl edit {which} {}", args.join(" "));
        return Err(Usage(format!("edit {which} is left out here: {command}")).into());
    }
    // All of them are found before anything is opened: a misspelt name costs no work.
    let mut all = Vec::new();
    for name in args {
        let name = UnitName::new(&mangle(name, UnitType::Service, Globs::Refused)?)?;
        let unit = context.manager_to_change()?.unit_or_template(name.as_str())?;
        if !unit.exists() {
            let cure = format!("systemctl edit --force --full {name} writes a new one");
            anyhow::bail!("cannot edit {name}: there is no such unit; {cure}");
        }
        all.push((DropIn::of(context, &name)?, unit));
    }
    if options.dry_run {
        for (drop_in, _) in &all {
            writeln!(context.out, "would write {}", drop_in.path.display())?;
        }
        context.may_call("Reload()")?;
        return Ok(0);
    }
    let texts =
        if options.stdin { vec![from_standard_input()?; all.len()] } else { from_editor(&all)? };
    let mut status = 0;
    let mut written = Vec::new();
    for ((drop_in, unit), text) in all.iter().zip(&texts) {
        if !drop_in.is_changed_by(text) {
            writeln!(context.out, "nothing to change: {}", drop_in.path.display())?;
        } else if let Err(error) = drop_in.install_checked(text) {
            remark!("systemctl-wrapper: {error:#}");
            status = 1;
        } else {
            written.push((drop_in, unit));
        }
    }
    finish(context, &written)?;
    Ok(status)
}

/// Lets the manager read what was written, and says what that means for units that run.
fn finish(context: &mut Context<'_>, written: &[(&DropIn, &Unit)]) -> anyhow::Result<()> {
    if written.is_empty() {
        return Ok(());
    }
    context.explain("Reload()")?;
    context.manager()?.daemon_reload()?;
    if !context.is_loud() {
        return Ok(());
    }
    for (drop_in, unit) in written {
        writeln!(context.out, "wrote {}", drop_in.path.display())?;
        if !unit.active.is_down() {
            let name = &unit.id;
            writeln!(context.out, "{name} runs with its old settings until: restart {name}")?;
        }
    }
    Ok(())
}

fn from_standard_input() -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    std::io::stdin().take(drop_in::SIZE_MAX + 1).read_to_end(&mut text)?;
    if text.len() as u64 > drop_in::SIZE_MAX {
        anyhow::bail!("what comes on standard input is too long for a drop-in");
    }
    Ok(text)
}

/// Opens copies in the editor, so that a half-written file is never where systemd looks.
fn from_editor(all: &[(DropIn, Unit)]) -> anyhow::Result<Vec<Vec<u8>>> {
    let editor = ["SYSTEMD_EDITOR", "EDITOR", "VISUAL"].iter().find_map(std::env::var_os);
    if editor.is_none() && !std::io::stdin().is_terminal() {
        return Err(Usage("no terminal for an editor: --stdin takes the text".to_owned()).into());
    }
    let editor = editor.unwrap_or_else(|| "editor".into());
    let mut starts = Vec::new();
    for (drop_in, unit) in all {
        let hint = format!("# Lines here override those of {}.\n", unit.fragment);
        let start = drop_in.old.clone().unwrap_or_else(|| hint.into_bytes());
        drop_in::install(&drop_in.copy(), &start)?;
        starts.push(start);
    }
    let copies = all.iter().map(|(drop_in, _)| drop_in.copy());
    let done = Command::new(&editor).args(copies).status();
    let mut texts = Vec::new();
    for ((drop_in, _), start) in all.iter().zip(starts) {
        let text = drop_in.take_copy()?;
        // The hint alone is nothing.
        let is_untouched = text == start && drop_in.old.is_none();
        texts.push(if is_untouched { Vec::new() } else { text });
    }
    let editor = Path::new(&editor).display();
    let status = done.with_context(|| format!("cannot run {editor}: set EDITOR"))?;
    if !status.success() {
        anyhow::bail!("{editor} ended with an error: nothing was changed");
    }
    Ok(texts)
}
