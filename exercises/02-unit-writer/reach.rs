//! What a unit may reach beyond its exercise: other files, other units, the whole machine. A unit
//! of an exercise keeps to itself.

use check::{Explain, Failure, Result, Text, file_text, text};

use super::settings::{Rule, Written};
use super::shown::Settings;

/// What a unit may do to the machine.
const ACTIONS: [Rule; 4] = [
    action("SuccessAction", "SuccessAction="),
    action("FailureAction", "FailureAction="),
    action("StartLimitAction", "StartLimitAction="),
    action("JobTimeoutAction", "JobTimeoutAction="),
];

/// What gives a unit other files than the rest of the machine has.
const VIEWS: [Rule; 7] = [
    view("RootDirectory", "RootDirectory="),
    view("RootImage", "RootImage="),
    view("MountImages", "MountImages="),
    view("ExtensionImages", "ExtensionImages="),
    view("BindPaths", "BindPaths="),
    view("BindReadOnlyPaths", "BindReadOnlyPaths="),
    view("TemporaryFileSystem", "TemporaryFileSystem="),
];
/// How many of them, from the first, are of no use in a sandbox either.
const NEVER: usize = 4;

/// A unit that was started by hand, and is stopped at once.
const UNNEEDED: Rule = Rule {
    property: "StopWhenUnneeded",
    setting: "StopWhenUnneeded=",
    fine: &["no"],
    say: "StopWhenUnneeded= stops a unit as soon as no other unit needs it; a start by hand does \
          not count",
};

const fn action(property: &'static str, setting: &'static str) -> Rule {
    let say = "how this unit ends is no reason to end the whole machine";
    Rule { property, setting, fine: &["none"], say }
}

const fn view(property: &'static str, setting: &'static str) -> Rule {
    let say = "this gives the unit other files than the rest of the machine has; here the files \
               stay as they are";
    Rule { property, setting, fine: &[""], say }
}

/// The dependencies that start other units.
const STARTS: [&str; 6] = ["Requires", "Wants", "BindsTo", "Upholds", "OnFailure", "OnSuccess"];
/// Units that end or change the whole system; see systemd.special(7).
const ENDS_THE_SYSTEM: [&str; 12] = [
    "poweroff.",
    "reboot.",
    "halt.",
    "kexec.",
    "exit.",
    "rescue.",
    "emergency.",
    "soft-reboot.",
    "suspend.",
    "hibernate.",
    "shutdown.",
    "final.",
];
/// What a unit may stop when it starts: systemd's own default dependencies, and what no target of a
/// running system is up with; see multi-user.target.
const STOPPED_BY_DEFAULT: [&str; 4] =
    ["shutdown.target", "umount.target", "rescue.service", "rescue.target"];

impl Written<'_> {
    /// Fails if the unit reaches beyond the exercise, whose units are `own`, or has files of its
    /// own.
    pub(crate) fn keeps_to_itself(self, own: &[&str]) -> Result {
        let settings = Settings::of(self.unit)?;
        self.sees_what_is_there(&settings, &VIEWS)?;
        self.leaves_alone(&settings, own)
    }

    /// As [`Written::keeps_to_itself`], for a unit that may have less to see than the rest of the
    /// machine.
    pub(crate) fn keeps_to_itself_in_a_sandbox(self, own: &[&str]) -> Result {
        let settings = Settings::of(self.unit)?;
        self.sees_what_is_there(&settings, &VIEWS[..NEVER])?;
        self.leaves_alone(&settings, own)
    }

    fn sees_what_is_there(self, settings: &Settings, views: &[Rule]) -> Result {
        let keeps = |rule| self.keeps(rule, settings, "a unit that sees the machine as it is");
        views.iter().try_for_each(keeps)
    }

    fn leaves_alone(self, settings: &Settings, own: &[&str]) -> Result {
        for rule in &ACTIONS {
            self.keeps(rule, settings, "a unit that keeps to itself")?;
        }
        self.keeps(&UNNEEDED, settings, "a unit that stays when somebody has started it")?;
        self.prints_to_the_journal(settings)?;
        self.leaves_programs_as_they_are(settings)?;
        for property in STARTS {
            let is_ending = matches!(property, "OnFailure" | "OnSuccess");
            for other in settings.get(property).split_whitespace() {
                let ends = ENDS_THE_SYSTEM.iter().any(|name| other.starts_with(name));
                if ends || is_ending && !own.contains(&other) {
                    let got = text!("{property}={other}", property, other);
                    return Err(self.reaches_out(got, property));
                }
            }
        }
        let stopped = settings.get("Conflicts").split_whitespace();
        let known = |other: &&str| own.contains(other) || STOPPED_BY_DEFAULT.contains(other);
        match stopped.into_iter().find(|other| !known(other)) {
            None => Ok(()),
            Some(other) => Err(self.reaches_out(text!("Conflicts={other}", other), "Conflicts")),
        }
    }

    /// Files are for programs that write them; what a service says belongs to the journal, or to
    /// its socket. Where logs are kept, a log may be kept.
    fn prints_to_the_journal(self, settings: &Settings) -> Result {
        let to_file = |value: &str| {
            let kinds = ["file", "append", "truncate"];
            kinds
                .iter()
                .find_map(|kind| Some(value.strip_prefix(kind)?.trim_start_matches(':').to_owned()))
        };
        for property in ["StandardOutput", "StandardError"] {
            if to_file(settings.get(property)).is_none() {
                continue;
            }
            // systemd tells that it is a file, and not which.
            let text = file_text(self.file)?;
            let values = text.lines().filter_map(|line| line.split_once('='));
            let mut named = values.filter(|(name, _)| name.trim() == property);
            let path =
                named.next_back().and_then(|(_, value)| to_file(value.trim())).unwrap_or_default();
            if !path.starts_with("/var/log/") || path.contains("..") {
                let got = text!("{property} to the file {path}", property, path);
                return Err(Failure::new("output that goes to the journal", got)
                    .say(
                        "this exercise needs no file for the output; systemd would write it as \
                         root",
                    )
                    .man("systemd.exec(5), StandardOutput=")
                    .at_setting(self.file, property));
            }
        }
        Ok(())
    }

    /// Some variables have a shell, or the loader, run other code before the program; see bash(1)
    /// and ld.so(8).
    fn leaves_programs_as_they_are(self, settings: &Settings) -> Result {
        let variables = settings.get("Environment").split_whitespace();
        let loads = |word: &&str| {
            let word = word.trim_start_matches(['"', '\'', '$']);
            ["BASH_ENV=", "ENV=", "LD_"].iter().any(|name| word.starts_with(name))
        };
        let is_unit = |word: &&str| word.contains("/systemd/");
        let mut files = settings.all("EnvironmentFiles").flat_map(str::split_whitespace);
        let found = variables.into_iter().find(loads).or_else(|| files.find(is_unit));
        match found {
            None => Ok(()),
            Some(word) => Err(Failure::new("a program that runs as it is", Text::verbatim(word))
                .say("this has other code run before the program, or in its place")
                .man("systemd.exec(5), Environment=")
                .at_setting(self.file, "Environment")),
        }
    }

    fn reaches_out(self, got: Text, setting: &str) -> Failure {
        Failure::new("a unit that keeps to itself", got)
            .say(
                "it would start or stop what is not part of this exercise, up to the whole machine",
            )
            .man("systemd.special(7)")
            .at_setting(self.file, setting)
    }
}
