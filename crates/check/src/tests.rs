//! What the library promises to the checks.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use nix::sys::signal::Signal;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::capture::{self, Capture};
use crate::command::output_by;
use crate::systemctl::run;
use crate::{
    Clock, Directory, Explain, Failure, LogFile, PATIENCE, Pipe, Result, Running, limits,
    submission, time_span,
};

/// A shell that does what a submission might do, with the same limits.
fn shell(script: &str) -> Running {
    let mut command = Command::new("sh");
    command.args(["-c", script]).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    limits::confine(&mut command, None);
    Running::new(command.spawn().unwrap())
}

fn failure(result: Result<impl Sized>) -> Failure {
    result.err().expect("a failure was provoked")
}

#[test]
fn a_command_that_hangs_is_ended_in_time() {
    let begin = Instant::now();
    let output = output_by(Command::new("sleep").arg("3600"), begin + Duration::from_millis(50));
    assert!(output.unwrap().is_none());
}

#[test]
fn a_command_that_hangs_is_named() {
    let failure = failure(run("sleep", &["3600"]));
    assert_eq!(failure.explanation.expected.english(), "`sleep 3600` to work");
    assert_eq!(failure.got(), format!("no end of `sleep 3600` within {PATIENCE:?}"));
}

#[test]
fn a_command_may_say_more_than_a_pipe_holds_on_both_streams() {
    let script = "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero; exit 3";
    let deadline = Instant::now() + Duration::from_secs(60);
    let output = output_by(Command::new("sh").args(["-c", script]), deadline).unwrap().unwrap();
    assert_eq!((output.stdout.len(), output.stderr.len()), (300_000, 300_000));
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn the_first_words_are_kept() {
    let failure = Failure::new("a", "b").say("near").say("far").man("open(2)").man("write(2)");
    assert_eq!(failure.explanation.say.english(), "near");
    assert_eq!(failure.explanation.man.english(), "open(2)");
}

#[test]
fn a_function_is_found_by_its_name() {
    let index_of = |name: &str, source: &str| {
        source.lines().position(|line| submission::begins_function(line, name))
    };
    let source = "fn running() {}\n\npub(crate) fn run(path: &Path) {}\n    fn run() {}\n";
    assert_eq!(index_of("run", source), Some(2));
    assert_eq!(index_of("walk", source), None);
    assert_eq!(index_of("b", "async fn a() {}\n// fn b()\nconst fn b() {}"), Some(2));
}

#[test]
fn a_line_counts_when_it_is_whole() {
    let directory = Directory::private().unwrap();
    let file = directory.file("f");
    assert_eq!(file.lines().unwrap(), Vec::<String>::new());
    for (text, lines) in [("a", 0), ("a\n", 1), ("a\n\nb", 2), ("a\n\nb\n", 3), ("\n", 1)] {
        fs::write(file.path(), text).unwrap();
        assert_eq!(file.lines().unwrap().len(), lines, "{text:?}");
    }
}

#[test]
fn no_link_is_followed_and_no_fifo_waited_for() {
    let directory = Directory::private().unwrap();
    let refused = |file: &LogFile| failure(file.text()).got();
    let link = directory.file("link");
    symlink("/etc/passwd", link.path()).unwrap();
    assert!(refused(&link).contains("symbolic link"));
    let fifo = directory.file("fifo");
    mkfifo(fifo.path(), Mode::S_IRWXU).unwrap();
    assert!(refused(&fifo).contains("no regular file"));
}

#[test]
fn a_capture_ends_at_its_limit() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let capture = Capture::start(reader);
    let chunk = vec![b'x'; 1 << 16];
    let refused = (0..64).find_map(|_| writer.write_all(&chunk).err());
    assert!(refused.is_some(), "the writer hears that nobody reads on");
    assert!(capture.is_full());
    assert_eq!(capture.text().len(), capture::LIMIT);
}

#[test]
fn what_was_printed_before_the_look_is_seen() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let capture = Capture::start(reader);
    for count in 1..=1000 {
        writer.write_all(b"x").unwrap();
        assert_eq!(capture.text().len(), count);
    }
}

#[test]
fn an_end_is_seen_with_its_status_and_its_words() {
    let ended = shell("echo out; echo err >&2; exit 7").end(PATIENCE).unwrap();
    assert_eq!(ended.status.code(), Some(7));
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("out\n", "err\n"));
    let mut killed = shell("sleep 60");
    killed.signal(Signal::SIGTERM).unwrap();
    assert_eq!(killed.end(PATIENCE).unwrap().status.signal(), Some(15));
}

#[test]
fn waiting_ends_when_the_program_does() {
    let start = Instant::now();
    let failure =
        failure(shell("echo sorry >&2; exit 1").wait_until("the impossible", |_| Ok(None::<()>)));
    assert!(start.elapsed() < PATIENCE);
    assert_eq!(failure.got(), "the program has ended (exit status: 1); it said: sorry");
}

#[test]
fn a_flood_of_output_is_stopped_and_said() {
    for script in [
        "exec yes",
        "trap '' PIPE; while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done 2>/dev/null; sleep 60",
    ] {
        let failure = failure(shell(script).end(Duration::from_secs(30)));
        assert!(failure.got().contains("more than 1 MiB"), "{}", failure.got());
    }
}

#[test]
fn what_it_has_started_ends_with_it() {
    let directory = Directory::private().unwrap();
    let file = directory.file("pid");
    let mut running = shell(&format!("sleep 1000 & echo $! > {}; wait", file.path().display()));
    let lines = running.wait_for_lines(&file, 1).unwrap();
    assert!(is_alive(&lines[0]));
    drop(running);
    // SIGKILL needs a moment.
    let deadline = Instant::now() + PATIENCE;
    while is_alive(&lines[0]) && Instant::now() < deadline {
        std::thread::sleep(crate::patience::POLL);
    }
    assert!(!is_alive(&lines[0]));
}

#[test]
fn writes_are_counted_while_it_is_stopped() {
    let directory = Directory::private().unwrap();
    let file = directory.file("lines");
    let script = format!("while :; do echo a >> {}; done", file.path().display());
    let mut running = shell(&script);
    running.wait_for_lines(&file, 10).unwrap();
    running.freeze().unwrap();
    let count = (file.lines().unwrap().len(), running.writes().unwrap());
    assert_eq!(count.0, count.1);
    assert_eq!(file.lines().unwrap().len(), count.0, "it is stopped");
}

#[test]
fn naps_tell_sleep_from_looking_at_the_clock() {
    let naps = |script: &str| {
        let directory = Directory::private().unwrap();
        let file = directory.file("lines");
        let script = format!("while :; do echo a >> {}; {script}; done", file.path().display());
        let mut running = shell(&script);
        running.wait_for_lines(&file, 20).unwrap();
        running.naps().unwrap()
    };
    assert!(naps("sleep 0.01") >= 19);
    assert!(naps("i=0; while [ $i -lt 10000 ]; do i=$((i+1)); done") < 10);
}

#[test]
fn no_rights_are_gained() {
    let status = shell("cat /proc/self/status").end(PATIENCE).unwrap().stdout;
    for line in ["NoNewPrivs:\t1", "CapBnd:\t0000000000000000", "CapEff:\t0000000000000000"] {
        // An ordinary user can't drop what it hasn't got: the bounding set stays.
        if line.starts_with("CapBnd") && !nix::unistd::geteuid().is_root() {
            continue;
        }
        assert!(status.contains(line), "{line} in {status}");
    }
}

#[test]
fn no_file_outgrows_the_limit() {
    let directory = Directory::private().unwrap();
    let file = directory.file("big");
    let ended = shell(&format!("exec cat /dev/zero > {}", file.path().display()))
        .end(Duration::from_secs(30))
        .unwrap();
    assert_eq!(ended.status.signal(), Some(Signal::SIGXFSZ as i32));
    let mut bytes = Vec::new();
    File::open(file.path()).unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, limits::FILE_SIZE);
}

#[test]
fn no_memory_without_end() {
    let ended = shell("x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done").end(Duration::from_secs(30));
    assert!(!ended.unwrap().status.success());
}

fn is_alive(pid: &str) -> bool {
    // A zombie that nobody has waited for yet is dead as well.
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[test]
fn a_time_span_is_read_as_systemd_prints_it() {
    #[track_caller]
    fn check(words: &str, millis: Option<u64>) {
        assert_eq!(time_span(words), millis.map(Duration::from_millis), "{words}");
    }
    check("1min 30s", Some(90_000));
    check("100ms", Some(100));
    check("1d 1.5s", Some(86_401_500));
    check("0", Some(0));
    check("soon", None);
    assert_eq!(time_span("infinity"), Some(Duration::MAX));
}

#[test]
fn a_clock_is_set_for_one_program() {
    let clock = Clock::new().unwrap();
    let year = |clock: &Clock| {
        let date = Command::new("date").args(["-u", "+%Y"]).envs(clock.env()).output().unwrap();
        String::from_utf8(date.stdout).unwrap()
    };
    for (seconds, shown) in [(86_400 * 40, "1970\n"), (4_000_000_000, "2096\n")] {
        clock.set(UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
        let before = clock.asked().unwrap();
        assert_eq!(year(&clock), shown);
        assert!(clock.asked().unwrap() > before);
    }
}

#[test]
fn an_hour_passes_in_a_moment_whatever_it_is_waited_by() {
    let clock = Clock::new().unwrap();
    clock.hurry(10_000).unwrap();
    let start = Instant::now();
    let test = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::waits_an_hour_in_each_way", "--ignored"])
        .envs(clock.env())
        .output()
        .unwrap();
    assert!(test.status.success(), "{}", String::from_utf8_lossy(&test.stdout));
    assert!(start.elapsed() < Duration::from_secs(1800));
}

/// Run by the test above, in a process of its own.
#[test]
#[ignore = "takes three hours unless time is made to pass faster"]
fn waits_an_hour_in_each_way() {
    let hour = Duration::from_secs(3600);
    let (_sender, nobody) = mpsc::channel::<()>();
    let ways: [&dyn Fn(); 3] =
        [&|| std::thread::sleep(hour), &|| std::thread::park_timeout(hour), &|| {
            let _ = nobody.recv_timeout(hour);
        }];
    for wait in ways {
        let (start, wall) = (Instant::now(), SystemTime::now());
        wait();
        // Time goes on, at its own speed, while the program is waited for to run again.
        assert!(start.elapsed() >= hour && wall.elapsed().unwrap() >= hour);
    }
}

#[test]
fn what_does_not_fit_into_a_pipe_waits_and_a_piece_of_it_does_not() {
    let directory = Directory::private().unwrap();
    let file = directory.file("fifo");
    mkfifo(file.path(), Mode::S_IRWXU).unwrap();
    let mut pipe = Pipe::open(&file).unwrap();
    let write = |text: &'static str| {
        let file = file.clone();
        std::thread::spawn(move || {
            fs::OpenOptions::new()
                .append(true)
                .open(file.path())
                .unwrap()
                .write_all(text.as_bytes())
        })
    };
    pipe.fill(4).unwrap();
    write("line").join().unwrap().unwrap();
    assert_eq!(pipe.len().unwrap(), 4);
    assert_eq!(pipe.drain().unwrap(), "line");
    pipe.fill(4).unwrap();
    let whole = write("line\n");
    assert!(pipe.is_empty().unwrap());
    let mut seen = String::new();
    while seen.is_empty() {
        seen = pipe.drain().unwrap();
    }
    assert_eq!(seen, "line\n");
    whole.join().unwrap().unwrap();
}
