//! 4.7: what is left of a damaged file; <https://systemd.io/JOURNAL_FILE_FORMAT>, "Objects".

use check::{Directory, Result};

use super::shared::{JournalBytes, Random, expect_lines, journal_file};

/// A file of entries and other objects. The numbers are from 10 to 250, so that none of them looks
/// like a kind.
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
    let (directory, mut random) = (Directory::new()?, Random::new());
    let (file, offsets) = build(&mut random, 40);
    let mut bytes = file.finish();
    damage(&mut bytes, &offsets);
    let kept = (0..offsets.len()).filter(|at| !lost.contains(at));
    let lines: Vec<String> = kept.map(|at| (10 + at).to_string()).collect();
    let file = journal_file(&directory, &bytes)?;
    expect_lines(&file, &[], &lines, say, "salvage")
}

/// Writes the head of an entry somewhere. What stands between kind and size means nothing here.
fn entry(bytes: &mut [u8], at: usize, size: u64, seqnum: u64) {
    bytes[at..at + 8].copy_from_slice(&[3, size as u8, 0, 0, seqnum as u8, 0, 0, 1]);
    put(bytes, at + 8, size);
    put(bytes, at + 16, seqnum);
}

fn put(bytes: &mut [u8], at: usize, number: u64) {
    bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
}

#[test]
fn a_whole_file_is_read() -> Result {
    let say = "objects begin at header_size, the number at 88; each has its kind in its first \
               byte and its size 8 bytes behind, and the next one begins at the next multiple of \
               8; kind 3 is an entry, its number at 16";
    check(say, &[], |_, _| {})
}

#[test]
fn does_not_believe_what_is_of_no_kind() -> Result {
    let say = "kinds go from 1 to 7; what has another one is no object, and the next may begin 8 \
               bytes further on";
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
    let say = "an object has 16 bytes at least, an entry 64, and it ends before the file does; \
               else its size is a lie, and the next may begin 8 bytes further on";
    for size in [0, 1, 15, 63, (1 << 32) + 64, 1 << 40, 1 << 63, u64::MAX, u64::MAX - 7] {
        check(say, &[17, 30], |bytes, offsets| {
            put(bytes, offsets[17] + 8, size);
            put(bytes, offsets[30] + 8, size);
        })?;
    }
    Ok(())
}

#[test]
fn looks_for_more_behind_a_hole() -> Result {
    let say = "a part of the file was lost; what lies behind it can be read, if one looks at \
               every eighth byte for the next object";
    check(say, &[], |bytes, offsets| {
        let hole = vec![0; 1 << 20];
        bytes.splice(offsets[20]..offsets[20], hole);
    })?;
    for (from, to) in [(3, 4), (10, 20), (0, 39)] {
        let lost: Vec<usize> = (from..to).collect();
        check(say, &lost, |bytes, offsets| bytes[offsets[from]..offsets[to]].fill(0))?;
        check(say, &lost, |bytes, offsets| bytes[offsets[from]..offsets[to]].fill(b'x'))?;
    }
    Ok(())
}

#[test]
fn stops_where_the_file_does() -> Result {
    let say = "the file was cut off: the last object is not there as a whole, and nothing may be \
               read behind the end";
    for beyond in [0, 1, 8, 15, 16, 17, 63] {
        let lost: Vec<usize> = (25..40).collect();
        check(say, &lost, |bytes, offsets| bytes.truncate(offsets[25] + beyond))?;
    }
    Ok(())
}

#[test]
fn takes_an_object_that_ends_with_the_file() -> Result {
    let say = "an object may end where the file does, and the next multiple of 8 need not be there";
    let directory = Directory::new()?;
    for size in [64, 65, 71, 72] {
        let (file, offsets) = build(&mut Random::new(), 5);
        let mut bytes = file.finish();
        let last = offsets[4];
        bytes.resize(last + size, 0);
        put(&mut bytes, last + 8, size as u64);
        let file = journal_file(&directory, &bytes)?;
        let lines = ["10", "11", "12", "13", "14"].map(str::to_owned);
        expect_lines(&file, &[], &lines, say, "salvage")?;
    }
    Ok(())
}

#[test]
fn finds_nothing_where_nothing_is() -> Result {
    let directory = Directory::new()?;
    let say = "a file without a header, or with a header that leads nowhere, has no entries; that \
               is no reason to panic";
    let (whole, _) = build(&mut Random::new(), 3);
    let mut nowhere = whole.finish();
    put(&mut nowhere, 88, u64::MAX);
    let mut beyond = nowhere.clone();
    let length = beyond.len() as u64;
    put(&mut beyond, 88, length);
    // Less than a header, and what it says leads to an entry.
    let mut short = vec![0; 207];
    put(&mut short, 88, 104);
    entry(&mut short, 104, 64, 77);
    for bytes in [&b""[..], b"LPKSHHRH", &nowhere[..90], &nowhere, &beyond, &short] {
        let file = journal_file(&directory, bytes)?;
        expect_lines(&file, &[], &[], say, "salvage")?;
    }
    Ok(())
}

#[test]
fn reads_a_large_file_with_large_entries() -> Result {
    let (directory, mut random) = (Directory::new()?, Random::new());
    let mut file = JournalBytes::new(&mut random, true);
    let mut lines = Vec::new();
    // Others may be large as well, and hold whatever they like.
    let large = file.object(1, 3 << 20);
    entry(&mut file.bytes, large + 64, 64, 77);
    for at in 0..3000 {
        // Some numbers are there twice, and a damaged file may have them in any order.
        let seqnum = 10 + random.below(2000) as u64;
        let items = if at % 1000 == 7 { 100_000 } else { random.below(4) };
        file.entry(seqnum, items);
        lines.push(seqnum.to_string());
    }
    let file = journal_file(&directory, &file.finish())?;
    let say = "the numbers of all entries, in the order of the file, each as often as it is there";
    expect_lines(&file, &[], &lines, say, "salvage")
}

#[test]
fn the_three_rules_decide_and_nothing_else() -> Result {
    let (directory, mut random) = (Directory::new()?, Random::new());
    for _ in 0..16 {
        let bytes = wild(&mut random);
        let lines: Vec<String> = believed(&bytes).iter().map(u64::to_string).collect();
        let file = journal_file(&directory, &bytes)?;
        let say = "an object of any kind from 1 to 7 is believed by its kind, its size and where \
                   it ends, and nothing within it is looked at; what is none is passed over by 8 \
                   bytes, and by no other number";
        expect_lines(&file, &[], &lines, say, "salvage")?;
    }
    Ok(())
}

/// A file in which everything is as misleading as it can be.
fn wild(random: &mut Random) -> Vec<u8> {
    let header = [208, 232, 264, 272][random.below(4)];
    let mut bytes = vec![0; header];
    put(&mut bytes, 88, header as u64);
    for _ in 0..80 {
        let at = bytes.len();
        let seqnum = random.below(1 << 30) as u64 * random.below(1 << 30) as u64;
        // A number is a number, 0 as well.
        let seqnum = if random.below(6) == 0 { 0 } else { seqnum + 1 };
        match random.below(8) {
            0..=2 => {
                let size = 64 + random.below(2) * random.below(60);
                bytes.resize(at + size.next_multiple_of(8), 0);
                entry(&mut bytes, at, size as u64, seqnum);
            }
            // An object that is as small as can be.
            3 if random.below(3) == 0 => {
                let size = 16 + random.below(8);
                bytes.resize(at + size.next_multiple_of(8), 0);
                bytes[at] = [1, 2, 4, 5, 6, 7][random.below(6)];
                put(&mut bytes, at + 8, size as u64);
            }
            // An object that holds what would be an entry.
            3 => {
                let size = 40 + random.below(80);
                bytes.resize(at + size.next_multiple_of(8), 0);
                bytes[at] = [1, 2, 4, 5, 6, 7][random.below(6)];
                put(&mut bytes, at + 8, size as u64);
                entry(&mut bytes, at + 16, 64, seqnum);
            }
            // No object, and its size leads over what follows.
            4 => {
                bytes.resize(at + 24, 0);
                bytes[at] = [0, 8, 9, 100, 254, 255][random.below(6)];
                put(&mut bytes, at + 8, 208);
            }
            // An object that can't be as large as it says.
            5 => {
                let size = [0, 7, 15, 1 << 20, (1 << 32) + 64, 1 << 63, u64::MAX - 6, u64::MAX]
                    [random.below(8)];
                bytes.resize(at + 24, 0);
                bytes[at] = 1 + random.below(7) as u8;
                put(&mut bytes, at + 8, size);
            }
            // A short entry, and one that begins at no multiple of 8.
            6 => {
                bytes.resize(at + 120, 0);
                entry(&mut bytes, at, 16 + random.below(48) as u64, seqnum);
                entry(&mut bytes, at + 65 + random.below(7), 24, seqnum + 1);
                entry(&mut bytes, at + 73 + random.below(7), 64, seqnum + 2);
            }
            _ => bytes.extend((0..8 * random.below(9)).map(|_| random.below(256) as u8)),
        }
    }
    // Two in three end in the middle of something.
    bytes.truncate(bytes.len() - random.below(3) * random.below(40));
    bytes
}

/// The numbers of the entries that the three rules believe.
fn believed(file: &[u8]) -> Vec<u64> {
    let number =
        |at: usize| file[at..at + 8].iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte));
    let (mut found, mut at) = (Vec::new(), number(88) as usize);
    while file.len().saturating_sub(at) >= 16 {
        let (kind, size) = (file[at], number(at + 8));
        let least = if kind == 3 { 64 } else { 16 };
        if !(1..=7).contains(&kind) || size < least || size > (file.len() - at) as u64 {
            at += 8;
            continue;
        }
        if kind == 3 {
            found.push(number(at + 16));
        }
        at += (size as usize).next_multiple_of(8);
    }
    found
}
