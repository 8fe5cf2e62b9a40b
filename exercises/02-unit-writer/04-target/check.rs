//! 2.4: one name for several; systemd.target(5), and systemd.unit(5), `PartOf=`.

use check::{Explain, Failure, Result, Text, Unit, install, properties, systemctl, text};

use super::shared::settle;

const SITE: Unit = Unit::named("site.target");
const WEB: Unit = Unit::named("web.service");
const MAIL: Unit = Unit::named("mail.service");
const UNITS: [Unit; 3] = [SITE, WEB, MAIL];
const PART_OF: &str = "systemd.unit(5), PartOf=";

#[test]
fn a_start_of_the_target_starts_both() -> Result {
    install_site()?;
    SITE.start()?;
    expect([true; 3], "site.target was started")
        .say("a target brings up what it wants: Wants= in the target, or WantedBy=site.target in [Install] of a member, which is then enabled")
        .man("systemd.unit(5), Wants= and WantedBy=")
        .at_setting(WEB.name(), "WantedBy=")
}

#[test]
fn a_stop_of_the_target_stops_both() -> Result {
    install_site()?;
    systemctl(&["start", SITE.name(), WEB.name(), MAIL.name()])?;
    SITE.stop()?;
    expect([false; 3], "site.target was stopped")
        .say("Wants= is about starting only; a stop is passed on to those who say that they are part of the target")
        .man(PART_OF)
        .at_setting(WEB.name(), "PartOf=")
}

#[test]
fn either_can_be_started_alone() -> Result {
    install_site()?;
    WEB.start()?;
    expect([false, true, false], "web.service was started")
        .say("to start one member brought the target along, or did not last: a member is to be part of the target, and need not have it up")
        .man(PART_OF)
        .at_setting(WEB.name(), "[Unit]")
}

#[test]
fn either_can_be_stopped_alone() -> Result {
    install_site()?;
    systemctl(&["start", SITE.name(), WEB.name(), MAIL.name()])?;
    WEB.stop()?;
    expect([true, false, true], "web.service was stopped")
        .say("what requires a unit is stopped with it, and so the target went, with all the rest; a target that only wants its members stays")
        .man("systemd.unit(5), Requires=")
        .at_setting(SITE.name(), "Requires=")
}

mod after_reboot {
    use super::{Explain, Result, SITE, expect};

    #[test]
    fn the_site_is_up() -> Result {
        expect([true; 3], "the lab was rebooted")
            .say(
                "nothing that is part of a boot wants the target: it needs an [Install] of its own",
            )
            .man("systemd.special(7), multi-user.target")
            .at_setting(SITE.name(), "WantedBy=")
    }
}

/// Installs and enables all three, and stops whatever runs of them.
fn install_site() -> Result {
    install(&UNITS.map(|unit| unit.name()))?;
    for unit in [WEB, MAIL] {
        unit.runs_only("/usr/bin/sleep")?;
    }
    systemctl(&["enable", SITE.name(), WEB.name(), MAIL.name()])?;
    systemctl(&["stop", SITE.name(), WEB.name(), MAIL.name()]).map(drop)
}

/// Fails unless the units are up as `wanted`, in the order of [`UNITS`].
fn expect(wanted: [bool; 3], after: &'static str) -> Result {
    settle()?;
    let got = properties("ActiveState", &UNITS)?;
    let wanted = wanted.map(|up| if up { "active" } else { "inactive" });
    if got == wanted {
        return Ok(());
    }
    let (wanted, after) = (wanted.join(", "), Text::from(after));
    let expected = text!("site, web, mail: {wanted}, when {after}", wanted, after);
    Err(Failure::new(expected, Text::verbatim(got.join(", "))))
}
