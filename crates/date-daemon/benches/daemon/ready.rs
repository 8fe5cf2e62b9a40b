//! How long a start takes: to the first line, and to READY=1.

use std::fs::File;
use std::os::unix::net::UnixDatagram;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

use crate::contender::{Contender, Process};
use crate::figures::Figures;

const STARTS: usize = 30;

/// Milliseconds from before fork and exec.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) first_line: Figures,
    pub(crate) ready: Figures,
}

/// Starts the contenders in turn, so that a busy moment strikes both.
pub(crate) fn measure(contenders: [&Contender; 2]) -> [Measured; 2] {
    let mut measured = [Measured::default(), Measured::default()];
    for _ in 0..STARTS {
        for (contender, measured) in contenders.into_iter().zip(&mut measured) {
            measured.first_line.push(to_first_line(contender));
        }
        measured[0].ready.push(to_ready(contenders[0]));
    }
    measured
}

fn to_first_line(contender: &Contender) -> f64 {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("dates");
    File::create(&file).unwrap();
    let inotify = Inotify::init(InitFlags::IN_CLOEXEC).unwrap();
    inotify.add_watch(&file, AddWatchFlags::IN_MODIFY).unwrap();
    let mut command = contender.command(&file, Duration::from_secs(5));
    let start = Instant::now();
    let _process = Process(command.stderr(Stdio::null()).spawn().unwrap());
    inotify.read_events().unwrap();
    start.elapsed().as_secs_f64() * 1e3
}

fn to_ready(contender: &Contender) -> f64 {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    let mut command = contender.command(&directory.path().join("dates"), Duration::from_secs(5));
    command.env("NOTIFY_SOCKET", &socket);
    let start = Instant::now();
    let _process = Process(command.stderr(Stdio::null()).spawn().unwrap());
    let mut message = [0; 64];
    let length = manager.recv(&mut message).unwrap();
    assert!(message[..length].starts_with(b"READY=1"));
    start.elapsed().as_secs_f64() * 1e3
}
