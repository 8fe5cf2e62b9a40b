//! Addresses of sockets and networks.
//!
//! systemd.socket(5) has the addresses of sockets, systemd.resource-control(5) those of networks.
//!
//! ```ini
//! [Socket]
//! ListenStream=localhost:8080
//! ListenStream=127.0.0.1
//! ```

use std::net::{Ipv4Addr, Ipv6Addr};

use unit_file::directives::{Directive, has_word};
use unit_file::values::{Backslash, Invalid, judge_path, parse_integer};

use super::known_words::known_words;
use super::lists::{complain, each};
use super::problem::{Problem, one};

/// What a key of `[Socket]` listens on; addresses are judged coarsely.
pub(super) fn listen(row: &Directive, value: &str) -> Result<(), Invalid> {
    let refuse = |reason: &str| Err(Invalid::whole(value, format!("{value:?} {reason}")));
    match row.key {
        "ListenFIFO" | "ListenSpecial" | "ListenUSBFunction" | "ListenMessageQueue" => {
            judge_path(value).or_else(|_| refuse("is not an absolute path"))
        }
        "ListenNetlink" => netlink(value),
        "ListenSequentialPacket" if !value.starts_with(['/', '@', 'v']) => {
            refuse("is not the path of a UNIX socket")
        }
        _ => socket_address(value),
    }
}

/// A family, and the number of a multicast group.
///
/// netlink(7) has the families; the group is a number of the family's own.
fn netlink(value: &str) -> Result<(), Invalid> {
    let (family, group) = value.split_once(' ').unwrap_or((value, "0"));
    let is_number = |number| (0..i128::from(i32::MAX)).contains(&number);
    let is_family = has_word(known_words("NETLINK_FAMILIES"), family)
        || parse_integer(family).is_ok_and(is_number);
    if is_family && group.trim().parse::<u32>().is_ok() {
        return Ok(());
    }
    let reason = "is no netlink family with a group, such as kobject-uevent 1";
    Err(Invalid::whole(value, format!("{value:?} {reason}")))
}

/// A path, a port, or an address with a port.
///
/// A number alone is a port on all addresses, of IPv6 and IPv4 together. systemd makes the socket
/// before any name service runs, so it looks no names up.
fn socket_address(value: &str) -> Result<(), Invalid> {
    let refuse = |reason: String| Err(Invalid::whole(value, reason));
    if value.starts_with(['/', '@']) {
        // The kernel's sockaddr_un has room for no more; unix(7).
        if value.len() < 108 {
            return Ok(());
        }
        return refuse(format!("a socket's path has at most 107 bytes, this has {}", value.len()));
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
        // Behind the % stands an interface.
        Some(inner) => {
            inner.split('%').next().is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
        }
        None => address.parse::<Ipv4Addr>().is_ok(),
    };
    if is_address && is_port(port) {
        return Ok(());
    }
    if port.is_empty() && value.parse::<Ipv4Addr>().is_ok() {
        return refuse(format!("{value:?} lacks a port, as in {value}:80"));
    }
    refuse(format!(
        "{value:?} is neither a port, nor an address with a port, nor a path; names are not looked \
         up"
    ))
}

/// A port of TCP or UDP has 16 bits. 0 is none: the kernel would take any that is free.
fn is_port(text: &str) -> bool {
    parse_integer(text).is_ok_and(|port| (1..=65535).contains(&port))
}

/// `IPAddressAllow=`: an address with a prefix's length, or a word for a group of them.
pub(super) fn networks(value: &str) -> Vec<Problem> {
    each(value, Backslash::Stays, |word| {
        let text = word.text();
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (&*text, None),
        };
        let fits =
            |max: u8| length.is_none_or(|length| length.parse().is_ok_and(|bits: u8| bits <= max));
        let is_good = matches!(&*text, "any" | "localhost" | "link-local" | "multicast")
            || (address.parse::<Ipv4Addr>().is_ok() && fits(32))
            || (address.parse::<Ipv6Addr>().is_ok() && fits(128));
        let reason = || format!("{text:?} is no network such as 10.0.0.0/8, nor any, localhost");
        if is_good { None } else { complain(word, reason()) }
    })
}

/// `SocketBindAllow=`: `[ipv4:|ipv6:][tcp:|udp:]PORTS`, or any.
///
/// systemd.resource-control(5). A program in the kernel compares each bind(2) with these.
pub(super) fn socket_bind(value: &str) -> Vec<Problem> {
    let mut rest = value;
    for names in [["ipv4", "ipv6"], ["tcp", "udp"]] {
        for name in names {
            rest = match rest.strip_prefix(name) {
                Some("") => "any",
                Some(behind) => behind.strip_prefix(':').unwrap_or(rest),
                None => rest,
            };
        }
    }
    let (low, high) = rest.split_once('-').unwrap_or((rest, rest));
    let is_good = rest == "any" || (is_port(low) && is_port(high));
    let reason = || format!("{value:?} is nothing like tcp:80, ipv4:udp:1-100 or any");
    one(if is_good { Ok(()) } else { Err(Invalid::whole(value, reason())) })
}
