//! A property as `systemctl show` writes it: a line for each value that has one.

use systemctl_wrapper::{Properties, Value, signal_name};

mod numbers;
mod rows;

use numbers::number_in_words;

/// The lines of one property, without its name; none for a value that is empty. A few are written
/// in another way since some `version` of systemd.
pub(crate) fn values(
    name: &str,
    value: &Value,
    all: bool,
    version: &dyn Fn() -> u32,
) -> Vec<String> {
    if MARKED.contains(&name) {
        return marked_list(value.items(), all);
    }
    if let Some(lines) = special(name, value, all) {
        return lines.into_iter().filter(|line| all || !line.is_empty()).collect();
    }
    match value {
        Value::Text(text) if text.contains('\n') => vec!["[unprintable]".to_owned()],
        Value::Text(text) if text.is_empty() && !all => Vec::new(),
        Value::Text(text) => vec![text.clone()],
        Value::Bool(truth) => vec![(if *truth { "yes" } else { "no" }).to_owned()],
        Value::Number(number) => {
            let word = number_in_words(name, *number, version);
            if word.is_empty() && !all { Vec::new() } else { vec![word] }
        }
        Value::Signed(number) => vec![number.to_string()],
        Value::Fraction(number) => vec![number.to_string()],
        Value::List(items) if items.is_empty() && !all => Vec::new(),
        Value::List(items) => vec![list(items)],
        Value::Rows(_) | Value::Tuple(_) | Value::Map(_) => unprintable(all),
    }
}

/// systemctl leaves out what it has no words for, unless all is wanted.
fn unprintable(all: bool) -> Vec<String> {
    if all { vec!["[unprintable]".to_owned()] } else { Vec::new() }
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
    let needs = |c: char| c.is_whitespace() || "\"\\`$*?['()<>|&;!".contains(c);
    if !text.is_empty() && !text.contains(needs) {
        return text.to_owned();
    }
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('`', "\\`").replace('$', "\\$"))
}

/// The properties whose type says nothing of how they are written.
fn special(name: &str, value: &Value, all: bool) -> Option<Vec<String>> {
    let items = value.items();
    let line = match name {
        _ if UNPRINTABLE.contains(&name) => return Some(unprintable(all)),
        "Job" | "Unit" | "LoadError" => return pair(name, value),
        "InvocationID" | "RootHash" => {
            bytes(items).iter().map(|byte| format!("{byte:02x}")).collect()
        }
        "StandardInputData" | "RootHashSignature" => numbers::base64(&bytes(items)),
        "CPUAffinity" | "NUMAMask" => numbers::ranges(&bytes(items)),
        _ if name.ends_with("CPUs") || name.ends_with("MemoryNodes") => {
            numbers::ranges(&bytes(items))
        }
        "NUMAPolicy" => match value {
            Value::Signed(number) => numbers::numa_policy(*number),
            _ => return None,
        },
        "FailureActionExitStatus" | "SuccessActionExitStatus" if *value == Value::Signed(-1) => {
            return Some(if all { vec!["[not set]".to_owned()] } else { Vec::new() });
        }
        "SELinuxContext" | "AppArmorProfile" | "SmackProcessLabel" => match items {
            [Value::Bool(true), Value::Text(text)] => format!("-{text}"),
            [_, Value::Text(text)] => text.clone(),
            _ => return None,
        },
        "RestartPreventExitStatus" | "RestartForceExitStatus" | "SuccessExitStatus" => {
            exit_statuses(items)
        }
        _ => {
            let Value::Rows(items) = value else { return None };
            return rows::rows(name, items);
        }
    };
    Some(vec![line])
}

/// The lists that have a mark, which says whether they allow or forbid.
const MARKED: [&str; 5] = [
    "RestrictAddressFamilies",
    "RestrictFileSystems",
    "RestrictNetworkInterfaces",
    "SystemCallFilter",
    "SystemCallLog",
];

/// Numbers of types that systemctl has no words for.
const UNPRINTABLE: [&str; 3] = ["ExitCode", "TTYColumns", "TTYRows"];

/// A list of bytes.
fn bytes(items: &[Value]) -> Vec<u8> {
    let numbers = items.iter().filter_map(Value::as_number);
    numbers.filter_map(|number| u8::try_from(number).ok()).collect()
}

/// Exit statuses and signals that count as something else: `7 KILL TERM`.
fn exit_statuses(pair: &[Value]) -> String {
    let [statuses, signals] = pair else { return String::new() };
    let statuses = statuses.items().iter().filter_map(Value::as_number);
    let signals = signals.items().iter().filter_map(Value::as_number);
    let signals = signals.filter_map(|number| i64::try_from(number).ok()).map(signal_name);
    let signals = signals.map(|name| name.trim_start_matches("SIG").to_owned());
    statuses.map(|status| status.to_string()).chain(signals).collect::<Vec<_>>().join(" ")
}

/// `~` and a list of what is forbidden, or a list of what is allowed.
fn marked_list(pair: &[Value], all: bool) -> Vec<String> {
    let [allows, words] = pair else { return Vec::new() };
    let words: Vec<&str> = words.items().iter().filter_map(Value::as_text).collect();
    let allows = *allows == Value::Bool(true);
    // A list that allows nothing says much.
    if words.is_empty() && !allows && !all {
        return Vec::new();
    }
    vec![format!("{}{}", if allows { "" } else { "~" }, words.join(" "))]
}

/// Pairs of which one half counts.
fn pair(name: &str, value: &Value) -> Option<Vec<String>> {
    let items = value.items();
    let first = items.first();
    Some(match name {
        "Job" => match first.and_then(Value::as_number) {
            Some(id) if id > 0 => vec![id.to_string()],
            _ => vec![String::new()],
        },
        "LoadError" => match (first.and_then(Value::as_text), items.get(1)) {
            (Some(id), Some(Value::Text(text))) if !id.is_empty() => {
                vec![format!("{id} \"{text}\"")]
            }
            _ => vec![String::new()],
        },
        _ if matches!(value, Value::Text(_)) => return None,
        _ => Vec::new(),
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
