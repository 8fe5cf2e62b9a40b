//! Kinds of values: what the third column of the table of keys says.
//!
//! A kind lives in two places: here, with all that the whole project asks about it, and in the
//! `match` of the checks that judges a value. A new variant doesn't compile until both know it.

use std::str::FromStr;

use systemd_types::UnitType;

use super::form::{self, Form};

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not judged here.
    Any,
    /// Text, with specifiers.
    Text,
    /// A D-Bus name.
    BusName,
    /// A name for a file descriptor.
    FdName,
    /// `https:`, `man:` and other addresses.
    Addresses,
    /// Yes or no, or one of these words.
    Boolean(&'static str),
    /// One of these words.
    Choice(&'static str),
    /// One of these words, or a number from 0 up to a limit.
    ChoiceOrNumber(&'static str, i128),
    /// Words of this list, each judged alone.
    Words(&'static str),
    /// A whole number within limits.
    Number(i128, i128),
    /// A time span.
    Time,
    /// A time span in nanoseconds.
    Nanoseconds,
    /// A calendar event.
    Calendar,
    /// A size in bytes.
    Size,
    /// A size, a percentage of the memory, or infinity.
    Memory,
    /// A number, a percentage, or infinity.
    Tasks,
    /// A percentage, at most 100%.
    Percent,
    /// A percentage of a processor, which may be more than 100%.
    Quota,
    /// 1 to 10000, or one of these words.
    Weight(&'static str),
    /// A device, and what holds for it.
    PerDevice(PerDevice),
    /// Numbers of processors, or one of these words.
    Cpus(&'static str),
    /// An octal access mode.
    Mode,
    /// A resource limit, `soft` or `soft:hard`, in these units.
    Limit(LimitUnit),
    /// A signal's name or number.
    Signal,
    /// Exit statuses and signals.
    Statuses,
    /// An error's name or number.
    ErrorNumber,
    /// An absolute path.
    Path,
    /// Absolute paths.
    PlainPaths,
    /// Absolute paths, with `-` and `+` before them.
    Paths,
    /// Words of fields between colons, of which so many are absolute paths.
    PathFields(usize),
    /// Absolute paths between colons.
    SearchPath,
    /// A directory, `~`, or either with `-` before it.
    Directory,
    /// Relative paths below a standard directory.
    Directories,
    /// A file, with `-` before it.
    EnvironmentFile,
    /// `NAME=value` words.
    Environment,
    /// Names of variables.
    Variables,
    /// Names of variables, or `NAME=value` words.
    UnsetVariables,
    /// A command line.
    Command,
    /// A unit's name, of this type if one is given.
    Unit(Option<UnitType>),
    /// Units' names, of this type if one is given.
    Units(Option<UnitType>),
    /// A user or group.
    User,
    /// Users or groups.
    Users,
    /// A path, with `!` and `|` before it.
    ConditionPath,
    /// Words, with `!` and `|` before them.
    Condition,
    /// Yes or no, with `!` and `|` before it.
    ConditionBoolean,
    /// Where standard input comes from.
    Input,
    /// Where standard output goes.
    Output,
    /// Capabilities, with `~`.
    Capabilities,
    /// System calls and their groups, with `~`.
    SystemCalls,
    /// `AF_…`, none, with `~`.
    Families,
    /// Yes, no, or kinds of namespaces, with `~`.
    Namespaces,
    /// Controllers of control groups; yes and no too, if so.
    Controllers {
        /// Whether yes and no are fine.
        or_boolean: bool,
    },
    /// A device and its permissions.
    Device,
    /// The name of a network interface.
    Interface,
    /// Names of network interfaces, with `~`.
    Interfaces,
    /// Addresses of networks.
    Networks,
    /// Which ports may be bound.
    SocketBind,
    /// A socket's address.
    Listen,
    /// Something that few keys have.
    Form(Form),
}

/// What a resource limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitUnit {
    /// Things.
    Number,
    /// Bytes.
    Size,
    /// Seconds, or a time span.
    Seconds,
    /// Microseconds, or a time span.
    Microseconds,
    /// A nice level.
    Nice,
}

/// What stands behind the device of a [`Kind::PerDevice`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PerDevice {
    /// A size or a count.
    Size,
    /// 1 to 10000.
    Weight,
    /// A time span.
    Time,
}

/// Whether systemd fills specifiers in, in values of a kind.
type FillsIn = bool;

/// A row of the table of kinds: the word in the table of keys, the kind that the rest of the cell
/// makes of it, what a value looks like (`{}` stands for the rest of the cell), and whether
/// systemd fills specifiers in.
type Row = (&'static str, fn(&'static str) -> Option<Kind>, &'static str, FillsIn);

/// The one table of kinds; the man pages of the keys are its source.
const ROWS: &[Row] = &[
    ("any", |_| Some(Kind::Any), "", false),
    ("text", |_| Some(Kind::Text), "text", true),
    ("bus-name", |_| Some(Kind::BusName), "a D-Bus name such as org.example.Thing", true),
    ("fd-name", |_| Some(Kind::FdName), "text", true),
    ("urls", |_| Some(Kind::Addresses), "addresses: https:, http:, file:/, info: or man:", true),
    ("bool", |words| Some(Kind::Boolean(words)), "yes, no {}", false),
    ("choice", |words| Some(Kind::Choice(words)), "one of {}", false),
    ("choice-or-number", choice_or_number, "a word or its number: {}", false),
    ("words", |words| Some(Kind::Words(words)), "words of {}", false),
    ("number", number, "a whole number, within {}", false),
    ("time", |_| Some(Kind::Time), "a time span: 90 is in seconds; 1min 30s, 1.5h", false),
    ("nanoseconds", |_| Some(Kind::Nanoseconds), "a time span; 90 is in nanoseconds", false),
    ("calendar", |_| Some(Kind::Calendar), "a calendar event: daily, Mon..Fri 9:00", false),
    ("size", |_| Some(Kind::Size), "a size: 512K, 64M, 2G", false),
    ("memory", |_| Some(Kind::Memory), "a size, a percentage of the memory, or infinity", false),
    ("tasks", |_| Some(Kind::Tasks), "a number, a percentage, or infinity", false),
    ("percent", |_| Some(Kind::Percent), "a percentage", false),
    ("quota", |_| Some(Kind::Quota), "a percentage of one processor; 200% is two", false),
    ("weight", |words| Some(Kind::Weight(words)), "a number from 1 to 10000", false),
    ("per-device", per_device, "a device, and a {}", true),
    ("cpus", |words| Some(Kind::Cpus(words)), "numbers of processors: 0 2-4 {}", false),
    ("mode", |_| Some(Kind::Mode), "an octal access mode such as 0640", false),
    ("limit", limit, "a limit, soft:hard, or infinity", false),
    ("signal", |_| Some(Kind::Signal), "a signal such as SIGTERM", false),
    ("statuses", |_| Some(Kind::Statuses), "exit statuses from 0 to 255 and signals", false),
    ("errno", |_| Some(Kind::ErrorNumber), "an error such as EPERM, or kill", false),
    ("path", |_| Some(Kind::Path), "an absolute path", true),
    ("plain-paths", |_| Some(Kind::PlainPaths), "absolute paths", true),
    ("paths", |_| Some(Kind::Paths), "absolute paths; with - before one, it may be missing", true),
    ("path-fields", path_fields, "absolute paths with more between colons", true),
    ("search-path", |_| Some(Kind::SearchPath), "absolute paths between colons", true),
    ("directory", |_| Some(Kind::Directory), "an absolute path, or ~ for the user's home", true),
    ("directories", |_| Some(Kind::Directories), "directories below a standard place", true),
    ("environment-file", |_| Some(Kind::EnvironmentFile), "the absolute path of a file", true),
    ("environment", |_| Some(Kind::Environment), "NAME=value words; quotes round blanks", true),
    ("variables", |_| Some(Kind::Variables), "names of variables", true),
    ("unset-variables", |_| Some(Kind::UnsetVariables), "names of variables", true),
    ("command", |_| Some(Kind::Command), "a program and its arguments; no shell reads it", true),
    ("unit", |cell| unit_type(cell).map(Kind::Unit), "the name of a unit {}", true),
    ("units", |cell| unit_type(cell).map(Kind::Units), "names of units {}", true),
    ("user", |_| Some(Kind::User), "a name or a number", true),
    ("users", |_| Some(Kind::Users), "names or numbers", true),
    ("condition-path", |_| Some(Kind::ConditionPath), "an absolute path", true),
    ("condition", condition, "a word; with ! before it, the contrary", true),
    ("input", |_| Some(Kind::Input), "null, tty, socket, data, file:/path and others", true),
    ("output", |_| Some(Kind::Output), "journal, null, socket, append:/path and others", true),
    ("capabilities", |_| Some(Kind::Capabilities), "capabilities such as CAP_CHOWN", false),
    ("syscalls", |_| Some(Kind::SystemCalls), "system calls, and groups such as @mount", false),
    ("families", |_| Some(Kind::Families), "families such as AF_UNIX AF_INET, or none", false),
    ("namespaces", |_| Some(Kind::Namespaces), "yes, no, or kinds such as net and user", false),
    ("controllers", controllers, "controllers such as cpu and memory {}", false),
    ("device", |_| Some(Kind::Device), "a device and letters of r, w, m", true),
    ("interface", |_| Some(Kind::Interface), "the name of a network interface", true),
    ("interfaces", |_| Some(Kind::Interfaces), "names of network interfaces", false),
    ("addresses", |_| Some(Kind::Networks), "networks such as 10.0.0.0/8, any, localhost", true),
    ("socket-bind", |_| Some(Kind::SocketBind), "ports: tcp:80, ipv4:udp:1-100, any", false),
    ("listen", |_| Some(Kind::Listen), "a port, address:port, or a path", true),
];

/// A kind, and what holds for all values of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Described {
    pub(super) kind: Kind,
    pub(super) looks: &'static str,
    pub(super) fills_in: FillsIn,
    /// What follows the kind's word in the cell.
    pub(super) rest: &'static str,
}

/// Reads a cell of the table of keys; a test sees to it that every cell can be read.
pub(super) fn parse(cell: &'static str) -> Option<Described> {
    let (word, rest) = cell.split_once(' ').unwrap_or((cell, ""));
    if let Some((form, looks, fills_in)) = form::of(word) {
        return Some(Described { kind: Kind::Form(form), looks, fills_in, rest });
    }
    let (_, make, looks, fills_in) = ROWS.iter().find(|row| row.0 == word)?;
    // Conditions on yes and no are the only ones that are read before the rest of the line is.
    let fills_in = *fills_in && (word, rest) != ("condition", "bool");
    Some(Described { kind: make(rest)?, looks, fills_in, rest })
}

fn choice_or_number(rest: &'static str) -> Option<Kind> {
    let (limit, words) = rest.split_once(' ')?;
    Some(Kind::ChoiceOrNumber(words, limit.parse().ok()?))
}

fn number(rest: &'static str) -> Option<Kind> {
    let (low, high) = rest.split_once(' ')?;
    Some(Kind::Number(low.parse().ok()?, high.parse().ok()?))
}

fn per_device(rest: &'static str) -> Option<Kind> {
    Some(Kind::PerDevice(match rest {
        "size" => PerDevice::Size,
        "weight" => PerDevice::Weight,
        "time" => PerDevice::Time,
        _ => return None,
    }))
}

fn limit(rest: &'static str) -> Option<Kind> {
    Some(Kind::Limit(match rest {
        "number" => LimitUnit::Number,
        "size" => LimitUnit::Size,
        "seconds" => LimitUnit::Seconds,
        "microseconds" => LimitUnit::Microseconds,
        "nice" => LimitUnit::Nice,
        _ => return None,
    }))
}

fn path_fields(rest: &'static str) -> Option<Kind> {
    rest.parse().ok().map(Kind::PathFields)
}

fn condition(rest: &'static str) -> Option<Kind> {
    Some(if rest == "bool" { Kind::ConditionBoolean } else { Kind::Condition })
}

fn controllers(rest: &'static str) -> Option<Kind> {
    Some(Kind::Controllers { or_boolean: rest == "bool" })
}

/// No type at all, or the one that the cell names.
fn unit_type(rest: &'static str) -> Option<Option<UnitType>> {
    if rest.is_empty() { Some(None) } else { UnitType::from_str(rest).ok().map(Some) }
}

/// The words of a kind that a version knows; `notify-reload@253` came with version 253.
pub fn words_in(words: &'static str, version: u32) -> impl Iterator<Item = &'static str> {
    words.split_ascii_whitespace().filter_map(move |word| match word.split_once('@') {
        Some((word, since)) => {
            since.parse().is_ok_and(|since: u32| since <= version).then_some(word)
        }
        None => Some(word),
    })
}

/// The version that brought a word of a kind, if the oldest of the table did not have it.
pub fn since(words: &str, word: &str) -> Option<u32> {
    let mut versions = words.split_ascii_whitespace().filter_map(|known| known.split_once('@'));
    versions.find(|(known, _)| *known == word).and_then(|(_, since)| since.parse().ok())
}

/// Whether a list between blanks has the word.
pub fn has_word(list: &str, word: &str) -> bool {
    // Most words are in no part of the list, which is quickly said.
    list.contains(word)
        && list.as_bytes().split(|byte| *byte == b' ').any(|known| known == word.as_bytes())
}
