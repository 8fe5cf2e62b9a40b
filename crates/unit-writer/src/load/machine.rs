//! The facts of a machine that units depend on: programs, users, files, other units, and the
//! version of systemd.
//!
//! Everything is looked up below a root directory and remembered, so that checking many units stays
//! quick.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use systemd_types::{UnitName, UnitType};

use super::accounts::{Accounts, configuration};
use super::directory::{names_in, paths_in};
use super::facts::Facts;
use super::load_path::{LoadPath, Scope, read_beginning, read_limited};
use super::source::{Part, effective};

/// Where systemd looks for a program that is named without a path; compiled into it.
const PROGRAM_DIRECTORIES: [&str; 6] =
    ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// A machine, or the root directory of one.
///
/// ```
/// use std::path::Path;
/// use unit_writer::load::{Machine, Scope};
///
/// let machine = Machine::new(Path::new("/"), Scope::System);
/// assert!(machine.has_user("0") && !machine.is_program("/no/such/program"));
/// ```
#[derive(Debug, Default)]
pub struct Machine {
    root: PathBuf,
    load_path: LoadPath,
    is_of_vendor: bool,
    units: OnceCell<HashSet<String>>,
    accounts: OnceCell<Accounts>,
    programs: RefCell<HashMap<String, bool>>,
    made_at_boot: OnceCell<HashSet<String>>,
}

impl Machine {
    /// The machine below `root`; `/` is the one at hand.
    pub fn new(root: &Path, scope: Scope) -> Machine {
        Machine::with_load_path(root, LoadPath::new(scope, root, None))
    }

    /// The machine below `root`, with units from other directories than usual.
    pub fn with_load_path(root: &Path, load_path: LoadPath) -> Machine {
        let first = load_path.directories().first();
        let below_root = first.and_then(|directory| directory.strip_prefix(root).ok());
        Machine {
            root: root.to_owned(),
            is_of_vendor: below_root
                .is_some_and(|place| place.starts_with("usr") || place.starts_with("lib")),
            load_path,
            ..Machine::default()
        }
    }

    /// The directories its units are in.
    pub fn load_path(&self) -> &LoadPath {
        &self.load_path
    }

    /// The version of its systemd, from the name of the library that all of its programs share.
    pub fn version(&self) -> Option<u32> {
        let libraries = self.root.join("usr/lib");
        let mut places = vec![libraries.clone(), self.root.join("usr/lib64")];
        let is_triplet = |path: &PathBuf| path.to_string_lossy().contains("-linux-gnu");
        places.extend(paths_in(&libraries).filter(is_triplet));
        let names = places.iter().flat_map(|place| names_in(&place.join("systemd")));
        names.filter_map(|name| version_of(&name.to_string_lossy())).max()
    }

    /// Whether a unit is there, or may be: devices, mounts, slices and scopes come and go without
    /// files.
    pub fn may_have_unit(&self, name: &UnitName) -> bool {
        let from_elsewhere = matches!(
            name.unit_type(),
            UnitType::Device | UnitType::Mount | UnitType::Swap | UnitType::Slice | UnitType::Scope
        );
        let units = self.units();
        let template = name.template();
        from_elsewhere
            || units.contains(name.as_str())
            || template.is_some_and(|template| units.contains(template.as_str()))
            || (name.unit_type() == UnitType::Service
                && self.exists(&format!("/etc/init.d/{}", name.stem())))
    }

    /// Whether the unit has a file or link in the load path.
    pub fn has_unit_file(&self, name: &UnitName) -> bool {
        self.units().contains(name.as_str())
    }

    /// Whether the most important directory is one that packages install into; their authors enable
    /// what they want.
    pub fn is_of_vendor(&self) -> bool {
        self.is_of_vendor
    }

    /// The names of all units in the load path, for suggestions.
    pub fn unit_names(&self) -> impl Iterator<Item = &str> {
        self.units().iter().map(String::as_str)
    }

    /// Whether the user exists, by name or by number, or may come from a service of names.
    pub fn has_user(&self, user: &str) -> bool {
        user.parse::<u32>().is_ok() || self.accounts().has_user(user)
    }

    /// Whether the group exists, by name or by number, or may come from a service of names.
    pub fn has_group(&self, group: &str) -> bool {
        group.parse::<u32>().is_ok() || self.accounts().has_group(group)
    }

    fn accounts(&self) -> &Accounts {
        self.accounts.get_or_init(|| Accounts::of(&self.root))
    }

    /// Whether tmpfiles.d(5) makes the path, or one below it, at boot.
    pub fn is_made_at_boot(&self, path: &str) -> bool {
        let made = self.made_at_boot.get_or_init(|| {
            let lines = configuration(&self.root, "tmpfiles.d");
            let path = |line: &String| {
                let mut words = line.split_whitespace();
                let kind = words.next()?.trim_end_matches(['!', '+', '-', '=', '~', '^']);
                let makes = "dDvqQfFLpcbC".contains(kind.chars().next()?);
                words.next().filter(|_| makes).map(|path| path.replacen("/var/run/", "/run/", 1))
            };
            lines.iter().filter_map(path).collect()
        });
        let path = path.trim_end_matches('/').replacen("/var/run/", "/run/", 1);
        let is_below = |made: &String| {
            made.strip_prefix(&path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        made.contains(&path) || made.iter().any(is_below)
    }

    /// What a file at an absolute path holds, if it can be read.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        read_limited(&self.below_root(path)).ok()
    }

    /// What other units ask about a unit in the load path.
    pub fn unit_facts(&self, name: &UnitName) -> Option<Facts> {
        let mut paths = vec![self.load_path.find(name)?];
        paths.extend(self.load_path.drop_ins(std::slice::from_ref(name)));
        let parts: Vec<Part> = paths.into_iter().filter_map(|path| Part::read(path).ok()).collect();
        Some(Facts::of(name, &effective(&parts)))
    }

    /// Whether something is at an absolute path, a dangling link included.
    pub fn exists(&self, path: &str) -> bool {
        self.below_root(path).symlink_metadata().is_ok()
    }

    /// What the kernel looks at of a file that it is to run, if that can be read; execve(2).
    pub fn beginning(&self, path: &str) -> Option<Vec<u8>> {
        read_beginning(&self.below_root(path), 256).ok()
    }

    /// Whether other users than the owner and his group may go into a directory.
    pub fn is_open_to_all(&self, directory: &str) -> bool {
        let data = fs::metadata(self.below_root(directory));
        data.is_ok_and(|data| data.permissions().mode() & 0o001 != 0)
    }

    /// Where a symbolic link leads, as it is written in it.
    pub fn link(&self, path: &str) -> Option<PathBuf> {
        fs::read_link(self.below_root(path)).ok()
    }

    /// Whether the path is a directory, or a link, which may lead to one.
    pub fn is_directory(&self, path: &str) -> bool {
        self.below_root(path)
            .symlink_metadata()
            .is_ok_and(|data| data.is_dir() || data.is_symlink())
    }

    /// Whether there is a program of an absolute path, or of a bare name where systemd looks for
    /// it.
    pub fn has_program(&self, program: &str) -> bool {
        let is_in = |directory: &&str| self.is_program(&format!("{directory}/{program}"));
        if program.starts_with('/') {
            self.is_program(program)
        } else {
            PROGRAM_DIRECTORIES.iter().any(is_in)
        }
    }

    /// Whether the path is a program that can be run. A link that leads out of the root gets the
    /// benefit of the doubt.
    pub fn is_program(&self, path: &str) -> bool {
        if let Some(known) = self.programs.borrow().get(path) {
            return *known;
        }
        let found = self.look_for_program(path);
        self.programs.borrow_mut().insert(path.to_owned(), found);
        found
    }

    fn look_for_program(&self, path: &str) -> bool {
        let path = self.below_root(path);
        match fs::metadata(&path) {
            Ok(data) => data.is_file() && data.permissions().mode() & 0o111 != 0,
            Err(_) => self.root != Path::new("/") && path.is_symlink(),
        }
    }

    /// Whether a name is one of the machine's time zones; any plausible name if it has no list of
    /// them.
    pub fn is_time_zone(&self, name: &str) -> bool {
        let zones = self.below_root("/usr/share/zoneinfo");
        let plausible = name.split('/').all(|part| !part.is_empty() && !part.starts_with('.'));
        plausible && (zones.join(name).is_file() || !zones.is_dir())
    }

    fn below_root(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    fn units(&self) -> &HashSet<String> {
        self.units.get_or_init(|| {
            let mut units = HashSet::with_capacity(512);
            for directory in self.load_path.directories() {
                units.extend(names_in(directory).filter_map(|name| name.into_string().ok()));
            }
            units
        })
    }
}

/// 252 of `libsystemd-shared-252.so`, 257 of `libsystemd-shared-257.13-1.so`.
fn version_of(file_name: &str) -> Option<u32> {
    let version = file_name.strip_prefix("libsystemd-shared-")?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
