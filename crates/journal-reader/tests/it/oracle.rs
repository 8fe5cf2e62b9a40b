//! What is read is what was written, in each format: counts and contents against the generator's
//! own knowledge.

use journal_reader::{Filter, Id128, Journal, JournalFile, Seek, Source, boot_filter};

use crate::support::entries::Written;
use crate::support::writer::Format;
use crate::support::{file_in, journal};

const COUNT: usize = 1500;

fn each_format(seed: u64, test: impl Fn(&mut Journal, &[Written], Format)) {
    let directory = tempfile::tempdir().unwrap();
    for format in Format::all() {
        let path = file_in(&directory, "system.journal");
        let written = journal(&path, seed, COUNT, format);
        let mut journal = Journal::open(Source::Files(vec![path])).unwrap();
        assert!(journal.take_problems().is_empty(), "{format:?}");
        test(&mut journal, &written, format);
    }
}

fn count(journal: &mut Journal, filter: Filter) -> usize {
    journal.set_filter(filter);
    let mut count = 0;
    while journal.next().is_some() {
        count += 1;
    }
    let mut backwards = 0;
    journal.seek(Seek::Tail);
    while journal.previous().is_some() {
        backwards += 1;
    }
    assert_eq!(count, backwards, "as many backwards as forwards");
    count
}

fn is(text: &str) -> Filter {
    Filter::Is(text.into())
}

#[test]
fn every_field_of_every_entry_comes_back() {
    each_format(1, |journal, written, format| {
        for expected in written {
            let entry = journal.next().unwrap();
            assert_eq!(
                (entry.realtime(), entry.monotonic()),
                (expected.realtime, expected.monotonic)
            );
            assert_eq!(entry.boot_id(), Id128(expected.boot));
            let mut found: Vec<(Vec<u8>, Vec<u8>)> =
                entry.fields().map(|it| (it.name().to_vec(), it.value().to_vec())).collect();
            let mut wanted: Vec<(Vec<u8>, Vec<u8>)> =
                expected.fields.iter().map(|(n, v)| (n.clone().into_bytes(), v.clone())).collect();
            found.sort();
            wanted.sort();
            wanted.dedup();
            assert_eq!(found, wanted, "{format:?}");
        }
        assert!(journal.next().is_none());
    });
}

#[test]
fn matches_find_what_has_the_value_and_nothing_else() {
    each_format(2, |journal, written, format| {
        let expect = |test: &dyn Fn(&Written) -> bool| written.iter().filter(|it| test(it)).count();
        let unit = "_SYSTEMD_UNIT=app-3.service";
        let has_unit = |it: &Written| it.has("_SYSTEMD_UNIT", "app-3.service");
        let is_error = |it: &Written| it.has("PRIORITY", "3");
        assert_eq!(count(journal, is(unit)), expect(&has_unit), "{format:?}");
        let both = Filter::All(vec![is(unit), is("PRIORITY=6")]);
        assert_eq!(count(journal, both), expect(&|it| has_unit(it) && it.has("PRIORITY", "6")));
        let either = Filter::Any(vec![is(unit), is("PRIORITY=3")]);
        assert_eq!(count(journal, either), expect(&|it| has_unit(it) || is_error(it)));
        let not = Filter::Not(Box::new(is("PRIORITY=6")));
        assert_eq!(count(journal, not), expect(&|it| !it.has("PRIORITY", "6")));
        let glob =
            Filter::Field("_SYSTEMD_UNIT".into(), journal_reader::Test::Glob("app-1*".into()));
        let starts =
            |it: &Written| it.get("_SYSTEMD_UNIT").is_some_and(|it| it.starts_with(b"app-1"));
        assert_eq!(count(journal, glob), expect(&starts));
        let regex = regex::bytes::Regex::new("tim.out").unwrap();
        let grep = Filter::Field("MESSAGE".into(), journal_reader::Test::Regex(regex.clone()));
        let greps =
            |it: &Written| it.fields.iter().any(|(n, v)| n == "MESSAGE" && regex.is_match(v));
        assert_eq!(count(journal, grep), expect(&greps));
        assert_eq!(count(journal, is("NO=such")), 0);
        assert_eq!(count(journal, is("TAG=two")), expect(&|it| it.has("TAG", "two")));
    });
}

#[test]
fn boots_values_and_times_are_those_that_were_written() {
    each_format(3, |journal, written, format| {
        let mut boots: Vec<[u8; 16]> = written.iter().map(|it| it.boot).collect();
        boots.dedup();
        let found = journal.boots();
        assert_eq!(found.iter().map(|it| it.id.0).collect::<Vec<_>>(), boots, "{format:?}");
        for boot in found {
            let mut of_boot = written.iter().filter(|it| it.boot == boot.id.0);
            assert_eq!(count(journal, boot_filter(boot.id)), of_boot.clone().count());
            assert_eq!(boot.first, of_boot.clone().next().unwrap().realtime);
            assert_eq!(boot.last, of_boot.next_back().unwrap().realtime);
        }
        let mut values: Vec<&[u8]> =
            written.iter().filter_map(|it| it.get("_SYSTEMD_UNIT")).collect();
        values.sort();
        values.dedup();
        let mut found = journal.unique_values("_SYSTEMD_UNIT");
        found.sort();
        assert_eq!(found, values);
        let mut names: Vec<&str> =
            written.iter().flat_map(|it| it.fields.iter().map(|(name, _)| name.as_str())).collect();
        names.sort();
        names.dedup();
        let mut found = journal.field_names();
        found.sort();
        assert_eq!(found, names.iter().map(|it| it.as_bytes()).collect::<Vec<_>>());
        // Before the clock was set back, each time has its place.
        let time = written[COUNT / 4].realtime;
        journal.set_filter(Filter::everything());
        journal.seek(Seek::Realtime(time));
        assert_eq!(journal.next().unwrap().realtime(), time);
        journal.seek(Seek::RealtimeEnd(time));
        assert_eq!(journal.previous().unwrap().realtime(), time);
    });
}

#[test]
fn a_cursor_finds_its_entry_again() {
    each_format(4, |journal, _, format| {
        for at in [0, 1, COUNT / 3, COUNT / 2, COUNT - 1] {
            journal.seek(Seek::Head);
            let mut cursor = journal.next().unwrap().cursor();
            for _ in 0..at {
                cursor = journal.next().unwrap().cursor();
            }
            let text = cursor.to_string();
            journal.seek(Seek::Before(text.parse().unwrap()));
            assert_eq!(journal.next().unwrap().cursor(), cursor, "{format:?}");
            journal.seek(Seek::After(cursor));
            assert_eq!(journal.previous().unwrap().cursor(), cursor);
        }
    });
}

#[test]
fn whole_files_verify_and_each_kind_of_damage_is_found() {
    let directory = tempfile::tempdir().unwrap();
    for format in Format::all() {
        let path = file_in(&directory, "whole.journal");
        journal(&path, 5, 300, format);
        let verdict = JournalFile::open(&path).unwrap().verify(&mut |_, _| {});
        assert!(verdict.is_good(), "{format:?}: {:?}", verdict.findings);
        let bytes = std::fs::read(&path).unwrap();
        // From behind the hash tables on, each byte that means something is checked by something.
        let mut random = crate::support::random::Random(6);
        let mut missed = 0;
        for _ in 0..100 {
            let mut damaged = bytes.clone();
            let at = 38_500 + random.below(bytes.len() - 38_500);
            damaged[at] ^= 1 << random.below(8);
            let path = file_in(&directory, "damaged.journal");
            std::fs::write(&path, &damaged).unwrap();
            missed +=
                usize::from(JournalFile::open(&path).unwrap().verify(&mut |_, _| {}).is_good());
        }
        // Padding, reserved bytes, unused slots and times are not covered by any hash.
        assert!(missed < 60, "{format:?}: {missed} of 100 changes were not noticed");
    }
}

#[test]
fn files_are_merged_in_order_and_an_entry_in_two_files_comes_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut writers: Vec<_> =
        (0..7).map(|_| crate::support::writer::Writer::new(9, Format::USUAL)).collect();
    let written = crate::support::entries::generate(9, 2000);
    let mut random = crate::support::random::Random(10);
    // Writers of one machine share the numbers, as journald's files of users do.
    let mut numbered = Vec::new();
    for entry in &written {
        let first = random.below(7);
        numbered.push(first);
        for (at, writer) in writers.iter_mut().enumerate() {
            writer.next_seqnum();
            if at == first || random.happens(50) {
                writer.append_numbered(entry);
            }
        }
    }
    for (at, writer) in writers.into_iter().enumerate() {
        std::fs::write(file_in(&directory, &format!("{at}.journal")), writer.finish()).unwrap();
    }
    let mut journal = Journal::open(Source::Directory(directory.path().to_owned())).unwrap();
    for expected in &written {
        assert_eq!(journal.next().unwrap().monotonic(), expected.monotonic);
    }
    assert!(journal.next().is_none());
    for expected in written.iter().rev() {
        assert_eq!(journal.previous().unwrap().monotonic(), expected.monotonic);
    }
}
