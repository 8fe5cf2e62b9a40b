//! 4.7: what is left of a damaged file; <https://systemd.io/JOURNAL_FILE_FORMAT>, "Objects".

use check::{Folder, Result};

use super::shared::{JournalBytes, Random, expect_lines, journal_file};

/// A file of entries and other objects. The numbers are from 10 to 250, so that none of them looks like a kind.
fn build(random: &mut Random, count: usize) -> (JournalBytes, Vec<usize>) {
    let mut file = JournalBytes::new(random, true);
    let mut offsets = Vec::new();
    for number in 0..count {
        for _ in 0..random.below(3) {
            let words = ["PRIORITY=6", "_SYSTEMD_UNIT=shop.service", "MESSAGE=sold", "_UID=33"];
            file.data(words[random.below(words.len())]);
        }
        offsets.push(file.entry(10 + number as u64, 1 + random.below(5)));
    }
    (file, offsets)
}

/// Damages a file, and expects all entries but those in `lost`.
#[track_caller]
fn check(say: &'static str, lost: &[usize], damage: impl Fn(&mut Vec<u8>, &[usize])) -> Result {
    let (folder, mut random) = (Folder::new()?, Random::new());
    let (file, offsets) = build(&mut random, 40);
    let mut bytes = file.finish();
    damage(&mut bytes, &offsets);
    let kept = (0..offsets.len()).filter(|at| !lost.contains(at));
    let lines: Vec<String> = kept.map(|at| (10 + at).to_string()).collect();
    let file = journal_file(&folder, &bytes)?;
    expect_lines(&file, &[], &lines, say, "salvage")
}

fn put(bytes: &mut [u8], at: usize, number: u64) {
    bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
}

#[test]
fn a_whole_file_is_read() -> Result {
    let say = "objects begin at header_size, the number at 88; each has its kind in its first byte and its size 8 bytes behind, \
               and the next one begins at the next multiple of 8; kind 3 is an entry, its number at 16";
    check(say, &[], |_, _| {})
}

#[test]
fn does_not_believe_what_is_of_no_kind() -> Result {
    let say = "kinds go from 1 to 7; what has another one is no object, and the next may begin 8 bytes further on";
    // In several files: where the next object lies is up to chance.
    for kind in [0, 8, 0xa5, 255, 9, 12, 100, 254, 0, 8, 64, 200] {
        check(say, &[17], |bytes, offsets| {
            // Whoever believes its size jumps over the next entries.
            put(bytes, offsets[17] + 8, (offsets[21] - offsets[17]) as u64);
            bytes[offsets[17]] = kind;
        })?;
    }
    Ok(())
}

#[test]
fn goes_on_behind_an_impossible_size() -> Result {
    let say = "an object has 16 bytes at least, an entry 64, and it ends before the file does; else its size is a lie, and the next may begin 8 \
               bytes further on";
    for size in [0, 1, 15, 63, 1 << 40, 1 << 63, u64::MAX, u64::MAX - 7] {
        check(say, &[17, 30], |bytes, offsets| {
            put(bytes, offsets[17] + 8, size);
            put(bytes, offsets[30] + 8, size);
        })?;
    }
    Ok(())
}

#[test]
fn looks_for_more_behind_a_hole() -> Result {
    let say = "a part of the file was lost; what lies behind it can be read, if one looks at every eighth byte for the next object";
    for (from, to) in [(3, 4), (10, 20), (0, 39)] {
        let lost: Vec<usize> = (from..to).collect();
        check(say, &lost, |bytes, offsets| bytes[offsets[from]..offsets[to]].fill(0))?;
        check(say, &lost, |bytes, offsets| bytes[offsets[from]..offsets[to]].fill(b'x'))?;
    }
    Ok(())
}

#[test]
fn stops_where_the_file_does() -> Result {
    let say = "the file was cut off: the last object is not there as a whole, and nothing may be read behind the end";
    for beyond in [0, 1, 8, 15, 16, 17, 63] {
        let lost: Vec<usize> = (25..40).collect();
        check(say, &lost, |bytes, offsets| bytes.truncate(offsets[25] + beyond))?;
    }
    Ok(())
}

#[test]
fn finds_nothing_where_nothing_is() -> Result {
    let folder = Folder::new()?;
    let say = "a file without a header, or with a header that leads nowhere, has no entries; that is no reason to panic";
    let (whole, _) = build(&mut Random::new(), 3);
    let mut nowhere = whole.finish();
    put(&mut nowhere, 88, u64::MAX);
    let mut beyond = nowhere.clone();
    let length = beyond.len() as u64;
    put(&mut beyond, 88, length);
    for bytes in [&b""[..], b"LPKSHHRH", &nowhere[..90], &nowhere, &beyond] {
        let file = journal_file(&folder, bytes)?;
        expect_lines(&file, &[], &[], say, "salvage")?;
    }
    Ok(())
}
