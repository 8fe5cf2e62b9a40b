//! Kinds of values: what the third column of the table says.
//!
//! Words may carry the version that brought them: `notify-reload@253`.

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
    /// yes or no, or one of these words.
    Boolean(&'static str),
    /// One of these words.
    Choice(&'static str),
    /// One of these words, or a number up to a limit.
    ChoiceOrNumber(&'static str, i128),
    /// A whole number within limits.
    Number(i128, i128),
    /// A time span; empty too, if so.
    Time {
        /// Whether an empty value is fine.
        or_empty: bool,
    },
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
    /// A percentage of a processor.
    Quota,
    /// 1 to 10000, or one of these words.
    Weight(&'static str),
    /// An octal access mode.
    Mode,
    /// A resource limit, `soft` or `soft:hard`, in these units.
    Limit(LimitUnit),
    /// A signal's name or number.
    Signal,
    /// Exit statuses and signals.
    Statuses,
    /// An absolute path.
    Path,
    /// Absolute paths.
    PlainPaths,
    /// Absolute paths, with `-` and `+` before them.
    Paths,
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
    /// A command line.
    Command,
    /// A unit's name, of this type if one is given.
    Unit(&'static str),
    /// Units' names, of this type if one is given.
    Units(&'static str),
    /// A user or group.
    User,
    /// Users or groups.
    Users,
    /// A path, with `!` and `|` before it.
    ConditionPath,
    /// Words, with `!` and `|` before them.
    Condition,
    /// yes or no, with `!` and `|` before it.
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
    /// yes, no, or kinds of namespaces, with `~`.
    Namespaces,
    /// A device and its permissions.
    Device,
    /// A socket's address.
    Listen,
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

impl Kind {
    /// Reads a cell of the table; a test sees to it that every cell is one of these.
    pub(super) fn parse(cell: &'static str) -> Kind {
        let (name, rest) = cell.split_once(' ').unwrap_or((cell, ""));
        match name {
            "text" => Kind::Text,
            "bus-name" => Kind::BusName,
            "fd-name" => Kind::FdName,
            "urls" => Kind::Addresses,
            "bool" => Kind::Boolean(rest),
            "choice" => Kind::Choice(rest),
            "choice-or-number" => {
                let (limit, words) = rest.split_once(' ').unwrap_or(("", rest));
                Kind::ChoiceOrNumber(words, limit.parse().unwrap_or(i128::MAX))
            }
            "number" => {
                let (low, high) = rest.split_once(' ').unwrap_or((rest, rest));
                Kind::Number(low.parse().unwrap_or(i128::MIN), high.parse().unwrap_or(i128::MAX))
            }
            "time" => Kind::Time { or_empty: false },
            "time-or-empty" => Kind::Time { or_empty: true },
            "nanoseconds" => Kind::Nanoseconds,
            "calendar" => Kind::Calendar,
            "size" => Kind::Size,
            "memory" => Kind::Memory,
            "tasks" => Kind::Tasks,
            "quota" => Kind::Quota,
            "weight" => Kind::Weight(rest),
            "mode" => Kind::Mode,
            "limit" => Kind::Limit(match rest {
                "size" => LimitUnit::Size,
                "seconds" => LimitUnit::Seconds,
                "microseconds" => LimitUnit::Microseconds,
                "nice" => LimitUnit::Nice,
                _ => LimitUnit::Number,
            }),
            "signal" => Kind::Signal,
            "statuses" => Kind::Statuses,
            "path" => Kind::Path,
            "plain-paths" => Kind::PlainPaths,
            "paths" => Kind::Paths,
            "directory" => Kind::Directory,
            "directories" => Kind::Directories,
            "environment-file" => Kind::EnvironmentFile,
            "environment" => Kind::Environment,
            "variables" => Kind::Variables,
            "command" => Kind::Command,
            "unit" => Kind::Unit(rest),
            "units" => Kind::Units(rest),
            "user" => Kind::User,
            "users" => Kind::Users,
            "condition-path" => Kind::ConditionPath,
            "condition" if rest == "bool" => Kind::ConditionBoolean,
            "condition" => Kind::Condition,
            "input" => Kind::Input,
            "output" => Kind::Output,
            "capabilities" => Kind::Capabilities,
            "syscalls" => Kind::SystemCalls,
            "families" => Kind::Families,
            "namespaces" => Kind::Namespaces,
            "device" => Kind::Device,
            "listen" => Kind::Listen,
            _ => Kind::Any,
        }
    }
}

/// The words of a kind that a version knows.
pub fn words_in(words: &'static str, version: u32) -> impl Iterator<Item = &'static str> {
    words.split(' ').filter_map(move |word| match word.split_once('@') {
        Some((word, since)) => {
            since.parse().is_ok_and(|since: u32| since <= version).then_some(word)
        }
        None => (!word.is_empty()).then_some(word),
    })
}

/// Whether a list between blanks has the word.
pub fn has_word(list: &str, word: &str) -> bool {
    list.split(' ').any(|known| known == word)
}
