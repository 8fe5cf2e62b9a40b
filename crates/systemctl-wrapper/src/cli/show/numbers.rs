//! Numbers that stand for something else: times, modes, sets of bits, and the word for "none".

use super::super::format::{timespan, timestamp};

/// Numbers that are times, modes, or the word for "none".
pub(super) fn number_in_words(name: &str, number: u64) -> String {
    let is_time = name.ends_with("Timestamp")
        || ["NextElapseUSecRealtime", "LastTriggerUSec", "TimeUSec", "RTCTimeUSec"].contains(&name);
    if is_time {
        return timestamp(number).unwrap_or_default();
    }
    if name.contains("USec") && !name.ends_with("Monotonic") || name == "NextElapseUSecMonotonic" {
        return timespan(number, 1);
    }
    if name.ends_with("UMask") || name.ends_with("Mode") {
        return format!("{number:04o}");
    }
    let id_max = u64::from(u32::MAX);
    match (name, number) {
        ("UID" | "GID", _) if number == id_max => return "[not set]".to_owned(),
        ("CoredumpFilter", _) => return format!("{number:#x}"),
        ("CapabilityBoundingSet" | "AmbientCapabilities", _) => return capabilities(number),
        ("RestrictNamespaces", _) => return namespaces(number),
        ("MountFlags", 0) => return String::new(),
        (_, u64::MAX) => {}
        _ => return number.to_string(),
    }
    if name.starts_with("IPIngress") || name.starts_with("IPEgress") {
        return "[no data]".to_owned();
    }
    let is_limit = ["Max", "High", "Limit", "Available"].iter().any(|end| name.ends_with(end))
        || name.starts_with("Limit")
        || name.starts_with("DefaultLimit");
    let is_counter = name.ends_with("NSec");
    match name {
        _ if name.ends_with("Current") => "[not set]".to_owned(),
        _ if name.ends_with("Weight") || name.ends_with("Shares") || is_counter && !is_limit => {
            "[not set]".to_owned()
        }
        _ if is_limit || name.ends_with("BurstUSec") => "infinity".to_owned(),
        _ => number.to_string(),
    }
}

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
        assert_eq!(number_in_words("RestrictNamespaces", 0x5000_0000), "net user");
        assert_eq!(number_in_words("RestrictNamespaces", u64::MAX), "no");
        assert_eq!(number_in_words("RestrictNamespaces", 0), "yes");
    }
}
