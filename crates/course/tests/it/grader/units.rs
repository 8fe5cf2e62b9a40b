//! What is said of units; and units that nobody should start, and the check starts: they run as the
//! lab's root, and the check is out of their reach.

use std::fs;

use super::learner::{Learner, Verdict};
use crate::project::{can_boot, stdout};

/// Hands in a unit to 2.1 that is right, but runs `script` before the worker: as root of the lab,
/// and that is the learner's to choose there.
fn runs_before(script: &str) -> Verdict {
    let learner = Learner::start_with("2.1", "02-unit-writer/01-three-sections");
    let unit = format!(
        "[Unit]\nDescription=A worker of its own kind\n[Service]\n\
         ExecStartPre=/bin/sh -c '{script}'\n\
         ExecStart=/usr/local/bin/worker\n[Install]\nWantedBy=multi-user.target\n"
    );
    fs::write(learner.exercise().join("worker.service"), unit).unwrap();
    let verdict = learner.checks();
    verdict.came_in_time();
    verdict
}

/// What the first promise that was broken says, with the journal that it shows.
fn told(verdict: &Verdict) -> String {
    verdict.refused("expected");
    let promises = verdict.json["promises"].as_array().unwrap();
    promises.iter().find(|promise| promise["outcome"]["broken"].is_object()).unwrap().to_string()
}

/// The end of a script that has done all that is above it: systemd writes that down, and the check
/// reads it, after whatever the script did to both.
const DONE: &str = "exit 7";

/// Fails unless the check has read what `DONE` leaves in the journal.
fn was_done(verdict: &Verdict) {
    let told = told(verdict);
    assert!(told.contains("status=7"), "{told}");
}

#[test]
fn a_lab_that_is_gone_is_a_verdict() {
    if can_boot("a_lab_that_is_gone_is_a_verdict") {
        let verdict = runs_before("systemctl --force --force poweroff; sleep 60");
        assert_eq!(verdict.why(), "", "it was tried: {:#}", verdict.json);
        let told = told(&verdict);
        assert!(told.contains("a system that is gone"), "{told}");
    }
}

#[test]
fn what_kills_all_that_it_can_does_not_reach_the_check() {
    if can_boot("what_kills_all_that_it_can_does_not_reach_the_check") {
        // The journal is back after a moment, and takes down what comes then.
        was_done(&runs_before(&format!("kill -9 -1; sleep 1; {DONE}")));
    }
}

#[test]
fn programs_and_mounts_of_the_lab_do_not_answer_for_systemd() {
    if can_boot("programs_and_mounts_of_the_lab_do_not_answer_for_systemd") {
        // Each of them would say yes to all that is asked, and has nothing to show.
        let forged = "printf \"#!/bin/sh\\nexit 0\\n\" > /run/yes; chmod 755 /run/yes; \
             for p in systemctl systemd-analyze journalctl timeout; do \
             cp /run/yes /usr/local/sbin/$$p && mount --bind /run/yes /usr/bin/$$p || exit 1; done; \
             systemctl no-such-verb && ";
        was_done(&runs_before(&format!("{forged}{DONE}")));
    }
}

#[test]
fn code_that_the_lab_loads_into_every_program_does_not_reach_the_check() {
    if can_boot("code_that_the_lab_loads_into_every_program_does_not_reach_the_check") {
        // See ld.so(8): whatever is started ends at once and says that all is well, outside of the
        // lab too, where the numbers spell /lab/proc.
        let code = "int access(char*,int); void _exit(int); \
             char p[]={47,108,97,98,47,112,114,111,99,0}; \
             __attribute__((constructor)) void f(void){if(!access(p,0))_exit(0);}";
        let load = format!(
            "cd /run && echo \"{code}\" > x.c && cc -shared -fPIC -o x.so x.c && \
             echo /run/x.so > /etc/ld.so.preload && "
        );
        was_done(&runs_before(&format!("{load}{DONE}")));
    }
}

#[test]
fn a_verdict_on_a_unit_says_what_the_linter_knows_of_the_line() {
    if !can_boot("a_verdict_on_a_unit_says_what_the_linter_knows_of_the_line") {
        return;
    }
    let learner = Learner::start_with("2.3", "02-unit-writer/03-order");
    let unit = "[Unit]\nDescription=An app\nRequires=database\nWants=cache.service\n\
                After=database.service cache.service\n[Service]\n\
                ExecStart=/usr/local/bin/worker\n";
    fs::write(learner.exercise().join("app.service"), unit).unwrap();
    let verdict = learner.checks();
    let told = told(&verdict);
    assert!(told.contains("write \\\"database.service\\\""), "{told}");
    let text = stdout(&learner.course(&["check", "2.3"]));
    assert!(text.contains("(unit-writer check)"), "{text}");
}
