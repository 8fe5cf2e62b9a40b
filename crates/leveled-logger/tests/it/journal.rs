//! The journal of a real systemd: what arrives there, and what happens while it is stopped.

use std::process;
use std::sync::Arc;
use std::time::{Duration, Instant};

use leveled_logger::{
    Handler, JournalSink, Level, critical, debug, error, info, log, root, warning,
};
use serde_json::Value;

use super::child_directory;
use super::in_lab::{lab, sh};

fn to_journal() -> Arc<Handler> {
    let handler = Arc::new(Handler::new(JournalSink::connect("leveled-test").unwrap()));
    root().add_handler(&handler);
    root().set_level(Level::DEBUG);
    handler
}

#[test]
fn entries_have_priority_fields_and_place_however_large_they_are() {
    const NAME: &str = "journal::entries_have_priority_fields_and_place_however_large_they_are";
    if child_directory().is_some() {
        let handler = to_journal();
        debug!("d");
        info!(user = "ada", "user id" = 5, _hidden = true, message_id = "x", "two\nlines");
        warning!("w");
        error!(exc_info = "boom", "e");
        critical!("c");
        log!(60, "above");
        info!("{}", "x".repeat(600 << 10));
        assert_eq!(handler.lost(), 0);
        process::exit(0);
    }
    let Some(lab) = lab(NAME) else { return };
    let script = "$TEST >&2 && journalctl --sync && journalctl --all --output=json SYSLOG_IDENTIFIER=leveled-test";
    let said = sh(&lab, NAME, script);
    let entries: Vec<Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let priorities: Vec<&str> =
        entries.iter().map(|entry| entry["PRIORITY"].as_str().unwrap()).collect();
    assert_eq!(priorities, ["7", "6", "4", "3", "2", "1", "6"]);
    let second = &entries[1];
    assert_eq!((&second["MESSAGE"], &second["USER"]), (&"two\nlines".into(), &"ada".into()));
    assert_eq!((&second["USER_ID"], &second["F_HIDDEN"]), (&"5".into(), &"true".into()));
    assert_eq!(
        second["CODE_FUNC"],
        "entries_have_priority_fields_and_place_however_large_they_are"
    );
    assert!(second["CODE_FILE"].as_str().unwrap().ends_with("journal.rs"), "{second}");
    assert_eq!(entries[3]["EXCEPTION_TEXT"], "boom");
    assert_eq!(entries[6]["MESSAGE"].as_str().unwrap().len(), 600 << 10);
}

#[test]
fn a_journald_that_is_stopped_keeps_nobody_and_tells_afterwards() {
    const NAME: &str = "journal::a_journald_that_is_stopped_keeps_nobody_and_tells_afterwards";
    const COUNT: u32 = 30_000;
    if child_directory().is_some() {
        let handler = to_journal();
        let text = "x".repeat(400);
        let mut slow = 0;
        let begin = Instant::now();
        for _ in 0..COUNT {
            let before = Instant::now();
            info!("{text}");
            // On a busy machine the scheduler may take the thread away for a while, now and then.
            slow += u32::from(before.elapsed() > Duration::from_millis(1));
        }
        assert!(
            slow < COUNT / 100 && begin.elapsed() < Duration::from_secs(20),
            "{slow} calls took more than 1 ms"
        );
        assert!(handler.lost() > 0);
        println!("lost {}", handler.lost());
        // Now somebody wakes the journal, and the program may end.
        process::Command::new("systemctl")
            .args(["kill", "--signal=CONT", "systemd-journald"])
            .status()
            .unwrap();
        process::exit(0);
    }
    let Some(lab) = lab(NAME) else { return };
    // The journal's own limit on what one service may say would get in the way.
    let script = "mkdir -p /etc/systemd/journald.conf.d
        printf '[Journal]\\nRateLimitBurst=0\\n' > /etc/systemd/journald.conf.d/all.conf
        systemctl restart systemd-journald
        systemctl kill --signal=STOP systemd-journald
        $TEST | grep -o 'lost [0-9]*'
        journalctl --sync
        journalctl --output=cat SYSLOG_IDENTIFIER=leveled-test | sed 's/xxx*/x/' | sort | uniq -c";
    let said = sh(&lab, NAME, script);
    let words: Vec<&str> = said.split_whitespace().collect();
    // "lost L", then "L entries were lost here" once, and the rest of them there.
    let lost: u32 = words[1].parse().unwrap();
    assert!(said.contains(&format!("1 {lost} entries were lost here")), "{said}");
    assert!(said.contains(&format!(" {} x\n", COUNT - lost)), "{said}");
}
