//! 4.4: the header of a journal file; <https://systemd.io/JOURNAL_FILE_FORMAT>, "Header".

use std::fs;

use check::{Directory, Explain, Failure, Result, systemctl, text};

use super::shared::{JournalBytes, Random, compare, expect_lines, expect_refusal, journal_file};

const READ: &str = "numbers are little endian, eight bytes each: n_entries at 152, \
                    tail_entry_seqnum at 160, head_entry_seqnum at 168";
const FLAGS: &str = "incompatible_flags, four bytes at 12: 4 is KEYED_HASH, 16 is COMPACT; a bit \
                     that is set means yes, whatever the others are";
const STATE: &str = "the state is one byte at 16: 0 offline, 1 online, 2 archived";

/// Makes a header, and expects its lines.
#[track_caller]
fn check(flags: u32, state: u8, numbers: [u64; 3], say: &'static str) -> Result {
    let (directory, mut random) = (Directory::new()?, Random::new());
    let mut file = JournalBytes::new(&mut random, false);
    file.bytes[12..16].copy_from_slice(&flags.to_le_bytes());
    // The compatible flags, at 8, mean something else.
    file.bytes[8] = !(flags as u8) & 7;
    file.bytes[16] = state;
    // Reserved: nobody knows what a later version writes there.
    file.bytes[17..24].fill(random.below(256) as u8);
    file.put(144, 77_777);
    for (at, number) in [152, 168, 160].into_iter().zip(numbers) {
        file.put(at, number);
    }
    let file = journal_file(&directory, &file.finish())?;
    let state = ["offline", "online", "archived"][usize::from(state)];
    let hash = if flags & 4 == 0 { "jenkins" } else { "keyed" };
    let bits = if flags & 16 == 0 { 64 } else { 32 };
    let lines = [
        format!("state: {state}"),
        format!("hash: {hash}"),
        format!("offsets: {bits} bits"),
        format!("entries: {}", numbers[0]),
        format!("numbers: {} to {}", numbers[1], numbers[2]),
    ];
    // Each promise looks at its own lines: one mistake is one failure.
    let own = if say == STATE {
        0..1
    } else if say == FLAGS {
        1..3
    } else {
        3..5
    };
    let ended = check::program()?.arg(file.path()).output()?;
    let printed: Vec<&str> = ended.stdout.lines().collect();
    let printed = printed.get(own.clone()).unwrap_or(&printed);
    compare(printed, &lines[own]).say(say).in_function("header")
}

#[test]
fn reads_the_numbers() -> Result {
    let mut random = Random::new();
    for _ in 0..4 {
        let mut number = || random.below(1 << 30) as u64;
        check(20, 1, [number(), number(), number()], READ)?;
    }
    Ok(())
}

#[test]
fn reads_numbers_that_need_all_eight_bytes() -> Result {
    check(20, 1, [5_000_000_000, u64::from(u32::MAX) + 8, u64::MAX], READ)?;
    check(20, 1, [u64::MAX - 6, 1 << 63, (1 << 63) + 1], READ)
}

#[test]
fn knows_the_flags() -> Result {
    for flags in 0..32 {
        check(flags, 0, [3, 1, 3], FLAGS)?;
    }
    Ok(())
}

#[test]
fn knows_the_states() -> Result {
    for state in 0..3 {
        check(4, state, [3, 1, 3], STATE)?;
    }
    Ok(())
}

#[test]
fn refuses_what_is_no_journal_file() -> Result {
    let directory = Directory::new()?;
    let say = "a journal file begins with LPKSHHRH, and its header has 208 bytes or more; what \
               has not is refused, without a panic";
    let whole = JournalBytes::new(&mut Random::new(), true).finish();
    let mut later = whole.clone();
    later[..8].fill(0);
    later[24..32].copy_from_slice(b"LPKSHHRH");
    for bytes in [&b""[..], b"LPKSHHRH", &whole[..100], &whole[..207], &[0; 300], &later] {
        let file = journal_file(&directory, bytes)?;
        expect_refusal(&file, say, "header")?;
    }
    for at in 0..8 {
        let mut wrong = whole.clone();
        wrong[at] ^= 0x20;
        let file = journal_file(&directory, &wrong)?;
        expect_refusal(&file, say, "header")?;
    }
    Ok(())
}

#[test]
fn takes_a_header_of_208_bytes() -> Result {
    let directory = Directory::new()?;
    let mut whole = JournalBytes::new(&mut Random::new(), true);
    // Its own length, at 88.
    whole.put(88, 208);
    let whole = whole.finish();
    let lines =
        ["state: offline", "hash: keyed", "offsets: 32 bits", "entries: 0", "numbers: 0 to 0"];
    for length in [208, 209, 239] {
        let file = journal_file(&directory, &whole[..length])?;
        let say = "208 bytes are enough: a header of an old version has no more, and nothing need \
                   come behind it";
        expect_lines(&file, &[], &lines.map(str::to_owned), say, "header")?;
    }
    Ok(())
}

#[test]
fn refuses_what_it_does_not_understand() -> Result {
    let directory = Directory::new()?;
    for bit in 5..32 {
        let mut bytes = JournalBytes::new(&mut Random::new(), true).finish();
        let flags = (1_u32 << bit) | 4;
        bytes[12..16].copy_from_slice(&flags.to_le_bytes());
        let file = journal_file(&directory, &bytes)?;
        let say = "an incompatible flag that you don't know (1 to 16 are known) means that you \
                   would misread the file";
        expect_refusal(&file, say, "header")?;
    }
    // A compatible flag may be ignored.
    let mut bytes = JournalBytes::new(&mut Random::new(), true).finish();
    bytes[8..12].copy_from_slice(&[0xff; 4]);
    let file = journal_file(&directory, &bytes)?;
    let lines =
        ["state: offline", "hash: keyed", "offsets: 32 bits", "entries: 0", "numbers: 0 to 0"];
    let say = "compatible flags, at 8, can be ignored: that is what compatible means";
    expect_lines(&file, &[], &lines.map(str::to_owned), say, "header")
}

#[test]
fn reads_the_lab_s_own_journal() -> Result {
    // systemd has written some lines at the boot; this is one more.
    systemctl(&["daemon-reload"])?;
    let directories = fs::read_dir("/var/log/journal")?;
    let paths = directories.flatten().map(|directory| directory.path().join("system.journal"));
    let Some(path) = paths.into_iter().find(|path| path.exists()) else {
        return Err(Failure::new("a journal in /var/log/journal", "none"));
    };
    let directory = Directory::new()?;
    let bytes = fs::read(&path)?;
    let file = journal_file(&directory, &bytes[..bytes.len().min(8192)])?;
    let header = std::process::Command::new("journalctl")
        .args(["--header", "--file"])
        .arg(&path)
        .output()?;
    let header = String::from_utf8_lossy(&header.stdout).into_owned();
    let value = |name: &str| -> Result<String> {
        let line = header.lines().find_map(|line| line.strip_prefix(name));
        let line =
            line.ok_or_else(|| Failure::new("a header from journalctl", text!("no {name}", name)))?;
        Ok(line.trim_start_matches(':').split('(').next().unwrap_or_default().trim().to_owned())
    };
    let flags = value("Incompatible flags")?;
    let lines = [
        "state: online".to_owned(),
        format!("hash: {}", if flags.contains("KEYED-HASH") { "keyed" } else { "jenkins" }),
        format!("offsets: {} bits", if flags.contains("COMPACT") { 32 } else { 64 }),
    ];
    // The numbers go on while we look; the first three lines stay.
    let ended = check::program()?.arg(file.path()).output()?;
    let printed: Vec<&str> = ended.stdout.lines().take(3).collect();
    compare(&printed, &lines)
        .say("this is the lab's own file; journalctl --header says so")
        .in_function("header")
}
