//! 3.7: a target to isolate; systemctl(1) and systemd.unit(5).

use check::{Explain, Failure, Result, Text, Unit, install, systemctl, text, wait_until};

use super::shared::{SLEEPER, is_active, vendor_units};

const FILE: &str = "quiet.target";
const QUIET: Unit = Unit::named(FILE);
const DESK: &str = "[Service]\nExecStart=/bin/sleep infinity\n";
const FOUNDATION: &str = "isolate stops all that the target does not need, the sockets as well: \
                          what stands under everything is basic.target";
const MERE_START: &str = "it was stopped by a mere start: with Conflicts= the target says who is \
                          to go, wherever it is started; isolate needs no such line";
const ISOLATE: &str = "systemctl(1), isolate; systemd.unit(5), AllowIsolate=";

#[test]
fn isolate_stops_app_and_web_and_starts_the_desk() -> Result {
    prepare()?;
    isolate()?;
    let state = QUIET.property("ActiveState")?;
    if state != "active" {
        return Err(Failure::new("an active quiet.target", Text::verbatim(state))
            .say(
                "a condition of its own kept it from being started, or nothing needs it, and it \
                 was stopped again",
            )
            .at_setting(FILE, "[Unit]")
            .journal_of(QUIET));
    }
    expect(
        "app.service",
        false,
        "the target pulls it in, or pulls in what pulls it in: isolate stops what the target does \
         not need",
    )?;
    expect(
        "web.service",
        false,
        "the target pulls it in, or pulls in what pulls it in: isolate stops what the target does \
         not need",
    )?;
    expect(
        "desk.service",
        true,
        "nothing starts the desk: After= is about the order, Requisite= wants it to run already; \
         Wants= or Requires= bring it along",
    )
}

#[test]
fn the_foundations_stay() -> Result {
    prepare()?;
    isolate()?;
    expect("dbus.socket", true, FOUNDATION)?;
    expect("systemd-journald.socket", true, FOUNDATION)
}

#[test]
fn the_way_back_brings_both_again_and_ends_the_desk() -> Result {
    prepare()?;
    for _ in 0..2 {
        isolate()?;
        back()?;
        expect(
            "app.service",
            true,
            "it does not come back: the way back is only isolate multi-user.target",
        )?;
        expect(
            "web.service",
            true,
            "it does not come back: the way back is only isolate multi-user.target",
        )?;
        expect(
            "desk.service",
            false,
            "the desk is to go when the quiet is over: somebody else needs it now",
        )?;
    }
    Ok(())
}

#[test]
fn start_alone_disturbs_nobody() -> Result {
    prepare()?;
    systemctl(&["start", FILE])
        .say("a start of the target is refused, or comes to nothing")
        .at_setting(FILE, "[Unit]")?;
    expect("desk.service", true, "the target was started, and the desk was not")?;
    expect("app.service", true, MERE_START)?;
    expect("web.service", true, MERE_START)?;
    expect("multi-user.target", true, MERE_START)
}

/// A machine at work.
fn prepare() -> Result {
    vendor_units(&[("app.service", SLEEPER), ("web.service", SLEEPER), ("desk.service", DESK)])?;
    let _ = QUIET.stop();
    install(&[FILE])?;
    systemctl(&["enable", "--quiet", "app.service", "web.service"])?;
    systemctl(&["start", "multi-user.target", "app.service", "web.service"])?;
    let _ = systemctl(&["stop", "desk.service"]);
    Ok(())
}

fn isolate() -> Result {
    systemctl(&["isolate", FILE])
        .explain(|failure| {
            let say = match failure.got() {
                got if got.contains("dependency only") => {
                    "RefuseManualStart= refuses both: a start of the target is refused, and \
                     isolate is one"
                }
                got if got.contains("D-Bus") => FOUNDATION,
                got if got.contains("isolate") => {
                    "only a target that allows it can be isolated, for isolate ends nearly \
                     everything: AllowIsolate=yes, in [Unit]"
                }
                _ => "something that the target requires can't be had",
            };
            failure.add_say(say);
        })
        .man(ISOLATE)
        .at_setting(FILE, "AllowIsolate=")
        .map(drop)
}

fn back() -> Result {
    systemctl(&["isolate", "multi-user.target"]).map(drop)
}

fn expect(unit: &'static str, runs: bool, say: &'static str) -> Result {
    let mut active = !runs;
    let settled = wait_until("the units to come to rest", || {
        active = is_active(unit)?;
        let jobs = systemctl(&["list-jobs", "--no-legend"])?;
        Ok((active == runs || !jobs.contains("running") && jobs.is_empty()).then_some(()))
    });
    if active == runs {
        return settled;
    }
    let word = |runs: bool| Text::from(if runs { "active" } else { "inactive" });
    let expected = text!("{unit}: {wanted}", unit, wanted = word(runs));
    Err(Failure::new(expected, word(active))
        .say(say)
        .man(ISOLATE)
        .at_setting(FILE, "[Unit]")
        .journal_of(Unit::named(unit)))
}
