//! The journal reader, step 6: `journal-reader-6 DIRECTORY OUT` follows DIRECTORY/current, and appends each line of it to OUT, for ever.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

/// How long to wait before the next look. (A real reader waits for inotify(7) instead.)
const PAUSE: Duration = Duration::from_millis(2);

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(directory), Some(out)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: journal-reader-6 DIRECTORY OUT");
        return ExitCode::from(2);
    };
    let out = OpenOptions::new().append(true).create(true).open(out);
    match out.and_then(|mut out| follow(&directory, &mut out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("journal-reader-6: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Copies the whole lines of `text` to `out`; what is left is the beginning of a line.
fn put_lines(text: &mut Vec<u8>, out: &mut File) -> io::Result<()> {
    let end = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    out.write_all(&text[..end])?;
    text.drain(..end);
    Ok(())
}

/// Which file it is, whatever its name.
fn identity(metadata: &fs::Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

use std::collections::HashMap;
use std::io::{Seek, SeekFrom};
fn follow(directory: &Path, out: &mut File) -> io::Result<()> {
    let mut done: HashMap<(u64, u64), u64> = HashMap::new();
    // What was archived before we started is done.
    let start = loop {
        if let Ok(f) = File::open(directory.join("current")) {
            break f;
        }
        thread::sleep(PAUSE);
    };
    let mut at = identity(&start.metadata()?);
    let mut file = start;
    let mut buf: Vec<u8> = Vec::new();
    done.insert(at, 0);
    loop {
        // Which files are there, in which order?
        let candidate = File::open(directory.join("current")).ok();
        let mut list: Vec<(u64, PathBuf)> = Vec::new();
        for e in fs::read_dir(directory)?.flatten() {
            if let Some(n) = e
                .file_name()
                .to_str()
                .and_then(|n| n.strip_prefix("archived-")?.parse::<u64>().ok())
            {
                list.push((n, e.path()));
            }
        }
        list.sort();
        let mine = list
            .iter()
            .find(|(_, p)| fs::metadata(p).is_ok_and(|m| identity(&m) == at))
            .map(|(n, _)| *n);
        file.seek(SeekFrom::Start(done[&at]))?;
        let n = file.read_to_end(&mut buf)? as u64;
        *done.get_mut(&at).unwrap() += n;
        put_lines(&mut buf, out)?;
        if let Some(mine) = mine {
            let next = list
                .iter()
                .find(|(n, _)| *n == mine + 1)
                .and_then(|(_, p)| File::open(p).ok())
                .or(candidate.filter(|f| f.metadata().is_ok_and(|m| identity(&m) != at)));
            if let Some(next) = next {
                at = identity(&next.metadata()?);
                done.entry(at).or_insert(0);
                file = next;
                buf.clear();
                continue;
            }
        }
        thread::sleep(PAUSE);
    }
}
