//! 2.4: one name for several; systemd.target(5), and systemd.unit(5), `PartOf=`.

use check::{Explain, Failure, Result, Text, install, properties, systemctl, text, wait_until};

use super::shared::{Settings, Written, once, settle};

const SITE: Written<'static> = Written::as_named("site.target");
const WEB: Written<'static> = Written::as_named("web.service");
const MAIL: Written<'static> = Written::as_named("mail.service");
const UNITS: [Written<'static>; 3] = [SITE, WEB, MAIL];
const PROGRAM: &str = "/usr/bin/sleep";
const PART_OF: &str = "systemd.unit(5), PartOf=";

const PASSED_ON: &str = "PropagatesStopTo=, or StopPropagatedFrom= in the other unit, passes the \
    stop of this one on: it is the target whose stop is to be passed on, and no member's";

/// Which units are up, in the order of [`UNITS`].
type Up = [bool; 3];

const NONE: Up = [false; 3];
const ALL: Up = [true; 3];

#[test]
fn a_start_of_the_target_starts_both() -> Result {
    install_site()?;
    for time in ["site.target was started", "it was stopped, and started once more"] {
        SITE.unit.start()?;
        expect(ALL, time)
            .say(
                "a target brings up what it wants: Wants= in the target, or WantedBy=site.target \
                 in [Install] of a member, which is then enabled",
            )
            .man("systemd.unit(5), Wants= and WantedBy=")
            .at_setting(WEB.file, "WantedBy=")?;
        stop_all()?;
    }
    Ok(())
}

#[test]
fn a_stop_of_the_target_stops_both() -> Result {
    install_site()?;
    start_all()?;
    SITE.unit.stop()?;
    expect(NONE, "site.target was stopped")
        .say(
            "Wants= is about starting only; a stop is passed on to those who say that they are \
             part of the target",
        )
        .man(PART_OF)
        .at_setting(WEB.file, "PartOf=")
}

#[test]
fn either_can_be_started_alone() -> Result {
    install_site()?;
    for member in [WEB, MAIL] {
        // Without After= it is decided by chance whether it keeps the member down.
        let condition = Settings::of(member.unit)?.get("Requisite").to_owned();
        if UNITS.iter().any(|other| condition.split_whitespace().any(|name| name == other.file)) {
            return Err(Failure::new(
                "a member that needs nobody",
                text!("Requisite={condition}", condition),
            )
            .say("Requisite= lets a unit start only if the other one is up already")
            .man("systemd.unit(5), Requisite=")
            .at_setting(member.file, "Requisite="));
        }
    }
    for (first, both, member) in [
        ([false, true, false], [false, true, true], [WEB, MAIL]),
        ([false, false, true], [false, true, true], [MAIL, WEB]),
    ] {
        let [one, other] = member;
        one.unit.start()?;
        expect(first, "one of them was started")
            .say(
                "to start one member brought others along, or did not last: a member is to be \
                 part of the target, and need not have it up",
            )
            .man(PART_OF)
            .at_setting(one.file, "[Unit]")?;
        other.unit.start()?;
        expect(both, "the other was started as well")
            .say(
                "to start one member brought others along, or stopped them: what has it to do \
                 with them?",
            )
            .man(PART_OF)
            .at_setting(other.file, "[Unit]")?;
        stop_all()?;
    }
    Ok(())
}

#[test]
fn either_can_be_stopped_alone() -> Result {
    install_site()?;
    for (rest, member) in [([true, false, true], WEB), ([true, true, false], MAIL)] {
        start_all()?;
        member.unit.stop()?;
        expect(rest, "one of them was stopped")
            .explain(|failure| {
                if member.unit.property("ActiveState").is_ok_and(|state| state == "active") {
                    failure.add_say(
                        "it was stopped, and came back: what wants it up, or starts it again?",
                    );
                }
            })
            .explain(|failure| {
                let passed_on = member.unit.property("PropagatesStopTo").unwrap_or_default();
                if UNITS.iter().any(|other| passed_on.split(' ').any(|name| name == other.file)) {
                    failure.add_say(PASSED_ON);
                    return;
                }
                let stays = SITE.unit.property("ActiveState").is_ok_and(|state| state == "active");
                failure.add_say(if stays {
                    "a bond between the members takes the other one along: each belongs to the \
                     target, and not to the other"
                } else {
                    "what requires a unit is stopped with it, and so the target went, with all \
                     the rest; a target that only wants its members stays"
                });
            })
            .man("systemd.unit(5), Requires=")
            .at_setting(SITE.file, "Requires=")?;
    }
    Ok(())
}

#[test]
fn nothing_ends_it_by_itself() -> Result {
    install_site()?;
    start_all()?;
    UNITS.into_iter().try_for_each(Written::lasts)
}

mod after_reboot {
    use super::{ALL, Explain, Result, SITE, expect};

    #[test]
    fn the_site_is_up() -> Result {
        expect(ALL, "the lab was rebooted")
            .say(
                "nothing that is part of a boot wants the target: it needs an [Install] of its own",
            )
            .man("systemd.special(7), multi-user.target")
            .at_setting(SITE.file, "WantedBy=")
    }
}

/// Installs and enables all three, and stops whatever runs of them.
fn install_site() -> Result {
    let files = UNITS.map(|written| written.file);
    once(|| {
        install(&files)?;
        for written in UNITS {
            written.keeps_to_itself(&files)?;
        }
        for member in [WEB, MAIL] {
            member.runs_only(PROGRAM, "infinity")?;
        }
        systemctl(&[&["enable"], &files[..]].concat())?;
        is_no_other_boot()
    })?;
    stop_all()?;
    // So many starts in a row are the check's own.
    UNITS.iter().for_each(|written| written.unit.reset_failed());
    Ok(())
}

/// Fails if the boot has another target now: it would bring up the site and nothing else, or
/// nothing at all.
fn is_no_other_boot() -> Result {
    let boot = systemctl(&["get-default"])?;
    let names = ["default.target", "multi-user.target", "graphical.target", "basic.target"];
    let taken = names.into_iter().find(|name| {
        let link = std::fs::read_link(format!("/etc/systemd/system/{name}"));
        link.is_ok_and(|to| to.file_name().is_some_and(|file| file == SITE.file))
    });
    if boot != SITE.file && taken.is_none() {
        return Ok(());
    }
    let name = taken.unwrap_or("default.target");
    Err(Failure::new("a boot that the site is a part of", text!("{name} is site.target now", name))
        .say(
            "Alias= gives the site the name of a target that the boot needs: the site would be \
             up, and all else that belongs to a boot would not",
        )
        .man("systemd.special(7), default.target")
        .at_setting(SITE.file, "Alias="))
}

fn start_all() -> Result {
    systemctl(&[&["start"], &UNITS.map(|written| written.file)[..]].concat()).map(drop)
}

fn stop_all() -> Result {
    systemctl(&[&["stop"], &UNITS.map(|written| written.file)[..]].concat()).map(drop)
}

/// Fails unless the units are up as `wanted`, and stay so.
fn expect(wanted: Up, after: &'static str) -> Result {
    settle()?;
    let units = UNITS.map(|written| written.unit);
    let wanted = wanted.map(|up| if up { "active" } else { "inactive" });
    let mut got = Vec::new();
    // What begins or ends is looked at when it has.
    wait_until("all three to come to rest", || {
        got = properties("ActiveState", &units)?;
        let on_its_way = |state: &String| state.ends_with("activating");
        Ok((!got.iter().any(on_its_way)).then_some(()))
    })?;
    if got == wanted {
        return Ok(());
    }
    let failed = got.iter().position(|state| state == "failed");
    let wanted = wanted.join(", ");
    let got = Text::verbatim(got.join(", "));
    let failure = Failure::new(
        text!("site, web, mail: {wanted}, when {after}", wanted, after = Text::from(after)),
        got,
    );
    Err(match failed {
        Some(number) => failure
            .say("one of them has failed, and its journal says why")
            .journal_of(units[number]),
        None => failure,
    })
}
