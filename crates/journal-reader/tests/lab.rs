//! In the lab, with its own journald: what it has written is read as journalctl reads it, a line
//! shows as soon as it is written, and the digest's units load and do their work.

#![allow(clippy::unwrap_used)] // A panic is how a test reports.

use std::path::Path;
use std::time::Duration;

use lab::{Access, Bind, Lab, Options};

/// Nothing takes so long, but for a machine that is very busy.
const LIMIT: Duration = Duration::from_secs(60);

/// A lab with the program in it; `None`, said aloud, where none can run.
fn boot(promise: &str) -> Option<Lab> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_journal-reader")).to_owned();
    let directory = program.parent().unwrap().to_owned();
    let bind = |path| Bind { path, access: Access::ReadOnly };
    let options =
        Options { binds: vec![bind(root.clone()), bind(directory)], ..Options::default() };
    match Lab::boot(&options) {
        Ok(lab) => {
            answer(&lab, &format!("install {} /usr/local/bin/", program.display()));
            answer(
                &lab,
                &format!("cp {}/units/journal-reader/* /etc/systemd/system/", root.display()),
            );
            Some(lab)
        }
        Err(error) => {
            lab::not_proved(promise, &error.to_string().replace('\n', " "));
            None
        }
    }
}

/// What bash answers in the lab, on both streams.
#[track_caller]
fn answer(lab: &Lab, typed: &str) -> String {
    let mut command = lab.command("bash");
    command.args(["-c", &format!("exec 2>&1\nexport TZ=UTC\n{typed}")]).current_dir("/");
    let output = command.output(LIMIT).unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn reads_what_journald_writes_as_journalctl_does() {
    let Some(lab) = boot("reads_what_journald_writes_as_journalctl_does") else { return };
    let long = "for i in $(seq 300); do \
                  echo \"<$((i % 8))>line $i $(head -c $((i * 7)) /dev/zero | tr '\\0' x)\"; \
                done";
    answer(&lab, &format!("{{ {long}; }} | systemd-cat --identifier long; journalctl --sync"));
    answer(&lab, "journalctl --rotate; echo after | systemd-cat; journalctl --sync");
    for options in [
        "-b",
        "-o short-full",
        "-o verbose",
        "-o export",
        "-p 3",
        "-t long",
        "-u init.scope",
        "-k",
        "-r",
        "-n 20",
        "-g 'line 1'",
        "-x",
        "-F _SYSTEMD_UNIT",
        "--list-boots",
        "--disk-usage",
        "-m",
        "-a",
        "-F PRIORITY",
    ] {
        let differs = answer(
            &lab,
            &format!(
                "diff <(journalctl --no-pager {options}) <(journal-reader {options}) && echo same"
            ),
        );
        assert_eq!(differs, "same", "{options}");
    }
    let verified = answer(&lab, "journal-reader --verify");
    assert!(verified.lines().count() == 2 && !verified.contains("FAIL"), "{verified}");
}

#[test]
fn a_line_that_is_written_shows_within_the_moment() {
    let Some(lab) = boot("a_line_that_is_written_shows_within_the_moment") else { return };
    // The reader's own clock: when it printed the line, less the time that the line itself has. The
    // best of twenty, for a machine may be busy; what is tried is that nobody waits for a next
    // look.
    let typed = "
journal-reader -f -n 0 -o export -t follow | grep --line-buffered -a ^__REALTIME |
while IFS== read _ at; do
  echo $(( $(date +%s%6N) - at ))
done > /tmp/delays &
for i in $(seq 200); do pidof journal-reader > /dev/null && break; sleep 0.05; done
for i in $(seq 20); do echo $i | systemd-cat --identifier follow; sleep 0.05; done
for i in $(seq 200); do [ $(wc -l < /tmp/delays) = 20 ] && break; sleep 0.05; done
sort -n /tmp/delays | head -n 1; wc -l < /tmp/delays";
    let answered = answer(&lab, typed);
    let numbers: Vec<i64> = answered.lines().map(|line| line.trim().parse().unwrap()).collect();
    assert_eq!(numbers[1], 20, "each line has come");
    assert!(numbers[0] < 100_000, "{} µs from the journal to the pipe", numbers[0]);
}

#[test]
fn the_digest_is_written_in_its_sandbox() {
    let promise = "the_digest_is_written_in_its_sandbox";
    let Some(lab) = boot(promise) else { return };
    let checked = answer(
        &lab,
        "systemd-analyze verify --man=no /etc/systemd/system/error-digest.* && echo fine",
    );
    assert_eq!(checked, "fine");
    if answer(&lab, "systemd-tmpfiles --create --prefix=/var/log/journal && echo yes") != "yes" {
        return lab::not_proved(promise, "this lab has one user id");
    }
    answer(
        &lab,
        "echo 'the disk is full' | systemd-cat --priority err --identifier disk; journalctl --sync",
    );
    let typed = "systemctl daemon-reload; systemctl start error-digest && \
                 cat /var/lib/error-digest/digest.html";
    let page = answer(&lab, typed);
    assert!(page.contains("the disk is full") && page.ends_with("</html>"), "{page}");
    let may = answer(&lab, "systemd-analyze security --no-pager error-digest.service | tail -n 1");
    assert!(may.contains("SAFE"), "{may}");
    let timer = answer(
        &lab,
        "systemctl start error-digest.timer && systemctl is-active error-digest.timer",
    );
    assert_eq!(timer, "active");
}
