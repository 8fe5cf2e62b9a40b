//! A queue of signals that nobody empties: neither an answer nor a change is lost behind it.

use std::collections::HashMap;
use std::process::Command;
use std::time::{Duration, Instant};

use systemctl_wrapper::{Manager, Scope};

use crate::harness::{TIMEOUT, lab, says, write_files};

const UNITS: &str = "
== /etc/systemd/system/many@.target
[Unit]
Description=One of many
";

/// Each start and each stop brings a dozen signals: far more than the queue has room for, 1024.
const COUNT: usize = 300;

fn names() -> Vec<String> {
    (0..COUNT).map(|number| format!("many@{number}.target")).collect()
}

#[test]
fn an_answer_comes_though_the_queue_is_full_of_signals() {
    let Some(lab) = lab("an_answer_comes_though_the_queue_is_full_of_signals") else { return };
    write_files(&lab, UNITS);
    // The library itself is to be there: this program once more, with the test below.
    let mut inside = lab.command(std::env::current_exe().unwrap());
    inside.args(["--exact", "queue::inside_the_lab", "--ignored", "--nocapture"]);
    let output = inside.env("INSIDE_THE_LAB", "yes").output(TIMEOUT).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "the test above runs it in its lab"]
fn inside_the_lab() {
    assert!(std::env::var_os("INSIDE_THE_LAB").is_some(), "not on your own machine");
    let manager = Manager::connect(&Scope::System).unwrap();
    let mut watch = manager.watch(None).unwrap();
    for verb in ["start", "stop"] {
        let done = Command::new("systemctl").arg(verb).args(names()).status().unwrap();
        assert!(done.success());
    }
    // The answer stands behind all of the signals.
    assert_eq!(manager.unit_text("dbus.service", "ActiveState").unwrap(), "active");
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut last: HashMap<String, String> = HashMap::new();
    while last.values().filter(|state| *state == "inactive").count() < COUNT {
        let change = watch.next(Some(deadline)).unwrap().expect("a change that was lost");
        if change.unit.starts_with("many@") {
            last.insert(change.unit, change.active);
        }
    }
}

#[test]
fn a_watch_that_nobody_reads_goes_on_where_it_was_when_somebody_does() {
    let Some(lab) = lab("a_watch_that_nobody_reads_goes_on_where_it_was_when_somebody_does") else {
        return;
    };
    write_files(&lab, UNITS);
    let names = names().join(" ");
    // The pipe takes 64 KiB, and then the watch stands still, and the queue behind it fills.
    let (said, _) = says(
        &lab,
        &format!(
            "systemctl start {names}; mkfifo /tmp/pipe; $W watch 'many@*' > /tmp/pipe & watch=$!
             exec 3< /tmp/pipe; for (( n = 0; n < {COUNT}; n++ )); do read -r line <&3; done
             for n in 1 2 3 4 5; do systemctl restart {names}; done; systemctl stop {names}
             systemctl start many@end.target; declare -A last
             until [ \"$unit\" = many@end.target ]; do
                 read -r -t 30 unit state _ <&3 || {{ echo lost; break; }}
                 case $unit,$state in
                     many@end*) ;;
                     *,inactive) last[$unit]=x ;;
                     *) unset \"last[$unit]\" ;;
                 esac
             done
             echo ${{#last[@]}}; kill $watch"
        ),
    );
    assert!(said.ends_with(&format!("{COUNT}\n")), "{said}");
}

#[test]
fn a_watch_says_no_state_twice() {
    let Some(lab) = lab("a_watch_says_no_state_twice") else { return };
    write_files(&lab, UNITS);
    let (said, _) = says(
        &lab,
        "systemctl start many@1.target; touch /tmp/said; $W watch 'many@*' > /tmp/said & watch=$!
         until grep -q . /tmp/said; do sleep 0.02; done
         systemctl daemon-reload; systemctl start many@1.target many@2.target
         systemctl stop many@1.target
         until grep -q 'many@1.target inactive' /tmp/said; do sleep 0.02; done
         kill $watch; cat /tmp/said",
    );
    let mut last = HashMap::new();
    for (unit, state) in said.lines().filter_map(|line| line.split_once(' ')) {
        assert_ne!(last.insert(unit, state), Some(state), "{said}");
    }
    assert!(said.starts_with("many@1.target active (active)\nmany@2.target"), "{said}");
    assert!(said.ends_with("many@1.target inactive (dead)\n"), "{said}");
}
