//! Levels, tracing's own macros, the `log` crate, and other layers beside ours.

use std::io::{self, Write};
use std::process;
use std::sync::{Arc, Mutex};

use leveled_logger::{
    FileMode, FileSink, Level, apply_levels, basic_config, critical, debug, get_logger, info, log,
    root,
};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::{at_root, child, child_directory, lines};

#[track_caller]
fn in_child(name: &str) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let output = child(name, directory.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    lines(&directory.path().join("x.log"))
}

#[test]
fn tracing_and_log_arrive_beside_our_own_macros() {
    if let Some(directory) = child_directory() {
        basic_config()
            .filename(directory.join("x.log"))
            .level(Level::INFO)
            .format("%(levelname)s:%(name)s:%(funcName)s:%(message)s")
            .apply()
            .unwrap();
        info!("ours");
        critical!(logger: get_logger("app.db"), code = 7, "gone");
        tracing::info!(target: "app::web", user = "ada", "theirs");
        tracing::debug!("not shown");
        ::log::warn!(target: "app::old", "the old way");
        ::log::debug!("not shown");
        apply_levels("app.web=debug").unwrap();
        tracing::debug!(target: "app::web", "now shown");
        tracing::trace!(target: "app::web", "not shown");
        log!(25, "between");
        process::exit(0);
    }
    let function = "tracing_and_log_arrive_beside_our_own_macros";
    assert_eq!(
        in_child("levels::tracing_and_log_arrive_beside_our_own_macros"),
        [
            format!("INFO:root:{function}:ours"),
            format!("CRITICAL:app.db:{function}:gone code=7"),
            "INFO:app.web:(unknown function):theirs user=ada".to_owned(),
            "WARNING:app.old:(unknown function):the old way".to_owned(),
            "DEBUG:app.web:(unknown function):now shown".to_owned(),
            format!("Level 25:root:{function}:between"),
        ]
    );
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn our_levels_do_not_silence_another_layer() {
    if let Some(directory) = child_directory() {
        let theirs = Shared::default();
        let writer = theirs.clone();
        let fmt =
            tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || writer.clone());
        tracing_subscriber::registry().with(fmt).with(leveled_logger::layer()).init();
        at_root(FileSink::open(directory.join("x.log"), FileMode::Append).unwrap());
        root().set_level(Level::ERROR);
        tracing::debug!("for the other layer");
        tracing::error!("for both");
        debug!("for nobody: our own macro looks at our own level");
        critical!(logger: get_logger("app"), "from our macro, for both");
        let theirs = String::from_utf8(theirs.0.lock().unwrap().clone()).unwrap();
        assert_eq!(theirs.lines().count(), 3, "{theirs}");
        assert!(theirs.contains("from our macro, for both logger=app"), "{theirs}");
        process::exit(0);
    }
    assert_eq!(
        in_child("levels::our_levels_do_not_silence_another_layer"),
        ["for both", "from our macro, for both"]
    );
}

#[test]
fn an_environment_variable_sets_many_levels() {
    if let Some(directory) = child_directory() {
        let config =
            basic_config().filename(directory.join("x.log")).format("%(name)s %(levelname)s");
        config.levels_from_env("LEVELS").apply().unwrap();
        debug!(logger: get_logger("app.db.pool"), "shown");
        debug!(logger: get_logger("app"), "not shown");
        info!(logger: get_logger("quiet"), "not shown");
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    let mut command = child("levels::an_environment_variable_sets_many_levels", directory.path());
    let status = command.env("LEVELS", "info, app.db=debug,quiet=error,app=30").status().unwrap();
    assert!(status.success());
    assert_eq!(lines(&directory.path().join("x.log")), ["app.db.pool DEBUG"]);
}
