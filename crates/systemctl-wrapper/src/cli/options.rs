//! The options: systemctl's, by their own names, and a few more at the end. All of them may stand
//! anywhere, and be shortened as long as it is clear which one is meant; getopt_long(3).

use clap::Parser;
use clap::builder::BoolishValueParser;
use systemctl_wrapper::Scope;

/// What `-o` takes: journalctl's formats for `status`, and of these JSON for lists.
const FORMATS: [&str; 16] = [
    "short",
    "short-full",
    "short-iso",
    "short-iso-precise",
    "short-precise",
    "short-monotonic",
    "short-delta",
    "short-unix",
    "verbose",
    "export",
    "json",
    "json-pretty",
    "json-sse",
    "json-seq",
    "cat",
    "with-unit",
];

/// Everything that was typed. What an option means is said by the verbs that look at it.
#[derive(Debug, Parser)]
#[command(
    name = "systemctl-wrapper",
    disable_help_flag = true,
    disable_version_flag = true,
    args_override_self = true,
    infer_long_args = true
)]
pub(crate) struct Options {
    /// The verb and its arguments.
    pub(crate) words: Vec<String>,
    #[arg(short, long)]
    pub(crate) help: bool,
    #[arg(long)]
    pub(crate) version: bool,

    // Which manager.
    #[arg(long)]
    pub(crate) user: bool,
    #[arg(long)]
    pub(crate) system: bool,
    #[arg(short = 'H', long, value_name = "[USER@]HOST[:PORT]")]
    pub(crate) host: Option<String>,

    // What is shown.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[arg(short, long)]
    pub(crate) all: bool,
    #[arg(short = 'l', long)]
    pub(crate) full: bool,
    #[arg(long)]
    pub(crate) failed: bool,
    #[arg(short = 't', long = "type", value_delimiter = ',', action = clap::ArgAction::Append)]
    pub(crate) types: Vec<String>,
    #[arg(long = "state", value_delimiter = ',', action = clap::ArgAction::Append)]
    pub(crate) states: Vec<String>,
    #[arg(short = 'p', long = "property", value_delimiter = ',', action = clap::ArgAction::Append)]
    pub(crate) properties: Vec<String>,
    #[arg(short = 'P', value_delimiter = ',', action = clap::ArgAction::Append)]
    pub(crate) values_of: Vec<String>,
    #[arg(long)]
    pub(crate) value: bool,
    #[arg(long)]
    pub(crate) plain: bool,
    #[arg(long)]
    pub(crate) no_legend: bool,
    #[arg(long, value_name = "BOOL", value_parser = BoolishValueParser::new())]
    pub(crate) legend: Option<bool>,
    #[arg(long)]
    pub(crate) no_pager: bool,
    #[arg(short = 'n', long)]
    pub(crate) lines: Option<u32>,
    #[arg(short = 'o', long, value_name = "FORMAT", value_parser = FORMATS)]
    pub(crate) output: Option<String>,
    #[arg(long)]
    pub(crate) show_types: bool,
    #[arg(long)]
    pub(crate) reverse: bool,
    #[arg(long)]
    pub(crate) after: bool,
    #[arg(long)]
    pub(crate) before: bool,

    // What is done.
    #[arg(long)]
    pub(crate) no_block: bool,
    #[arg(long)]
    pub(crate) wait: bool,
    #[arg(short = 'T', long)]
    pub(crate) show_transaction: bool,
    #[arg(long, value_name = "MODE")]
    pub(crate) job_mode: Option<String>,
    // Older names for three of the modes.
    #[arg(long, overrides_with_all = ["job_mode", "irreversible", "ignore_dependencies"])]
    pub(crate) fail: bool,
    #[arg(long, overrides_with_all = ["job_mode", "fail", "ignore_dependencies"])]
    pub(crate) irreversible: bool,
    #[arg(long, overrides_with_all = ["job_mode", "fail", "irreversible"])]
    pub(crate) ignore_dependencies: bool,
    #[arg(short = 's', long)]
    pub(crate) signal: Option<String>,
    #[arg(long, alias = "kill-who", value_name = "WHOM")]
    pub(crate) kill_whom: Option<String>,
    #[arg(long, value_delimiter = ',', action = clap::ArgAction::Append)]
    pub(crate) what: Vec<String>,
    #[arg(long)]
    pub(crate) now: bool,
    #[arg(long)]
    pub(crate) runtime: bool,
    #[arg(short = 'f', long)]
    pub(crate) force: bool,
    #[arg(long)]
    pub(crate) no_reload: bool,
    #[arg(long)]
    pub(crate) no_warn: bool,
    #[arg(long)]
    pub(crate) no_ask_password: bool,
    #[arg(long, value_name = "MODE")]
    pub(crate) preset_mode: Option<String>,
    #[arg(long)]
    pub(crate) stdin: bool,
    #[arg(long, value_name = "NAME")]
    pub(crate) drop_in: Option<String>,

    // What systemctl does not have.
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[arg(long)]
    pub(crate) explain: bool,
    #[arg(long)]
    pub(crate) reload: bool,
    #[arg(long, value_name = "MS")]
    pub(crate) settle: Option<u64>,
    #[arg(long)]
    pub(crate) svg: bool,
    #[arg(long, value_name = "STEPS")]
    pub(crate) depth: Option<usize>,
}

impl Options {
    /// The manager that is meant.
    pub(crate) fn scope(&self) -> Scope {
        match &self.host {
            Some(host) => Scope::Host(host.clone()),
            None if self.user && !self.system => Scope::User,
            None => Scope::System,
        }
    }

    /// Whether something was typed that systemctl(1) would not understand.
    pub(crate) fn has_own_words(&self) -> bool {
        let verb = self.words.first().map(String::as_str).unwrap_or_default();
        let own = ["watch", "graph", "blame", "states"].contains(&verb);
        own || self.dry_run || self.explain || self.reload || self.settle.is_some() || self.svg
    }

    /// The states that are wanted; none means all.
    pub(crate) fn wanted_states(&self) -> Vec<&str> {
        let failed = self.failed.then_some("failed");
        self.states.iter().map(String::as_str).chain(failed).collect()
    }

    /// Whether units are chosen by what they are, and not by name.
    pub(crate) fn chooses(&self) -> bool {
        self.failed || !self.types.is_empty() || !self.states.is_empty()
    }

    /// What stands below a list, with how to see what it leaves out.
    pub(crate) fn foot(&self, listed: &str) -> String {
        let more = if self.all { "" } else { "; --all lists those that are inactive too" };
        format!("{listed}{more}")
    }

    /// Whether units of that kind are wanted, by `--type=`.
    pub(crate) fn takes_type(&self, kind: &str) -> bool {
        self.types.is_empty() || self.types.iter().any(|wanted| wanted == kind)
    }

    /// Whether answers are to be JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.output.as_deref().is_some_and(|format| format.starts_with("json"))
    }

    /// Whether tables have a head and a foot.
    pub(crate) fn has_legend(&self) -> bool {
        !self.no_legend && self.legend.unwrap_or(!self.quiet)
    }
}
