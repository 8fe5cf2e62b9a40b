//! A drop-in of a unit, as a file: where it lies, what it was, and how it is replaced.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;
use systemctl_wrapper::Scope;
use systemd_types::UnitName;

use super::Usage;
use super::context::Context;
use super::output::{plain, remark};

/// No drop-in is longer, in bytes.
pub(crate) const SIZE_MAX: u64 = 1 << 20;

/// A drop-in that may be there or not.
pub(crate) struct DropIn {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What is in it now; nothing if it is not there.
    pub(crate) old: Option<Vec<u8>>,
}

impl DropIn {
    /// `UNIT.d/override.conf`, where an administrator's units are.
    pub(crate) fn of(context: &Context<'_>, unit: &UnitName) -> anyhow::Result<DropIn> {
        let name = context.options.drop_in.as_deref().unwrap_or("override");
        let name = name.strip_suffix(".conf").unwrap_or(name);
        if name.is_empty() || name.contains('/') || name.starts_with('.') {
            return Err(Usage(format!("{name:?} is no name for a drop-in")).into());
        }
        let directory = directory(&context.scope, context.options.runtime)?;
        let path = directory.join(format!("{unit}.d")).join(format!("{name}.conf"));
        let old = match read(&path) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        Ok(DropIn { path, old })
    }

    /// A file beside it for the editor, which systemd does not look at.
    pub(crate) fn copy(&self) -> PathBuf {
        self.path.with_extension(format!("conf.edit-{}", std::process::id()))
    }

    /// Reads that file, and removes it.
    pub(crate) fn take_copy(&self) -> anyhow::Result<Vec<u8>> {
        let copy = self.copy();
        let text = read(&copy).with_context(|| format!("cannot read {}", copy.display()));
        let _ = fs::remove_file(&copy); // an editor may have done it
        if let Some(directory) = copy.parent() {
            let _ = fs::remove_dir(directory); // it stays if there is anything in it
        }
        text
    }

    /// Whether a text is another one than the drop-in has.
    pub(crate) fn is_changed_by(&self, text: &[u8]) -> bool {
        !text.iter().all(u8::is_ascii_whitespace) && self.old.as_deref() != Some(text)
    }

    /// Installs a text; what lesson 2's tool finds wrong with it puts the old one back.
    pub(crate) fn install_checked(&self, text: &[u8]) -> anyhow::Result<()> {
        install(&self.path, text)?;
        let checked = check(&self.path);
        if checked.is_err() {
            match &self.old {
                Some(old) => install(&self.path, old)?,
                None => fs::remove_file(&self.path)?,
            }
        }
        checked
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    fs::File::open(path)?.take(SIZE_MAX).read_to_end(&mut text)?;
    Ok(text)
}

/// The directory of an administrator's units, or of a user's own; systemd.unit(5).
fn directory(scope: &Scope, runtime: bool) -> anyhow::Result<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    Ok(match (scope, runtime) {
        (Scope::System, false) => PathBuf::from("/etc/systemd/system"),
        (Scope::System, true) => PathBuf::from("/run/systemd/system"),
        (Scope::User, false) => {
            let home = || variable("HOME").map(|home| home.join(".config"));
            let config = variable("XDG_CONFIG_HOME").or_else(home);
            config.context("cannot find your units: HOME is not set")?.join("systemd/user")
        }
        (Scope::User, true) => {
            variable("XDG_RUNTIME_DIR").context("XDG_RUNTIME_DIR is not set")?.join("systemd/user")
        }
        (Scope::Host(host), _) => anyhow::bail!("files of {host} can't be edited from here"),
    })
}

/// Writes beside, then renames: systemd never sees half a file.
pub(crate) fn install(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("cannot write {}", path.display());
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).with_context(cannot)?;
    }
    let beside = path.with_extension("conf.new");
    fs::write(&beside, text).with_context(cannot)?;
    fs::rename(&beside, path).with_context(cannot)
}

/// Lesson 2's tool judges, where it is installed.
fn check(path: &Path) -> anyhow::Result<()> {
    let checked = Command::new("unit-writer").arg("check").arg(path).stdin(Stdio::null()).output();
    let Ok(output) = checked else { return Ok(()) };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        remark!("{}", plain(line));
    }
    if !output.status.success() {
        anyhow::bail!("not installed, for the errors above: {}", path.display());
    }
    Ok(())
}
