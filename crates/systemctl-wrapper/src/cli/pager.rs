//! Where the output goes: to standard output, or for what may be long, and on a terminal, through
//! a pager. As systemctl(1) does it: see "Environment" there.

use std::env;
use std::fmt;
use std::fs;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::process::{Child, Command, Stdio};

/// The output. What is written goes out when there is much of it, or at the end.
pub(crate) struct Out(BufWriter<Target>);

enum Target {
    Stdout(StdoutLock<'static>),
    /// Begun with the first byte: a verb that fails before shows nobody an empty page.
    ToBePaged,
    Pager(Child),
}

impl Out {
    /// Standard output.
    pub(crate) fn new() -> Out {
        Out(BufWriter::new(Target::Stdout(io::stdout().lock())))
    }

    /// From now on through a pager, where somebody looks at a terminal and wants one.
    pub(crate) fn page(&mut self) {
        if is_wanted() {
            *self.0.get_mut() = Target::ToBePaged;
        }
    }

    /// Whether it goes through a pager, which can scroll to the side as well.
    pub(crate) fn is_paged(&self) -> bool {
        !matches!(self.0.get_ref(), Target::Stdout(_))
    }

    /// What `write!` calls; here, so that no verb has to import a trait for it.
    pub(crate) fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        self.0.write_fmt(text)
    }

    /// Writes out the rest, and waits until the reader has left the pager.
    ///
    /// # Errors
    /// When the rest can't be written.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        let flushed = self.0.flush();
        if let Target::Pager(pager) = self.0.get_mut() {
            // Closes its input first, and so the last page is the last.
            pager.wait()?;
        }
        flushed
    }
}

impl Write for Out {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Write for Target {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        if matches!(self, Target::ToBePaged) {
            let stdout = || Target::Stdout(io::stdout().lock());
            *self = start().map_or_else(stdout, Target::Pager);
        }
        match self {
            Target::Stdout(stdout) => stdout.write(text),
            Target::Pager(Child { stdin: Some(input), .. }) => input.write(text),
            Target::Pager(_) | Target::ToBePaged => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Stdout(stdout) => stdout.flush(),
            Target::Pager(_) | Target::ToBePaged => Ok(()),
        }
    }
}

/// Both streams must be a terminal: with errors somewhere else, somebody records what happens.
fn is_wanted() -> bool {
    let is_dumb = env::var_os("TERM").is_none_or(|term| term == "dumb");
    let refused = chosen().is_some_and(|words| words.is_empty() || words == ["cat"]);
    io::stdout().is_terminal() && io::stderr().is_terminal() && !is_dumb && !refused
}

/// The pager that the user has set, in words.
fn chosen() -> Option<Vec<String>> {
    let text = env::var("SYSTEMD_PAGER").or_else(|_| env::var("PAGER")).ok()?;
    Some(text.split_whitespace().map(str::to_owned).collect())
}

/// How far a pager is to be trusted: a person who may run `systemctl-wrapper` by sudo(8), and
/// nothing else, must not get a shell of root's out of it.
struct Trust {
    /// It must not start programs or write files. Only less(1) can do without.
    secure: bool,
    /// The user may choose which program it is: the two variables may come from anywhere.
    any_program: bool,
}

impl Trust {
    fn given() -> Trust {
        match env::var("SYSTEMD_PAGERSECURE").map(|word| word.to_lowercase()).as_deref() {
            Ok("1" | "yes" | "y" | "true" | "t" | "on") => {
                Trust { secure: true, any_program: true }
            }
            Ok("0" | "no" | "n" | "false" | "f" | "off") => {
                Trust { secure: false, any_program: true }
            }
            Ok(_) => Trust { secure: true, any_program: false },
            Err(_) => {
                let own = nix::unistd::geteuid().as_raw();
                Trust { secure: owner() != Some(own), any_program: false }
            }
        }
    }
}

/// Who logged in, by the control group, which sudo(8) does not change: `…/user-1000.slice/…`.
fn owner() -> Option<u32> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let mut parts = groups.split(['/', '\n']);
    parts.find_map(|part| part.strip_prefix("user-")?.strip_suffix(".slice")?.parse().ok())
}

/// The first pager that can be started.
fn start() -> Option<Child> {
    let trust = Trust::given();
    let known: &[&str] = if trust.secure { &["less"] } else { &["pager", "less", "more"] };
    let known = known.iter().map(|&name| vec![name.to_owned()]);
    let chosen = chosen().filter(|_| trust.any_program);
    chosen.into_iter().chain(known).find_map(|words| spawn(&words, trust.secure))
}

fn spawn(words: &[String], secure: bool) -> Option<Child> {
    let (program, arguments) = words.split_first()?;
    let or = |name: &str, usual: &str| env::var(name).unwrap_or_else(|_| usual.to_owned());
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("LESS", or("SYSTEMD_LESS", "FRSXMK"))
        .env("LESSCHARSET", or("SYSTEMD_LESSCHARSET", "utf-8"))
        .stdin(Stdio::piped());
    if secure {
        command.env("LESSSECURE", "1");
    } else {
        command.env_remove("LESSSECURE");
    }
    command.spawn().ok()
}
