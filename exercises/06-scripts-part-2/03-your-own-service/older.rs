//! Lines that were refused yesterday: the journal of this hour once more, with an earlier date.
//!
//! The format is systemd's: <https://systemd.io/JOURNAL_FILE_FORMAT/>.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use check::{Explain, Failure, Result, text, wait_until};

use super::nights::report;
use super::system::REPORT;

const JOURNALS: &str = "/var/log/journal";
const DAY: Duration = Duration::from_secs(24 * 3600);
/// So much younger or older than a day is clear enough, on a busy machine too.
const MARGIN: Duration = Duration::from_secs(60);

/// Where the header of a file says what is to be known here; all numbers have eight bytes.
const STATE: usize = 16;
const SEQNUM_ID: usize = 72;
const HEADER_SIZE: usize = 88;
const TAIL_OBJECT: usize = 136;
const FIRST_TIME: usize = 184;
const LAST_TIME: usize = 192;
/// The same in an object; the latter two in one that is an entry.
const SIZE: usize = 8;
const TIME: usize = 24;
const BOOT_ID: usize = 40;
const ENTRY: u8 = 3;
/// A file to which nothing is added any more.
const ARCHIVED: u8 = 2;

/// Fails unless the report counts what was refused in the last 24 hours, and nothing older;
/// `refused` were refused since the boot.
pub(super) fn knows_its_day(refused: usize) -> Result {
    Command::new("journalctl").arg("--sync").output()?;
    let [younger, older] = [Age::NearlyADay, Age::MoreThanADay].map(OlderJournal::put);
    let (_younger, _older) = (younger?, older?);
    let got = report()?.1;
    if got == 2 * refused {
        return Ok(());
    }
    let say = if got > 2 * refused {
        "the journal has more that were refused, but that is longer ago than 24 hours"
    } else {
        "half of them were refused nearly 24 hours ago, before the last midnight perhaps: they \
         are missing"
    };
    Err(Failure::new(
        text!("refused {count}, in the last 24 hours", count = 2 * refused),
        text!("refused {count}", count = got),
    )
    .say(say)
    .man("journalctl(1), --since=; systemd.time(7)")
    .at_setting("recorder-report", "#!")
    .journal_of(REPORT))
}

#[derive(Clone, Copy)]
enum Age {
    NearlyADay,
    MoreThanADay,
}

/// Copies of the journal's files; gone when they are dropped.
struct OlderJournal(Vec<PathBuf>);

impl OlderJournal {
    fn put(age: Age) -> Result<Self> {
        let mut copies = OlderJournal(Vec::new());
        for path in files()? {
            let mut bytes = quiet_bytes(&path)?;
            let Some(end) = make_older(&mut bytes, age) else { continue };
            let name = format!("system@{:032x}-{:016x}-{:016x}.journal", age as u8 + 1, 1, 1);
            let copy = path.with_file_name(name);
            let mut file = File::create_new(&copy)?;
            copies.0.push(copy);
            file.write_all(&bytes[..end])?;
            // The rest is room for more, and takes none on the disk.
            file.set_len(bytes.len() as u64)?;
        }
        Ok(copies)
    }
}

impl Drop for OlderJournal {
    fn drop(&mut self) {
        for path in &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}

/// The file that is being written, in each directory.
fn files() -> Result<Vec<PathBuf>> {
    let directories = fs::read_dir(JOURNALS)?.flatten().map(|entry| entry.path());
    Ok(directories
        .map(|directory| directory.join("system.journal"))
        .filter(|path| Path::is_file(path))
        .collect())
}

/// The bytes of a file to which nothing was added while it was read.
fn quiet_bytes(path: &Path) -> Result<Vec<u8>> {
    let mut last = fs::read(path)?;
    wait_until("a journal that is quiet", || {
        let now = fs::read(path)?;
        let is_quiet = now == last;
        last = now;
        Ok(is_quiet.then_some(()))
    })?;
    Ok(last)
}

/// Gives all entries an earlier time, and the file another identity. Returns where the last object
/// begins to be room; None for a file that is no journal, or has no entries.
fn make_older(bytes: &mut [u8], age: Age) -> Option<usize> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let first = Duration::from_micros(number(bytes, FIRST_TIME)?);
    let shift = match age {
        // The first line of all is to be younger than a day.
        Age::NearlyADay => DAY.checked_sub(now.checked_sub(first)? + MARGIN)?,
        Age::MoreThanADay => DAY + MARGIN,
    };
    let shift = u64::try_from(shift.as_micros()).ok()?;
    let (mut place, last) =
        (usize::try_from(number(bytes, HEADER_SIZE)?).ok()?, number(bytes, TAIL_OBJECT)?);
    let last = usize::try_from(last).ok()?;
    for time in [FIRST_TIME, LAST_TIME] {
        set_earlier(bytes, time, shift)?;
    }
    *bytes.get_mut(STATE)? = ARCHIVED;
    change(bytes, SEQNUM_ID, age)?;
    while place <= last {
        let size = usize::try_from(number(bytes, place + SIZE)?).ok()?;
        if *bytes.get(place)? == ENTRY {
            set_earlier(bytes, place + TIME, shift)?;
            change(bytes, place + BOOT_ID, age)?;
        }
        // An object of no size would never end.
        place = place.checked_add(size.max(1).checked_next_multiple_of(8)?)?;
    }
    (place <= bytes.len()).then_some(place)
}

fn number(bytes: &[u8], place: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(place..place + 8)?.try_into().ok()?))
}

fn set_earlier(bytes: &mut [u8], place: usize, shift: u64) -> Option<()> {
    let earlier = number(bytes, place)?.checked_sub(shift)?;
    bytes.get_mut(place..place + 8)?.copy_from_slice(&earlier.to_le_bytes());
    Some(())
}

/// Makes an identity another one: two entries with the same are one for the journal's readers.
fn change(bytes: &mut [u8], place: usize, age: Age) -> Option<()> {
    *bytes.get_mut(place)? ^= age as u8 + 1;
    Some(())
}
