//! Lists of tuples: a line for each, or all in one line, in the words of their setting.

use std::net::IpAddr;

use systemctl_wrapper::Value;

use super::super::format::{timespan, timestamp};
use super::list;

/// A device and a number; the settings end so.
const OF_DEVICES: [&str; 6] = [
    "DeviceWeight",
    "ReadBandwidthMax",
    "WriteBandwidthMax",
    "IOPSMax",
    "ReadBandwidth",
    "WriteBandwidth",
];

/// The lists of which each row is a tuple.
pub(super) fn rows(name: &str, items: &[Value]) -> Option<Vec<String>> {
    Some(match name {
        _ if name.starts_with("Exec") && !name.contains("Path") => {
            let is_extended = name.ends_with("Ex");
            items.iter().filter_map(|row| exec(row.items(), is_extended)).collect()
        }
        "Listen" => items.iter().filter_map(|row| listen(row.items())).collect(),
        "DeviceAllow" => items.iter().map(|row| joined(row.items(), " ")).collect(),
        "IODeviceLatencyTargetUSec" => {
            items.iter().filter_map(|row| latency(row.items())).collect()
        }
        _ if OF_DEVICES.iter().any(|end| name.ends_with(end)) => {
            items.iter().map(|row| list(row.items())).collect()
        }
        "LogExtraFields" if items.is_empty() => vec![String::new()],
        "LogExtraFields" => {
            let fields = items.iter().map(|field| super::bytes(field.items()));
            fields.map(|field| String::from_utf8_lossy(&field).into_owned()).collect()
        }
        "BPFProgram" | "RootImageOptions" => {
            items.iter().map(|row| joined(row.items(), ":")).collect()
        }
        _ if name.ends_with("DirectorySymlink") => {
            items.iter().filter_map(|row| symlink(row.items())).collect()
        }
        "OpenFile" => items.iter().filter_map(|row| open_file(row.items())).collect(),
        "LogFilterPatterns" => items.iter().filter_map(|row| pattern(row.items())).collect(),
        "TemporaryFileSystem" => one_line(items, |row| joined(row.items(), ":")),
        "MountImages" | "ExtensionImages" => one_line(items, image),
        "BindPaths" | "BindReadOnlyPaths" => one_line(items, bind),
        "SocketBindAllow" | "SocketBindDeny" => {
            items.iter().filter_map(|row| ports(row.items())).collect()
        }
        "IPAddressAllow" | "IPAddressDeny" => {
            let all = items.iter().filter_map(|row| network(row.items()));
            vec![all.collect::<Vec<_>>().join(" ")]
        }
        "TimersMonotonic" | "TimersCalendar" => {
            items.iter().filter_map(|row| timer(row.items())).collect()
        }
        "Paths" | "EnvironmentFiles" => items.iter().filter_map(|row| path(row.items())).collect(),
        _ => return None,
    })
}

/// The texts of a row, with something between them.
fn joined(row: &[Value], between: &str) -> String {
    let texts = row.iter().filter_map(Value::as_text).filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join(between)
}

/// `/run/app.socket (Stream)`: an address, and what kind of socket it is.
fn listen(row: &[Value]) -> Option<String> {
    let [kind, address] = row else { return None };
    Some(format!("{} ({})", address.as_text()?, kind.as_text()?))
}

/// A device and a time.
fn latency(row: &[Value]) -> Option<String> {
    let [path, time] = row else { return None };
    Some(format!("{} {}", path.as_text()?, timespan(time.as_number()?, 1)))
}

/// `from:to`. Since systemd 257 a directory without a link is in the list as well: `from:`.
fn symlink(row: &[Value]) -> Option<String> {
    let [from, to, ..] = row else { return None };
    Some(format!("{}:{}", from.as_text()?, to.as_text()?))
}

/// `/etc/app.env (ignore_errors=yes)` of a file; `/srv (PathChanged)` of what a path unit watches.
fn path(row: &[Value]) -> Option<String> {
    match row {
        [path, Value::Bool(ignored)] => {
            let ignored = if *ignored { "yes" } else { "no" };
            Some(format!("{} (ignore_errors={ignored})", path.as_text()?))
        }
        [kind, path] => Some(format!("{} ({})", path.as_text()?, kind.as_text()?)),
        _ => None,
    }
}

/// `~`, if what it fits is left out, and the pattern.
fn pattern(row: &[Value]) -> Option<String> {
    let [Value::Bool(allows), pattern] = row else { return None };
    Some(format!("{}{}", if *allows { "" } else { "~" }, pattern.as_text()?))
}

/// `/path:name:options`: the name only if it is not the file's own; systemd.service(5).
fn open_file(row: &[Value]) -> Option<String> {
    let [path, name, flags] = row else { return None };
    let (path, name, flags) = (path.as_text()?, name.as_text()?, flags.as_number()?);
    let own = path.trim_end_matches('/').rsplit('/').next() == Some(name);
    let options = ["read-only", "append", "truncate", "graceful"].into_iter().enumerate();
    let set = options.filter(|(bit, _)| flags >> bit & 1 == 1).map(|(_, option)| option);
    let options = set.collect::<Vec<_>>().join(",");
    let name = if own { "" } else { name };
    let path = path.replace('\\', "\\x5c").replace(':', "\\x3a");
    Some(match (name.is_empty(), options.is_empty()) {
        (true, true) => path,
        (false, true) => format!("{path}:{name}"),
        (_, false) => format!("{path}:{name}:{options}"),
    })
}

fn one_line(items: &[Value], row: impl Fn(&Value) -> String) -> Vec<String> {
    vec![items.iter().map(row).collect::<Vec<_>>().join(" ")]
}

/// `-/from:/to:rbind`; mount(8).
fn bind(row: &Value) -> String {
    let is_deep = row.items().last().and_then(Value::as_number).is_some_and(|flags| flags > 0);
    format!("{}{}{}", dash(row), joined(row.items(), ":"), if is_deep { ":rbind" } else { "" })
}

/// `-/image:/where`, and the options of its partitions.
fn image(row: &Value) -> String {
    let options = row.items().last().map(Value::items).unwrap_or_default();
    let options = options.iter().map(|option| format!(":{}", joined(option.items(), ":")));
    format!("{}{}{}", dash(row), joined(row.items(), ":"), options.collect::<String>())
}

/// The mark of a path that may be missing.
fn dash(row: &Value) -> &'static str {
    if row.items().contains(&Value::Bool(true)) { "-" } else { "" }
}

/// `ipv4:tcp:80-90`: family, protocol, how many ports, and the first.
fn ports(row: &[Value]) -> Option<String> {
    let [family, protocol, count, first] = row else { return None };
    let family = match family.as_number()? {
        2 => "ipv4:",
        10 => "ipv6:",
        _ => "",
    };
    let protocol = match protocol.as_number()? {
        6 => "tcp:",
        17 => "udp:",
        _ => "",
    };
    let first = first.as_number()?;
    let ports = match count.as_number()? {
        0 => "any".to_owned(),
        1 => first.to_string(),
        count => format!("{first}-{}", first + count - 1),
    };
    Some(format!("{family}{protocol}{ports}"))
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
            let next = next.as_number().and_then(timestamp).unwrap_or("(null)".to_owned());
            format!("{{ {base}={spec} ; next_elapse={next} }}")
        }
        spec => {
            let (spec, next) = (spec.as_number()?, next.as_number()?);
            format!("{{ {base}={} ; next_elapse={} }}", timespan(spec, 1), timespan(next, 1))
        }
    })
}
