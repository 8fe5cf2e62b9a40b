//! Nothing that a file claims can harm the reader. Seeded mutations of real files are read in every
//! way that there is: no panic, no hang, and never fewer entries than journalctl gives.
//!
//! `JOURNAL_MUTATIONS=10000` tries as many; the gate tries some hundred.

use std::path::Path;
use std::time::{Duration, Instant};

use journal_reader::{Filter, Journal, JournalFile, Salvage, Seek, Source, Test};

use crate::support::random::Random;
use crate::support::writer::{Compression, Format, Writer};
use crate::support::{entries, file_in, has_journalctl, journal, run, text};

/// Nothing may take longer. What is measured is our own processor time: the machine may be busy.
const LIMIT: Duration = Duration::from_secs(2);

fn mutations() -> u64 {
    std::env::var("JOURNAL_MUTATIONS").map_or(400, |number| number.parse().unwrap())
}

/// Damages a file somewhere, somehow.
fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    // Half of the damage is done where it hurts: in the header, and in the heads of objects.
    let at = match random.below(4) {
        0 => random.below(264),
        1 => random.below(bytes.len() / 8) * 8,
        _ => random.below(bytes.len()),
    };
    match random.below(9) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes.truncate(at),
        2 => {
            let end = (at + random.below(4096)).min(bytes.len());
            bytes[at..end].fill(0);
        }
        3 => {
            let length = random.below(4096).min(other.len() - 1).min(bytes.len() - at);
            let from = random.below(other.len() - length);
            bytes[at..at + length].copy_from_slice(&other[from..from + length]);
        }
        4 => put(bytes, at, 1 << 63),
        5 => put(bytes, at, u64::MAX),
        // A reference to somewhere else: cycles come from these.
        6 => {
            let target = random.below(bytes.len() / 8) * 8;
            put(bytes, at / 8 * 8, target as u64);
        }
        7 => put(bytes, at / 8 * 8, (at / 8 * 8) as u64),
        _ => {
            let noise: Vec<u8> = (0..64).map(|_| random.next() as u8).collect();
            let length = noise.len().min(bytes.len() - at);
            bytes[at..at + length].copy_from_slice(&noise[..length]);
        }
    }
}

fn put(bytes: &mut [u8], at: usize, number: u64) {
    let length = 8.min(bytes.len() - at);
    bytes[at..at + length].copy_from_slice(&number.to_le_bytes()[..length]);
}

/// Reads a file in every way; the number of its entries.
fn read_all(path: &Path) -> usize {
    let Ok(mut journal) = Journal::open(Source::Files(vec![path.to_owned()])) else { return 0 };
    let mut count = 0;
    while let Some(entry) = journal.next() {
        entry.fields().for_each(drop);
        entry.cursor().to_string();
        count += 1;
    }
    while journal.previous().is_some() {}
    for filter in [
        Filter::Is("PRIORITY=6".into()),
        Filter::Not(Box::new(Filter::Is("PRIORITY=6".into()))),
        Filter::Field("_SYSTEMD_UNIT".into(), Test::Glob("app-*".into())),
        Filter::All(vec![Filter::Is("_UID=0".into()), Filter::Is("_PID=1".into())]),
    ] {
        journal.set_filter(filter);
        while journal.next().is_some() {}
    }
    journal.seek(Seek::Realtime(1_727_740_900_000_000));
    journal.next();
    journal.unique_values("MESSAGE");
    journal.field_names();
    journal.boots();
    if let Ok(file) = JournalFile::open(path) {
        file.verify(&mut |_, _| {});
    }
    if let Ok(salvage) = Salvage::of(path) {
        salvage.entries().for_each(|entry| entry.fields().for_each(drop));
    }
    count
}

fn processor_time() -> Duration {
    let time = nix::time::clock_gettime(nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap();
    Duration::new(time.tv_sec() as u64, time.tv_nsec() as u32)
}

#[test]
fn no_damage_harms_the_reader_or_hides_more_than_it_does_from_journalctl() {
    let promise = "no_damage_harms_the_reader_or_hides_more_than_it_does_from_journalctl";
    let compare = has_journalctl(promise);
    let directory = tempfile::tempdir().unwrap();
    let originals: Vec<Vec<u8>> = (Format::all().iter())
        .map(|format| {
            // Few buckets: chains are long enough to be damaged.
            let mut writer = Writer::with_buckets(21, *format, 37);
            entries::generate(21, 120).iter().for_each(|entry| writer.append(entry));
            writer.finish()
        })
        .collect();
    for seed in 0..mutations() {
        let mut random = Random(seed);
        let mut bytes = random.pick(&originals).clone();
        let other = random.pick(&originals);
        for _ in 0..1 + random.below(3) {
            if bytes.len() > 300 {
                mutate(&mut bytes, other, &mut random);
            }
        }
        let path = file_in(&directory, "damaged.journal");
        std::fs::write(&path, &bytes).unwrap();
        let before = processor_time();
        let ours = read_all(&path);
        let spent = processor_time() - before;
        assert!(spent < LIMIT, "seed {seed}: {spent:?}");
        if compare && seed % 8 == 0 {
            let file = format!("--file={}", path.display());
            let theirs = run("timeout", &["10", "journalctl", &file, "-o", "export", "-q"]);
            let theirs = text(&theirs.stdout).matches("__CURSOR=").count();
            assert!(ours >= theirs, "seed {seed}: {ours} entries, journalctl has {theirs}");
        }
    }
}

#[test]
fn what_a_cut_leaves_whole_is_salvaged() {
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "cut.journal");
    let mut random = Random(31);
    for format in
        [Format::USUAL, Format { compact: false, keyed: false, compression: Compression::Lz4 }]
    {
        journal(&path, 30, 200, format);
        let bytes = std::fs::read(&path).unwrap();
        let file = JournalFile::open(&path).unwrap();
        let all = file.entries();
        for _ in 0..20 {
            let cut = random.below(bytes.len() - 40_000) + 40_000;
            let whole = (0..all.len()).filter(|at| {
                let offset = all.get(&file, *at).unwrap();
                offset + file.object(offset).unwrap().0.size <= cut as u64
            });
            let whole = whole.count();
            let path = file_in(&directory, "piece.journal");
            std::fs::write(&path, &bytes[..cut]).unwrap();
            let salvage = Salvage::of(&path).unwrap();
            assert_eq!(salvage.found.whole as usize, whole, "{format:?} cut at {cut}");
            // Without its header, and so without its flags, too.
            let mut headless = bytes[..cut].to_vec();
            headless[..200].fill(0xa5);
            std::fs::write(&path, &headless).unwrap();
            assert_eq!(
                Salvage::of(&path).unwrap().found.whole as usize,
                whole,
                "headless {format:?}"
            );
        }
    }
}

#[test]
fn a_small_file_cannot_take_the_memory() {
    let directory = tempfile::tempdir().unwrap();
    let path = file_in(&directory, "bomb.journal");
    for compression in [Compression::Zstd, Compression::Xz, Compression::Lz4] {
        let format = Format { compact: true, keyed: true, compression };
        let mut writer = Writer::new(41, format);
        let mut entry = entries::generate(41, 1).remove(0);
        // 80 MiB of zeros in some kilobytes.
        entry.fields.push(("BOMB".to_owned(), vec![b'0'; 80 << 20]));
        writer.append(&entry);
        writer.append(&entries::generate(41, 2)[1]);
        std::fs::write(&path, writer.finish()).unwrap();
        let start = Instant::now();
        let shell = format!(
            "ulimit -v 400000; exec {} --file={} -o export",
            crate::support::PROGRAM,
            path.display()
        );
        let out = run("sh", &["-c", &shell]);
        assert!(out.status.success(), "{compression:?}: {}", text(&out.stderr));
        assert_eq!(text(&out.stdout).matches("__CURSOR=").count(), 2, "both entries are shown");
        assert!(out.stdout.len() < 100_000, "without the bomb; it took {:?}", start.elapsed());
    }
}
