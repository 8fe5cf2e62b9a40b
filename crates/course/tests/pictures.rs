//! The pictures of the book are drawn from what is true: a running lab, a journal's real file, the
//! unit files of the lessons. `BLESS=1` writes them anew.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

mod drawing;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lab::{COMMAND_TIMEOUT, Lab, Options};

use drawing::{above, arrow, beside, boxed, tree};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

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

/// Compares a picture with the one in the book.
#[track_caller]
fn check(name: &str, said: &str, drawing: &[String]) {
    let path = root().join(format!("docs/en/pictures/{name}.txt"));
    let lines: Vec<&str> = drawing.iter().map(|line| line.trim_end()).collect();
    let text = format!("{said}\n\n{}\n", lines.join("\n"));
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let book = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(book, text, "{name}: BLESS=1 cargo test --package course --test pictures");
}

#[test]
fn the_lab_is_a_second_systemd_on_one_kernel() {
    let Some(lab) = lab("the_lab_is_a_second_systemd_on_one_kernel") else { return };
    let first = answer(&lab, "cat /proc/1/comm");
    let target = answer(&lab, "systemctl get-default");
    let list = "systemctl list-units --plain --no-legend --type=service,socket | cut -d ' ' -f 1";
    let units: Vec<String> = answer(&lab, list).lines().map(str::to_owned).collect();
    let mut inside = vec![format!("{first}, PID 1 of the lab"), String::new(), target];
    inside.extend(tree(&units));
    let own = ["/etc and /var", "processes", "journal", "network"].map(str::to_owned);
    let inside = beside(&inside, 4, &boxed("its own", &own));
    let yours =
        ["systemd, PID 1".to_owned(), "your services".to_owned(), "cargo course".to_owned()];
    let yours = boxed("your own", &yours);
    let all = above(&[&yours, &boxed("the lab", &inside)]);
    let kernel = ["one kernel, and the programs in /usr, for both".to_owned()];
    let all = above(&[&all, &[String::new()], &kernel]);
    let said = "Your machine and the lab: two systemds, each PID 1 in its own world, on one kernel. \
                Below the lab's systemd are the units that run in it.";
    check("lab", said, &boxed("your machine", &all));
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
    let mut drawing = Vec::new();
    for (at, state) in states.iter().enumerate() {
        drawing.extend(boxed("", std::slice::from_ref(state)));
        drawing.extend(causes.get(at).map(|cause| arrow(cause)).unwrap_or_default());
    }
    let said = "The life of a daemon of Type=notify, from exec to its end, with the states that \
                systemctl status shows.";
    check("life", said, &drawing);
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
    let mut members = Vec::new();
    for (unit, text) in units.iter().filter(|(unit, _)| has(unit, "WantedBy", target)) {
        let ends = if has(unit, "PartOf", target) { ", and stops with it" } else { "" };
        let mut lines = vec![format!("{unit}{ends}")];
        // A socket with Accept=yes and a timer start the service of their own name.
        let stem = unit.trim_end_matches("@.timer").trim_end_matches(".socket");
        let started = format!("{stem}@.service");
        if unit.ends_with("@.timer") || text.contains("Accept=yes") {
            assert!(units.contains_key(&started), "{started}");
            lines.push(format!("    starts {started}"));
            lines.extend(needs(&units[&started], "      "));
        }
        lines.extend(needs(text, "    "));
        members.push(lines.join("\n"));
    }
    let wanted =
        settings(&units[target]).into_iter().find(|(key, _)| *key == "WantedBy").unwrap().1;
    let mut drawing = vec![format!("{wanted}, the boot"), format!("└─ {target}")];
    drawing.extend(tree(&members).into_iter().map(|line| format!("   {line}")));
    let said = "How the units of this lesson hang together: the boot wants the target, the target its \
                members, and each says itself what it needs and waits for.";
    check("dates", said, &drawing);
}

/// What a unit needs, and whether it waits for it.
fn needs(text: &str, indent: &str) -> Vec<String> {
    let settings = settings(text);
    let needed = settings.iter().filter(|(key, _)| *key == "Requires");
    let line = |&(_, unit): &(&str, &str)| {
        let waits = if settings.contains(&("After", unit)) { ", and waits for it" } else { "" };
        format!("{indent}needs {unit}{waits}")
    };
    needed.map(line).collect()
}

#[test]
fn each_setting_is_known_in_its_section_alone() {
    let promise = "each_setting_is_known_in_its_section_alone";
    let sections: [(&str, &str, &[&str]); 3] = [
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
    let mut boxes: Vec<Vec<String>> = Vec::new();
    for (section, about, settings) in sections {
        let names =
            settings.iter().map(|setting| format!("{}=", setting.split_once('=').unwrap().0));
        let mut lines = vec![about.to_owned(), String::new()];
        lines.extend(names);
        boxes.push(boxed(&format!("[{section}]"), &lines));
    }
    let drawing = beside(&beside(&boxes[0], 2, &boxes[1]), 2, &boxes[2]);
    let said = "The three sections of a service, and where each setting belongs. In another section it \
                is ignored.";
    check("sections", said, &drawing);
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

/// The types of the objects in the file `/tmp/j` of the lab, in the order in which each first comes.
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
    let names: BTreeMap<u8, &str> = OBJECTS.into();
    let mut lines = vec!["HEADER: where everything begins".to_owned()];
    lines.extend(types.iter().map(|kind| names[kind].to_owned()));
    let file = boxed("system.journal, from its first byte", &lines);
    let way = [
        "PRIORITY=2".to_owned(),
        "──▶ its hash".to_owned(),
        "──▶ a bucket".to_owned(),
        "──▶ its DATA".to_owned(),
        "──▶ its ENTRY ARRAY".to_owned(),
        "──▶ its entries".to_owned(),
    ];
    let match_ = boxed("a match", &way);
    let said = "The file of the journal from inside: what lies in it, in the order in which it first \
                comes, and the way of a match from a value to its entries.";
    check("journal-file", said, &above(&[&file, &[String::new()], &match_]));
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
    let mut drawing = boxed("", &[format!("{from}, at DEBUG: two connections left")]);
    drawing.extend(arrow(&format!(
        "the threshold: {from} has none, {decides} says {level}; it passes"
    )));
    for (at, (name, _)) in way.iter().enumerate() {
        drawing.extend(boxed("", &[format!("the handlers of {name}: filter, format, write")]));
        if at + 1 < way.len() {
            drawing.extend(arrow("propagates"));
        }
    }
    let said = "The way of a line that is said to a logger: the nearest level above decides whether it is \
                let through, then each logger on the way up hands it to its handlers.";
    check("way", said, &drawing);
}
