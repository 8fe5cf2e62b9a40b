//! Units that nobody should start, and the check starts: they run as the lab's root, and the check is
//! out of their reach.

use std::fs;
use std::time::Duration;

use super::learner::{Learner, Verdict};
use crate::project::can_boot;

/// Longer than this, and a learner thinks that it hangs.
const AT_MOST: Duration = Duration::from_secs(30);

/// Hands in a worker that is another program, with this script for it, to 2.1.
fn worker_does(script: &str) -> Verdict {
    let learner = Learner::start_with("2.1", "02-unit-writer/01-three-sections");
    let unit = format!(
        "[Unit]\nDescription=A worker of its own kind\n[Service]\n\
         BindReadOnlyPaths=/bin/sh:/usr/local/bin/worker\n\
         ExecStart=/usr/local/bin/worker -c '{script}'\n[Install]\nWantedBy=multi-user.target\n"
    );
    fs::write(learner.exercise().join("worker.service"), unit).unwrap();
    let verdict = learner.checks();
    assert!(verdict.took < AT_MOST, "{:?}", verdict.took);
    verdict
}

#[test]
fn a_lab_that_is_gone_is_a_verdict() {
    if can_boot("a_lab_that_is_gone_is_a_verdict") {
        let verdict = worker_does("systemctl poweroff; sleep 60");
        verdict.refused("a start puts the worker to work");
        assert_eq!(verdict.why(), "", "it was tried: {:#}", verdict.json);
    }
}

#[test]
fn what_kills_all_that_it_can_does_not_reach_the_check() {
    if can_boot("what_kills_all_that_it_can_does_not_reach_the_check") {
        let verdict = worker_does("kill -9 -1; exec sleep 60");
        verdict.refused("a start puts the worker to work");
        assert!(!verdict.json.to_string().contains("the check was ended"), "{:#}", verdict.json);
    }
}

#[test]
fn programs_and_mounts_of_the_lab_do_not_answer_for_systemd() {
    if can_boot("programs_and_mounts_of_the_lab_do_not_answer_for_systemd") {
        // Each of them would say yes to all that is asked.
        let forged = "printf \"#!/bin/sh\\nexit 0\\n\" > /run/yes; chmod 755 /run/yes; \
             for p in systemctl systemd-analyze journalctl timeout; do \
             cp /run/yes /usr/local/sbin/$$p; mount --bind /run/yes /usr/bin/$$p; done; \
             exec sleep 60";
        worker_does(forged).refused("a start puts the worker to work");
    }
}
