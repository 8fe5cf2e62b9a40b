//! Values that are lists: each word is judged alone, and mostly a bad word costs only itself.

use systemd_types::UnitName;

use super::known_words::{
    ADDRESS_FAMILIES, CAPABILITIES, EXIT_STATUSES, NAMESPACES, NETLINK_FAMILIES,
    SYSTEM_CALL_GROUPS, is_signal, is_system_call,
};
use super::value::{Cost, Problem, user};
use crate::suggest::nearest;
use unit_file::directives::{Directive, Kind, has_word};
use unit_file::values::{
    Invalid, Rules, Word, is_variable_name, judge_path, parse_boolean, parse_integer, split,
};

pub(super) fn judge(row: &Directive, kind: Kind, value: &str) -> Vec<Problem> {
    match kind {
        Kind::Addresses => each(value, Rules::NAMES, address),
        Kind::Units(_) if row.is_in("Install") => Vec::new(), // the install check has them
        Kind::Units(unit_type) => each(value, Rules::NAMES, |word| unit(word, unit_type)),
        Kind::PlainPaths => each(value, Rules::NAMES, |word| path(word, &[])),
        Kind::Paths => each(value, Rules::NAMES, |word| path(word, &['-', '+'])),
        Kind::Directories => each(value, Rules::NAMES, |word| below(row, word)),
        Kind::Users => each(value, Rules::NAMES, |word| {
            user(&word.text(), word.span.start)
                .map(|problem| Problem { cost: Cost::Unit, ..problem })
        }),
        Kind::Variables => each(value, Rules::COMMAND, variable),
        Kind::Statuses => each(value, Rules::NAMES, status),
        Kind::Capabilities => each_behind_tilde(value, capability),
        Kind::SystemCalls => {
            each_behind_tilde(value, |word| system_call(word, value.starts_with('~')))
        }
        Kind::Families if value != "none" => each_behind_tilde(value, family),
        Kind::Namespaces if parse_boolean(value).is_err() => each_behind_tilde(value, namespace),
        Kind::Device => device(value).into_iter().collect(),
        Kind::Listen => listen(row, value).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Judges each word; quotes that don't close cost the line.
fn each(value: &str, rules: Rules, judge: impl Fn(&Word) -> Option<Problem>) -> Vec<Problem> {
    match split(value, rules) {
        Ok(words) => words.iter().filter_map(judge).collect(),
        Err(error) => vec![Invalid::whole(value, error.to_string()).into()],
    }
}

/// As [`each`], the words beginning behind a `~`, which stands for "all but these".
fn each_behind_tilde(value: &str, judge: impl Fn(&Word) -> Option<Problem>) -> Vec<Problem> {
    let words = value.strip_prefix('~').unwrap_or(value);
    let by = value.len() - words.len();
    let mut problems = each(words, Rules::NAMES, judge);
    for problem in &mut problems {
        problem.invalid.span = problem.invalid.span.start + by..problem.invalid.span.end + by;
    }
    problems
}

fn complain(word: &Word, reason: String) -> Option<Problem> {
    Some(Problem::word(Invalid::at(word.span.clone(), reason)))
}

fn address(word: &Word) -> Option<Problem> {
    let text = word.text();
    let known = ["http://", "https://", "file:/", "info:", "man:"];
    if known.iter().any(|prefix| text.starts_with(prefix) && text.len() > prefix.len()) {
        return None;
    }
    let meant = text.starts_with("www.").then(|| format!("https://{text}"));
    complain(word, format!("{text:?} does not begin with https:, http:, file:/, info: or man:"))
        .map(|problem| problem.meant(meant))
}

fn unit(word: &Word, unit_type: &str) -> Option<Problem> {
    let text = word.text();
    let Err(error) = UnitName::new(&text) else {
        let wrong_type = !unit_type.is_empty() && !text.ends_with(&format!(".{unit_type}"));
        return wrong_type
            .then(|| complain(word, format!("{text:?} is not a {unit_type} unit")))
            .flatten();
    };
    complain(word, error.to_string()).map(|problem| problem.meant(with_suffix(&text)))
}

/// `network` was meant to be `network.target`, another bare name probably a service.
pub(super) fn with_suffix(text: &str) -> Option<String> {
    let targets = "network network-online multi-user graphical basic sysinit local-fs remote-fs time-sync default \
                   network-pre nss-lookup sockets timers paths shutdown rescue emergency";
    let trimmed = text.trim_end_matches([',', ';']);
    let candidates = if trimmed.len() < text.len() {
        [trimmed.to_owned(), format!("{trimmed}.service")]
    } else if has_word(targets, text) {
        [format!("{text}.target"), String::new()]
    } else {
        [format!("{text}.service"), String::new()]
    };
    candidates.into_iter().find(|name| UnitName::new(name).is_ok())
}

fn path(word: &Word, prefixes: &[char]) -> Option<Problem> {
    let text = word.text();
    let rest = text.trim_start_matches(prefixes);
    let problem = judge_path(rest).err()?;
    let hint = if rest.starts_with('~') { "; ~ means nothing here" } else { "" };
    complain(word, format!("{text:?}: {problem}{hint}"))
}

/// `RuntimeDirectory=` and its like name directories below a standard place.
fn below(row: &Directive, word: &Word) -> Option<Problem> {
    let text = word.text();
    let second = text.split(':').nth(1);
    if second.is_some_and(|second| second.starts_with('/') || row.key == "ConfigurationDirectory") {
        let reason = format!("{text:?}: what stands behind the colon is a second name, not a path");
        return complain(word, reason);
    }
    let first = text.split(':').next().unwrap_or_default();
    if first.starts_with('/') {
        let meant = ["/run/", "/var/lib/", "/var/cache/", "/var/log/", "/etc/"]
            .iter()
            .find_map(|place| first.strip_prefix(place));
        let problem = complain(
            word,
            format!("{text:?} is absolute; the name counts from the standard place"),
        )?;
        return Some(problem.meant(meant));
    }
    let dots = first.split('/').any(|part| part == "..");
    dots.then(|| complain(word, format!("{text:?} contains \"..\""))).flatten()
}

fn variable(word: &Word) -> Option<Problem> {
    let text = word.text();
    let hint = if text.contains('=') { "; Environment= sets values" } else { "" };
    (!is_variable_name(&text))
        .then(|| complain(word, format!("{text:?} is not the name of a variable{hint}")))
        .flatten()
}

fn status(word: &Word) -> Option<Problem> {
    let text = word.text();
    let is_number = parse_integer(&text).map(|number| (0..=255).contains(&number));
    let good = is_number.unwrap_or_else(|_| is_signal(&text) || has_word(EXIT_STATUSES, &text));
    (!good)
        .then(|| {
            complain(word, format!("{text:?} is neither an exit status from 0 to 255 nor a signal"))
        })
        .flatten()
}

fn capability(word: &Word) -> Option<Problem> {
    let text = word.text();
    let lower = text.to_ascii_lowercase();
    let name = lower.strip_prefix("cap_");
    if name.is_some_and(|name| has_word(CAPABILITIES, name))
        || text.parse::<u8>().is_ok_and(|number| number < 63)
    {
        return None;
    }
    let bare = name.unwrap_or(&lower);
    let meant = nearest(bare, CAPABILITIES.split(' '))
        .map(|name| format!("CAP_{}", name.to_ascii_uppercase()));
    complain(word, format!("{text:?} is not a capability")).map(|problem| problem.meant(meant))
}

fn system_call(word: &Word, denies: bool) -> Option<Problem> {
    let text = word.text();
    let (name, error) =
        text.split_once(':').map_or((&*text, None), |(name, error)| (name, Some(error)));
    if error.is_some() && !denies {
        return complain(
            word,
            format!("{text:?}: only forbidden calls, behind a ~, have an error of their own"),
        );
    }
    if name.starts_with('@') {
        let known = has_word(SYSTEM_CALL_GROUPS, name);
        let meant = nearest(name, SYSTEM_CALL_GROUPS.split(' '));
        let problem = || complain(word, format!("{name:?} is no group of system calls"));
        return (!known).then(problem).flatten().map(|problem| problem.meant(meant));
    }
    let is_known = is_system_call(name);
    (!is_known).then(|| complain(word, format!("{name:?} is no system call"))).flatten()
}

fn family(word: &Word) -> Option<Problem> {
    let text = word.text();
    let meant = || nearest(&text, ADDRESS_FAMILIES.split(' ')).map(str::to_owned);
    (!has_word(ADDRESS_FAMILIES, &text))
        .then(|| {
            complain(word, format!("{text:?} is no family of addresses"))
                .map(|problem| problem.meant(meant()))
        })
        .flatten()
}

/// One unknown word costs the line.
fn namespace(word: &Word) -> Option<Problem> {
    let text = word.text();
    let known = has_word(NAMESPACES, &text);
    let problem = (!known).then(|| {
        Problem::from(Invalid::at(word.span.clone(), format!("{text:?} is no kind of namespace")))
    })?;
    Some(problem.meant(nearest(&text, NAMESPACES.split(' '))))
}

fn device(value: &str) -> Option<Problem> {
    let (device, permissions) = value.split_once([' ', '\t']).unwrap_or((value, ""));
    let known = ["/dev/", "/run/systemd/inaccessible/", "char-", "block-"]
        .iter()
        .any(|start| device.starts_with(start));
    if !known {
        let reason = format!("{device:?} is neither below /dev nor char- or block- with a name");
        return Some(Invalid::at(0..device.len(), reason).into());
    }
    let permissions = permissions.trim();
    let odd = permissions.contains(|c: char| !matches!(c, 'r' | 'w' | 'm'));
    let start = value.len() - permissions.len();
    odd.then(|| {
        Invalid::at(
            start..value.len(),
            format!("{permissions:?} has other letters than r, w and m"),
        )
        .into()
    })
}

/// Addresses are judged coarsely: a path, a port, or something with a colon or an `@`.
fn listen(row: &Directive, value: &str) -> Option<Problem> {
    match row.key {
        "ListenFIFO" | "ListenSpecial" | "ListenUSBFunction" | "ListenMessageQueue" => {
            let reason = |_| Invalid::whole(value, format!("{value:?} is not an absolute path"));
            judge_path(value).map_err(reason).err().map(Problem::from)
        }
        "ListenNetlink" => netlink(value).err().map(Problem::from),
        "ListenSequentialPacket" if !value.starts_with(['/', '@', 'v']) => Some(
            Invalid::whole(value, format!("{value:?} is not the path of a UNIX socket")).into(),
        ),
        _ => socket_address(value).err().map(Problem::from),
    }
}

/// A family, and the number of a multicast group.
fn netlink(value: &str) -> Result<(), Invalid> {
    let (family, group) = value.split_once(' ').unwrap_or((value, "0"));
    let is_family = has_word(NETLINK_FAMILIES, family)
        || parse_integer(family).is_ok_and(|number| (0..i128::from(i32::MAX)).contains(&number));
    let good = is_family && group.trim().parse::<u32>().is_ok();
    good.then_some(()).ok_or_else(|| {
        Invalid::whole(
            value,
            format!("{value:?} is no netlink family with a group, such as kobject-uevent 1"),
        )
    })
}

fn socket_address(value: &str) -> Result<(), Invalid> {
    let refuse = |reason: String| Err(Invalid::whole(value, reason));
    let is_port = |text: &str| parse_integer(text).is_ok_and(|port| (1..=65535).contains(&port));
    if value.starts_with(['/', '@']) {
        let fits = value.len() < 108;
        return if fits {
            Ok(())
        } else {
            refuse(format!("a socket's path has at most 107 bytes, this has {}", value.len()))
        };
    }
    if value.starts_with("vsock:") || value.starts_with("vsock-") || is_port(value) {
        return Ok(());
    }
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        return refuse(format!("{value} is not a port, they go from 1 to 65535"));
    }
    let (address, port) = value.rsplit_once(':').unwrap_or((value, ""));
    let bracketed = address.strip_prefix('[').and_then(|rest| rest.split(']').next());
    let is_address = match bracketed {
        Some(inner) => {
            inner.split('%').next().is_some_and(|ip| ip.parse::<std::net::Ipv6Addr>().is_ok())
        }
        None => address.parse::<std::net::Ipv4Addr>().is_ok(),
    };
    if is_address && is_port(port) {
        return Ok(());
    }
    if port.is_empty() && value.parse::<std::net::Ipv4Addr>().is_ok() {
        return refuse(format!("{value:?} lacks a port, as in {value}:80"));
    }
    refuse(format!(
        "{value:?} is neither a port, nor an address with a port, nor a path; names are not looked up"
    ))
}
