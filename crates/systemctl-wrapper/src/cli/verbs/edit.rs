//! `edit`: write a drop-in for a unit, have it checked, and let the manager read it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;
use systemctl_wrapper::Scope;
use systemd_types::{Globs, UnitName, UnitType, mangle};

use crate::cli::Usage;
use crate::cli::context::Context;
use crate::cli::verb::{Verb, WORKS_OR_NOT};

/// No drop-in is longer, in bytes.
const DROP_IN_MAX: u64 = 1 << 20;

pub(crate) const VERB: Verb = Verb {
    name: "edit",
    aliases: &[],
    arguments: "UNIT",
    counts: (1, 1),
    summary: "Write a drop-in for a unit, have it checked, and let the manager read it",
    details: "--stdin takes it from standard input; otherwise $SYSTEMD_EDITOR, $EDITOR or $VISUAL opens it.\n\
              --drop-in=NAME is its name (override.conf), --runtime makes it last until the next boot.\n\
              Where unit-writer is installed, its errors keep the drop-in from being installed.",
    statuses: WORKS_OR_NOT,
    run,
};

fn run(context: &mut Context<'_>, args: &[String]) -> anyhow::Result<u8> {
    let name = UnitName::new(&mangle(&args[0], UnitType::Service, Globs::Refused)?)?;
    let unit = context.manager_to_change()?.unit(name.as_str())?;
    if !unit.exists() {
        anyhow::bail!("cannot edit {name}: there is no such unit");
    }
    let path = drop_in(context, &name)?;
    let old = match fs::read(&path) {
        Ok(old) => Some(old),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let new = match context.options.stdin {
        true => from_standard_input()?,
        false => from_editor(&path, old.as_deref().unwrap_or_default(), &unit.fragment)?,
    };
    if new.iter().all(u8::is_ascii_whitespace) || Some(&new) == old.as_ref() {
        writeln!(context.out, "nothing to change: {}", path.display())?;
        return Ok(0);
    }
    install(&path, &new)?;
    if let Err(error) = check(&path) {
        // As if it had never been there.
        match old {
            Some(old) => fs::write(&path, old)?,
            None => fs::remove_file(&path)?,
        }
        return Err(error);
    }
    if context.is_loud() {
        writeln!(context.out, "wrote {}", path.display())?;
    }
    context.explain("Reload()")?;
    context.manager()?.daemon_reload()?;
    if context.is_loud() && !unit.active.is_down() {
        writeln!(context.out, "{name} runs with its old settings until: restart {name}")?;
    }
    Ok(0)
}

/// `UNIT.d/override.conf`, where an administrator's units are.
fn drop_in(context: &Context<'_>, unit: &UnitName) -> anyhow::Result<PathBuf> {
    let name = context.options.drop_in.as_deref().unwrap_or("override");
    let name = name.strip_suffix(".conf").unwrap_or(name);
    if name.is_empty() || name.contains('/') || name.starts_with('.') {
        return Err(Usage(format!("{name:?} is no name for a drop-in")).into());
    }
    let folder = match (&context.scope, context.options.runtime) {
        (Scope::System, false) => PathBuf::from("/etc/systemd/system"),
        (Scope::System, true) => PathBuf::from("/run/systemd/system"),
        (Scope::User, false) => {
            let config = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
            let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".config"));
            let config = config.or_else(home).context("cannot find your units: HOME is not set")?;
            config.join("systemd/user")
        }
        (Scope::User, true) => {
            let runtime =
                std::env::var_os("XDG_RUNTIME_DIR").context("XDG_RUNTIME_DIR is not set")?;
            Path::new(&runtime).join("systemd/user")
        }
        (Scope::Host(host), _) => anyhow::bail!("files of {host} can't be edited from here"),
    };
    Ok(folder.join(format!("{unit}.d")).join(format!("{name}.conf")))
}

fn from_standard_input() -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    std::io::stdin().take(DROP_IN_MAX + 1).read_to_end(&mut text)?;
    if text.len() as u64 > DROP_IN_MAX {
        anyhow::bail!("what comes on standard input is too long for a drop-in");
    }
    Ok(text)
}

/// Opens a copy in the editor, so that a half-written file is never where systemd looks.
fn from_editor(path: &Path, old: &[u8], fragment: &str) -> anyhow::Result<Vec<u8>> {
    let copy = path.with_extension(format!("conf.edit-{}", std::process::id()));
    let hint = format!("# Lines here override those of {fragment}.\n");
    let start = if old.is_empty() { hint.as_bytes() } else { old };
    install(&copy, start)?;
    let editor = ["SYSTEMD_EDITOR", "EDITOR", "VISUAL"].iter().find_map(std::env::var_os);
    let editor = editor.unwrap_or_else(|| "editor".into());
    let done = Command::new(&editor).arg(&copy).status();
    let text = fs::read(&copy);
    fs::remove_file(&copy)?;
    let editor = Path::new(&editor).display();
    let status = done.with_context(|| format!("cannot run {editor}: set EDITOR"))?;
    if !status.success() {
        anyhow::bail!("{editor} ended with an error: nothing was changed");
    }
    let text = text?;
    // The hint alone is nothing.
    Ok(if text == start && old.is_empty() { Vec::new() } else { text })
}

/// Writes beside, then renames: systemd never sees half a file.
fn install(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(cannot)?;
    }
    let beside = path.with_extension("conf.new");
    fs::write(&beside, text).with_context(cannot)?;
    fs::rename(&beside, path).with_context(cannot)
}

/// Lesson 2's tool judges, where it is installed.
fn check(path: &Path) -> anyhow::Result<()> {
    let checked = Command::new("unit-writer").arg("check").arg(path).stdin(Stdio::null()).output();
    let Ok(output) = checked else { return Ok(()) };
    let findings = String::from_utf8_lossy(&output.stdout);
    for line in findings.lines() {
        eprintln!("{}", crate::cli::output::plain(line));
    }
    if !output.status.success() {
        anyhow::bail!("not installed, for the errors above: {}", path.display());
    }
    Ok(())
}
