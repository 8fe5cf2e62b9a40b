//! The unit files that this course shows are no decoration: systemd loads each of lesson 2's set,
//! and each does its part.

// A panic is how a test reports.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use lab::{Access, Bind, Lab, Options};

const LIMIT: Duration = Duration::from_secs(120);

const INSTALL: &str = "
install target/debug/date-daemon /usr/local/bin/
cp -r units/unit-writer/* /etc/systemd/system/
systemctl daemon-reload
systemctl -q enable dates.target var-lib-dates.mount dates.socket date-daemon@main date-daemon@quick rotate-dates@main.timer";

/// What is typed, and what has to be in the answer.
const STEPS: [(&str, &str); 13] = [
    (
        "cd /etc/systemd/system; systemd-analyze verify --man=no dates.* date* var* rot* 2>&1 | grep /etc/systemd/system/ || echo silence",
        "silence",
    ),
    // The target brings all of them up.
    (
        "systemctl start dates.target; systemctl is-active dates.socket date-daemon@main rotate-dates@main.timer | uniq",
        "active",
    ),
    ("findmnt --noheadings --output OPTIONS /var/lib/dates", "size=1024k"),
    // The drop-in changes one instance of the template.
    ("systemctl show --property=ExecStart date-daemon@quick", "quick.log --interval 1s"),
    ("systemctl show --property=ExecStart date-daemon@main", "main.log ;"),
    // The timer knows its night.
    ("systemctl show --property=NextElapseUSecRealtime rotate-dates@main.timer", " 03:00:00"),
    (
        // The daemon hears of it by a signal, which waits for nobody.
        "cd /var/lib/dates; systemctl start rotate-dates@main.service; timeout 60 sh -c 'until test -e main.log; do sleep 0.01; done'; ls | xargs",
        "main.log main.log.1 quick.log",
    ),
    // All members but the mount, which keeps its dates, go with the target.
    (
        "systemctl stop dates.target; systemctl is-active dates.socket date-daemon@main rotate-dates@main.timer | uniq",
        "inactive",
    ),
    // The first connection starts the daemon, and is served by it.
    ("systemctl start dates.socket; systemctl is-active date-daemon@main", "inactive"),
    ("head --lines=1 < /dev/tcp/127.0.0.1/13", ":"),
    ("systemctl is-active date-daemon@main", "active"),
    // Enabled is enabled.
    ("systemctl list-dependencies --plain multi-user.target", "dates.target"),
    ("systemctl --failed --plain --no-legend | grep . || echo none", "none"),
];

#[test]
fn the_set_of_lesson_2_works_together() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "date-daemon"])
        .current_dir(&root)
        .status();
    assert!(built.unwrap().success(), "cargo build --package date-daemon");
    let options = Options {
        binds: vec![Bind { path: root.clone(), access: Access::ReadOnly }],
        ..Options::default()
    };
    let lab = match Lab::boot(&options) {
        Ok(lab) => lab,
        Err(error) => {
            return lab::not_proved(
                "the_set_of_lesson_2_works_together",
                &error.to_string().replace('\n', " "),
            );
        }
    };
    answer(&lab, &root, &format!("set -e{INSTALL}"));
    for (typed, expected) in STEPS {
        let answer = answer(&lab, &root, typed);
        assert!(answer.contains(expected), "{typed}\nexpected {expected:?}, got {answer:?}");
    }
}

/// What bash answers in the lab, on both streams.
fn answer(lab: &Lab, directory: &Path, typed: &str) -> String {
    let mut command = lab.command("bash");
    command.args(["-c", &format!("exec 2>&1\n{typed}")]).current_dir(directory);
    let output = command.output(LIMIT).unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
