//! A property as `systemctl show` writes it: a line for each value that has one.

use std::net::IpAddr;

use systemctl_wrapper::{Properties, Value};

use super::format::{timespan, timestamp};

/// The lines of one property, without its name; none for a value that is empty.
pub(crate) fn values(name: &str, value: &Value, all: bool) -> Vec<String> {
    if let Some(lines) = special(name, value) {
        return lines.into_iter().filter(|line| all || !line.is_empty()).collect();
    }
    match value {
        Value::Text(text) if text.contains('\n') => vec!["[unprintable]".to_owned()],
        Value::Text(text) if text.is_empty() && !all => Vec::new(),
        Value::Text(text) => vec![text.clone()],
        Value::Bool(truth) => vec![(if *truth { "yes" } else { "no" }).to_owned()],
        Value::Number(number) => {
            let word = number_in_words(name, *number);
            if word.is_empty() && !all { Vec::new() } else { vec![word] }
        }
        Value::Signed(number) => vec![number.to_string()],
        Value::Fraction(number) => vec![number.to_string()],
        Value::List(items) if items.is_empty() && !all => Vec::new(),
        Value::List(items) => vec![list(items)],
        // systemctl leaves out what it has no words for, unless all is wanted.
        Value::Tuple(_) | Value::Map(_) if !all => Vec::new(),
        Value::Tuple(_) | Value::Map(_) => vec!["[unprintable]".to_owned()],
    }
}

/// Texts beside each other; what has blanks in it is quoted.
fn list(items: &[Value]) -> String {
    let words = items.iter().map(|item| match item {
        Value::Text(text) => quoted(text),
        Value::Number(number) => number.to_string(),
        Value::Signed(number) => number.to_string(),
        _ => "[unprintable]".to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn quoted(text: &str) -> String {
    let needs = |c: char| c.is_whitespace() || "\"\\`$".contains(c);
    if !text.is_empty() && !text.contains(needs) {
        return text.to_owned();
    }
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('`', "\\`").replace('$', "\\$"))
}

/// Numbers that are times, modes, or the word for "none".
fn number_in_words(name: &str, number: u64) -> String {
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
        ("RestrictNamespaces", u64::MAX) => return "no".to_owned(),
        ("RestrictNamespaces", 0) => return "yes".to_owned(),
        ("MountFlags" | "ExitCode", 0) => return String::new(),
        ("TTYRows" | "TTYColumns", 65535) => return String::new(),
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

/// The properties whose type says nothing of how they are written.
fn special(name: &str, value: &Value) -> Option<Vec<String>> {
    let lines: Vec<String> = match name {
        "Job" | "Unit" | "LoadError" | "ActivationDetails" => return pair(name, value),
        "InvocationID" => {
            let hex = value.items().iter().filter_map(Value::as_number);
            vec![hex.map(|byte| format!("{byte:02x}")).collect()]
        }
        _ if name.starts_with("Exec") && matches!(value, Value::List(_)) => {
            let is_extended = name.ends_with("Ex");
            value.items().iter().filter_map(|row| exec(row.items(), is_extended)).collect()
        }
        "Listen" => {
            let row = |row: &Value| match row.items() {
                [kind, address] => Some(format!("{} ({})", address.as_text()?, kind.as_text()?)),
                _ => None,
            };
            value.items().iter().filter_map(row).collect()
        }
        "Conditions" | "Asserts" => Vec::new(),
        "DeviceAllow" => {
            let words = |row: &Value| list(row.items());
            value.items().iter().map(words).collect()
        }
        "IPAddressAllow" | "IPAddressDeny" => {
            let all = value.items().iter().filter_map(|row| network(row.items()));
            vec![all.collect::<Vec<_>>().join(" ")]
        }
        "Documentation" => {
            let quoted = value.items().iter().filter_map(Value::as_text);
            let quoted: Vec<String> = quoted.map(|text| format!("\"{text}\"")).collect();
            vec![quoted.join(" ")]
        }
        "NUMAPolicy" if *value == Value::Signed(-1) => vec!["n/a".to_owned()],
        "FailureActionExitStatus" | "SuccessActionExitStatus" if *value == Value::Signed(-1) => {
            Vec::new()
        }
        // The mark says whether the list allows or forbids.
        "SystemCallFilter"
        | "SystemCallLog"
        | "RestrictAddressFamilies"
        | "RestrictFileSystems"
        | "RestrictNetworkInterfaces" => vec![marked_list(value.items())],
        "SELinuxContext" | "AppArmorProfile" | "SmackProcessLabel" => {
            let text = value.items().get(1).and_then(Value::as_text).unwrap_or_default();
            vec![text.to_owned()]
        }
        "TimersMonotonic" | "TimersCalendar" => {
            value.items().iter().filter_map(|row| timer(row.items())).collect()
        }
        "Paths" | "EnvironmentFiles" => {
            let row = |row: &Value| match row.items() {
                [path, Value::Bool(ignored)] => {
                    let ignored = if *ignored { "yes" } else { "no" };
                    Some(format!("{} (ignore_errors={ignored})", path.as_text()?))
                }
                [kind, path] => Some(format!("{} ({})", path.as_text()?, kind.as_text()?)),
                _ => None,
            };
            value.items().iter().filter_map(row).collect()
        }
        _ => return None,
    };
    Some(lines)
}

/// A network: the family, the bytes of the address, and how many of its bits count.
fn network(row: &[Value]) -> Option<String> {
    let [_, bytes, bits] = row else { return None };
    let bytes = bytes.items().iter().filter_map(Value::as_number);
    let bytes: Vec<u8> = bytes.filter_map(|byte| u8::try_from(byte).ok()).collect();
    let address = match (<[u8; 4]>::try_from(&*bytes), <[u8; 16]>::try_from(&*bytes)) {
        (Ok(four), _) => IpAddr::from(four),
        (_, Ok(sixteen)) => IpAddr::from(sixteen),
        _ => return None,
    };
    Some(format!("{address}/{}", bits.as_number()?))
}

/// `~` and a list of what is forbidden, or a list of what is allowed.
fn marked_list(pair: &[Value]) -> String {
    let [allows, words] = pair else { return String::new() };
    let words: Vec<&str> = words.items().iter().filter_map(Value::as_text).collect();
    let mark = if *allows == Value::Bool(true) || words.is_empty() { "" } else { "~" };
    format!("{mark}{}", words.join(" "))
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

/// Pairs of which one half counts.
fn pair(name: &str, value: &Value) -> Option<Vec<String>> {
    let items = value.items();
    let first = items.first();
    Some(match name {
        "Job" => match first.and_then(Value::as_number) {
            Some(id) if id > 0 => vec![id.to_string()],
            _ => Vec::new(),
        },
        "LoadError" => match (first.and_then(Value::as_text), items.get(1)) {
            (Some(id), Some(Value::Text(text))) if !id.is_empty() => {
                vec![format!("{id} \"{text}\"")]
            }
            _ => Vec::new(),
        },
        _ if matches!(value, Value::Text(_)) => return None,
        _ => Vec::new(),
    })
}

/// `{ path=/bin/x ; argv[]=/bin/x y ; ignore_errors=no ; … }`
fn exec(row: &[Value], is_extended: bool) -> Option<String> {
    let [path, argv, flags, start, _, stop, _, pid, code, status] = row else { return None };
    let argv: Vec<&str> = argv.items().iter().filter_map(Value::as_text).collect();
    let third = match flags {
        Value::Bool(ignored) => {
            format!("ignore_errors={}", if *ignored { "yes" } else { "no" })
        }
        flags if is_extended => {
            let flags: Vec<&str> = flags.items().iter().filter_map(Value::as_text).collect();
            format!("flags={}", flags.join(" "))
        }
        _ => return None,
    };
    let time = |value: &Value| value.as_number().and_then(timestamp).unwrap_or("n/a".to_owned());
    let code_word = match code.as_number() {
        Some(1) => "exited",
        Some(2) => "killed",
        Some(3) => "dumped",
        _ => "(null)",
    };
    let (status, slash) = match (code.as_number(), status) {
        (Some(2 | 3), Value::Signed(number)) => {
            let name = systemctl_wrapper::signal_name(*number);
            (number.to_string(), format!("/{}", name.trim_start_matches("SIG")))
        }
        (_, Value::Signed(number)) => (number.to_string(), String::new()),
        _ => return None,
    };
    let slash = if code_word == "(null)" { "/0".to_owned() } else { slash };
    Some(format!(
        "{{ path={} ; argv[]={} ; {third} ; start_time=[{}] ; stop_time=[{}] ; pid={} ; \
         code={code_word} ; status={status}{slash} }}",
        path.as_text()?,
        argv.join(" "),
        time(start),
        time(stop),
        pid.as_number()?,
    ))
}

fn timer(row: &[Value]) -> Option<String> {
    let [base, spec, next] = row else { return None };
    let base = base.as_text()?;
    Some(match spec {
        Value::Text(spec) => {
            let next = next.as_number().and_then(timestamp).unwrap_or("n/a".to_owned());
            format!("{{ {base}={spec} ; next_elapse={next} }}")
        }
        spec => {
            let (spec, next) = (spec.as_number()?, next.as_number()?);
            format!("{{ {base}={} ; next_elapse={} }}", timespan(spec, 1), timespan(next, 1))
        }
    })
}

/// The properties that were asked for, in the manager's order, or all of them.
pub(crate) fn chosen<'a>(
    properties: &'a Properties,
    wanted: &'a [String],
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let is_wanted = move |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    properties.iter().filter(move |(name, _)| is_wanted(name))
}
