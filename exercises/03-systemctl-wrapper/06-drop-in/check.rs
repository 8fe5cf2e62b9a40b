//! 3.6: a drop-in, and what makes it count; systemd.unit(5).

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use check::{
    Explain, Failure, Result, Signal, Text, Unit, file_text, in_lab, systemctl, text, wait_until,
};

use super::shared::{run_commands, vendor_units};

const FILE: &str = "override.conf";
const APP: Unit = Unit::named("app.service");
const NOT_IN_FORCE: &str = "systemd works with the files as it has read them, and a process with \
                            what it was started with: read again, then start anew";
const TWICE: &str = "ExecStart= is a list: a drop-in adds to it, and a service of this type may \
                     have only one; an empty ExecStart= comes first and ends the vendor's";
const DIRECTORY: &str = "/etc/systemd/system/app.service.d";
/// What a drop-in could change of the vendor's, and has not been asked to.
const VENDORS: [&str; 30] = [
    "Type",
    "Environment",
    "User",
    "Group",
    "WorkingDirectory",
    "RootDirectory",
    "StandardOutput",
    "StandardError",
    "KillMode",
    "KillSignal",
    "RemainAfterExit",
    "RuntimeMaxUSec",
    "WatchdogUSec",
    "TimeoutStopUSec",
    "JobTimeoutUSec",
    "JobRunningTimeoutUSec",
    "StopWhenUnneeded",
    "RefuseManualStart",
    "RefuseManualStop",
    "OnFailure",
    "OnSuccess",
    "Requires",
    "Wants",
    "BindsTo",
    "PartOf",
    "Conflicts",
    "MemoryMax",
    "TasksMax",
    "CPUQuotaPerSecUSec",
    "ProtectSystem",
];
const SECOND_US: u64 = 1_000_000;
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
            let now = APP.property("InvocationID")?;
            let gave_up = APP.property("SubState")? == "failed";
            if gave_up {
                let restart = APP.property("Restart")?;
                return Err(Failure::new(
                    "a new run",
                    text!("failed, with Restart={restart}", restart),
                )
                .say(
                    "nobody told systemd to start it again after this end, or it was told to give \
                     up after a few",
                ));
            }
            Ok((now != before && !now.is_empty() && APP.property("SubState")? == "running")
                .then_some(()))
        })
        .man("systemd.service(5), Restart=")
        .at_setting(FILE, "Restart=")
        .journal_of(APP)?;
    }
    greets("world hola", "the new run is not the one that was asked for")?;
    has_no_limit_of_its_own()
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

/// Whether systemd lets it come back as often as it lets others, or more often.
fn has_no_limit_of_its_own() -> Result {
    let burst: u64 = APP.property("StartLimitBurst")?.parse().unwrap_or(u64::MAX);
    let interval = micros(&APP.property("StartLimitIntervalUSec")?);
    // systemd's own limit is five starts in ten seconds. As many in the same time or less is no
    // stricter.
    let allowed =
        burst == 0 || interval == 0 || u128::from(interval) <= u128::from(burst) * 2_000_000;
    if allowed {
        return Ok(());
    }
    let got = text!(
        "{burst} starts in {interval}",
        burst,
        interval = APP.property("StartLimitIntervalUSec")?
    );
    Err(Failure::new("a limit as systemd's own, or none", got)
        .say("it comes back a few times, and then systemd gives up")
        .man("systemd.unit(5), StartLimitIntervalSec=")
        .at_setting(FILE, "StartLimitBurst="))
}

/// A time span as systemctl prints it, such as `1min 30s`.
fn micros(span: &str) -> u64 {
    let unit = |name: &str| match name {
        "us" => Some(1),
        "ms" => Some(1_000),
        "s" => Some(SECOND_US),
        "min" => Some(60 * SECOND_US),
        "h" => Some(3600 * SECOND_US),
        "0" => Some(0),
        _ => None,
    };
    let part = |word: &str| {
        let (number, name) = word.split_at(word.find(char::is_alphabetic).unwrap_or(0));
        let number: f64 = if number.is_empty() { 1.0 } else { number.parse().ok()? };
        // A day or more is for ever here.
        Some((number * unit(name)? as f64) as u64)
    };
    let parts: Option<Vec<u64>> = span.split_whitespace().map(part).collect();
    parts.map_or(u64::MAX, |parts| parts.iter().sum())
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
        let state = APP.property("SubState")?;
        let again = APP.property("NRestarts")? != "0" || state == "auto-restart";
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
    let description = APP.property("Description")?;
    if description != "Greets a place" {
        return Err(Failure::new("the vendor's Description=", Text::verbatim(description))
            .say("a drop-in holds the lines that are to be otherwise, and no others")
            .at_setting(FILE, "Description="));
    }
    let mine = vendors()?;
    fs::remove_dir_all(in_lab(DIRECTORY))?;
    systemctl(&["daemon-reload"])?;
    for (name, (vendor, mine)) in VENDORS.iter().zip(vendors()?.into_iter().zip(mine)) {
        if vendor != mine {
            return Err(Failure::new(
                text!("the vendor's {name}={vendor}", name, vendor),
                Text::verbatim(mine),
            )
            .say("a drop-in holds the lines that are to be otherwise, and no others")
            .man(DROP_INS));
        }
    }
    install_drop_in()?;
    // The vendor's next version greets another place.
    vendor_writes(&VENDOR.replace("PLACE=world", "PLACE=moon"))?;
    systemctl(&["restart", APP.name()])?;
    greets(
        "moon hola",
        "the vendor has changed a line, and your drop-in has an old copy of it: hold only the \
         lines that are to be otherwise",
    )
}

/// The vendor's service as it runs today, the drop-in, and then the learner's commands.
fn prepare() -> Result {
    fs::write(in_lab("/usr/local/bin/greet.new"), GREET)?;
    fs::set_permissions(in_lab("/usr/local/bin/greet.new"), Permissions::from_mode(0o755))?;
    fs::rename(in_lab("/usr/local/bin/greet.new"), in_lab("/usr/local/bin/greet"))?;
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

/// What systemd has read of the settings that are the vendor's.
fn vendors() -> Result<Vec<String>> {
    let wanted = format!("--property={}", VENDORS.join(","));
    let lines = systemctl(&["show", &wanted, APP.name()])?;
    let value =
        |name: &str| lines.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    // The order of names in a list is another one after each reload.
    let sorted = |value: &str| {
        let mut words: Vec<&str> = value.split_whitespace().collect();
        words.sort_unstable();
        words.join(" ")
    };
    Ok(VENDORS.iter().map(|name| sorted(value(name).unwrap_or_default())).collect())
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
