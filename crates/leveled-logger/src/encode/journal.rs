//! An entry in the journal's native protocol: `KEY=value` lines, or a length and bytes for values
//! of several lines. See "Native Journal Protocol" among systemd's documents, and
//! systemd.journal-fields(7) for the keys.

use std::io::Write as _;

use crate::Record;

/// Keys that are ours, or that the journal would take from us for its own.
const RESERVED: [&str; 15] = [
    "MESSAGE",
    "PRIORITY",
    "LOGGER",
    "LEVELNAME",
    "THREAD_NAME",
    "PROCESS_NAME",
    "CODE_FILE",
    "CODE_LINE",
    "CODE_FUNC",
    "EXCEPTION_TEXT",
    "STACK_TEXT",
    "SYSLOG_IDENTIFIER",
    "SYSLOG_PID",
    "SYSLOG_FACILITY",
    "TID",
];

pub(super) fn write(record: &Record<'_>, identifier: &str, entry: &mut Vec<u8>) {
    let priority = [b'0' + record.level.priority().number()];
    put("MESSAGE", record.said.message().as_bytes(), entry);
    put("PRIORITY", &priority, entry);
    put("SYSLOG_IDENTIFIER", identifier.as_bytes(), entry);
    put("LOGGER", record.name.as_bytes(), entry);
    put("LEVELNAME", record.level_name.as_bytes(), entry);
    put("THREAD_NAME", record.thread_name.as_bytes(), entry);
    put("PROCESS_NAME", record.process_name.as_bytes(), entry);
    let _ = writeln!(entry, "TID={}", record.thread);
    if !record.path.is_empty() {
        put("CODE_FILE", record.path.as_bytes(), entry);
        let _ = writeln!(entry, "CODE_LINE={}", record.line);
    }
    if !record.function.is_empty() {
        put("CODE_FUNC", record.function_name().as_bytes(), entry);
    }
    for (name, _, value) in record.said.fields() {
        if let Some(key) = key_of(name) {
            put(&key, value.as_bytes(), entry);
        }
    }
    for (name, key) in [("exc_info", "EXCEPTION_TEXT"), ("stack_info", "STACK_TEXT")] {
        if let Some((_, trace)) = record.said.field(name) {
            put(key, trace.as_bytes(), entry);
        }
    }
}

/// A note of our own, for the journal's reader.
pub(crate) fn note(message: &str, identifier: &str) -> Vec<u8> {
    let mut entry = Vec::new();
    put("MESSAGE", message.as_bytes(), &mut entry);
    put("PRIORITY", b"4", &mut entry);
    put("SYSLOG_IDENTIFIER", identifier.as_bytes(), &mut entry);
    put("LOGGER", b"leveled_logger", &mut entry);
    entry
}

fn put(key: &str, value: &[u8], entry: &mut Vec<u8>) {
    entry.extend_from_slice(key.as_bytes());
    if value.contains(&b'\n') {
        entry.push(b'\n');
        entry.extend_from_slice(&(value.len() as u64).to_le_bytes());
    } else {
        entry.push(b'=');
    }
    entry.extend_from_slice(value);
    entry.push(b'\n');
}

/// The journal throws a field away whose name it does not like: it wants A to Z, digits and `_`, a
/// letter first, and 64 characters at most.
fn key_of(name: &str) -> Option<String> {
    let mut key: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .take(62)
        .collect();
    let begins_well = key.starts_with(|c: char| c.is_ascii_uppercase());
    if !begins_well || RESERVED.contains(&key.as_str()) {
        key = format!("F_{}", key.trim_start_matches('_'));
    }
    (key.len() > 2 || begins_well).then_some(key)
}
