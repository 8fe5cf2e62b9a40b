//! 4.5: from a value to its entries; <https://systemd.io/JOURNAL_FILE_FORMAT>,
//! "Data Objects" and "Entry Array Objects".

use check::{Directory, Result};

use super::shared::{JournalBytes, Random, expect_lines, journal_file};

/// A DATA object and its entries, in arrays of these sizes; the first entry stands in the object
/// itself.
struct Case {
    compact: bool,
    entries: usize,
    arrays: &'static [usize],
}

/// Where things are, for whoever wants to damage them.
struct Places {
    data: usize,
    /// An array of another DATA object, before all of ours.
    foreign: usize,
    arrays: Vec<usize>,
}

/// Builds a file, and expects the numbers of the entries.
#[track_caller]
fn check(case: &Case, say: &'static str) -> Result {
    check_with(case, say, |_, _| {})
}

#[track_caller]
fn check_with(
    case: &Case,
    say: &'static str,
    damage: impl Fn(&mut JournalBytes, &Places),
) -> Result {
    let (directory, mut random) = (Directory::new()?, Random::new());
    let mut file = JournalBytes::new(&mut random, case.compact);
    let other = file.entry(random.below(9) as u64 + 1, 2);
    let foreign = file.array(2, &[other]);
    let data = file.data("_SYSTEMD_UNIT=shop.service");
    let (mut seqnum, mut offsets, mut lines) = (10, Vec::new(), Vec::new());
    for _ in 0..case.entries {
        // Others lie in between.
        for _ in 0..random.below(3) {
            seqnum += 1;
            let items = random.below(5);
            file.entry(seqnum, items);
        }
        seqnum += 1;
        offsets.push(file.entry(seqnum, 3));
        lines.push(seqnum.to_string());
    }
    if let Some(first) = offsets.first() {
        file.put(data + 40, *first as u64);
    }
    let (mut link, mut rest, mut arrays) =
        (data + 48, offsets.get(1..).unwrap_or_default(), Vec::new());
    for slots in case.arrays {
        let (here, more) = rest.split_at(rest.len().min(*slots));
        let array = file.array(*slots, here);
        file.put(link, array as u64);
        (link, rest) = (array + 16, more);
        arrays.push(array);
    }
    file.put(data + 56, case.entries as u64);
    damage(&mut file, &Places { data, foreign, arrays });
    let file = journal_file(&directory, &file.finish())?;
    expect_lines(&file, &[&data.to_string()], &lines, say, "entries")
}

#[test]
fn begins_with_the_entry_in_the_object() -> Result {
    for entries in 0..2 {
        let case = Case { compact: true, entries, arrays: &[] };
        check(
            &case,
            "entry_offset, 40 bytes behind the object's start, is the first entry; 0 means none",
        )?;
    }
    Ok(())
}

#[test]
fn continues_with_the_array_of_the_others() -> Result {
    let case = Case { compact: true, entries: 5, arrays: &[4] };
    check(
        &case,
        "entry_array_offset, at 48, leads to an array of the other entries; its slots begin at \
         24, in a compact file of 4 bytes each",
    )
}

#[test]
fn does_not_stop_at_the_first_array() -> Result {
    let case = Case { compact: true, entries: 29, arrays: &[4, 8, 16] };
    check(&case, "an array that is full names the next one, 16 bytes behind its start")?;
    let case = Case { compact: true, entries: 125, arrays: &[4, 8, 16, 32, 64] };
    check(&case, "an array that is full names the next one, 16 bytes behind its start")?;
    // They need not grow.
    let case = Case { compact: true, entries: 301, arrays: &[1; 300] };
    check(&case, "follow the chain to its end, however long it is")?;
    let case = Case { compact: true, entries: 9001, arrays: &[1000, 8000] };
    check(&case, "follow the chain to its end, however long it is")
}

#[test]
fn ends_at_slots_that_are_not_used_yet() -> Result {
    let say = "an array has room for entries to come: a slot that is 0 is not used, and \
               n_entries, at 56, counts all entries, the first one included";
    check(&Case { compact: true, entries: 3, arrays: &[4] }, say)?;
    check(&Case { compact: true, entries: 11, arrays: &[4, 8] }, say)?;
    check(&Case { compact: true, entries: 5, arrays: &[4, 8] }, say)
}

#[test]
fn reads_files_with_wide_offsets() -> Result {
    let say = "without the flag 16 at offset 12, the slots of an array have 8 bytes each";
    check(&Case { compact: false, entries: 5, arrays: &[4] }, say)?;
    check(&Case { compact: false, entries: 27, arrays: &[4, 8, 16] }, say)
}

#[test]
fn survives_a_chain_that_leads_back() -> Result {
    let say = "a damaged chain may lead back to itself; a writer only appends, so an array that \
               does not lie behind the one before ends the list";
    // From the last one to itself, and to each of those before it.
    for to in 0..4 {
        let case = Case { compact: true, entries: 61, arrays: &[4, 8, 16, 32] };
        check_with(&case, say, |file, places| {
            file.put(places.arrays[3] + 16, places.arrays[to] as u64);
            // And the count lies.
            file.put(places.data + 56, u64::MAX);
        })?;
    }
    let say = "the array that comes next lies before: it is not ours, and the list ends here";
    let case = Case { compact: true, entries: 13, arrays: &[4, 8] };
    check_with(&case, say, |file, places| {
        file.put(places.arrays[1] + 16, places.foreign as u64);
        file.put(places.data + 56, u64::MAX);
    })
}

#[test]
fn survives_an_array_that_lies_about_its_size() -> Result {
    let say = "the size of an array is a claim: it may be less than the head alone, or more than \
               the file has, and a slot that is 0 ends the list";
    for size in [0, 8, 23, 24, 1 << 33, 1 << 50, 1 << 62] {
        // The last one is empty, so that nobody can know more than that it ends there.
        let case = Case { compact: size % 16 == 0, entries: 13, arrays: &[4, 8, 16] };
        check_with(&case, say, |file, places| file.put(places.arrays[2] + 8, size))?;
    }
    let say = "the next array is said to lie where there is no file any more";
    let case = Case { compact: true, entries: 13, arrays: &[4, 8] };
    check_with(&case, say, |file, places| file.put(places.arrays[1] + 16, 1 << 40))
}
