//! What the checks of lesson 4 share: journals, as lines of JSON and as files, and what a program
//! prints of them.

use check::{Directory, Explain, Failure, LogFile, PATIENCE, Result, Text, program, text};
use serde_json::Value;

/// Numbers that differ from run to run: nobody can know the answer before.
pub(crate) struct Random(u64);

impl Random {
    /// Begins anew, somewhere.
    pub(crate) fn new() -> Random {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos() as u64;
        Random(now ^ u64::from(std::process::id()) << 32)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// Writes entries as `journalctl -o json` prints them: an object a line.
pub(crate) fn json_file(directory: &Directory, entries: &[Value]) -> Result<LogFile> {
    let file = directory.file("journal.json");
    let lines: Vec<String> = entries.iter().map(|entry| format!("{entry}\n")).collect();
    std::fs::write(file.path(), lines.concat())?;
    Ok(file)
}

/// Writes bytes as a journal file.
pub(crate) fn journal_file(directory: &Directory, bytes: &[u8]) -> Result<LogFile> {
    let file = directory.file("system.journal");
    std::fs::write(file.path(), bytes)?;
    Ok(file)
}

/// Runs the submission on a file, with more arguments, and expects these lines.
#[track_caller]
pub(crate) fn expect_lines(
    file: &LogFile,
    args: &[&str],
    expected: &[String],
    say: &'static str,
    function: &'static str,
) -> Result {
    let mut run = program()?.arg(file.path());
    for arg in args {
        run = run.arg(arg);
    }
    let ended = run.start()?.end(PATIENCE).say(say)?;
    if !ended.status.success() {
        let (status, stderr) = (ended.status, Text::verbatim(ended.stderr.trim().to_owned()));
        let got = text!("{status}; {stderr}", status, stderr);
        return Err(Failure::new("exit status 0", got).say(say).in_function(function));
    }
    let printed: Vec<&str> = ended.stdout.lines().collect();
    compare(&printed, expected).say(say).in_function(function)
}

/// Fails at the first line that differs.
pub(crate) fn compare(printed: &[&str], expected: &[String]) -> Result {
    let differs = |at: &usize| printed.get(*at).copied() != expected.get(*at).map(String::as_str);
    let Some(at) = (0..printed.len().max(expected.len())).find(differs) else { return Ok(()) };
    let line = |found: Option<Text>| found.unwrap_or_else(|| "no more line".into());
    let wanted = line(expected.get(at).map(Text::quoted));
    let found = line(printed.get(at).map(Text::quoted));
    Err(Failure::new(
        text!("line {number}: {wanted}", number = at + 1, wanted),
        text!("{found}", found),
    ))
}

/// Expects the submission to refuse a file: a word on standard error, exit status 1, and nothing
/// else.
#[track_caller]
pub(crate) fn expect_refusal(file: &LogFile, say: &'static str, function: &'static str) -> Result {
    let ended = program()?.arg(file.path()).output()?;
    let is_one =
        ended.status.code() == Some(1) && ended.stdout.is_empty() && !ended.stderr.is_empty();
    if is_one {
        return Ok(());
    }
    let (status, stdout) = (ended.status, Text::quoted(&ended.stdout));
    Err(Failure::new(
        "exit status 1, a word on standard error, and nothing printed",
        text!("{status}, printed {stdout}", status, stdout),
    )
    .say(say)
    .in_function(function))
}

/// A journal file that is put together piece by piece.
pub(crate) struct JournalBytes {
    pub(crate) bytes: Vec<u8>,
    compact: bool,
}

impl JournalBytes {
    /// A header, and nothing behind it.
    pub(crate) fn new(random: &mut Random, compact: bool) -> JournalBytes {
        let mut file = JournalBytes { bytes: vec![0; 264], compact };
        for byte in &mut file.bytes[24..88] {
            *byte = random.below(256) as u8;
        }
        file.bytes[..8].copy_from_slice(b"LPKSHHRH");
        file.bytes[12] = if compact { 4 | 16 } else { 4 };
        file.put(88, 264);
        file
    }

    /// Writes a number at an offset.
    pub(crate) fn put(&mut self, at: usize, number: u64) {
        self.bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
    }

    /// Appends an object of a kind and a size; where it is.
    pub(crate) fn object(&mut self, kind: u8, size: usize) -> usize {
        let at = self.bytes.len();
        self.bytes.resize(at + size.next_multiple_of(8), 0);
        self.bytes[at] = kind;
        self.put(at + 8, size as u64);
        at
    }

    /// Appends an entry with that sequence number, and some references to fields.
    pub(crate) fn entry(&mut self, seqnum: u64, items: usize) -> usize {
        let width = if self.compact { 4 } else { 16 };
        let at = self.object(3, 64 + items * width);
        self.put(at + 16, seqnum);
        at
    }

    /// Appends a DATA object with a payload.
    pub(crate) fn data(&mut self, payload: &str) -> usize {
        let start = if self.compact { 72 } else { 64 };
        let at = self.object(1, start + payload.len());
        self.bytes[at + start..at + start + payload.len()].copy_from_slice(payload.as_bytes());
        at
    }

    /// Appends an array of entries with so many slots, of which the first are used.
    pub(crate) fn array(&mut self, slots: usize, entries: &[usize]) -> usize {
        let width = if self.compact { 4 } else { 8 };
        let at = self.object(6, 24 + slots * width);
        for (slot, entry) in entries.iter().enumerate() {
            let to = at + 24 + slot * width;
            self.bytes[to..to + width].copy_from_slice(&(*entry as u64).to_le_bytes()[..width]);
        }
        at
    }

    /// The file, with a header that knows how long it is.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.put(96, self.bytes.len() as u64 - 264);
        self.bytes
    }
}
