//! What systemd has read from a unit: settings that end it later, and settings that reach beyond
//! the exercise.
//!
//! A check that starts a unit sees some milliseconds of its life. What happens after a minute, or
//! at the tenth start, is decided by a property, and read from there. It isn't about what a unit is
//! to say: each exercise knows that itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use check::{Explain, Failure, Result, Text, Unit, file_text, text};

use super::shown::{Settings, span};

/// A property that has one of the `fine` values, or a unit that does something that it should not.
struct Rule {
    property: &'static str,
    setting: &'static str,
    fine: &'static [&'static str],
    say: &'static str,
}

/// What ends a unit, or its start, after some time.
const ENDINGS: [Rule; 6] = [
    Rule {
        property: "RuntimeMaxUSec",
        setting: "RuntimeMaxSec=",
        fine: &["infinity"],
        say: "RuntimeMaxSec= ends a service after that time, however well it works",
    },
    Rule {
        property: "WatchdogUSec",
        setting: "WatchdogSec=",
        fine: &["0", "infinity"],
        say: "WatchdogSec= kills a service that does not report in time, and this program never reports",
    },
    Rule {
        property: "LimitCPU",
        setting: "LimitCPU=",
        fine: &["infinity", "18446744073709551615"],
        say: "LimitCPU= ends a program that has worked for so long, however well it works",
    },
    Rule {
        property: "JobTimeoutUSec",
        setting: "JobTimeoutSec=",
        fine: &["infinity"],
        say: "JobTimeoutSec= gives up a start that has to wait, though all is well",
    },
    Rule {
        property: "JobRunningTimeoutUSec",
        setting: "JobRunningTimeoutSec=",
        fine: &["infinity"],
        say: "JobRunningTimeoutSec= gives up a start that takes its time, though all is well",
    },
    Rule {
        property: "KillMode",
        setting: "KillMode=",
        fine: &["control-group", "mixed", "process"],
        say: "KillMode=none leaves the program behind when the unit is stopped, and nobody watches it any more",
    },
];

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
    say: "StopWhenUnneeded= stops a unit as soon as no other unit needs it; a start by hand does not count",
};

const fn action(property: &'static str, setting: &'static str) -> Rule {
    let say = "how this unit ends is no reason to end the whole machine";
    Rule { property, setting, fine: &["none"], say }
}

const fn view(property: &'static str, setting: &'static str) -> Rule {
    let say = "this gives the unit other files than the rest of the machine has; here the files stay as they are";
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
/// What a unit may stop when it starts, without saying so: systemd's own default dependencies.
const STOPPED_BY_DEFAULT: [&str; 2] = ["shutdown.target", "umount.target"];

/// A learner's file, and the unit that systemd has made of it.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    pub(crate) file: &'static str,
    pub(crate) unit: Unit<'a>,
}

impl Written<'static> {
    /// A file that has its unit's name.
    pub(crate) const fn as_named(file: &'static str) -> Self {
        Written { file, unit: Unit::named(file) }
    }
}

impl Written<'_> {
    /// Fails if something ends the unit after some time, or keeps it from being started often. A
    /// service should run meanwhile: systemd tells of a watchdog only when there is something
    /// to watch.
    pub(crate) fn lasts(self) -> Result {
        let settings = Settings::of(self.unit)?;
        for rule in &ENDINGS {
            self.keeps(rule, &settings, "a unit that nothing ends but its program, or a stop")?;
        }
        self.is_ready_at_once(&settings)?;
        self.starts_often()
    }

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

    /// Fails if it runs anything but `program` with `arguments`: what runs here is the exercise's
    /// to choose.
    ///
    /// A script may be run through its shell as well. What ExecReload= says is not run here.
    pub(crate) fn runs_only(self, program: &str, arguments: &str) -> Result {
        let settings = Settings::of(self.unit)?;
        let commands: Vec<&(String, String)> = settings.commands().iter().collect();
        let fits = |command: &&(String, String)| {
            let (path, given) = (command.0.as_str(), command.1.as_str());
            is_program(path, program) && given == arguments
                || is_shell(path) && format!("{program} {arguments}").trim_end() == given
        };
        if !commands.is_empty() && commands.iter().all(fits) {
            return Ok(());
        }
        let got = match commands.iter().find(|command| !fits(command)) {
            None => "nothing to run".into(),
            Some((path, given)) => text!("{path} {given}", path, given),
        };
        let is_comment = commands.iter().any(|(_, given)| given.starts_with('#'));
        let say = match is_comment {
            true => {
                "there are no comments at the end of a line: what follows the program are its arguments"
            }
            false => {
                "systemd itself should run the program, and no other: then it sees how the program ends, and can act on it"
            }
        };
        let command = format!("{program} {arguments}");
        let expected = text!("{command}, and nothing else to run", command = command.trim_end());
        Err(Failure::new(expected, got)
            .say(say)
            .man("systemd.service(5), ExecStart=")
            .at_setting(self.file, "Exec"))
    }

    fn keeps(self, rule: &Rule, settings: &Settings, expected: &'static str) -> Result {
        let value = settings.get(rule.property);
        // A kind of unit that has no such property can't do it.
        if !settings.has(rule.property) || rule.fine.contains(&value) {
            return Ok(());
        }
        let got = text!("{setting}{value}", setting = rule.setting, value);
        Err(Failure::new(expected, got)
            .say(rule.say)
            .man("systemd.directives(7)")
            .at_setting(self.file, rule.setting))
    }

    /// A program that never says that it is ready is taken for one that hangs, and killed.
    fn is_ready_at_once(self, settings: &Settings) -> Result {
        let (kind, limit) = (settings.get("Type"), settings.get("TimeoutStartUSec"));
        let waits = ["notify", "notify-reload", "forking", "dbus", "oneshot"].contains(&kind);
        if !waits || limit == "infinity" {
            return Ok(());
        }
        let got = text!("Type={kind} and TimeoutStartSec={limit}", kind, limit);
        Err(Failure::new("a start that is done once the program runs", got)
            .say("with this Type=, systemd waits for a sign of the program that never comes, and kills it in the end")
            .man("systemd.service(5), Type= and TimeoutStartSec=")
            .at_setting(self.file, "Type="))
    }

    /// Four starts in a row, or one a minute all day long, are nothing unusual.
    pub(crate) fn starts_often(self) -> Result {
        let settings = Settings::of(self.unit)?;
        let (interval, burst) =
            (settings.get("StartLimitIntervalUSec"), settings.get("StartLimitBurst"));
        let (Some(time), Ok(starts)) = (span(interval), burst.parse::<u32>()) else {
            return Ok(());
        };
        let is_enough = starts >= 5 && time <= Duration::from_secs(60) * starts;
        if is_enough || starts == 0 || time.is_zero() {
            return Ok(());
        }
        let got = text!("at most {burst} starts in {interval}", burst, interval);
        Err(Failure::new("a unit that can be started four times in a row, and once a minute all day", got)
            .say("after so many starts systemd refuses the next one, whoever asks for it, until the interval is over")
            .man("systemd.unit(5), StartLimitIntervalSec=")
            .at_setting(self.file, "StartLimit"))
    }

    /// Files are for programs that write them; what a service says belongs to the journal, or to its
    /// socket. Where logs are kept, a log may be kept.
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
                    .say("this exercise needs no file for the output; systemd would write it as root")
                    .man("systemd.exec(5), StandardOutput=")
                    .at_setting(self.file, property));
            }
        }
        Ok(())
    }

    /// Some variables have a shell, or the loader, run other code before the program; see bash(1) and
    /// ld.so(8).
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

/// Whether systemd finds `program` where a unit says `path`: it looks up a bare name.
fn is_program(path: &str, program: &str) -> bool {
    match path.contains('/') {
        true => real(path) == real(program),
        false => Path::new(program).file_name().is_some_and(|name| name == path),
    }
}

fn is_shell(path: &str) -> bool {
    path.contains('/') && ["/bin/sh", "/bin/bash"].iter().any(|shell| real(path) == real(shell))
}

/// `/bin` is a link to `/usr/bin` on most machines.
fn real(path: &str) -> Option<PathBuf> {
    fs::canonicalize(path).ok()
}
