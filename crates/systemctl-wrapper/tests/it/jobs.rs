//! Jobs: none missed, none reported wrong, whatever happens to the manager or the bus meanwhile.

use crate::harness::{lab, says, sh, write_files};

const UNITS: &str = "
== /etc/systemd/system/quick@.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
== /etc/systemd/system/wrong@.service
[Service]
Type=oneshot
ExecStart=/bin/false
== /etc/systemd/system/empty@.target
[Unit]
Description=Nothing, number %i
== /etc/systemd/system/slow.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sleep 1
== /etc/systemd/system/stubborn.service
[Service]
TimeoutStopSec=1h
ExecStart=/bin/sh -c 'trap \"\" TERM; while :; do sleep 60; done'
";

#[test]
fn a_thousand_jobs_at_once_and_none_is_missed() {
    let Some(lab) = lab("a_thousand_jobs_at_once_and_none_is_missed") else { return };
    write_files(&lab, UNITS);
    let names: Vec<String> = (0..1000).map(|number| format!("empty@{number}.target")).collect();
    let names = names.join(" ");
    let count = |verb: &str, state: &str| {
        let (said, status) = says(
            &lab,
            &format!(
                "$W {verb} {names} > /tmp/said 2> /dev/null; echo $?; grep -c '→ {state}' /tmp/said"
            ),
        );
        assert_eq!((said.as_str(), status), ("0\n1000\n", 0), "{verb}");
    };
    count("start", "active (active)");
    count("stop", "inactive (dead)");
    let (said, _) = says(&lab, "systemctl list-units --no-legend --plain 'empty@*' | wc -l");
    assert_eq!(said, "0\n");
}

#[test]
fn good_and_bad_jobs_together_are_told_apart() {
    let Some(lab) = lab("good_and_bad_jobs_together_are_told_apart") else { return };
    write_files(&lab, UNITS);
    let names: Vec<String> =
        (0..40).map(|number| format!("{}@{number}", ["quick", "wrong"][number % 2])).collect();
    let script = format!(
        "$W start {} > /tmp/said 2> /dev/null; echo $?; grep -c '→ active (exited)' /tmp/said
         grep -c 'the job: failed' /tmp/said",
        names.join(" ")
    );
    assert_eq!(says(&lab, &script).0, "1\n20\n20\n");
}

#[test]
fn a_manager_that_reloads_or_starts_itself_anew_loses_no_job() {
    let Some(lab) = lab("a_manager_that_reloads_or_starts_itself_anew_loses_no_job") else {
        return;
    };
    write_files(&lab, UNITS);
    for verb in ["daemon-reload", "daemon-reexec"] {
        let script = format!(
            "systemctl stop slow; $W start slow > /tmp/said 2>&1 & job=$!
             until systemctl list-jobs | grep -q slow; do :; done
             systemctl {verb}; wait $job; echo $?; grep -c '→ active (exited)' /tmp/said"
        );
        assert_eq!(says(&lab, &script).0, "0\n1\n", "{verb}");
    }
}

#[test]
fn a_bus_that_goes_away_is_an_error_or_a_new_connection_and_never_a_hang() {
    let Some(lab) = lab("a_bus_that_goes_away_is_an_error_or_a_new_connection_and_never_a_hang")
    else {
        return;
    };
    write_files(&lab, UNITS);
    let (said, _) = says(
        &lab,
        "$W start slow > /tmp/said 2>&1 & job=$!
         until systemctl list-jobs | grep -q slow; do :; done
         systemctl restart dbus.service; wait $job; echo $?; grep -c '→ active (exited)' /tmp/said",
    );
    assert_eq!(said, "0\n1\n");
    // And for good: the service and its socket.
    let (said, status) = says(
        &lab,
        "systemctl stop slow; timeout 20 $W start slow > /tmp/said 2>&1 & job=$!
         until systemctl list-jobs | grep -q slow; do :; done
         systemctl stop dbus.socket dbus.service; wait $job; echo $?
         grep -c 'went away' /tmp/said",
    );
    assert_eq!((said.as_str(), status), ("1\n1\n", 0));
}

#[test]
fn an_interrupt_leaves_the_job_and_says_so() {
    let Some(lab) = lab("an_interrupt_leaves_the_job_and_says_so") else { return };
    write_files(&lab, UNITS);
    sh(&lab, "systemctl start stubborn");
    let (said, _) = says(
        &lab,
        "touch /tmp/said; set -m 2> /dev/null; $W stop stubborn > /tmp/said 2>&1 & job=$!
         until grep -q 'waiting for stubborn.service, ' /tmp/said; do sleep 0.05; done
         kill -INT $job; wait $job 2> /dev/null; echo $?
         grep -c 'no longer waiting; the job goes on: stubborn.service' /tmp/said
         systemctl list-jobs --no-legend | grep -c stubborn
         systemctl kill -s KILL stubborn",
    );
    assert!(said.ends_with("130\n1\n1\n"), "{said}");
}

#[test]
fn an_interrupt_that_is_ignored_is_not_answered() {
    let Some(lab) = lab("an_interrupt_that_is_ignored_is_not_answered") else { return };
    write_files(&lab, UNITS);
    sh(&lab, "systemctl start stubborn");
    // A script's shell lets what it starts with & ignore the signal.
    let (said, _) = says(
        &lab,
        "touch /tmp/said; $W stop stubborn > /tmp/said 2>&1 & job=$!
         told() { grep -c 'waiting for stubborn.service, ' /tmp/said; }
         until [ $(told) -gt 0 ]; do sleep 0.05; done
         kill -INT $job; before=$(told)
         until [ $(told) -gt $((before + 1)) ]; do sleep 0.05; done
         grep -c 'no longer waiting' /tmp/said; systemctl kill -s KILL stubborn; wait $job",
    );
    assert_eq!(said, "0\n");
}

#[test]
fn a_unit_that_is_forgotten_at_once_still_has_its_result_read() {
    let Some(lab) = lab("a_unit_that_is_forgotten_at_once_still_has_its_result_read") else {
        return;
    };
    write_files(
        &lab,
        "
== /etc/systemd/system/conditional.service
[Unit]
ConditionPathExists=/nowhere
CollectMode=inactive-or-failed
[Service]
ExecStart=/bin/true
== /etc/systemd/system/collected.service
[Unit]
CollectMode=inactive-or-failed
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'exit 7'
",
    );
    let (said, status) = says(&lab, "$W start conditional");
    assert!(said.contains("not started: ConditionPathExists=/nowhere does not hold"), "{said}");
    assert_eq!(status, 0);
    let (said, status) = says(&lab, "$W start collected");
    assert!(said.contains("ended with 7/NOTRUNNING"), "{said}");
    assert_eq!(status, 1);
}
