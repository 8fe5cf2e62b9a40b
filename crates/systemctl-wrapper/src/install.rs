//! What enabling, masking and the like changed on disk.

use std::fmt;

use crate::proxies::RawChange;
use crate::{Error, Manager, UnitFileState};

/// A change, or why there was none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A link was made.
    Linked {
        /// The link.
        link: String,
        /// What it points to.
        target: String,
    },
    /// A link or a file was removed.
    Removed(String),
    /// Something the manager says about a file, such as `masked` or `dangling`.
    Remark {
        /// Its word.
        word: String,
        /// The file.
        path: String,
        /// More; often empty.
        source: String,
    },
}

impl Change {
    pub(crate) fn from_raw((word, path, source): RawChange) -> Change {
        match word.as_str() {
            "symlink" => Change::Linked { link: path, target: source },
            "unlink" => Change::Removed(path),
            _ => Change::Remark { word, path, source },
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Linked { link, target } => write!(f, "made the link {link} → {target}"),
            Change::Removed(path) => write!(f, "removed {path}"),
            Change::Remark { word, path, source } if source.is_empty() => {
                write!(f, "{path}: {word}")
            }
            Change::Remark { word, path, source } => write!(f, "{path}: {word} ({source})"),
        }
    }
}

/// What came of a request about unit files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// Whether the files have an `[Install]` section at all; true where that does not matter.
    pub has_install_section: bool,
    /// The changes on disk; none means that all was so already.
    pub changes: Vec<Change>,
}

impl Installed {
    pub(crate) fn new((has_install_section, changes): (bool, Vec<RawChange>)) -> Installed {
        let changes = changes.into_iter().map(Change::from_raw).collect();
        Installed { has_install_section, changes }
    }
}

impl Manager {
    /// Makes the links that `[Install]` asks for; with `runtime` they last until the next boot.
    ///
    /// # Errors
    /// When there is no such unit file, or it is masked.
    pub fn enable(&self, files: &[&str], runtime: bool, force: bool) -> Result<Installed, Error> {
        let answer = self.proxy.enable_unit_files(files, runtime, force);
        Ok(Installed::new(self.bus.wait("EnableUnitFiles", answer)?))
    }

    /// Removes all links to the units.
    ///
    /// # Errors
    /// When the manager refuses.
    pub fn disable(&self, files: &[&str], runtime: bool) -> Result<Installed, Error> {
        let answer = self.proxy.disable_unit_files(files, runtime);
        Ok(Installed::new((true, self.bus.wait("DisableUnitFiles", answer)?)))
    }

    /// Makes links to `/dev/null`, so that the units can't be started at all.
    ///
    /// # Errors
    /// When the unit's own file stands where the link would.
    pub fn mask(&self, files: &[&str], runtime: bool, force: bool) -> Result<Installed, Error> {
        let answer = self.proxy.mask_unit_files(files, runtime, force);
        Ok(Installed::new((true, self.bus.wait("MaskUnitFiles", answer)?)))
    }

    /// Removes those links.
    ///
    /// # Errors
    /// When the manager refuses.
    pub fn unmask(&self, files: &[&str], runtime: bool) -> Result<Installed, Error> {
        let answer = self.proxy.unmask_unit_files(files, runtime);
        Ok(Installed::new((true, self.bus.wait("UnmaskUnitFiles", answer)?)))
    }

    /// Removes the links and makes them anew.
    ///
    /// # Errors
    /// As [`Manager::enable`].
    pub fn reenable(&self, files: &[&str], runtime: bool, force: bool) -> Result<Installed, Error> {
        let answer = self.proxy.reenable_unit_files(files, runtime, force);
        Ok(Installed::new(self.bus.wait("ReenableUnitFiles", answer)?))
    }

    /// Enables or disables, as the presets of the distribution say; `mode` is `full`, `enable-only`
    /// or `disable-only`.
    ///
    /// # Errors
    /// As [`Manager::enable`].
    pub fn preset(
        &self,
        files: &[&str],
        mode: &str,
        runtime: bool,
        force: bool,
    ) -> Result<Installed, Error> {
        let answer = self.proxy.preset_unit_files_with_mode(files, mode, runtime, force);
        Ok(Installed::new(self.bus.wait("PresetUnitFilesWithMode", answer)?))
    }

    /// Makes unit files known that are elsewhere; by absolute path.
    ///
    /// # Errors
    /// When there is no such file, or one of that name is known already.
    pub fn link(&self, files: &[&str], runtime: bool, force: bool) -> Result<Installed, Error> {
        let answer = self.proxy.link_unit_files(files, runtime, force);
        Ok(Installed::new((true, self.bus.wait("LinkUnitFiles", answer)?)))
    }

    /// Removes drop-ins and files that override the vendor's.
    ///
    /// # Errors
    /// When the manager refuses.
    pub fn revert(&self, units: &[&str]) -> Result<Installed, Error> {
        let answer = self.proxy.revert_unit_files(units);
        Ok(Installed::new((true, self.bus.wait("RevertUnitFiles", answer)?)))
    }

    /// Makes links in the `.wants/` or `.requires/` directory of `target`; `kind` is `Wants` or
    /// `Requires`.
    ///
    /// # Errors
    /// When there is no such unit file.
    pub fn add_dependency(
        &self,
        files: &[&str],
        target: &str,
        kind: &str,
        runtime: bool,
        force: bool,
    ) -> Result<Installed, Error> {
        let answer = self.proxy.add_dependency_unit_files(files, target, kind, runtime, force);
        Ok(Installed::new((true, self.bus.wait("AddDependencyUnitFiles", answer)?)))
    }

    /// The target that a boot starts.
    ///
    /// # Errors
    /// When there is none.
    pub fn default_target(&self) -> Result<String, Error> {
        self.bus.wait("GetDefaultTarget", self.proxy.get_default_target())
    }

    /// Makes a target the one that a boot starts.
    ///
    /// # Errors
    /// When there is no such target.
    pub fn set_default_target(&self, target: &str) -> Result<Installed, Error> {
        let answer = self.proxy.set_default_target(target, true);
        Ok(Installed::new((true, self.bus.wait("SetDefaultTarget", answer)?)))
    }

    /// The links that enable a unit, below `/etc`; with `runtime`, those below `/run`.
    ///
    /// # Errors
    /// When there is no such unit file.
    pub fn links(&self, unit: &str, runtime: bool) -> Result<Vec<String>, Error> {
        let answer = self.proxy.get_unit_file_links(unit, runtime);
        self.bus.wait("GetUnitFileLinks", answer).map_err(|error| error.about(unit))
    }

    /// Whether a boot starts the unit, read from disk, whether it is in memory or not.
    ///
    /// # Errors
    /// When there is no such unit file.
    pub fn unit_file_state(&self, unit: &str) -> Result<UnitFileState, Error> {
        let answer = self.proxy.get_unit_file_state(unit);
        let word = self.bus.wait("GetUnitFileState", answer).map_err(|error| error.about(unit))?;
        Ok(word.as_str().into())
    }
}
