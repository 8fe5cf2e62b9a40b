//! The story of a unit: what it is, when it starts, what it needs, how it ends.
//!
//! The story says what the unit itself says, and what systemd adds by default where that matters.
//! It names no state: for that there is systemctl status.

use systemd_types::{UnitName, UnitType};

use super::line::word_meaning;
use unit_file::effective::Effective;
use unit_file::values::{Calendar, CommandLine, TimeSpan, looks_like_zone, parse_boolean};

/// Tells the story in sentences, as far as the unit itself knows it.
///
/// The order is that in which somebody asks who has never seen the unit: what is it, what does it
/// run, what goes with it, when does it start. Keys that change little are left to the lines.
pub fn story(name: &UnitName, unit: &Effective<'_>, version: u32) -> Vec<String> {
    let teller = Teller { name, unit, version };
    let mut sentences = vec![teller.title()];
    match name.unit_type() {
        UnitType::Service => teller.service(&mut sentences),
        UnitType::Socket => teller.socket(&mut sentences),
        UnitType::Timer => teller.timer(&mut sentences),
        UnitType::Path => teller.path(&mut sentences),
        UnitType::Mount => sentences.extend(teller.mount()),
        _ => {}
    }
    teller.relations(&mut sentences);
    teller.install(&mut sentences);
    sentences
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
        self.unit
            .values(section, key)
            .into_iter()
            .map(|entry| entry.assignment.value.text())
            .collect()
    }

    /// A reader who meets a type for the first time needs one sentence on what such a unit is
    /// for.
    fn title(&self) -> String {
        let kind = match self.name.unit_type() {
            UnitType::Service => "a service: systemd runs a program",
            UnitType::Socket => {
                "a socket: systemd listens, and starts a service when somebody comes"
            }
            UnitType::Target => "a target: it groups other units and does nothing itself",
            UnitType::Mount => "a mount point",
            UnitType::Automount => "an automount: the file system is mounted when somebody looks",
            UnitType::Timer => "a timer: systemd starts another unit when it is time",
            UnitType::Path => "a path unit: systemd watches a path and starts another unit",
            UnitType::Swap => "swap space",
            UnitType::Slice => {
                "a slice: a branch of the control group tree, with limits for all in it"
            }
            UnitType::Scope => "a scope: processes that another program started",
            UnitType::Device => "a device",
        };
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
    fn service(&self, sentences: &mut Vec<String>) {
        let own = |key: &str| self.unit.last("Service", key);
        let programs: Vec<String> = self
            .lines("Service", "ExecStart")
            .into_iter()
            .filter_map(|line| self.programs(line))
            .collect();
        let user = match (own("User"), own("DynamicUser").map(parse_boolean)) {
            (Some(user), _) => format!("as the user {user}"),
            (None, Some(Ok(true))) => "as a user made for it".to_owned(),
            (None, _) => "as root, or as the user whose manager it is".to_owned(),
        };
        if !programs.is_empty() {
            sentences.push(format!("It runs {}, {user}.", programs.join(", then ")));
        }
        let kind = own("Type").unwrap_or(if own("BusName").is_some() { "dbus" } else { "simple" });
        sentences.extend(word_meaning("Type", kind).map(str::to_owned));
        sentences
            .extend(word_meaning("Restart", own("Restart").unwrap_or("no")).map(str::to_owned));
        if let Some(Ok(TimeSpan::Finite(pause))) = own("RestartSec").map(TimeSpan::parse) {
            sentences.push(format!("Before a restart, systemd waits {}.", TimeSpan::Finite(pause)));
        }
        if own("RemainAfterExit").is_some_and(|value| parse_boolean(value) == Ok(true)) {
            sentences.push("It stays active after its processes have ended.".to_owned());
        }
    }

    /// A line may have several commands between semicolons.
    ///
    /// The arguments are left out: the lines that follow have them, word by word.
    fn programs(&self, line: &str) -> Option<String> {
        let line = CommandLine::parse(line, self.version).ok()?;
        let programs: Vec<&str> =
            line.commands.iter().map(|command| command.program.as_str()).collect();
        (!programs.is_empty()).then(|| programs.join(", then "))
    }

    /// The name of the service follows from that of the socket, unless Service= says otherwise,
    /// and from Accept=, which asks for a template.
    ///
    /// The service need not run for that: the kernel keeps what arrives until the service takes it.
    fn socket(&self, sentences: &mut Vec<String>) {
        let keys = [
            "ListenStream",
            "ListenDatagram",
            "ListenSequentialPacket",
            "ListenFIFO",
            "ListenNetlink",
            "ListenSpecial",
        ];
        let addresses: Vec<&str> = keys.iter().flat_map(|key| self.lines("Socket", key)).collect();
        let accepts = self.unit.last("Socket", "Accept").map(parse_boolean) == Some(Ok(true));
        let service = match self.unit.last("Socket", "Service") {
            Some(service) => service.to_owned(),
            None if accepts => format!("{}@.service", self.name.prefix()),
            None => format!("{}.service", self.name.stem()),
        };
        let how = if accepts {
            "each connection starts its own instance of"
        } else {
            "the first connection starts"
        };
        sentences.push(format!("It listens on {}; {how} {service}.", addresses.join(" and ")));
    }

    /// Timers and paths start the service of their own name.
    ///
    /// systemd.timer(5) and systemd.path(5) have the same rule.
    fn started(&self, section: &str) -> String {
        self.unit
            .last(section, "Unit")
            .map_or_else(|| format!("{}.service", self.name.stem()), str::to_owned)
    }

    /// Events are said in their full form, so that a date that was meant otherwise shows.
    ///
    /// A span is told with what it counts from, since that is what the names of these keys are
    /// about.
    fn timer(&self, sentences: &mut Vec<String>) {
        let mut times: Vec<String> = Vec::new();
        for event in self.lines("Timer", "OnCalendar") {
            let full = Calendar::parse(event, looks_like_zone)
                .map_or_else(|_| event.to_owned(), |event| event.to_string());
            times.push(format!("at {full}"));
        }
        let spans = [
            ("OnBootSec", "after the machine booted"),
            ("OnActiveSec", "after the timer was started"),
            ("OnStartupSec", "after the service manager started"),
            ("OnUnitActiveSec", "after the last start"),
            ("OnUnitInactiveSec", "after the last end"),
        ];
        for (key, since) in spans {
            let said = |span: &str| {
                TimeSpan::parse(span).map_or_else(|_| span.to_owned(), |span| span.to_string())
            };
            times.extend(
                self.lines("Timer", key).into_iter().map(|span| format!("{} {since}", said(span))),
            );
        }
        sentences.push(format!("It starts {}: {}.", self.started("Timer"), times.join(", and ")));
        // These two count from a start of the unit, so something else must start it first.
        let goes_on = |time: &String| time.ends_with("last start") || time.ends_with("last end");
        if !times.is_empty() && times.iter().all(goes_on) {
            let name = self.started("Timer");
            sentences.push(format!("By itself it never begins: nothing starts {name} first."));
        }
    }

    /// inotify(7) tells systemd of each of these, so that nothing is polled.
    ///
    /// PathExists= and DirectoryNotEmpty= are states, the others events: after a state, the unit
    /// may be started again at once.
    fn path(&self, sentences: &mut Vec<String>) {
        let keys = [
            ("PathExists", "exists"),
            ("PathExistsGlob", "has a match"),
            ("PathChanged", "changes"),
            ("PathModified", "is written to"),
            ("DirectoryNotEmpty", "has something in it"),
        ];
        let watched: Vec<String> = keys
            .iter()
            .flat_map(|(key, what)| {
                self.lines("Path", key).into_iter().map(move |path| format!("{path} {what}"))
            })
            .collect();
        sentences.push(format!(
            "It starts {} when {}.",
            self.started("Path"),
            watched.join(", or ")
        ));
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
    fn relations(&self, sentences: &mut Vec<String>) {
        let relations = [
            (
                "Requires",
                "It needs",
                "and is not started if they can't be, as far as they come before it",
            ),
            ("Requisite", "It needs", "and does not start them itself"),
            ("BindsTo", "It lives only as long as", "does"),
            ("Wants", "It starts", "too, and does without them if it must"),
            ("PartOf", "It is stopped and restarted together with", ""),
            ("Conflicts", "It can't run together with", ""),
            ("After", "It is started after", "if they are started too"),
            ("Before", "It is started before", "if they are started too"),
            ("OnFailure", "If it fails, systemd starts", ""),
        ];
        for (key, begin, end) in relations {
            let names = self.unit.words("Unit", key);
            if !names.is_empty() {
                let comma = if end.is_empty() || end == "does" { "" } else { "," };
                let end = if end.is_empty() { String::new() } else { format!("{comma} {end}") };
                sentences.push(format!("{begin} {}{end}.", names.join(", ")));
            }
        }
        let conditions = self
            .unit
            .entries()
            .iter()
            .filter(|entry| entry.assignment.key.starts_with("Condition"));
        for entry in conditions.filter(|entry| !entry.assignment.value.is_empty()) {
            sentences.push(format!(
                "It is skipped unless {} holds.",
                format_args!("{}={}", entry.assignment.key, entry.assignment.value.text())
            ));
        }
    }

    /// Whether the unit is enabled, its file does not say; that is a matter of links.
    ///
    /// Wanted by a target means started with it: the link in TARGET.wants makes the target want the
    /// unit.
    fn install(&self, sentences: &mut Vec<String>) {
        let pulled: Vec<&str> = ["WantedBy", "RequiredBy", "UpheldBy"]
            .iter()
            .flat_map(|key| self.unit.words("Install", key))
            .collect();
        sentences.push(if !pulled.is_empty() {
            format!("Enabled, it starts together with {}.", pulled.join(", "))
        } else if self.unit.has_section("Install") {
            "Enabling it gives it other names or enables other units.".to_owned()
        } else {
            // systemctl calls such a unit static.
            "It can't be enabled: somebody or another unit has to start it.".to_owned()
        });
    }
}
