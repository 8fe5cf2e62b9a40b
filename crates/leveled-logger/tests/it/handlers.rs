//! Handlers beyond a plain file.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::process;
use std::sync::Arc;
use std::time::{Duration, Instant};

use leveled_logger::{
    AppenderSink, Batched, Encoding, FileMode, FileSink, Handler, JournalSink, Level, MemorySink,
    RotatingSink, StreamSink, SyslogAddress, SyslogFormat, SyslogSink, WatchedSink, critical,
    debug, error, info, reopen_on_hangup, root, warning,
};
use nix::sys::signal::{Signal, raise};
use serde_json::Value;

use super::{at_root, child, child_directory, lines};

#[track_caller]
fn in_child(name: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let output = child(name, directory.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    directory
}

#[test]
fn rotation_loses_no_line_with_four_threads_and_in_a_batch() {
    if let Some(directory) = child_directory() {
        at_root(RotatingSink::open(directory.join("x.log"), 10_000, 100).unwrap());
        at_root(Batched::new(RotatingSink::open(directory.join("y.log"), 10_000, 100).unwrap()));
        let say =
            |thread: u32| move || (0..500).for_each(|line| info!("thread {thread} line {line}"));
        let threads: Vec<_> = (0..4).map(|thread| std::thread::spawn(say(thread))).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        process::exit(0);
    }
    let directory = in_child("handlers::rotation_loses_no_line_with_four_threads_and_in_a_batch");
    for base in ["x.log", "y.log"] {
        let mut all = Vec::new();
        for entry in fs::read_dir(directory.path()).unwrap().map(Result::unwrap) {
            if entry.file_name().to_str().unwrap().starts_with(base) {
                assert!(entry.metadata().unwrap().len() < 10_000);
                all.extend(lines(&entry.path()));
            }
        }
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 2000, "{base}");
    }
}

#[test]
fn a_watched_file_follows_its_name_and_a_hangup() {
    if let Some(directory) = child_directory() {
        let path = directory.join("x.log");
        reopen_on_hangup();
        at_root(WatchedSink::open(&path).unwrap());
        info!("one");
        fs::rename(&path, directory.join("x.log.1")).unwrap();
        info!("two");
        // The directory is gone: the lines go on into the file that is open.
        raise(Signal::SIGHUP).unwrap();
        info!("three");
        process::exit(0);
    }
    let directory = in_child("handlers::a_watched_file_follows_its_name_and_a_hangup");
    assert_eq!(lines(&directory.path().join("x.log.1")), ["one"]);
    assert_eq!(lines(&directory.path().join("x.log")), ["two", "three"]);
}

#[test]
fn memory_holds_back_until_an_error() {
    if let Some(directory) = child_directory() {
        let path = directory.join("x.log");
        at_root(MemorySink::new(
            FileSink::open(&path, FileMode::Append).unwrap(),
            100,
            Level::ERROR,
        ));
        debug!("what led to it");
        assert!(lines(&path).is_empty());
        error!("it");
        assert_eq!(lines(&path), ["what led to it", "it"]);
        info!("the end");
        process::exit(0);
    }
    let directory = in_child("handlers::memory_holds_back_until_an_error");
    assert_eq!(lines(&directory.path().join("x.log")).last().unwrap(), "the end");
}

#[test]
fn json_lines_have_all_and_can_be_read() {
    if let Some(directory) = child_directory() {
        let sink = FileSink::open(directory.join("x.log"), FileMode::Append).unwrap();
        root().add_handler(&Arc::new(Handler::new(sink).with_encoding(Encoding::Json)));
        let failure = io::Error::other("boom");
        warning!(user = "a \"b\"\n", n = 7, share = 0.5, level = true, exc_info = %failure, "hello\u{1b}");
        process::exit(0);
    }
    let directory = in_child("handlers::json_lines_have_all_and_can_be_read");
    let all = lines(&directory.path().join("x.log"));
    let line: Value = serde_json::from_str(&all[0]).unwrap();
    assert_eq!(
        (&line["level"], &line["levelno"], &line["logger"]),
        (&"WARNING".into(), &30.into(), &"root".into())
    );
    assert_eq!(
        (&line["user"], &line["n"], &line["share"]),
        (&"a \"b\"\n".into(), &7.into(), &0.5.into())
    );
    assert_eq!((&line["level_"], &line["exc_info"]), (&true.into(), &"boom".into()));
    assert_eq!(line["function"], "json_lines_have_all_and_can_be_read");
    assert!(!all[0].contains('\u{1b}') && line["message"] == "hello\u{1b}");
}

#[test]
fn syslog_in_both_forms_over_every_way() {
    let old = || SyslogFormat::Rfc3164 { app: "my app".to_owned() };
    let new = || SyslogFormat::Rfc5424 { host: "host".to_owned(), app: "app".to_owned() };
    if let Some(directory) = child_directory() {
        let read = |name: &str| fs::read_to_string(directory.join(name)).unwrap();
        let local = SyslogAddress::Local(directory.join("log"));
        at_root(SyslogSink::connect(local, old()).unwrap());
        at_root(SyslogSink::connect(SyslogAddress::Udp(read("udp")), new()).unwrap());
        at_root(SyslogSink::connect(SyslogAddress::Tcp(read("tcp")), new()).unwrap());
        critical!(user = "a]\"", "gone");
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    let local = UnixDatagram::bind(directory.path().join("log")).unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    fs::write(directory.path().join("udp"), udp.local_addr().unwrap().to_string()).unwrap();
    fs::write(directory.path().join("tcp"), tcp.local_addr().unwrap().to_string()).unwrap();
    let name = "handlers::syslog_in_both_forms_over_every_way";
    let running = child(name, directory.path()).spawn().unwrap();
    let pid = running.id();
    let mut buffer = [0; 1000];
    let text = |length: io::Result<usize>, buffer: &[u8]| {
        String::from_utf8(buffer[..length.unwrap()].to_vec()).unwrap()
    };
    let length = local.recv(&mut buffer);
    let got = text(length, &buffer);
    assert!(
        got.starts_with("<10>") && got.ends_with(&format!(" my_app[{pid}]: gone user=\"a]\\\"\"")),
        "{got}"
    );
    let length = udp.recv(&mut buffer);
    let got = text(length, &buffer);
    let rest = format!("Z host app {pid} - [fields@32473 user=\"a\\]\\\"\"] gone user=\"a]\\\"\"");
    assert!(got.starts_with("<10>1 ") && got.ends_with(&rest), "{got}");
    let mut stream = BufReader::new(tcp.accept().unwrap().0);
    let mut count = Vec::new();
    stream.read_until(b' ', &mut count).unwrap();
    let count: usize = String::from_utf8(count).unwrap().trim().parse().unwrap();
    let mut framed = String::new();
    stream.read_to_string(&mut framed).unwrap();
    assert_eq!((count, &framed), (got.len(), &got.replace(&got[6..33], &framed[6..33])));
    assert!(running.wait_with_output().unwrap().status.success());
}

#[test]
fn a_stopped_journal_never_keeps_the_caller() {
    if let Some(directory) = child_directory() {
        let sink = JournalSink::connect_to(&directory.join("socket"), "test").unwrap();
        let handler = Arc::new(Handler::new(sink));
        root().add_handler(&handler);
        root().set_level(Level::DEBUG);
        // The kernel's queue takes a few hundred; ours some megabytes; the rest is counted.
        let begin = Instant::now();
        let text = "x".repeat(1000);
        const COUNT: u32 = 20_000;
        (0..COUNT).for_each(|_| info!("{text}"));
        // Waiting for the journal even once would take for ever, for nobody reads.
        assert!(begin.elapsed() / COUNT < Duration::from_millis(1));
        assert!(handler.lost() > 0);
        println!("lost {}", handler.lost());
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    let journal = UnixDatagram::bind(directory.path().join("socket")).unwrap();
    let mut running = child("handlers::a_stopped_journal_never_keeps_the_caller", directory.path())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut stdout = BufReader::new(running.stdout.take().unwrap());
    while !said.contains("lost") {
        said.clear();
        assert!(stdout.read_line(&mut said).unwrap() > 0, "{running:?}");
    }
    // Now it is read: the program writes the rest at its end, and says how many are missing.
    let mut buffer = vec![0; 256 << 10];
    let (mut entries, mut note) = (0, String::new());
    journal.set_read_timeout(Some(super::PATIENCE)).unwrap();
    while note.is_empty() {
        let length = journal.recv(&mut buffer).unwrap();
        // What waited comes in packets of many entries.
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        entries += text.matches("MESSAGE=").count() as u32;
        if text.contains("were lost here") {
            note = text;
        }
    }
    let lost: u32 = said.trim().rsplit_once(' ').unwrap().1.parse().unwrap();
    assert!(note.starts_with(&format!("MESSAGE={lost} entries were lost here")), "{note}");
    assert_eq!(entries - 1 + lost, 20_000);
    assert!(running.wait().unwrap().success());
}

#[test]
fn standard_error_gets_priorities_only_when_the_journal_reads_it() {
    const NAME: &str = "handlers::standard_error_gets_priorities_only_when_the_journal_reads_it";
    if child_directory().is_some() {
        at_root(StreamSink::new(io::stderr));
        warning!(exc_info = "two\nlines", "careful");
        process::exit(0);
    }
    let directory = tempfile::tempdir().unwrap();
    let file = fs::File::create(directory.path().join("stderr")).unwrap();
    use std::os::unix::fs::MetadataExt as _;
    let meta = file.metadata().unwrap();
    let right = format!("{}:{}", meta.dev(), meta.ino());
    let wrong = format!("{}:{}", meta.dev(), meta.ino() + 1);
    for (stream, expected) in [
        (right, "<4>careful\n<4>    two\n<4>    lines\n"),
        (wrong, "careful\n    two\n    lines\n"),
        ("nonsense".to_owned(), "careful\n    two\n    lines\n"),
    ] {
        file.set_len(0).unwrap();
        let stderr =
            fs::OpenOptions::new().append(true).open(directory.path().join("stderr")).unwrap();
        let mut command = child(NAME, directory.path());
        assert!(command.env("JOURNAL_STREAM", stream).stderr(stderr).status().unwrap().success());
        assert_eq!(fs::read_to_string(directory.path().join("stderr")).unwrap(), expected);
    }
}

#[test]
fn a_rolling_file_of_tracing_appender_is_a_sink() {
    if let Some(directory) = child_directory() {
        at_root(AppenderSink::new(tracing_appender::rolling::never(&directory, "x.log")));
        info!("rolled");
        process::exit(0);
    }
    let directory = in_child("handlers::a_rolling_file_of_tracing_appender_is_a_sink");
    assert_eq!(lines(&directory.path().join("x.log")), ["rolled"]);
}
