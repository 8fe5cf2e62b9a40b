//! The story of a unit: what it is, when it starts, what it needs, how it ends.
//!
//! The story says what the unit itself says, and what systemd adds by default where that matters.
//! It names no state: for that there is systemctl status.

use std::iter::once;

use systemd_types::{UnitName, UnitType};
use unit_file::effective::Effective;
use unit_file::values::{Calendar, CommandLine, TimeSpan, looks_like_zone, parse_boolean};

use super::meaning::{meanings, word_meaning};

/// Tells the story in sentences, as far as the unit itself knows it.
///
/// The order is that in which somebody asks who has never seen the unit: what is it, what does it
/// run, what goes with it, when does it start. Keys that change little are left to the lines.
pub fn story(name: &UnitName, unit: &Effective<'_>, version: u32) -> Vec<String> {
    let teller = Teller { name, unit, version };
    let own = match name.unit_type() {
        UnitType::Service => teller.service(),
        UnitType::Socket => vec![teller.socket()],
        UnitType::Timer => teller.timer(),
        UnitType::Path => vec![teller.path()],
        UnitType::Mount => Vec::from_iter(teller.mount()),
        _ => Vec::new(),
    };
    once(teller.title()).chain(own).chain(teller.relations()).chain([teller.install()]).collect()
}

struct Teller<'a> {
    name: &'a UnitName,
    unit: &'a Effective<'a>,
    version: u32,
}

impl Teller<'_> {
    /// The values that hold, with those of the drop-ins.
    ///
    /// What a drop-in has reset is not told, as systemd does not do it either.
    fn lines(&self, section: &str, key: &str) -> Vec<&str> {
        let values = self.unit.values(section, key).into_iter();
        values.map(|entry| entry.assignment.value.text()).collect()
    }

    fn is_yes(&self, section: &str, key: &str) -> bool {
        self.unit.last(section, key).map(parse_boolean) == Some(Ok(true))
    }

    /// A reader who meets a type for the first time needs one sentence on what such a unit is
    /// for.
    fn title(&self) -> String {
        let kind = word_meaning("UnitType", self.name.unit_type().as_str()).unwrap_or_default();
        let template = if self.name.is_template() {
            " It is a template: an instance is started, such as one named after a user or a port."
        } else {
            ""
        };
        match self.unit.last("Unit", "Description") {
            Some(description) => format!("{} ({description}) is {kind}.{template}", self.name),
            None => format!("{} is {kind}.{template}", self.name),
        }
    }

    /// What runs, as whom, when it counts as started, and what happens when it ends: the four
    /// questions of an operator.
    ///
    /// Type= decides when the units behind this one go on, Restart= what happens when the program
    /// ends.
    fn service(&self) -> Vec<String> {
        let own = |key: &str| self.unit.last("Service", key);
        let mut told = Vec::new();
        let lines = self.lines("Service", "ExecStart");
        let programs: Vec<String> = lines.iter().flat_map(|line| self.programs(line)).collect();
        if !programs.is_empty() {
            let user = match own("User") {
                Some(user) => format!("as the user {user}"),
                None if self.is_yes("Service", "DynamicUser") => "as a user made for it".to_owned(),
                None => "as root, or as the user whose manager it is".to_owned(),
            };
            told.push(format!("It runs {}, {user}.", programs.join(", then ")));
        }
        let kind = own("Type").unwrap_or(if own("BusName").is_some() { "dbus" } else { "simple" });
        told.extend(word_meaning("Type", kind).map(str::to_owned));
        let restart = own("Restart").unwrap_or("no");
        told.extend(word_meaning("Restart", restart).map(str::to_owned));
        if let Some(Ok(pause @ TimeSpan::Finite(_))) = own("RestartSec").map(TimeSpan::parse) {
            told.push(format!("Before a restart, systemd waits {pause}."));
        }
        if self.is_yes("Service", "RemainAfterExit") {
            told.push("It stays active after its processes have ended.".to_owned());
        }
        told
    }

    /// A line may have several commands between semicolons.
    ///
    /// The arguments are left out: the lines that follow have them, word by word.
    fn programs(&self, line: &str) -> Vec<String> {
        let commands = CommandLine::parse(line, self.version).map(|line| line.commands);
        commands.into_iter().flatten().map(|command| command.program).collect()
    }

    /// The name of the service follows from that of the socket, unless Service= says otherwise,
    /// and from Accept=, which asks for a template.
    ///
    /// The service need not run for that: the kernel keeps what arrives until the service takes it.
    fn socket(&self) -> String {
        let keys = [
            "ListenStream",
            "ListenDatagram",
            "ListenSequentialPacket",
            "ListenFIFO",
            "ListenNetlink",
            "ListenSpecial",
        ];
        let addresses: Vec<&str> = keys.iter().flat_map(|key| self.lines("Socket", key)).collect();
        let addresses = addresses.join(" and ");
        let (how, usual) = if self.is_yes("Socket", "Accept") {
            let template = format!("{}@.service", self.name.prefix());
            ("each connection starts its own instance of", template)
        } else {
            ("the first connection starts", format!("{}.service", self.name.stem()))
        };
        let service = self.unit.last("Socket", "Service").unwrap_or(&usual);
        format!("It listens on {addresses}; {how} {service}.")
    }

    /// Timers and paths start the service of their own name.
    ///
    /// systemd.timer(5) and systemd.path(5) have the same rule.
    fn started(&self, section: &str) -> String {
        let usual = || format!("{}.service", self.name.stem());
        self.unit.last(section, "Unit").map_or_else(usual, str::to_owned)
    }

    /// Events are said in their full form, so that a date that was meant otherwise shows.
    ///
    /// A span is told with what it counts from, since that is what the names of these keys are
    /// about.
    fn timer(&self) -> Vec<String> {
        let started = self.started("Timer");
        let mut times: Vec<String> = Vec::new();
        for event in self.lines("Timer", "OnCalendar") {
            let full = Calendar::parse(event, looks_like_zone)
                .map_or_else(|_| event.to_owned(), |event| event.to_string());
            times.push(format!("at {full}"));
        }
        for (key, since) in meanings("Since") {
            for span in self.lines("Timer", key) {
                let said =
                    TimeSpan::parse(span).map_or_else(|_| span.to_owned(), |span| span.to_string());
                times.push(format!("{said} {since}"));
            }
        }
        let mut told = vec![format!("It starts {started}: {}.", times.join(", and "))];
        // These two count from a start of the unit, so something else must start it first.
        let goes_on = |time: &String| time.ends_with("last start") || time.ends_with("last end");
        if !times.is_empty() && times.iter().all(goes_on) {
            told.push(format!("By itself it never begins: nothing starts {started} first."));
        }
        told
    }

    /// inotify(7) tells systemd of each of these, so that nothing is polled.
    ///
    /// PathExists= and DirectoryNotEmpty= are states, the others events: after a state, the unit
    /// may be started again at once.
    fn path(&self) -> String {
        let mut watched: Vec<String> = Vec::new();
        for (key, what) in meanings("Watched") {
            let paths = self.lines("Path", key).into_iter();
            watched.extend(paths.map(|path| format!("{path} {what}")));
        }
        format!("It starts {} when {}.", self.started("Path"), watched.join(", or "))
    }

    /// The place follows from the name, so a unit without Where= can still say it.
    ///
    /// systemd makes such a unit of each line of fstab(5) as well.
    fn mount(&self) -> Option<String> {
        let own = |key: &str| self.unit.last("Mount", key);
        let place = own("Where").map(str::to_owned).or_else(|| self.name.to_path().ok())?;
        Some(format!("It mounts {} at {place}.", own("What")?))
    }

    /// The words keep need and order apart, because the keys do.
    ///
    /// The verbs say who pulls whom, and who only waits. Requires= alone does not order, so its
    /// sentence says "as far as they come before it".
    fn relations(&self) -> Vec<String> {
        let mut told = Vec::new();
        for (key, sentence) in meanings("Relation") {
            let others = self.unit.words("Unit", key);
            if !others.is_empty() {
                told.push(sentence.replace("{others}", &others.join(", ")));
            }
        }
        for entry in self.unit.entries() {
            let (key, value) = (&entry.assignment.key, &entry.assignment.value);
            if key.starts_with("Condition") && !value.is_empty() {
                told.push(format!("It is skipped unless {key}={} holds.", value.text()));
            }
        }
        told
    }

    /// Whether the unit is enabled, its file does not say; that is a matter of links.
    ///
    /// Wanted by a target means started with it: the link in TARGET.wants makes the target want the
    /// unit.
    fn install(&self) -> String {
        let keys = ["WantedBy", "RequiredBy", "UpheldBy"];
        let pulled: Vec<&str> =
            keys.iter().flat_map(|key| self.unit.words("Install", key)).collect();
        if !pulled.is_empty() {
            format!("Enabled, it starts together with {}.", pulled.join(", "))
        } else if self.unit.has_section("Install") {
            "Enabling it gives it other names or enables other units.".to_owned()
        } else {
            // systemctl calls such a unit static.
            "It can't be enabled: somebody or another unit has to start it.".to_owned()
        }
    }
}
