//! 3.6: a drop-in, and what makes it count; systemd.unit(5).

use std::collections::BTreeMap;
use std::fs;

use check::{
    Explain, Failure, Result, Signal, Text, Unit, file_text, in_lab, put_program, systemctl, text,
    wait_until,
};

use super::shared::restarts::{SECOND_US, has_no_limit_of_its_own, micros, no_signal_is_left_out};
use super::shared::{nothing_else_changed, run_commands, vendor_units};

const FILE: &str = "override.conf";
const APP: Unit = Unit::named("app.service");
const NOT_IN_FORCE: &str = "systemd works with the files as it has read them, and a process with \
                            what it was started with: read again, then start anew";
const OLD_COPY: &str = "the vendor has changed a line, and your drop-in has an old copy of it: \
                        hold only the lines that are to be otherwise";
const TWICE: &str = "ExecStart= is a list: a drop-in adds to it, and a service of this type may \
                     have only one; an empty ExecStart= comes first and ends the vendor's";
const DIRECTORY: &str = "/etc/systemd/system/app.service.d";
/// What a drop-in may change here, and what a drop-in changes in any case.
const ASKED_FOR: [&str; 13] = [
    "DropInPaths",
    "ExecStart",
    "ExecStartEx",
    "NeedDaemonReload",
    "Restart",
    "RestartForceExitStatus",
    "RestartMaxDelayUSec",
    "RestartPreventExitStatus",
    "RestartSteps",
    "RestartUSec",
    "RestartUSecNext",
    "StartLimitBurst",
    "StartLimitIntervalUSec",
];
const DROP_INS: &str = "systemd.unit(5), drop-ins; systemd.service(5), ExecStart=";

/// Says what it greets, and with which words, and ends when it is told to.
const GREET: &str = "#!/bin/sh\ntrap 'exit 0' USR1\necho \"$$ $PLACE $*\" > /run/greet.new\nmv \
                     /run/greet.new /run/greet\nwhile :; do sleep 60 & wait $!; done\n";
const VENDOR: &str = "[Unit]\nDescription=Greets a \
                      place\n[Service]\nEnvironment=PLACE=world\nExecStart=/usr/local/bin/greet \
                      hello\n[Install]\nWantedBy=multi-user.target\n";

#[test]
fn the_service_that_runs_greets_with_hola() -> Result {
    prepare()?;
    greets("world hola", NOT_IN_FORCE)
}

#[test]
fn comes_back_whenever_it_is_killed() -> Result {
    prepare()?;
    greets("world hola", NOT_IN_FORCE)?;
    comes_back_soon()?;
    for _ in 0..3 {
        let before = APP.property("InvocationID")?;
        APP.kill(Signal::SIGKILL)?;
        wait_until("a new run", || {
            let [now, state, restart] = APP.properties(["InvocationID", "SubState", "Restart"])?;
            if state == "failed" {
                return Err(Failure::new(
                    "a new run",
                    text!("failed, with Restart={restart}", restart),
                )
                .say(
                    "nobody told systemd to start it again after this end, or it was told to give \
                     up after a few",
                ));
            }
            Ok((now != before && !now.is_empty() && state == "running").then_some(()))
        })
        .man("systemd.service(5), Restart=")
        .at_setting(FILE, "Restart=")
        .journal_of(APP)?;
    }
    greets("world hola", "the new run is not the one that was asked for")?;
    no_signal_is_left_out(APP, FILE)?;
    has_no_limit_of_its_own(APP, FILE)
}

/// Whether the pause before a new run is a second at most.
fn comes_back_soon() -> Result {
    let pause = APP.property("RestartUSec")?;
    if micros(&pause) <= SECOND_US {
        return Ok(());
    }
    Err(Failure::new("a new run within a second", text!("RestartSec={pause}", pause))
        .say("systemd waits so long before it starts the service again")
        .man("systemd.service(5), RestartSec=")
        .at_setting(FILE, "RestartSec="))
}

#[test]
fn stays_down_when_it_ends_well() -> Result {
    prepare()?;
    // Before it has begun, it does not know the signal.
    wait_until("the service's greeting", || {
        let pid = APP.property("MainPID")?;
        Ok(greeting().ok().filter(|said| said.starts_with(&format!("{pid} "))))
    })
    .journal_of(APP)?;
    // The program's own way to end well.
    systemctl(&["kill", "--kill-whom=main", "--signal=SIGUSR1", APP.name()])?;
    let state = wait_until("the service to end", || {
        let [state, restarts] = APP.properties(["SubState", "NRestarts"])?;
        let again = restarts != "0" || state == "auto-restart";
        Ok((again || state == "dead" || state == "failed").then_some(if again {
            "a new start".to_owned()
        } else {
            state
        }))
    })?;
    match state.as_str() {
        "dead" => Ok(()),
        _ => Err(Failure::new("inactive, and no new start", Text::verbatim(state))
            .say("it ended well, and systemd started it again")
            .man("systemd.service(5), Restart=")
            .at_setting(FILE, "Restart=")
            .journal_of(APP)),
    }
}

#[test]
fn the_rest_stays_the_vendors() -> Result {
    prepare()?;
    // Whoever has killed the old run waits for the new one.
    greets("world hola", NOT_IN_FORCE)?;
    nothing_else_changed(&[])?;
    has_no_other_drop_in()?;
    has_no_other_rights()?;
    let mine = settings()?;
    fs::remove_dir_all(in_lab(DIRECTORY))?;
    let vendors = settings_of_a_new_run()?;
    install_drop_in()?;
    let again = settings_of_a_new_run()?;
    // What goes with the drop-in, and comes back with it, is its doing; all else is time's.
    let differs = |name: &&String| mine.get(*name) != vendors.get(*name);
    let is_mine = |name: &&String| mine.get(*name) == again.get(*name);
    let may = |name: &&String| ASKED_FOR.contains(&name.as_str());
    let changed = mine.keys().filter(|name| !may(name)).filter(differs).find(is_mine);
    if let Some(name) = changed {
        let of = |settings: &Settings| settings.get(name).cloned().unwrap_or_default();
        let vendor = of(&vendors);
        return Err(Failure::new(
            text!("the vendor's {name}={vendor}", name, vendor),
            Text::verbatim(of(&mine)),
        )
        .say("a drop-in holds the lines that are to be otherwise, and no others")
        .man(DROP_INS));
    }
    // The vendor's next version greets another place.
    let next = VENDOR.replace("PLACE=world", "PLACE=moon").replace("a place", "a moon");
    vendor_writes(&next)?;
    APP.reset_failed();
    systemctl(&["restart", APP.name()])?;
    greets("moon hola", OLD_COPY)?;
    let description = APP.property("Description")?;
    if description == "Greets a moon" {
        return Ok(());
    }
    Err(Failure::new("the vendor's Description=", Text::verbatim(description))
        .say(OLD_COPY)
        .at_setting(FILE, "Description="))
}

/// The vendor's service as it runs today, the drop-in, and then the learner's commands.
fn prepare() -> Result {
    put_program("greet", GREET)?;
    let _ = fs::remove_file(in_lab("/run/greet"));
    vendor_units(&[(APP.name(), VENDOR)])?;
    APP.start()?;
    wait_until("the vendor's service to greet", || {
        Ok(greeting().ok().filter(|text| text.contains("hello")))
    })?;
    install_drop_in()?;
    run_commands("commands").journal_of(APP).explain(|failure| {
        if failure.journal_has("more than one ExecStart=") {
            failure.add_say(TWICE);
        }
    })?;
    let programs = systemctl(&["show", "--property=ExecStart", "--value", APP.name()])?;
    match programs.matches("path=").count() {
        1 if programs.contains("path=/usr/local/bin/greet ") => Ok(()),
        1 => Err(Failure::new("ExecStart=/usr/local/bin/greet …", Text::verbatim(programs))
            .at_setting(FILE, "ExecStart=")),
        _ => Err(Failure::new("one ExecStart=", Text::verbatim(programs))
            .say(TWICE)
            .man(DROP_INS)
            .at_setting(FILE, "ExecStart=")),
    }
}

fn install_drop_in() -> Result {
    fs::create_dir_all(in_lab(DIRECTORY))?;
    Ok(fs::write(in_lab(DIRECTORY).join("override.conf"), file_text(FILE)?)?)
}

/// What systemctl shows of the service, by name.
type Settings = BTreeMap<String, String>;

fn settings() -> Result<Settings> {
    // The order of names in a list is another one after each reload.
    let sorted = |value: &str| {
        // When a command ran, and as which process, is no setting.
        let value = value.split("start_time=").next().unwrap_or_default();
        let mut words: Vec<&str> = value.split_whitespace().collect();
        words.sort_unstable();
        words.join(" ")
    };
    let lines = systemctl(&["show", APP.name()])?;
    let pairs = lines.lines().filter_map(|line| line.split_once('='));
    Ok(pairs.map(|(name, value)| (name.to_owned(), sorted(value))).collect())
}

/// The same, after a reload and a new start: some of them hold for the run that began with them.
fn settings_of_a_new_run() -> Result<Settings> {
    systemctl(&["daemon-reload"])?;
    APP.reset_failed();
    systemctl(&["restart", APP.name()])?;
    settings()
}

/// Whether nothing stands before the program but a colon, which changes no word of it here.
fn has_no_other_rights() -> Result {
    let program = APP.property("ExecStartEx")?;
    let (_, flags) = program.split_once("flags=").unwrap_or_default();
    let flags = flags.split(" ;").next().unwrap_or_default().trim();
    if flags.is_empty() || flags == "no-env-expand" {
        return Ok(());
    }
    Err(Failure::new("the vendor's program as the vendor runs it", Text::verbatim(flags))
        .say(
            "+ or ! before a program gives it other rights, and - makes a success of its failure: \
             the vendor has none of them",
        )
        .man("systemd.service(5), ExecStart=")
        .at_setting(FILE, "ExecStart="))
}

/// Whether the commands have left it at the one drop-in.
fn has_no_other_drop_in() -> Result {
    let paths = APP.property("DropInPaths")?;
    if paths == format!("{DIRECTORY}/override.conf") {
        return Ok(());
    }
    Err(Failure::new("override.conf as the only drop-in", Text::verbatim(paths))
        .say("set-property writes a drop-in of its own, and revert takes yours away")
        .man("systemctl(1), set-property"))
}

fn vendor_writes(unit: &str) -> Result {
    fs::write(in_lab("/usr/local/lib/systemd/system/app.service"), unit)?;
    systemctl(&["daemon-reload"]).map(drop)
}

/// What the service that runs now has said.
fn greeting() -> Result<String> {
    let said = fs::read_to_string(in_lab("/run/greet"))?;
    Ok(said.trim().to_owned())
}

fn greets(wanted: &'static str, say: &'static str) -> Result {
    let mut seen = String::new();
    wait_until("the service's greeting", || {
        let (pid, said) = (APP.property("MainPID")?, greeting().unwrap_or_default());
        let is_of_this_run = said.starts_with(&format!("{pid} ")) && pid != "0";
        seen = said;
        Ok(is_of_this_run.then_some(()))
    })
    .explain(|failure| {
        if APP.property("SubState").is_ok_and(|state| state == "dead") {
            failure.add_say("it does not run any more: whoever stops it starts it again");
        }
    })
    .journal_of(APP)?;
    let words = seen.split_once(' ').map_or("", |(_, words)| words);
    if words == wanted {
        return Ok(());
    }
    Err(Failure::new(text!("{wanted}", wanted), Text::verbatim(words))
        .say(say)
        .man(DROP_INS)
        .at_setting(FILE, "ExecStart=")
        .journal_of(APP))
}
