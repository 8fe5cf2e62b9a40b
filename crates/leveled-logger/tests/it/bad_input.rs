//! What goes wrong around a logger, and what it says then.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{self, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use leveled_logger::{
    About, Batched, Error, FileMode, FileSink, Formatter, Handler, Level, Sink, StreamSink, Style,
    apply_levels, basic_config, get_logger, info, root,
};

use super::{at_root, batched, child, child_directory, lines};

#[track_caller]
fn refused(format: &str, style: Style, column: usize, words: &str) {
    match Formatter::new(format, None, style) {
        Err(error @ Error::BadFormat { column: at, .. }) => {
            assert_eq!(at, column, "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
        other => panic!("{format:?}: {other:?}"),
    }
}

#[test]
fn a_bad_format_is_refused_at_once_with_its_column() {
    refused("%(levelname)s %(message)d", Style::Percent, 15, "needs a number, not text");
    refused("%(message)s 100%", Style::Percent, 16, "write %% for the sign");
    refused("%(message)y", Style::Percent, 11, "'y' is no conversion");
    refused("%(message", Style::Percent, 1, "never closed");
    refused("%(message)99999999999999999999s", Style::Percent, 11, "is more than 10000");
    refused("no field", Style::Percent, 1, "%(message)s is one");
    refused("ñ{message:Q}", Style::Brace, 11, "no specifier");
    refused("{message", Style::Brace, 1, "never closed");
    refused("{message} }", Style::Brace, 11, "single }");
    refused("{levelname:d}", Style::Brace, 1, "needs a number, not text");
    refused("$message $", Style::Dollar, 10, "bare $");
}

#[test]
fn bad_words_are_named_with_their_cure() {
    let said = |error: Error| error.to_string();
    let level = "info".parse::<Level>().unwrap_err();
    assert_eq!(
        said(level),
        "unknown level \"info\": use DEBUG, INFO, WARNING, ERROR or CRITICAL, in capitals, or a number"
    );
    assert_eq!(said("#".parse::<Style>().unwrap_err()), "unknown style \"#\": use %, { or $");
    assert!(said("r".parse::<FileMode>().unwrap_err()).contains("use a to append"));
    assert!(said(apply_levels("app=loud").unwrap_err()).contains("\"app=loud\""));
    assert!(said(apply_levels("=debug").unwrap_err()).contains("no name of a logger"));
    assert!(said(apply_levels("a..b=debug").unwrap_err()).contains("no name of a logger"));
}

#[test]
fn a_file_that_cannot_be_opened_is_named_with_the_cause() {
    let directory = tempfile::tempdir().unwrap();
    let open = |path: &Path, mode| FileSink::open(path, mode).unwrap_err().to_string();
    let missing = directory.path().join("no/such/x.log");
    let cure = format!(
        "No such file or directory; mkdir -p {} makes its directory",
        missing.parent().unwrap().display()
    );
    assert!(open(&missing, FileMode::Append).ends_with(&cure));
    assert!(open(directory.path(), FileMode::Append).ends_with("Is a directory"));
    let there = directory.path().join("x.log");
    fs::write(&there, "").unwrap();
    assert!(open(&there, FileMode::New).ends_with("File exists; filemode a appends to it"));
    // Also root can't make a file there.
    assert!(
        open(Path::new("/proc/x.log"), FileMode::Append).starts_with("cannot open /proc/x.log: ")
    );
}

#[test]
fn two_places_at_once_are_refused() {
    let both = basic_config().filename("x.log").stream(StreamSink::new(io::stdout)).apply();
    assert!(both.unwrap_err().to_string().contains("cannot be given together"));
}

#[test]
fn a_full_disk_is_said_once_and_every_line_is_counted() {
    const NAME: &str = "bad_input::a_full_disk_is_said_once_and_every_line_is_counted";
    if child_directory().is_some() {
        let direct = at_root(FileSink::open("/dev/full", FileMode::Append).unwrap());
        let batch = at_root(Batched::new(FileSink::open("/dev/full", FileMode::Append).unwrap()));
        (0..1000).for_each(|line| info!("line {line}"));
        leveled_logger::flush();
        assert_eq!((direct.lost(), batch.lost()), (1000, 1000));
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    let output = child(NAME, directory.path()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(
        stderr.matches("cannot write to /dev/full: No space left on device").count(),
        2,
        "{stderr}"
    );
}

/// Fails as long as it is told to.
struct Moody(Arc<AtomicBool>);

impl Sink for Moody {
    fn write_line(&self, _: &[u8], _: About) -> io::Result<()> {
        let fails = self.0.load(Ordering::Relaxed);
        if fails { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn place(&self) -> String {
        "the moody sink".to_owned()
    }
}

#[test]
fn a_sink_that_recovers_goes_on_and_says_what_is_missing() {
    const NAME: &str = "bad_input::a_sink_that_recovers_goes_on_and_says_what_is_missing";
    if child_directory().is_some() {
        let fails = Arc::new(AtomicBool::new(true));
        let handler = at_root(Moody(Arc::clone(&fails)));
        (0..3).for_each(|line| info!("line {line}"));
        fails.store(false, Ordering::Relaxed);
        (0..3).for_each(|line| info!("line {line}"));
        assert_eq!(handler.lost(), 3);
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    let output = child(NAME, directory.path()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.contains("the moody sink works again; 3 lines were lost"), "{stderr}");
}

#[test]
fn a_closed_standard_error_and_a_broken_pipe_are_no_trouble() {
    const NAME: &str = "bad_input::a_closed_standard_error_and_a_broken_pipe_are_no_trouble";
    if child_directory().is_some() {
        let stdout = at_root(StreamSink::new(io::stdout));
        at_root(StreamSink::new(io::stderr));
        // SAFETY: nobody else uses the descriptor here, for this process has one test.
        unsafe { libc::close(2) };
        (0..1000).for_each(|line| info!("line {line}"));
        // Whoever read standard output is gone.
        process::exit(if stdout.lost() > 0 { 11 } else { 12 });
    }
    let directory = tempfile::tempdir().unwrap();
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let mut command = child(NAME, directory.path());
    let status = command.arg("--quiet").stdout(writer).stderr(Stdio::piped()).status().unwrap();
    // libtest itself prints a line first, and panics when nobody reads it; only our own exit is of
    // interest.
    assert!(status.code() == Some(11) || status.code() == Some(101), "{status}");
}

#[test]
fn a_message_of_100_mb_arrives_whole_and_in_its_turn() {
    if let Some(directory) = child_directory() {
        batched(&directory.join("batched.log"));
        at_root(FileSink::open(directory.join("direct.log"), FileMode::Append).unwrap());
        info!("before");
        info!("{}", "x".repeat(100 << 20));
        info!("after");
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    let status =
        child("bad_input::a_message_of_100_mb_arrives_whole_and_in_its_turn", directory.path())
            .status();
    assert!(status.unwrap().success());
    for name in ["batched.log", "direct.log"] {
        let lengths: Vec<usize> =
            lines(&directory.path().join(name)).iter().map(String::len).collect();
        assert_eq!(lengths, [6, 100 << 20, 5], "{name}");
    }
}

#[test]
fn a_forged_line_stays_one_line() {
    if let Some(directory) = child_directory() {
        let path = directory.join("x.log");
        at_root(FileSink::open(&path, FileMode::Append).unwrap());
        info!(user = "eve\nERROR", "hello\nCRITICAL all is lost\x1b[2J\u{9b}\u{202e}");
        let plain = Formatter::new("", None, Style::Percent).unwrap().escape(false);
        let path = directory.join("plain.log");
        let raw =
            Handler::new(FileSink::open(path, FileMode::Append).unwrap()).with_formatter(plain);
        get_logger("raw").add_handler(&Arc::new(raw));
        get_logger("raw").set_propagate(false);
        info!(logger: get_logger("raw"), "two\nlines");
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    assert!(
        child("bad_input::a_forged_line_stays_one_line", directory.path())
            .status()
            .unwrap()
            .success()
    );
    let expected = r#"hello\nCRITICAL all is lost\x1b[2J\x9b\u{202e} user="eve\nERROR""#;
    assert_eq!(lines(&directory.path().join("x.log")), [expected]);
    assert_eq!(lines(&directory.path().join("plain.log")), ["two", "lines"]);
}

#[test]
fn another_subscriber_is_named_with_the_cure() {
    if child_directory().is_some() {
        tracing_subscriber::fmt().with_writer(io::sink).init();
        let error = basic_config().apply().unwrap_err();
        assert!(error.to_string().contains("add leveled_logger::layer() to it"), "{error}");
        assert!(root().handlers().is_empty());
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    assert!(
        child("bad_input::another_subscriber_is_named_with_the_cure", directory.path())
            .status()
            .unwrap()
            .success()
    );
}
