//! 3.9: what is stopped stays stopped; systemctl(1).

use std::fs;
use std::io::Write;
use std::os::unix::net::UnixStream;

use check::{Explain, Failure, Result, Text, Unit, in_lab, systemctl, text, wait_until};

use super::shared::{SLEEPER, is_active, nothing_else_changed, run_commands_and, vendor_units};

const WEB: Unit = Unit::named("web.service");
const QUIET: &str = "[Service]\nStandardInput=null\nExecStart=/bin/sleep infinity\n";
const SOCKET: &str = "[Socket]\nListenStream=/run/bell\n[Install]\nWantedBy=sockets.target\n";
const TIMER: &str = "[Timer]\nOnActiveSec=150ms\nOnUnitInactiveSec=150ms\nAccuracySec=1ms\n\
                     [Install]\nWantedBy=timers.target\n";
const TICK: &str = "[Service]\nType=oneshot\nExecStart=/bin/sleep 0.05\n";
const PATH: &str = "[Path]\nPathExists=/run/look-here\n[Install]\nWantedBy=paths.target\n";
const STOP_BOTH: &str = "its trigger is one unit, the service another: stop both, and the trigger \
                         first, or it starts the service again before you are done";
const OURS: [&str; 6] =
    ["bell.socket", "bell.service", "tick.timer", "tick.service", "look.path", "look.service"];
const TRIGGERS: [&str; 3] = ["bell.socket", "tick.timer", "look.path"];

#[test]
fn none_of_the_three_runs() -> Result {
    prepare()?;
    for unit in ["bell.service", "look.service"] {
        expect_down(unit, STOP_BOTH)?;
    }
    Ok(())
}

#[test]
fn a_call_does_not_bring_the_bell_back() -> Result {
    prepare()?;
    if let Ok(mut call) = UnixStream::connect(in_lab("/run/bell")) {
        let _ = call.write_all(b"ring");
        let back = wait_until("the bell to come back, or not", || {
            is_active("bell.service").map(|up| up.then_some(()))
        });
        if back.is_ok() && is_active("bell.socket")? {
            return Err(Failure::new(
                "nobody at /run/bell",
                "the call was taken, and bell.service runs",
            )
            .say("the socket still listens, and starts the service for the next caller")
            .man("systemd.socket(5)"));
        }
    }
    expect_down("bell.service", STOP_BOTH)
}

#[test]
fn time_and_the_file_do_not_bring_the_others_back() -> Result {
    prepare()?;
    let ticks = || {
        systemctl(&[
            "show",
            "--property=InvocationID,ActiveEnterTimestampMonotonic,InactiveExitTimestampMonotonic",
            "tick.service",
        ])
    };
    fs::write(in_lab("/run/look-here"), "")?;
    let before = ticks()?;
    // Three times the timer's span, on a clock that the timer would have used.
    let limit = std::time::Instant::now() + std::time::Duration::from_millis(600);
    while std::time::Instant::now() < limit {
        if ticks()? != before {
            return Err(Failure::new("no new run of tick.service", "a new run")
                .say("the timer is still at its post, and starts the service when it is time")
                .man("systemd.timer(5)"));
        }
        std::thread::sleep(std::time::Duration::from_millis(30));
    }
    expect_down(
        "look.service",
        "the path unit is still at its post, and starts the service as soon as the file is there",
    )
}

#[test]
fn web_goes_on_undisturbed() -> Result {
    let before = prepare_units()?;
    run_commands_and("commands", somebody_comes)?;
    let now = (WEB.property("MainPID")?, WEB.property("SubState")?);
    if now != (before.clone(), "running".to_owned()) {
        let got = text!("{state}, process {pid}", state = now.1, pid = now.0);
        return Err(Failure::new(text!("running, process {pid}", pid = before), got)
            .say("name the units that are meant: a pattern, or a target, takes others along"));
    }
    nothing_else_changed(&OURS)?;
    let settings = (WEB.property("FreezerState")?, WEB.property("DropInPaths")?);
    if settings != ("running".to_owned(), String::new()) {
        let got = text!("{frozen} {paths}", frozen = settings.0, paths = settings.1);
        return Err(Failure::new("web.service, which nobody freezes or limits", got)
            .say("a command of yours reaches further than the units that are meant"));
    }
    Ok(())
}

mod after_reboot {
    use super::{Explain, Failure, Result, TRIGGERS, Text, Unit, WEB, is_active, text};

    #[test]
    fn after_the_boot_the_triggers_are_at_their_posts_again() -> Result {
        for name in TRIGGERS.into_iter().chain([WEB.name()]) {
            let state = Unit::named(name).property("UnitFileState")?;
            if !is_active(name)? || state != "enabled" {
                return Err(Failure::new(
                    text!("{name} enabled and active", name),
                    Text::verbatim(state),
                )
                .say(
                    "stop is about now; disable and mask are about the next boot as well, and \
                     nobody asked for that",
                )
                .man("systemctl(1), stop"));
            }
        }
        Ok(())
    }
}

/// What happens between two commands: somebody calls the bell that is down, and the file appears
/// when nobody looks.
fn somebody_comes() -> Result {
    if !is_active("bell.service")? {
        let call = UnixStream::connect(in_lab("/run/bell"));
        if call.is_ok() && is_active("bell.socket")? {
            comes_back("bell.service")?;
        }
    }
    if !is_active("look.service")? {
        fs::write(in_lab("/run/look-here"), "")?;
        if is_active("look.path")? {
            comes_back("look.service")?;
        }
    }
    Ok(())
}

/// Its trigger is at its post, so it is only a matter of time.
fn comes_back(unit: &'static str) -> Result {
    if Unit::named(unit).property("LoadState")? == "masked" {
        return Ok(());
    }
    let _ = wait_until("the service to come back", || is_active(unit).map(|up| up.then_some(())));
    Ok(())
}

/// A machine at work, and then the learner's commands.
fn prepare() -> Result {
    prepare_units()?;
    run_commands_and("commands", somebody_comes)
}

/// A machine at work; gives the process of the web back.
fn prepare_units() -> Result<String> {
    let _ = fs::remove_file(in_lab("/run/look-here"));
    vendor_units(&[
        ("bell.socket", SOCKET),
        ("tick.timer", TIMER),
        ("look.path", PATH),
        ("bell.service", QUIET),
        ("tick.service", TICK),
        ("look.service", QUIET),
        ("web.service", SLEEPER),
    ])?;
    systemctl(&["enable", "--quiet", "bell.socket", "tick.timer", "look.path", "web.service"])?;
    systemctl(&[
        "start",
        "bell.socket",
        "bell.service",
        "tick.timer",
        "look.path",
        "look.service",
        "web.service",
    ])?;
    WEB.property("MainPID")
}

fn expect_down(unit: &'static str, say: &'static str) -> Result {
    let up = wait_until("the unit to come to rest", || {
        let jobs = systemctl(&["list-jobs", "--no-legend"])?;
        Ok(jobs.is_empty().then_some(is_active(unit)?))
    })?;
    if !up {
        Ok(())
    } else {
        Err(Failure::new(text!("{unit} inactive", unit), "active")
            .say(say)
            .man("systemctl(1), stop"))
    }
}
