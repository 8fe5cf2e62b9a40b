//! A place to try labs in: a private mount namespace, a cgroup of its own, and, for the rootless
//! modes, an ordinary user in it.
//!
//! Tests that run as root make such a place for each lab, so that what a lab leaves behind can be
//! told from what the machine does meanwhile. Tests that run as an ordinary user have no place of
//! their own: there, labs run as that user.
#![allow(dead_code, unused_imports, reason = "each test file uses a part of this")]

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use lab::Mode;

mod means;
pub(crate) mod snapshot;
pub(crate) mod terminal;

pub(crate) use means::{can, is_root, modes, own_cgroup};

/// The binary under test.
pub(crate) const LAB: &str = env!("CARGO_BIN_EXE_lab");

/// Long enough for anything in these tests on a machine that does much else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The account that rootless labs run as; no machine has given its id away.
pub(crate) const PUPIL: u32 = 54_321;

/// Builds the place, as root, then becomes who was asked for. All files are on file systems that
/// only this namespace sees.
const BUILD: &str = r#"
set -e
mount -t tmpfs -o mode=755,size=64m place /mnt
mkdir -m 777 /mnt/home
for program in lab test; do touch /mnt/$program; done
mount --bind "$PLACE_LAB" /mnt/lab
mount --bind "$PLACE_TEST" /mnt/test
mount -t tmpfs -o mode=1777,size=64m place /tmp
# No systemd of the machine's: labs live in the cgroup of this place, where they can be looked at.
[ ! -d /run/systemd ] || mount -t tmpfs -o mode=755,size=1m place /run/systemd
if [ "$PLACE_UID" != 0 ]; then
    { cat /etc/passwd; echo "pupil:x:$PLACE_UID:$PLACE_UID::/mnt/home:/bin/bash"; } > /mnt/passwd
    echo pupil:200000:65536 > /mnt/subids
    chown "$PLACE_UID:$PLACE_UID" /mnt/home
    mount --bind /mnt/passwd /etc/passwd
    for file in /etc/subuid /etc/subgid; do [ ! -e $file ] || mount --bind /mnt/subids $file; done
fi
echo $$ > "$PLACE_CGROUP/cgroup.procs"
cd /mnt/home
eval "$PLACE_SETUP"
unset "${!PLACE_@}"
export HOME=/mnt/home
"#;

/// Who runs the labs of a place, and what was changed for them.
pub(crate) struct Place {
    uid: u32,
    cgroup: Option<PathBuf>,
    setup: String,
}

impl Place {
    /// A place for labs of `mode`: as root, or as an ordinary user.
    pub(crate) fn new(mode: Mode) -> Self {
        Self::of(if mode == Mode::Root { 0 } else { PUPIL })
    }

    fn of(uid: u32) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let cgroup = is_root().then(|| {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("servicios-test-{}-{number}", std::process::id());
            let path = own_cgroup().expect("root has a cgroup v2").join(name);
            fs::create_dir(&path).expect("root may make a cgroup");
            for file in ["", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"] {
                std::os::unix::fs::chown(path.join(file), Some(uid), Some(uid))
                    .expect("root may chown");
            }
            path
        });
        Place { uid, cgroup, setup: String::new() }
    }

    /// Adds shell commands that root runs in the place before it becomes the user.
    pub(crate) fn prepare(mut self, setup: &str) -> Self {
        assert!(is_root(), "only root can prepare a place");
        self.setup += setup;
        self.setup += "\n";
        self
    }

    /// The path of `lab` as seen here.
    pub(crate) fn path(&self) -> &'static str {
        if self.cgroup.is_some() { "/mnt/lab" } else { LAB }
    }

    /// A bash script, to be run here; it finds `lab` in `$LAB`.
    pub(crate) fn script(&self, script: &str) -> Command {
        let mut command = self.program("/bin/bash", "/bin/bash");
        command.args(["-c", script]).env("LAB", self.path());
        command
    }

    /// `lab`, to be run here.
    pub(crate) fn lab(&self) -> Command {
        self.program("/mnt/lab", LAB)
    }

    /// This test binary, to be run here.
    pub(crate) fn test(&self) -> Command {
        let test = std::env::current_exe().expect("a test knows its own path");
        self.program("/mnt/test", test.to_str().expect("a path in UTF-8"))
    }

    /// `inside` is the path of a program in the place, `outside` where it is without one. Its
    /// process id is the command's own.
    pub(crate) fn program(&self, inside: &str, outside: &str) -> Command {
        let become_user = match self.uid {
            0 => "",
            _ => {
                "setpriv --reuid $0 --regid $0 --clear-groups --bounding-set=+all --inh-caps=-all --"
            }
        };
        let mut command = match &self.cgroup {
            Some(cgroup) => self.enter(cgroup, &format!("exec {become_user} \"$@\""), &[inside]),
            None => {
                let mut command = Command::new(outside);
                command.current_dir(env!("CARGO_TARGET_TMPDIR"));
                command
            }
        };
        hear_signals(&mut command);
        command
    }

    /// A bash script that root runs here, even in an ordinary user's place. `as_pupil COMMAND` runs
    /// one as that user.
    pub(crate) fn script_of_root(&self, script: &str) -> Command {
        let as_pupil = "as_pupil() { setpriv --reuid $PUPIL --regid $PUPIL --clear-groups --bounding-set=+all --inh-caps=-all -- \"$@\"; }";
        let cgroup = self.cgroup.as_ref().expect("root's tests have places");
        self.enter(cgroup, &format!("PUPIL=$0; LAB=/mnt/lab; set +e\n{as_pupil}\n{script}"), &[])
    }

    fn enter(&self, cgroup: &Path, script: &str, args: &[&str]) -> Command {
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "bash", "-c", &format!("PLACE_UID=$0\n{BUILD}\n{script}")])
            .arg(self.uid.to_string())
            .args(args)
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("PLACE_LAB", LAB)
            .env("PLACE_TEST", std::env::current_exe().expect("a test knows its own path"))
            .env("PLACE_CGROUP", cgroup)
            .env("PLACE_SETUP", &self.setup);
        command
    }

    /// The lab cgroups that are left in this place. An ordinary user's own cgroup is looked at
    /// instead.
    pub(crate) fn labs_left(&self) -> Vec<String> {
        let directory = self.cgroup.clone().or_else(own_cgroup);
        let entries = directory.and_then(|directory| fs::read_dir(directory).ok());
        entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.starts_with("servicios-lab-"))
            .filter(|_| self.cgroup.is_some())
            .collect()
    }

    /// The processes in this place and in all of its labs.
    pub(crate) fn processes(&self) -> Vec<i32> {
        self.cgroup.as_deref().map(processes_below).unwrap_or_default()
    }

    /// Fails if a lab has left anything in this place. The monitor may be about to end: it is the
    /// last one, and nobody is left to wait for it.
    #[track_caller]
    pub(crate) fn assert_clean(&self) {
        let _ = eventually(|| self.labs_left().is_empty() && self.processes().is_empty());
        assert_eq!(self.labs_left(), Vec::<String>::new(), "cgroups were left behind");
        assert_eq!(self.processes(), Vec::<i32>::new(), "processes were left behind");
    }

    /// The place's cgroup; none for an ordinary user.
    pub(crate) fn cgroup(&self) -> Option<&Path> {
        self.cgroup.as_deref()
    }
}

/// A shell has its background jobs ignore Ctrl-C, nohup(1) has its command ignore that the terminal
/// is closed, and the tests may be such a job. What they start is not.
pub(crate) fn hear_signals(command: &mut Command) {
    // SAFETY: signal(2) may be called after a fork.
    unsafe {
        command.pre_exec(|| {
            for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT] {
                libc::signal(signal, libc::SIG_DFL);
            }
            Ok(())
        });
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(cgroup) = &self.cgroup else { return };
        // A test that failed may have left a lab; see cgroups(7) for the kill file.
        let _ = fs::write(cgroup.join("cgroup.kill"), "1");
        let _ = eventually(|| {
            fs::read_to_string(cgroup.join("cgroup.events"))
                .is_ok_and(|text| text.contains("populated 0"))
        });
        remove_tree(cgroup);
    }
}

/// Runs `body` in a place for `mode`, in a process of its own: this test binary, called again for
/// the test of that name.
#[track_caller]
pub(crate) fn in_place(mode: Mode, test: &str, body: impl FnOnce()) {
    const MARK: &str = "LAB_TEST_IN_PLACE";
    if std::env::var_os(MARK).is_some() {
        return body();
    }
    if !can(mode, test) {
        return;
    }
    let place = Place::new(mode);
    let output = place
        .test()
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(MARK, "1")
        .output()
        .expect("the test binary runs");
    assert!(output.status.success(), "in its place:\n{}", said(&output));
    assert!(said(&output).contains("1 passed"), "no test is called {test}:\n{}", said(&output));
    place.assert_clean();
}

fn processes_below(directory: &Path) -> Vec<i32> {
    let own = fs::read_to_string(directory.join("cgroup.procs")).unwrap_or_default();
    let mut found: Vec<i32> = own.lines().filter_map(|line| line.parse().ok()).collect();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(processes_below(&entry.path()));
        }
    }
    found
}

fn remove_tree(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            remove_tree(&entry.path());
        }
    }
    let _ = fs::remove_dir(directory);
}

/// Waits until `condition` holds; false if it does not in time.
pub(crate) fn eventually(mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

/// All that a program printed, standard output first.
pub(crate) fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Runs `lab run COMMAND` in `place` with nothing to read, and returns what came of it.
#[track_caller]
pub(crate) fn run(place: &Place, mode: Mode, command: &[&str]) -> Output {
    place
        .lab()
        .args(["--mode", mode.word(), "run", "--quiet", "--"])
        .args(command)
        .stdin(Stdio::null())
        .output()
        .expect("lab runs")
}
