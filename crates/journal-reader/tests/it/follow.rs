//! Following: no line is lost when a file grows, is rotated, or is new; and waiting costs nothing.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::support::entries::{Written, generate};
use crate::support::writer::{Format, Writer};
use crate::support::{PROGRAM, file_in, journal};

/// Nothing here waits so long; only a machine that is very busy may.
const PATIENCE: Duration = Duration::from_secs(30);

struct Follower {
    child: Child,
    lines: Receiver<String>,
}

impl Follower {
    fn start(directory: &Path, args: &[&str]) -> Follower {
        let mut child = Command::new(PROGRAM)
            .arg(format!("--directory={}", directory.display()))
            .args(["-f", "-b", "all", "-o", "cat", "--output-fields=SEQ"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Follower { child, lines }
    }

    #[track_caller]
    fn expect(&self, numbers: impl IntoIterator<Item = usize>) {
        for number in numbers {
            assert_eq!(self.lines.recv_timeout(PATIENCE).unwrap(), number.to_string());
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file that grows in place, as journald's do: the objects first, then the count in the header.
struct Growing {
    writer: Writer,
    file: std::fs::File,
}

impl Growing {
    fn new(path: &Path, seed: u64) -> Growing {
        let writer = Writer::new(seed, Format::USUAL);
        std::fs::write(path, writer.bytes()).unwrap();
        Growing { writer, file: std::fs::File::options().write(true).open(path).unwrap() }
    }

    fn append(&mut self, entry: &Written) {
        let end = self.writer.bytes().len();
        self.writer.append(entry);
        let bytes = self.writer.bytes();
        // As journald does it: an entry is there before anything leads to it, and counts last.
        self.file.write_all_at(&bytes[end..], end as u64).unwrap();
        self.file.write_all_at(&bytes[264..end], 264).unwrap();
        self.file.write_all_at(&bytes[..264], 0).unwrap();
        // journald says so to those who watch: it sets the length that the file has.
        self.file.set_len(bytes.len() as u64).unwrap();
    }

    fn skip_number(&mut self) {
        self.writer.next_seqnum();
    }
}

fn numbered(seed: u64, count: usize) -> Vec<Written> {
    let mut entries = generate(seed, count);
    for (at, entry) in entries.iter_mut().enumerate() {
        entry.fields.push(("SEQ".to_owned(), at.to_string().into_bytes()));
    }
    entries
}

#[test]
fn no_line_is_lost_when_files_grow_rotate_and_come() {
    let directory = tempfile::tempdir().unwrap();
    let entries = numbered(51, 200);
    let path = file_in(&directory, "system.journal");
    let mut growing = Growing::new(&path, 51);
    entries[..30].iter().for_each(|entry| growing.append(entry));
    let follower = Follower::start(directory.path(), &["--no-tail"]);
    follower.expect(0..30);
    for (at, entry) in entries[30..60].iter().enumerate() {
        growing.append(entry);
        follower.expect([30 + at]);
    }
    // Rotation: the last entries are written, the file gets another name, and a new one begins at
    // once.
    entries[60..90].iter().for_each(|entry| growing.append(entry));
    std::fs::rename(&path, file_in(&directory, "system@1.journal")).unwrap();
    let mut next = Growing::new(&path, 51);
    (0..90).for_each(|_| next.skip_number());
    entries[90..150].iter().for_each(|entry| next.append(entry));
    follower.expect(60..150);
    // The old file goes; the new one goes on.
    std::fs::remove_file(file_in(&directory, "system@1.journal")).unwrap();
    for (at, entry) in entries[150..].iter().enumerate() {
        next.append(entry);
        follower.expect([150 + at]);
    }
}

#[test]
fn filters_and_patterns_hold_for_what_comes() {
    let directory = tempfile::tempdir().unwrap();
    let entries = numbered(52, 300);
    let mut growing = Growing::new(&file_in(&directory, "system.journal"), 52);
    growing.append(&entries[0]);
    let wanted = |entry: &&Written| {
        let timeout = |it: &[u8]| it.windows(7).any(|it| it == b"timeout");
        entry.get("MESSAGE").is_some_and(timeout) && !entry.has("PRIORITY", "6")
    };
    let all = entries.iter().enumerate().filter(|(_, entry)| wanted(entry));
    let all: Vec<usize> = all.map(|(at, _)| at).collect();
    assert!(all.len() > 10, "the seed has some");
    let follower =
        Follower::start(directory.path(), &["--no-tail", "-g", "timeout", "PRIORITY!=6"]);
    entries[1..].iter().for_each(|entry| growing.append(entry));
    follower.expect(all);
}

#[test]
fn waiting_costs_no_wake_ups_and_ends_when_nobody_reads() {
    let directory = tempfile::tempdir().unwrap();
    let entries = numbered(53, 3);
    let mut growing = Growing::new(&file_in(&directory, "system.journal"), 53);
    growing.append(&entries[0]);
    let mut follower = Follower::start(directory.path(), &[]);
    follower.expect([0]);
    let switches = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", follower.child.id()));
        let status = status.unwrap();
        let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches"));
        line.unwrap().split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    // Two looks with a wait between them are two sleeps at most: the one that it is in, and one for
    // a late event.
    let before = switches();
    let _ = follower.lines.recv_timeout(Duration::from_millis(500)).is_err();
    assert!(switches() - before <= 1, "it woke up {} times", switches() - before);
    // The reader goes: dropping the receiver ends the thread at the next line, and with it the
    // pipe.
    let (_, nobody) = channel();
    drop(std::mem::replace(&mut follower.lines, nobody));
    growing.append(&entries[1]);
    growing.append(&entries[2]);
}

#[track_caller]
fn ends_well(mut child: Child) {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().unwrap() {
            return assert!(status.success(), "{status}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    panic!("it still follows, for nobody");
}

#[test]
fn following_ends_when_the_pipe_is_closed_or_the_terminal_goes_away() {
    let directory = tempfile::tempdir().unwrap();
    journal(&file_in(&directory, "system.journal"), 8, 30, Format::USUAL);
    let follow = |stdout: Stdio| {
        let mut command = Command::new(PROGRAM);
        command.arg(format!("--directory={}", directory.path().display()));
        command.args(["-f", "-b", "all"]).stdout(stdout).spawn().unwrap()
    };
    let mut child = follow(Stdio::piped());
    // Once it has written something, it is about to wait.
    child.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
    ends_well(child);

    let terminal = nix::pty::openpty(None, None).unwrap();
    // Else the program would hold both ends itself.
    let ours_alone = nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::FD_CLOEXEC);
    nix::fcntl::fcntl(&terminal.master, ours_alone).unwrap();
    let child = follow(Stdio::from(terminal.slave));
    let mut ours = std::fs::File::from(terminal.master);
    ours.read_exact(&mut [0]).unwrap();
    drop(ours);
    ends_well(child);
}
