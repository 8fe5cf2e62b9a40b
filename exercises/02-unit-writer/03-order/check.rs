//! 2.3: what it needs, and what it waits for; systemd.unit(5), `Wants=`, `Requires=`, `After=`.

use check::{Explain, Failure, Known, Result, install_program, properties, systemctl};

use super::shared::{Worker, settle, tell};

const FILE: &str = "app.service";
const DATABASE: Known = Known("database.service");
const CACHE: Known = Known("cache.service");
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
        state => Err(Failure::new("no app, for the database has failed", state)
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
        state => Err(Failure::new("an app that was stopped with its database", state)
            .say("the app works on, without the database that it cannot do without")
            .man(REQUIRES)
            .at_setting(FILE, "[Unit]")),
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
        let app = Worker::install(FILE, &[DATABASE.0, CACHE.0])?;
        let start = Start { app };
        systemctl(&["start", "--no-block", FILE])?;
        settle()?;
        let others = [DATABASE, CACHE];
        for (unit, state) in others.iter().zip(properties("ActiveState", &others)?) {
            if state != "activating" {
                return Err(Failure::new(format!("{} to be started with the app", unit.0), state)
                    .say(format!("nothing brings {} along; After= and Before= only put in order what is started anyway", unit.0))
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

    fn is_held(&self, when: &str) -> Result {
        match self.state()?.as_str() {
            "inactive" => Ok(()),
            state => Err(Failure::new(format!("an app that waits, {when}"), state)
                .say("what is started together is started at once; to wait for something takes After=")
                .man("systemd.unit(5), After=")
                .at_setting(FILE, "After=")),
        }
    }

    fn runs(&self, otherwise: &str) -> Result {
        self.app
            .wait_for_run()
            .map(drop)
            .say(otherwise)
            .man("systemd.unit(5), Wants=")
            .at_setting(FILE, "Requires=")
    }

    /// Has one of the stand-ins come up.
    fn becomes_ready(&self, unit: Known<'_>) -> Result {
        end(unit, 0)?;
        unit.wait_for("ActiveState", "active")?;
        settle()
    }

    /// Has one of them fail.
    fn fails(&self, unit: Known<'_>) -> Result {
        end(unit, 1)?;
        unit.wait_for("ActiveState", "failed")?;
        settle()
    }
}

impl Drop for Start {
    fn drop(&mut self) {
        let all = [FILE, DATABASE.0, CACHE.0];
        let _ = systemctl(&[&["stop"], &all[..]].concat());
        let _ = systemctl(&[&["reset-failed"], &all[..]].concat());
    }
}

fn end(unit: Known<'_>, status: u8) -> Result {
    tell(&format!("/run/{}", unit.0.trim_end_matches(".service")), status)
}
