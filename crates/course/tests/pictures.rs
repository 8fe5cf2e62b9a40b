//! The pictures of the book are drawn from what is true: a running lab, a journal's real file, the
//! unit files of the lessons; in each language. `BLESS=1` writes them anew.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

mod drawing;
mod picture_words;

use std::collections::BTreeMap;
use std::fs;

use check_report::text;
use lab::{COMMAND_TIMEOUT, Lab, Options};

use drawing::{above, arrow, beside, boxed, tree};
use picture_words::{Say, check, compare, root};

/// A lab; where none can run, `promise` is not proved.
fn lab(promise: &str) -> Option<Lab> {
    let lab = Lab::boot(&Options::default());
    lab.map_err(|error| lab::not_proved(promise, &error.to_string().replace('\n', " "))).ok()
}

/// What a command line answers in the lab.
fn answer(lab: &Lab, line: &str) -> String {
    let output = lab.command("bash").args(["-c", line]).output(COMMAND_TIMEOUT).unwrap();
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

#[test]
fn the_lab_is_a_second_systemd_on_one_kernel() {
    let Some(lab) = lab("the_lab_is_a_second_systemd_on_one_kernel") else { return };
    let first = answer(&lab, "cat /proc/1/comm");
    let target = answer(&lab, "systemctl get-default");
    let list = "systemctl list-units --plain --no-legend --type=service,socket | cut -d ' ' -f 1";
    let units: Vec<String> = answer(&lab, list).lines().map(str::to_owned).collect();
    let draw = |say: Say<'_>| {
        let list =
            |texts: &[&'static str]| texts.iter().map(|&text| say(text.into())).collect::<Vec<_>>();
        let top = say(text!("{systemd}, PID 1 of the lab", systemd = first));
        let mut inside = vec![top, String::new(), target.clone()];
        inside.extend(tree(&units));
        let own = list(&["/etc and /var", "processes", "journal", "network"]);
        let inside = beside(&inside, 4, &boxed(&say("its own".into()), &own));
        let yours = list(&["systemd, PID 1", "your services", "cargo course"]);
        let yours = boxed(&say("your own".into()), &yours);
        let all = above(&[&yours, &boxed(&say("the lab".into()), &inside)]);
        let kernel = list(&["one kernel, and the programs in /usr, for both"]);
        let all = above(&[&all, &[String::new()], &kernel]);
        boxed(&say("your machine".into()), &all)
    };
    let said = "Your machine and the lab: two systemds, each PID 1 in its own world, on one kernel. \
                Below the lab's systemd are the units that run in it.";
    check("lab", said, &draw);
}

/// A daemon that says that it is ready, and ends, when the test lets it.
const LIFE: &str = "[Service]\nType=notify\nNotifyAccess=all\nExecStart=/bin/bash -c '\
    until [ -e /run/open ]; do sleep 0.02; done; \
    trap \"until [ -e /run/end ]; do sleep 0.02; done; exit 0\" TERM; \
    systemd-notify --ready; while :; do sleep 0.02; done'\n";

#[test]
fn a_daemon_lives_from_exec_to_its_end() {
    let Some(lab) = lab("a_daemon_lives_from_exec_to_its_end") else { return };
    let write =
        format!("cat > /etc/systemd/system/life.service <<'E'\n{LIFE}E\nsystemctl daemon-reload");
    answer(&lab, &write);
    let state = |wanted: &str| {
        // The state is waited for, and then asked with its finer word.
        let wait = format!(
            "for i in {{1..1000}}; do [ \"$(systemctl show --property=ActiveState --value life)\" = {wanted} ] && break; sleep 0.02; done"
        );
        answer(&lab, &wait);
        let show = "systemctl show --property=ActiveState --property=SubState --value life";
        let words = answer(&lab, show);
        let (active, sub) = words.split_once('\n').unwrap();
        format!("{active} ({sub})")
    };
    let mut states = vec![state("inactive")];
    for (act, wanted) in [
        ("systemctl start --no-block life", "activating"),
        ("touch /run/open", "active"),
        ("systemctl stop --no-block life", "deactivating"),
        ("touch /run/end", "inactive"),
    ] {
        answer(&lab, act);
        states.push(state(wanted));
    }
    let causes = [
        "systemctl start: systemd makes a process, and it executes the program",
        "the daemon has opened its file, and sends READY=1",
        "systemctl stop: systemd sends SIGTERM",
        "the daemon writes its last line and ends, exit status 0",
    ];
    let draw = |say: Say<'_>| {
        let mut drawing = Vec::new();
        for (at, state) in states.iter().enumerate() {
            drawing.extend(boxed("", std::slice::from_ref(state)));
            let cause = causes.get(at).map(|&cause| arrow(&say(cause.into())));
            drawing.extend(cause.unwrap_or_default());
        }
        drawing
    };
    let said = "The life of a daemon of Type=notify, from exec to its end, with the states that \
                systemctl status shows.";
    check("life", said, &draw);
}

/// The settings of a unit file, in order.
fn settings(text: &str) -> Vec<(&str, &str)> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .collect()
}

#[test]
fn the_units_of_lesson_2_hang_together() {
    let mut units = BTreeMap::new();
    for entry in fs::read_dir(root().join("units/unit-writer")).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            let text = fs::read_to_string(entry.path()).unwrap();
            units.insert(entry.file_name().into_string().unwrap(), text);
        }
    }
    let has = |unit: &str, key: &str, value: &str| settings(&units[unit]).contains(&(key, value));
    let target = "dates.target";
    let wanted =
        settings(&units[target]).into_iter().find(|(key, _)| *key == "WantedBy").unwrap().1;
    let member = |say: Say<'_>, unit: &str, text: &str| {
        let stops_with_it = has(unit, "PartOf", target);
        let first = text!("{unit}, and stops with it", unit);
        let mut lines = vec![if stops_with_it { say(first) } else { unit.to_owned() }];
        // A socket with Accept=yes and a timer start the service of their own name.
        let stem = unit.trim_end_matches("@.timer").trim_end_matches(".socket");
        let started = format!("{stem}@.service");
        if unit.ends_with("@.timer") || text.contains("Accept=yes") {
            assert!(units.contains_key(&started), "{started}");
            lines.push(format!("    {}", say(text!("starts {unit}", unit = started))));
            lines.extend(needs(say, &units[&started], "      "));
        }
        lines.extend(needs(say, text, "    "));
        lines.join("\n")
    };
    let draw = |say: Say<'_>| {
        let members = units.iter().filter(|(unit, _)| has(unit, "WantedBy", target));
        let members: Vec<String> = members.map(|(unit, text)| member(say, unit, text)).collect();
        let mut drawing =
            vec![say(text!("{target}, the boot", target = wanted)), format!("└─ {target}")];
        drawing.extend(tree(&members).into_iter().map(|line| format!("   {line}")));
        drawing
    };
    let said = "How the units of this lesson hang together: the boot wants the target, the target its \
                members, and each says itself what it needs and waits for.";
    check("dates", said, &draw);
}

/// What a unit needs, and whether it waits for it.
fn needs(say: Say<'_>, text: &str, indent: &str) -> Vec<String> {
    let settings = settings(text);
    let needed = settings.iter().filter(|(key, _)| *key == "Requires");
    let line = |&(_, unit): &(&str, &str)| {
        let needs = if settings.contains(&("After", unit)) {
            text!("needs {unit}, and waits for it", unit)
        } else {
            text!("needs {unit}", unit)
        };
        format!("{indent}{}", say(needs))
    };
    needed.map(line).collect()
}

#[test]
fn each_setting_is_known_in_its_section_alone() {
    let promise = "each_setting_is_known_in_its_section_alone";
    let sections: [(&str, &'static str, &[&str]); 3] = [
        (
            "Unit",
            "what it is, and whom it needs",
            &[
                "Description=What it is",
                "Requires=a.service",
                "After=a.service",
                "ConditionPathExists=/etc",
                "OnFailure=a.service",
            ],
        ),
        (
            "Service",
            "how the program runs",
            &[
                "ExecStart=/usr/bin/sleep 1",
                "Type=exec",
                "Restart=on-failure",
                "User=nobody",
                "ProtectSystem=strict",
            ],
        ),
        (
            "Install",
            "who starts it, once enabled",
            &["WantedBy=multi-user.target", "Alias=x2.service"],
        ),
    ];
    let draw = |say: Say<'_>| {
        let mut boxes: Vec<Vec<String>> = Vec::new();
        for (section, about, settings) in sections {
            let names =
                settings.iter().map(|setting| format!("{}=", setting.split_once('=').unwrap().0));
            let mut lines = vec![say(about.into()), String::new()];
            lines.extend(names);
            boxes.push(boxed(&format!("[{section}]"), &lines));
        }
        beside(&beside(&boxes[0], 2, &boxes[1]), 2, &boxes[2])
    };
    let said = "The three sections of a service, and where each setting belongs. In another section it \
                is ignored.";
    check("sections", said, &draw);
    let Some(lab) = lab(promise) else { return };
    // systemd itself says which it does not know, in each of the sections.
    for (right, _, settings) in sections {
        for setting in settings {
            for (section, ..) in sections {
                let unit =
                    format!("[{section}]\n{setting}\n[Service]\nExecStart=/usr/bin/sleep 1\n");
                let line = format!(
                    "printf %s '{unit}' > /tmp/x.service; systemd-analyze verify --man=no /tmp/x.service 2>&1 | grep -c '/tmp/x.service:2: Unknown'"
                );
                let unknown = answer(&lab, &line) == "1";
                assert_eq!(unknown, section != right, "{setting} in [{section}]");
            }
        }
    }
}

/// The types of objects, as systemd's JOURNAL_FILE_FORMAT numbers them.
const OBJECTS: [(u8, &str); 6] = [
    (5, "FIELD HASH TABLE: the names"),
    (4, "DATA HASH TABLE: a hash leads to a bucket, and that to an object"),
    (1, "DATA: one FIELD=value, once for all entries that have it"),
    (2, "FIELD: a name, such as PRIORITY"),
    (3, "ENTRY: one line of the log, a list of its DATA"),
    (6, "ENTRY ARRAY: which entries there are; and which a DATA has"),
];

/// The types of the objects in the lab's file `/tmp/j`, in the order in which each comes first.
fn objects(lab: &Lab) -> Vec<u8> {
    let number = |at: u64, width: u64| -> u64 {
        let line = format!("od -A n -t u{width} -j {at} -N {width} /tmp/j");
        answer(lab, &line).trim().parse().unwrap()
    };
    // The header says how long it is, and where the last object begins.
    let (mut at, end) = (number(88, 8), number(136, 8));
    let mut types = Vec::new();
    while at <= end && types.len() < OBJECTS.len() {
        let kind = u8::try_from(number(at, 1)).unwrap();
        if !types.contains(&kind) {
            types.push(kind);
        }
        at += number(at + 8, 8).next_multiple_of(8).max(16);
    }
    types
}

#[test]
fn the_file_of_the_journal_is_made_of_such_objects() {
    let Some(lab) = lab("the_file_of_the_journal_is_made_of_such_objects") else { return };
    answer(
        &lab,
        "logger a; logger b; journalctl --sync; cp /var/log/journal/*/system.journal /tmp/j",
    );
    let types = objects(&lab);
    let names: BTreeMap<u8, &'static str> = OBJECTS.into();
    let draw = |say: Say<'_>| {
        let mut lines = vec![say("HEADER: where everything begins".into())];
        lines.extend(types.iter().map(|kind| say(names[kind].into())));
        let file = boxed(&say("system.journal, from its first byte".into()), &lines);
        let steps = ["its hash", "a bucket", "its DATA", "its ENTRY ARRAY", "its entries"];
        let mut way = vec!["PRIORITY=2".to_owned()];
        way.extend(steps.map(|step| format!("──▶ {}", say(step.into()))));
        above(&[&file, &[String::new()], &boxed(&say("a match".into()), &way)])
    };
    let said = "The file of the journal from inside: what lies in it, in the order in which it first \
                comes, and the way of a match from a value to its entries.";
    check("journal-file", said, &draw);
}

#[test]
fn the_way_of_a_log_line_is_up_the_tree_of_the_chapter() {
    let tree = fs::read_to_string(root().join("units/leveled-logger/tree.txt")).unwrap();
    // Each logger with its level, if it has one: the names as the chapter's own tree has them.
    let loggers: Vec<(&str, Option<&str>)> = tree
        .lines()
        .map(|line| {
            let mut words = line
                .split_whitespace()
                .filter(|word| word.starts_with(|first: char| first.is_ascii_alphabetic()));
            let name = words.next().unwrap();
            let level = words.next().filter(|word| word.chars().all(|c| c.is_ascii_uppercase()));
            (name, level)
        })
        .collect();
    let from =
        loggers.iter().map(|(name, _)| *name).max_by_key(|name| name.matches('.').count()).unwrap();
    let is_above =
        |name: &str| name == "root" || from == name || from.starts_with(&format!("{name}."));
    let mut way: Vec<_> = loggers.iter().filter(|(name, _)| is_above(name)).collect();
    way.reverse();
    let (decides, level) = way.iter().find_map(|(name, level)| Some((*name, (*level)?))).unwrap();
    let draw = |say: Say<'_>| {
        let line = text!("{logger}, at DEBUG: two connections left", logger = from);
        let mut drawing = boxed("", &[say(line)]);
        let threshold = text!(
            "the threshold: {from} has none, {decides} says {level}; it passes",
            from,
            decides,
            level
        );
        drawing.extend(arrow(&say(threshold)));
        for (at, (name, _)) in way.iter().enumerate() {
            let handlers = text!("the handlers of {logger}: filter, format, write", logger = name);
            drawing.extend(boxed("", &[say(handlers)]));
            if at + 1 < way.len() {
                drawing.extend(arrow(&say("propagates".into())));
            }
        }
        drawing
    };
    let said = "The way of a line that is said to a logger: the nearest level above decides whether it is \
                let through, then each logger on the way up hands it to its handlers.";
    check("way", said, &draw);
}

/// The state machine is drawn by the wrapper, in English; its own tests compare it with the book.
#[test]
fn the_states_of_a_unit_are_the_same_in_spanish() {
    let english = fs::read_to_string(root().join("docs/en/unit-states.svg")).unwrap();
    let drawn = picture_words::in_spanish(&english);
    compare("docs/es/unit-states.svg", &drawn);
}
