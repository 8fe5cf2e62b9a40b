//! Numbers that stand for something else: times, modes, sets of bits, and the word for "none".

use super::super::format::{timespan, timestamp};

/// Numbers that are times, modes, or the word for "none".
pub(super) fn number_in_words(name: &str, number: u64, version: &dyn Fn() -> u32) -> String {
    let is_time = name.ends_with("Timestamp")
        || ["NextElapseUSecRealtime", "LastTriggerUSec", "TimeUSec", "RTCTimeUSec"].contains(&name);
    if is_time {
        return timestamp(number).unwrap_or_default();
    }
    if name == "ManagedOOMMemoryPressureDurationUSec" && number == u64::MAX {
        return "[not set]".to_owned();
    }
    if name.contains("USec") && !name.ends_with("Monotonic") || name == "NextElapseUSecMonotonic" {
        return timespan(number, 1);
    }
    if name.ends_with("UMask") || name.ends_with("Mode") {
        return format!("{number:04o}");
    }
    let id_max = u64::from(u32::MAX);
    match (name, number) {
        ("UID" | "GID", _) if number == id_max => "[not set]".to_owned(),
        ("CoredumpFilter", _) => format!("{number:#x}"),
        ("CapabilityBoundingSet" | "AmbientCapabilities", _) => capabilities(number),
        ("RestrictNamespaces", _) => namespaces(number),
        ("MountFlags", 0) => String::new(),
        ("CPUWeight" | "StartupCPUWeight", 0) => "idle".to_owned(),
        (_, u64::MAX) => greatest(name, version).map_or_else(|| number.to_string(), str::to_owned),
        _ => number.to_string(),
    }
}

/// What the greatest number means: no limit, no data, or nothing at all.
fn greatest(name: &str, version: &dyn Fn() -> u32) -> Option<&'static str> {
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    if name.starts_with("IPIngress") || name.starts_with("IPEgress") {
        return Some("[no data]");
    }
    if ends(&["Weight", "Shares", "NSec"]) || ["MemoryCurrent", "TasksCurrent"].contains(&name) {
        return Some("[not set]");
    }
    if name.ends_with("TasksMax") || name.starts_with("Limit") || name.starts_with("DefaultLimit") {
        return Some("infinity");
    }
    // systemd 255 gave these a word, or another one.
    let is_counter = name == "MemoryAvailable"
        || name.starts_with("Memory") && ends(&["Current", "Peak"])
        || name.starts_with("IO") && ends(&["Bytes", "Operations"]);
    let is_limit = ends(&MEMORY_LIMITS);
    if OLD_LIMITS.contains(&name) {
        Some("infinity")
    } else if !is_counter && !is_limit {
        None
    } else if version() >= 255 {
        Some(if is_counter { "[not set]" } else { "infinity" })
    } else {
        (name == "MemoryAvailable").then_some("infinity")
    }
}

/// What has no limit where it is the greatest number, in all versions.
const OLD_LIMITS: [&str; 8] = [
    "DefaultMemoryLow",
    "DefaultMemoryMin",
    "MemoryLow",
    "MemoryHigh",
    "MemoryMax",
    "MemorySwapMax",
    "MemoryZSwapMax",
    "MemoryLimit",
];

/// How the names of such limits end, since systemd 255.
const MEMORY_LIMITS: [&str; 7] = [
    "MemoryLow",
    "MemoryMin",
    "MemoryHigh",
    "MemoryMax",
    "MemorySwapMax",
    "MemoryZSwapMax",
    "MemoryLimit",
];

/// The kinds of namespace that a service may make: their flags, see clone(2), in systemd's order.
const NAMESPACES: [(u64, &str); 7] = [
    (0x0200_0000, "cgroup"),
    (0x0800_0000, "ipc"),
    (0x4000_0000, "net"),
    (0x0002_0000, "mnt"),
    (0x2000_0000, "pid"),
    (0x1000_0000, "user"),
    (0x0400_0000, "uts"),
];

fn namespaces(set: u64) -> String {
    let allowed = NAMESPACES.iter().filter(|(flag, _)| set & flag != 0);
    let allowed: Vec<&str> = allowed.map(|(_, name)| *name).collect();
    match allowed.len() {
        0 => "yes".to_owned(),
        count if count == NAMESPACES.len() => "no".to_owned(),
        _ => allowed.join(" "),
    }
}

/// What NUMAPolicy= says, by its number; set_mempolicy(2).
pub(super) fn numa_policy(number: i64) -> String {
    let names = ["default", "preferred", "bind", "interleave", "local"];
    let name = usize::try_from(number).ok().and_then(|at| names.get(at));
    name.map_or_else(|| "n/a".to_owned(), |name| (*name).to_owned())
}

/// A set of bits, lowest byte first, as ranges: `0-3 6`.
pub(super) fn ranges(bytes: &[u8]) -> String {
    let is_set = |bit: usize| bytes.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1);
    let mut ranges = Vec::new();
    let mut bit = 0;
    while bit < bytes.len() * 8 {
        if !is_set(bit) {
            bit += 1;
            continue;
        }
        let first = bit;
        while is_set(bit) {
            bit += 1;
        }
        let last = bit - 1;
        ranges.push(if first == last { first.to_string() } else { format!("{first}-{last}") });
    }
    ranges.join(" ")
}

/// Bytes in the letters of base64; RFC 4648.
pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at > three.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

/// The names of the capabilities in a set; capabilities(7).
fn capabilities(set: u64) -> String {
    let names = CAPABILITIES.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1);
    names.map(|(_, name)| format!("cap_{name}")).collect::<Vec<_>>().join(" ")
}

/// By their numbers.
const CAPABILITIES: [&str; 41] = [
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_and_bytes_are_written_as_systemctl_writes_them() {
        assert_eq!(ranges(&[0b0100_1111, 0, 0b1]), "0-3 6 16");
        assert_eq!(ranges(&[0xff]), "0-7");
        assert_eq!(ranges(&[]), "");
        assert_eq!(base64(b"hello\n"), "aGVsbG8K");
        assert_eq!(base64(b"ab"), "YWI=");
        assert_eq!(base64(b"a"), "YQ==");
        let words = |number| number_in_words("RestrictNamespaces", number, &|| 252);
        assert_eq!(words(0x5000_0000), "net user");
        assert_eq!(words(u64::MAX), "no");
        assert_eq!(words(0), "yes");
    }

    #[test]
    fn the_greatest_number_has_words_that_depend_on_the_version() {
        for (name, old, new) in [
            ("MemoryAvailable", "infinity", "[not set]"),
            ("MemoryMin", "18446744073709551615", "infinity"),
            ("IOReadBytes", "18446744073709551615", "[not set]"),
            ("MemoryPeak", "18446744073709551615", "[not set]"),
            ("MemoryMax", "infinity", "infinity"),
            ("CPUUsageNSec", "[not set]", "[not set]"),
            ("Unknown", "18446744073709551615", "18446744073709551615"),
        ] {
            assert_eq!(number_in_words(name, u64::MAX, &|| 254), old, "{name}");
            assert_eq!(number_in_words(name, u64::MAX, &|| 255), new, "{name}");
        }
    }
}
