//! Words of the kernel and of systemd that values may contain: signals, capabilities, address
//! families and their like. The lists are data, in `data/known-words.tsv` and
//! `data/system-calls.txt`.
//!
//! systemd has such lists compiled in, from the headers of the kernel that it was built with. Ours
//! are of a newer kernel, so that nothing real is called wrong.

use std::sync::OnceLock;

use unit_file::directives::has_word;
use unit_file::values::parse_integer;

static TEXT: &str = include_str!("../../data/known-words.tsv");

/// The words of a list, between blanks. A test sees to it that each list is there.
pub(super) fn known_words(list: &str) -> &'static str {
    static LISTS: OnceLock<Vec<(&str, &str)>> = OnceLock::new();
    let lists =
        LISTS.get_or_init(|| TEXT.lines().filter_map(|line| line.split_once('\t')).collect());
    lists.iter().find(|(name, _)| *name == list).map_or("", |(_, words)| words)
}

/// Whether a text names a signal: `SIGTERM`, `TERM`, `15`, `RTMIN+3`.
pub(super) fn is_signal(text: &str) -> bool {
    let name = text.strip_prefix("SIG").unwrap_or(text);
    let below = |number: &str, limit: u8| number.parse::<u8>().is_ok_and(|number| number <= limit);
    // The C library keeps the first two real-time signals for itself, so these are counted from an
    // end; signal(7).
    let real_time = |base: &str, sign: char| {
        let rest = name.strip_prefix(base);
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.strip_prefix(sign).is_some_and(|offset| below(offset, 30))
        })
    };
    has_word(known_words("SIGNALS"), name)
        || parse_integer(text).is_ok_and(|number| (1..=64).contains(&number))
        || real_time("RTMIN", '+')
        || real_time("RTMAX", '-')
}

/// Whether the kernel has a system call of this name, on any architecture; as of the newest version
/// of the table, which is in the order of its bytes.
pub(super) fn is_system_call(name: &str) -> bool {
    static NAMES: OnceLock<Vec<&str>> = OnceLock::new();
    let names = NAMES.get_or_init(|| include_str!("../../data/system-calls.txt").lines().collect());
    names.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::known_words;

    #[test]
    fn every_list_is_there() {
        let lists = "CAPABILITIES ADDRESS_FAMILIES NAMESPACES SYSTEM_CALL_GROUPS EXIT_STATUSES \
                     NETLINK_FAMILIES CONTROLLERS ERRORS SIGNALS STANDARD_TARGETS USER_TARGETS \
                     SYSTEM_TARGETS FILE_SYSTEM_GROUPS CORE_DUMP_PARTS PARTITIONS BPF_PLACES \
                     INTERPRETERS COMPILERS_AT_RUN_TIME LOOKS_AROUND NAMES_DIRECTORY FOREGROUND \
                     BACKGROUND DAEMONS_BY_DEFAULT STAYS_BY_DEFAULT FILE_TOOLS NETWORK_CLIENTS \
                     CONTAINER_OPTIONS_WITH_VALUE SHELL_BUILTINS ENDS_AT_ONCE \
                     NEVER_NOTIFIES QUICK_TOOLS SET_BY_SYSTEMD LOCAL_CLIENTS NETLINK_CLIENTS \
                     WORDS_OF_BASH PROGRAMS_OF_NODE SOCKET_MAKERS";
        for list in lists.split(' ') {
            assert!(known_words(list).contains(' '), "{list}");
        }
    }
}
