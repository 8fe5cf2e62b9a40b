//! The command line: journalctl's options that people use every week, and a few that it doesn't
//! have.

use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::cli::output::Format;

const EXAMPLES: &str = "\
Examples:
  journal-reader -b -p err                    errors of this boot
  journal-reader -u nginx --since '1 hour ago'
  journal-reader -fu 'app-*' -g timeout       wait for messages of some units that say timeout
  journal-reader _UID=1000 + _UID=1001 PRIORITY!=6
  journal-reader MESSAGE~'took [0-9]{4,} ms'
  journal-reader -b --summary                 what went wrong in this boot
  journal-reader salvage broken.journal -o export > whole.export
  journal-reader dissect /var/log/journal/*/system.journal
  journal-reader completions bash             also zsh, fish; man for the manual page

Exit status: 0; 1 if something could not be read, -g found nothing, or the command line is wrong.";

/// Reads the journal's files, without journald.
#[derive(Debug, Parser)]
#[command(name = "journal-reader", version, after_help = EXAMPLES, max_term_width = 100)]
#[command(disable_help_subcommand = true, args_override_self = true)]
pub(crate) struct Args {
    /// FIELD=VALUE, FIELD!=VALUE, FIELD~REGEX; several values of a field mean OR, several fields
    /// AND, + between two groups OR. Or the path of a program.
    #[arg(value_name = "MATCH")]
    pub(crate) matches: Vec<String>,

    /// Messages of this unit, and about it; may be a pattern
    #[arg(short = 'u', long = "unit", value_name = "UNIT", help_heading = "Filters")]
    pub(crate) units: Vec<String>,
    /// Messages of this unit of your user manager
    #[arg(long = "user-unit", value_name = "UNIT", help_heading = "Filters")]
    pub(crate) user_units: Vec<String>,
    /// Not the messages of this unit
    #[arg(long = "exclude-unit", value_name = "UNIT", help_heading = "Filters")]
    pub(crate) exclude_units: Vec<String>,
    /// Messages with this syslog identifier; may be a pattern
    #[arg(short = 't', long = "identifier", value_name = "NAME", help_heading = "Filters")]
    pub(crate) identifiers: Vec<String>,
    /// Messages of this priority or a more urgent one; or of a range, as warning..err
    #[arg(short = 'p', long, value_name = "PRIORITY", help_heading = "Filters")]
    pub(crate) priority: Option<String>,
    /// Messages that match a regular expression; all in lower case, it ignores case
    #[arg(short = 'g', long, value_name = "REGEX", help_heading = "Filters")]
    pub(crate) grep: Option<String>,
    /// Whether case matters for -g
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "true")]
    #[arg(value_parser = clap::builder::BoolishValueParser::new())]
    #[arg(help_heading = "Filters", action = clap::ArgAction::Set)]
    pub(crate) case_sensitive: Option<bool>,
    /// Messages of a boot: this one, -1 for the one before, an id, or all
    #[arg(short = 'b', long, value_name = "BOOT", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "0", help_heading = "Filters")]
    pub(crate) boot: Option<String>,
    /// Messages of the kernel in this boot
    #[arg(short = 'k', long, help_heading = "Filters")]
    pub(crate) dmesg: bool,
    /// From this time on: 2024-10-31 18:00, yesterday, -2h
    #[arg(short = 'S', long, value_name = "TIME", help_heading = "Filters")]
    pub(crate) since: Option<String>,
    /// Until this time
    #[arg(short = 'U', long, value_name = "TIME", help_heading = "Filters")]
    pub(crate) until: Option<String>,
    /// From the entry of this cursor on
    #[arg(short = 'c', long, value_name = "CURSOR", help_heading = "Filters")]
    pub(crate) cursor: Option<String>,
    /// From the entry behind this cursor on
    #[arg(long, value_name = "CURSOR", help_heading = "Filters")]
    pub(crate) after_cursor: Option<String>,
    /// From behind the cursor in this file on; the last one shown is written to it
    #[arg(long, value_name = "FILE", help_heading = "Filters")]
    pub(crate) cursor_file: Option<PathBuf>,

    /// How entries are shown
    #[arg(
        short = 'o',
        long,
        value_name = "FORMAT",
        default_value = "short",
        help_heading = "Output"
    )]
    pub(crate) output: Format,
    /// The fields that verbose, export, json and cat show
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', help_heading = "Output")]
    pub(crate) output_fields: Vec<String>,
    /// The last entries only: 10, a number, or all
    #[arg(short = 'n', long, value_name = "NUMBER", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "10", help_heading = "Output")]
    pub(crate) lines: Option<String>,
    /// The newest first
    #[arg(short = 'r', long, help_heading = "Output")]
    pub(crate) reverse: bool,
    /// Wait for new entries
    #[arg(short = 'f', long, help_heading = "Output")]
    pub(crate) follow: bool,
    /// With -f, show all entries there are
    #[arg(long, help_heading = "Output")]
    pub(crate) no_tail: bool,
    /// Begin at the end, in the pager
    #[arg(short = 'e', long, help_heading = "Output")]
    pub(crate) pager_end: bool,
    /// Explain messages that the catalog knows
    #[arg(short = 'x', long, help_heading = "Output")]
    pub(crate) catalog: bool,
    /// Show values whatever they are: long ones, and those that are no text
    #[arg(short = 'a', long, help_heading = "Output")]
    pub(crate) all: bool,
    /// Show long lines whole, which is the default
    #[arg(short = 'l', long, hide = true)]
    pub(crate) full: bool,
    /// No boot lines, no remarks
    #[arg(short = 'q', long, help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Times in UTC
    #[arg(long, help_heading = "Output")]
    pub(crate) utc: bool,
    /// Leave out the host
    #[arg(long, help_heading = "Output")]
    pub(crate) no_hostname: bool,
    /// Print the cursor of the last entry
    #[arg(long, help_heading = "Output")]
    pub(crate) show_cursor: bool,
    /// Write to the terminal without less
    #[arg(long, help_heading = "Output")]
    pub(crate) no_pager: bool,

    /// The files of this directory
    #[arg(short = 'D', long, value_name = "DIRECTORY", help_heading = "Source")]
    pub(crate) directory: Option<PathBuf>,
    /// This file, or the files of this pattern
    #[arg(short = 'i', long, value_name = "FILE", help_heading = "Source")]
    pub(crate) file: Vec<PathBuf>,
    /// The journals of all machines that are here
    #[arg(short = 'm', long, help_heading = "Source")]
    pub(crate) merge: bool,

    /// All values of a field
    #[arg(short = 'F', long, value_name = "FIELD", help_heading = "Instead of entries")]
    pub(crate) field: Option<String>,
    /// The names of all fields
    #[arg(short = 'N', long, help_heading = "Instead of entries")]
    pub(crate) fields: bool,
    /// The boots
    #[arg(long, help_heading = "Instead of entries")]
    pub(crate) list_boots: bool,
    /// What the files' headers say
    #[arg(long, help_heading = "Instead of entries")]
    pub(crate) header: bool,
    /// The space that the files take
    #[arg(long, help_heading = "Instead of entries")]
    pub(crate) disk_usage: bool,
    /// Whether the files are consistent
    #[arg(long, help_heading = "Instead of entries")]
    pub(crate) verify: bool,
    /// How many messages of which priority came when: text, or svg
    #[arg(long, value_name = "FORMAT", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "text", help_heading = "Instead of entries")]
    pub(crate) histogram: Option<HistogramFormat>,
    /// What each unit did, and what went wrong: text, html, or json
    #[arg(long, value_name = "FORMAT", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "text", help_heading = "Instead of entries")]
    pub(crate) summary: Option<SummaryFormat>,
}

/// How a histogram is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum HistogramFormat {
    Text,
    Svg,
}

/// How a summary is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SummaryFormat {
    Text,
    Html,
    Json,
}

impl Args {
    /// Formats for programs get no remarks between the entries, as in journalctl.
    pub(crate) fn is_quiet(&self) -> bool {
        use Format::{Cat, Export, Json, JsonPretty, JsonSeq, JsonSse};
        self.quiet || matches!(self.output, Export | Json | JsonPretty | JsonSse | JsonSeq | Cat)
    }

    /// Reads the command line.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Args, clap::Error> {
        let matches = Args::command().try_get_matches_from(attach_optional_values(arguments))?;
        Args::from_arg_matches(&matches)
    }

    /// What clap knows of the command line.
    pub(crate) fn command() -> clap::Command {
        // An option takes what follows as its value, as in getopt(3): `-u -.mount`.
        <Args as CommandFactory>::command().mut_args(|arg| {
            let takes_next = !arg.is_positional() && !arg.is_require_equals_set();
            let takes_next = takes_next && arg.get_action().takes_values();
            if takes_next { arg.allow_hyphen_values(true) } else { arg }
        })
    }

    /// Complains of two options that do not go together.
    pub(crate) fn check(self) -> Result<Args, clap::Error> {
        let refuse = |message: &str| {
            Err(Args::command().error(clap::error::ErrorKind::ArgumentConflict, message))
        };
        let one_boot = self.boot.as_deref().is_some_and(|boot| boot != "all");
        let starts = [&self.since, &self.cursor, &self.after_cursor];
        if self.directory.is_some() && !self.file.is_empty() {
            return refuse("specify at most one of -D/--directory and --file");
        } else if starts.iter().filter(|start| start.is_some()).count() > 1 {
            return refuse("specify only one of --since, --cursor and --after-cursor");
        } else if self.summary.is_some() && self.output != Format::Short {
            return refuse("-o is about entries; say --summary=json or --summary=html");
        } else if self.histogram.is_some() && self.output != Format::Short {
            return refuse("-o is about entries; say --histogram=svg");
        } else if self.follow && self.reverse {
            return refuse("specify either --reverse or --follow, not both");
        } else if self.merge && (one_boot || self.list_boots || self.dmesg || self.pager_end) {
            // -k and -e mean this boot.
            return refuse("--boot, --list-boots, -k and -e can't be used with --merge");
        }
        Ok(self)
    }
}

/// The value of -b and -n may be the next argument, if it looks like one: `-n 20` and `-b -1`, but
/// `-b -u cron`. clap has no such rule, so these values are attached before it sees them; also
/// behind other letters, as in `-rn 20`.
fn attach_optional_values(arguments: impl Iterator<Item = String>) -> Vec<String> {
    let mut arguments = arguments.peekable();
    let mut out: Vec<String> = arguments.next().into_iter().collect();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            out.push(argument);
            out.extend(arguments);
            return out;
        }
        let (before, option, value) = match argument.as_str() {
            "--boot" => (String::new(), 'b', String::new()),
            "--lines" => (String::new(), 'n', String::new()),
            _ => match split_cluster(&argument) {
                Some((before, option, value)) => (before, option, value.to_owned()),
                None => {
                    out.push(argument);
                    continue;
                }
            },
        };
        out.extend((!before.is_empty()).then(|| format!("-{before}")));
        let looks_right = |text: &String| match option {
            'b' => Boot::parse(text).is_some(),
            _ => text == "all" || text.parse::<u32>().is_ok(),
        };
        let value = if value.is_empty() { arguments.next_if(looks_right) } else { Some(value) };
        out.push(match (option, value) {
            ('b', value) => format!("--boot={}", value.as_deref().unwrap_or("0")),
            (_, value) => format!("--lines={}", value.as_deref().unwrap_or("10")),
        });
    }
    out
}

/// The letters before a -b or -n, which of them it is, and what is written directly behind it.
fn split_cluster(argument: &str) -> Option<(String, char, &str)> {
    /// The letters that take no value; behind another one, the rest is its value.
    const FLAGS: &str = "krfexalqmNhV";
    let letters = argument.strip_prefix('-').filter(|rest| !rest.starts_with('-'))?;
    let at = letters.find(|letter| !FLAGS.contains(letter))?;
    let option = letters[at..].chars().next().filter(|letter| "bn".contains(*letter))?;
    Some((letters[..at].to_owned(), option, &letters[at + 1..]))
}

/// What -b means: an id to start from, if any, and how many boots before or behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Boot {
    /// No restriction.
    All,
    /// Counted from this boot, or from the ends of the journal.
    One(Option<journal_reader::Id128>, i32),
}

impl Boot {
    /// Reads `all`, an offset, an id, or an id and an offset.
    pub(crate) fn parse(text: &str) -> Option<Boot> {
        if text == "all" {
            return Some(Boot::All);
        }
        match text.get(..32).and_then(|id| Some((id.parse().ok()?, &text[32..]))) {
            Some((id, "")) => Some(Boot::One(Some(id), 0)),
            Some((id, offset)) if offset.starts_with(['+', '-']) => {
                Some(Boot::One(Some(id), offset.parse().ok()?))
            }
            Some(_) => None,
            None => Some(Boot::One(None, text.parse().ok()?)),
        }
    }
}
