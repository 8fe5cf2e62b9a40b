//! Where submissions are compiled: a lab that shows the toolchain, the submissions and the
//! directory that cargo builds in, and nothing else of the host: no file, no environment, no
//! network.

use std::io::{self, Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;
use std::{env, fs};

use lab::{Access, Bind, Lab, Mode, Options};

use super::compiler::{Call, Compiled, LIMITED, PROCESSOR_TIME};
use crate::project::Project;

/// How long the compiler may take for one submission, on a quiet machine.
const COMPILER_TIMEOUT: Duration = Duration::from_secs(15);
/// What a call of the compiler may be long, in bytes.
const CALL_MAX: u64 = 1 << 20;

/// A lab that compiles.
pub(crate) struct Sandbox {
    lab: Lab,
    rustc: PathBuf,
    listener: UnixListener,
    /// The abstract name of its socket, by which [`super::compiler`] finds it; see unix(7).
    pub(super) name: String,
    /// The directory of the submissions that it shows.
    pub(crate) staging: PathBuf,
}

impl Sandbox {
    /// Boots the lab for the submissions in `staging`. None if no lab can run here; then they are
    /// compiled on the host.
    pub(crate) fn start(project: &Project, staging: &Path, mode: Option<Mode>) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("servicios-compiler-{}-{count}", process::id());
        let address = SocketAddr::from_abstract_name(&name).ok()?;
        let listener = UnixListener::bind_addr(&address).ok()?;
        let toolchain = toolchain()?;
        let built = project.root.join("target/debug");
        // Cargo makes them with the first build, and they are shown before.
        [&built, staging].into_iter().try_for_each(fs::create_dir_all).ok()?;
        let mut binds = vec![
            Bind { path: built, access: Access::ReadWrite },
            Bind { path: staging.to_owned(), access: Access::ReadOnly },
        ];
        // A toolchain below /usr is in every lab.
        if !toolchain.starts_with("/usr") {
            binds.push(Bind { path: toolchain.clone(), access: Access::ReadOnly });
        }
        let lab = Lab::boot(&Options { mode, binds }).ok()?;
        let (rustc, staging) = (toolchain.join("bin/rustc"), staging.to_owned());
        Some(Sandbox { lab, rustc, listener, name, staging })
    }

    /// Answers the calls of the compiler while `build` runs.
    pub(super) fn serve<T>(&self, build: impl FnOnce() -> T) -> T {
        thread::scope(|scope| {
            scope.spawn(|| {
                for stream in self.listener.incoming().map_while(Result::ok) {
                    // No call: the build has ended.
                    let Ok(call) = receive(&stream) else { return };
                    scope.spawn(move || self.answer(&call, stream));
                }
            });
            let built = build();
            let _ = SocketAddr::from_abstract_name(&self.name)
                .and_then(|address| UnixStream::connect_addr(&address));
            built
        })
    }

    fn answer(&self, call: &Call, mut stream: UnixStream) {
        let answer = self.compile(call).unwrap_or_else(|error| {
            Compiled::new(Some(1), b"", format!("cannot run the compiler: {error}\n").as_bytes(), 0)
        });
        // A cargo that was stopped waits for no answer.
        let _ = serde_json::to_vec(&answer).map(|answer| stream.write_all(&answer));
    }

    fn compile(&self, call: &Call) -> Result<Compiled, lab::Error> {
        // The source is a stranger's: what it makes of the compiler has no rights of root's, except
        // to files, which may be another user's than root's.
        let mut command = self.lab.command("setpriv");
        command.args(["--no-new-privs", "--inh-caps=-all"]);
        command.args(["--bounding-set=-all,+dac_override,+dac_read_search,+fowner", "/bin/bash"]);
        // On a machine that is emulated, a processor does less in a second.
        let seconds = self.lab.pace().stretch(PROCESSOR_TIME).as_secs();
        command.args(["-c", LIMITED, "rustc", &seconds.to_string()]).arg(&self.rustc);
        // Cargo's word for the compiler means the one of the host.
        command.args(call.args.iter().skip(1)).current_dir(&call.directory);
        for (name, value) in &call.env {
            command.env(name, value);
        }
        let mut limit = self.lab.pace().stretch(COMPILER_TIMEOUT);
        loop {
            let printed = match command.output(limit) {
                Err(lab::Error::TimedOut { printed, .. }) => printed,
                ended => {
                    return ended.map(|it| {
                        Compiled::new(it.status.code(), &it.stdout, &it.stderr, seconds)
                    });
                }
            };
            // The machine may do much else since the lab has booted: then once more, with more
            // time.
            let now = self.lab.measure_pace()?.stretch(COMPILER_TIMEOUT);
            if now < limit * 2 {
                return Ok(Compiled::timed_out(&printed, limit.as_secs()));
            }
            limit = now;
        }
    }
}

fn receive(stream: &UnixStream) -> io::Result<Call> {
    let mut call = Vec::new();
    stream.take(CALL_MAX).read_to_end(&mut call)?;
    Ok(serde_json::from_slice(&call)?)
}

/// The directory of the toolchain: that of the cargo that runs us, or else what rustc says.
fn toolchain() -> Option<PathBuf> {
    let of_cargo = env::var_os("CARGO").map(PathBuf::from);
    let of_cargo = of_cargo.as_deref().and_then(Path::parent).and_then(Path::parent);
    if let Some(directory) = of_cargo.filter(|directory| directory.join("bin/rustc").is_file()) {
        return fs::canonicalize(directory).ok();
    }
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "sysroot"]).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    fs::canonicalize(said.trim_end()).ok()
}
