//! 2.3: what it needs, and what it waits for; systemd.unit(5), `Wants=`, `Requires=`, `After=`.

use check::{
    Explain, Failure, Result, Text, Unit, install_program, properties, systemctl, text, wait_until,
};

use super::shared::{PROGRAM, Worker, Written, is_running, settle, tell};

const FILE: &str = "app.service";
const APP: Unit = Unit::named(FILE);
const DATABASE: Unit = Unit::named("database.service");
const CACHE: Unit = Unit::named("cache.service");
const REQUIRES: &str = "systemd.unit(5), Requires=";

/// The app, and what is started with it.
struct Start {
    app: Worker,
}

const TOGETHER: &str =
    "what is started together is started at once; to wait for something takes After=";

#[test]
fn begins_when_both_are_ready_and_not_before() -> Result {
    let start = Start::begin()?;
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
    match APP.property("ActiveState")?.as_str() {
        "inactive" => {}
        state => {
            return Err(Failure::new("no app, for the database has failed", Text::verbatim(state))
                .say(if APP.property("After")?.contains(DATABASE.name()) {
                    "Wants= brings the database along, and takes its failure lightly; Requires= \
                     does not"
                } else {
                    TOGETHER
                })
                .man(REQUIRES)
                .at_setting(FILE, "Wants="));
        }
    }
    // The next try is a new one: the database comes up.
    APP.begin_start()?;
    settle()?;
    start
        .becomes_ready(DATABASE)
        .say("the app was asked for once more, and the database is not started once more")?;
    start.runs("the database failed once and is ready now, and the app does not begin")
}

#[test]
fn goes_down_with_the_database() -> Result {
    let start = Start::begin()?;
    start.becomes_ready(CACHE)?;
    start.is_held("while the database is not ready")?;
    start.becomes_ready(DATABASE)?;
    start.runs("both are ready, and the app does not begin")?;
    DATABASE.stop()?;
    settle()?;
    match APP.property("ActiveState")?.as_str() {
        "inactive" => {}
        state => {
            return Err(Failure::new(
                "an app that was stopped with its database",
                Text::verbatim(state),
            )
            .say(match state {
                "active" => "the app works on, without the database that it cannot do without",
                _ => "to stop it is to end well: it was not at rest afterwards",
            })
            .man(REQUIRES)
            .at_setting(FILE, "[Unit]"));
        }
    }
    let before = start.app.wait_for_run()?;
    APP.begin_start()?;
    settle()?;
    start.is_held("while its database comes up once more")?;
    start.becomes_ready(DATABASE)?;
    // An app that stops the cache with itself has it started anew.
    if CACHE.property("ActiveState")? == "activating" {
        start.becomes_ready(CACHE)?;
    }
    start
        .app
        .wait_for_run_after(Some(&before))
        .say("the first start worked, and the second did not")
        .map(drop)
}

#[test]
fn runs_without_the_cache() -> Result {
    const LIKE: &str =
        "the app would like a cache, and can do without one: that is Wants=, not Requires=";
    let start = Start::begin()?;
    start.becomes_ready(DATABASE)?;
    start.fails(CACHE)?;
    start.runs(LIKE)
}

#[test]
fn runs_on_with_nothing_to_end_it() -> Result {
    let start = Start::begin()?;
    start.becomes_ready(CACHE)?;
    start.becomes_ready(DATABASE)?;
    start.runs("both are ready, and the app does not begin")?;
    Written::as_named(FILE).lasts()?;
    CACHE.stop()?;
    settle()?;
    match APP.property("ActiveState")?.as_str() {
        "active" => Ok(()),
        state => Err(Failure::new("an app that runs on without the cache", Text::verbatim(state))
            .say(match state {
                "inactive" => {
                    "the cache was stopped, and took the app along: the app can do \
                               without it"
                }
                _ => {
                    "the app is not up: Type=oneshot waits for the end of the program, others \
                      for a sign of it"
                }
            })
            .man(REQUIRES)
            .at_setting(FILE, "[Unit]")),
    }
}

impl Start {
    #[track_caller]
    fn install() -> Result<Self> {
        let app = Worker::install(FILE, &[DATABASE.name(), CACHE.name()], |written| {
            install_program("stand-in")?;
            written.runs_only(PROGRAM, "")
        })?;
        Ok(Start { app })
    }

    /// Asks for the app, and expects the others to be on their way too.
    #[track_caller]
    fn begin() -> Result<Self> {
        let start = Start::install()?;
        APP.begin_start()?;
        settle()?;
        let others = [DATABASE, CACHE];
        for (unit, state) in others.iter().zip(properties("ActiveState", &others)?) {
            if state != "activating" {
                return Err(Failure::new(
                    text!("{unit} to be started with the app", unit),
                    Text::verbatim(state),
                )
                .say(if APP.property("Conflicts")?.contains(unit.name()) {
                    text!("Conflicts= stops {unit}: one of the two can be there, not both", unit)
                } else {
                    text!(
                        "nothing brings {unit} along; After= and Before= only put in order what \
                         is started anyway",
                        unit
                    )
                })
                .man("systemd.unit(5), Wants=")
                .at_setting(FILE, "After="));
            }
        }
        Ok(start)
    }

    /// Fails if the app runs already; "inactive" is also what it is while it waits its turn.
    fn is_held(&self, when: &'static str) -> Result {
        match APP.property("ActiveState")?.as_str() {
            "inactive" => Ok(()),
            state => Err(Failure::new(
                text!("an app that waits, {when}", when = Text::from(when)),
                Text::verbatim(state),
            )
            .say(TOGETHER)
            .man("systemd.unit(5), After=")
            .at_setting(FILE, "After=")),
        }
    }

    fn runs(&self, otherwise: &'static str) -> Result {
        let run = self
            .app
            .wait_for_run()
            .say(otherwise)
            .man("systemd.unit(5), Wants=")
            .at_setting(FILE, "Requires=")?;
        is_running(&run.pid, PROGRAM).at_setting(FILE, "ExecStart=")
    }

    /// Has one of the stand-ins come up.
    fn becomes_ready(&self, unit: Unit<'_>) -> Result {
        end(unit, 0)?;
        wait_until(text!("{unit} to be up", unit), || {
            Ok((unit.property("ActiveState")? == "active").then_some(()))
        })
        .journal_of(unit)?;
        settle()
    }

    /// Has one of them fail. Somebody may start it once more at once, as Upholds= does.
    fn fails(&self, unit: Unit<'_>) -> Result {
        let invocation = unit.property("InvocationID")?;
        end(unit, 1)?;
        wait_until(text!("{unit} to fail", unit), || {
            let [state, now] = unit.properties(["ActiveState", "InvocationID"])?;
            Ok((state == "failed" || now != invocation).then_some(()))
        })?;
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
