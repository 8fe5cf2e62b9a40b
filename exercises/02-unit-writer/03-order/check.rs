//! 2.3: what it needs, and what it waits for; systemd.unit(5), `Wants=`, `Requires=`, `After=`.

use check::{Explain, Failure, Result, Text, Unit, install_program, properties, systemctl, text};

use super::shared::{Worker, settle, tell};

const FILE: &str = "app.service";
const DATABASE: Unit = Unit::named("database.service");
const CACHE: Unit = Unit::named("cache.service");
const REQUIRES: &str = "systemd.unit(5), Requires=";

/// The app, being started, and what was started with it.
struct Start {
    app: Worker,
}

#[test]
fn begins_when_both_are_ready_and_not_before() -> Result {
    let start = Start::begin()?;
    settle()?;
    start.is_held("while neither is ready")?;
    start.becomes_ready(DATABASE)?;
    start.is_held("while the cache is not ready")?;
    start.becomes_ready(CACHE)?;
    start.runs("both are ready, and the app does not begin")
}

#[test]
fn does_not_begin_without_the_database() -> Result {
    let start = Start::begin()?;
    start.becomes_ready(CACHE)?;
    start.fails(DATABASE)?;
    match start.state()?.as_str() {
        "inactive" => Ok(()),
        state => Err(Failure::new("no app, for the database has failed", Text::verbatim(state))
            .say("Wants= brings the database along, and takes its failure lightly; Requires= does not")
            .man(REQUIRES)
            .at_setting(FILE, "Wants=")),
    }
}

#[test]
fn goes_down_with_the_database() -> Result {
    let start = Start::begin()?;
    start.becomes_ready(CACHE)?;
    start.becomes_ready(DATABASE)?;
    start.runs("both are ready, and the app does not begin")?;
    DATABASE.stop()?;
    settle()?;
    match start.state()?.as_str() {
        "inactive" => Ok(()),
        state => {
            Err(Failure::new("an app that was stopped with its database", Text::verbatim(state))
                .say("the app works on, without the database that it cannot do without")
                .man(REQUIRES)
                .at_setting(FILE, "[Unit]"))
        }
    }
}

#[test]
fn runs_without_the_cache() -> Result {
    let start = Start::begin()?;
    start.becomes_ready(DATABASE)?;
    start.fails(CACHE)?;
    start.runs("the app would like a cache, and can do without one: that is Wants=, not Requires=")
}

#[test]
fn brings_both_along() -> Result {
    Start::begin().map(drop)
}

impl Start {
    /// Asks for the app, and expects the others to be on their way too.
    #[track_caller]
    fn begin() -> Result<Self> {
        install_program("stand-in")?;
        let app = Worker::install(FILE, &[DATABASE.name(), CACHE.name()])?;
        let start = Start { app };
        start.app.unit().begin_start()?;
        settle()?;
        let others = [DATABASE, CACHE];
        for (unit, state) in others.iter().zip(properties("ActiveState", &others)?) {
            if state != "activating" {
                let expected = text!("{unit} to be started with the app", unit);
                return Err(Failure::new(expected, Text::verbatim(state))
                    .say(text!(
                        "nothing brings {unit} along; After= and Before= only put in order what is \
                         started anyway",
                        unit,
                    ))
                    .man("systemd.unit(5), Wants=")
                    .at_setting(FILE, "After="));
            }
        }
        Ok(start)
    }

    /// Whether the app runs; "inactive" is also what it is while it waits its turn.
    fn state(&self) -> Result<String> {
        self.app.unit().property("ActiveState")
    }

    fn is_held(&self, when: &'static str) -> Result {
        match self.state()?.as_str() {
            "inactive" => Ok(()),
            state => Err(Failure::new(
                text!("an app that waits, {when}", when = Text::from(when)),
                Text::verbatim(state),
            )
            .say("what is started together is started at once; to wait for something takes After=")
            .man("systemd.unit(5), After=")
            .at_setting(FILE, "After=")),
        }
    }

    fn runs(&self, otherwise: &'static str) -> Result {
        self.app
            .wait_for_run()
            .map(drop)
            .say(otherwise)
            .man("systemd.unit(5), Wants=")
            .at_setting(FILE, "Requires=")
    }

    /// Has one of the stand-ins come up.
    fn becomes_ready(&self, unit: Unit<'_>) -> Result {
        end(unit, 0)?;
        unit.wait_for("ActiveState", "active")?;
        settle()
    }

    /// Has one of them fail.
    fn fails(&self, unit: Unit<'_>) -> Result {
        end(unit, 1)?;
        unit.wait_for("ActiveState", "failed")?;
        settle()
    }
}

impl Drop for Start {
    fn drop(&mut self) {
        let all = [FILE, DATABASE.name(), CACHE.name()];
        let _ = systemctl(&[&["stop"], &all[..]].concat());
        let _ = systemctl(&[&["reset-failed"], &all[..]].concat());
    }
}

fn end(unit: Unit<'_>, status: u8) -> Result {
    tell(&format!("/run/{}", unit.name().trim_end_matches(".service")), status)
}
