//! `--dry-run`: it says what would happen, and nothing does.

use crate::harness::{lab, says, write_files};

const UNITS: &str = "
== /etc/systemd/system/one.service
[Service]
ExecStart=/bin/sleep infinity
CacheDirectory=one
[Install]
WantedBy=multi-user.target
Alias=first.service
== /etc/systemd/system/many@.service
[Service]
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
DefaultInstance=zero
== /etc/systemd/system/broken.service
[Service]
Type=oneshot
ExecStart=/bin/false
== /opt/elsewhere.service
[Service]
ExecStart=/bin/sleep infinity
";

/// All that a command could have changed: files, processes, states, variables, the manager itself.
const LOOK: &str = "
    find /etc/systemd /run/systemd/system /var/cache -printf '%p -> %l %T@\\n' | sort
    systemctl show one broken -p MainPID,ActiveState,FreezerState,NRestarts,CPUWeight,InvocationID
    systemctl show-environment; systemctl list-jobs
    systemctl show -p UnitsLoadStartTimestampMonotonic,UserspaceTimestampMonotonic";

/// Each verb that changes something.
const CHANGES: [&str; 34] = [
    "start broken",
    "stop one",
    "restart one",
    "try-restart one",
    "reload one",
    "reload-or-restart one",
    "isolate rescue.target",
    "kill one",
    "kill -s KILL one",
    "clean broken",
    "freeze one",
    "reset-failed",
    "reset-failed broken",
    "cancel",
    "enable one",
    "enable --now --runtime one",
    "enable /opt/elsewhere.service",
    "disable --now one",
    "reenable one",
    "preset one",
    "mask --runtime one",
    "unmask one",
    "link /opt/elsewhere.service",
    "revert one",
    "add-wants sysinit.target one",
    "add-requires sysinit.target one",
    "edit one",
    "edit --stdin one",
    "daemon-reload",
    "daemon-reexec",
    "set-default rescue.target",
    "set-property one CPUWeight=7",
    "set-environment WHO=me",
    "unset-environment PATH",
];

#[test]
fn nothing_changes_in_a_dry_run() {
    let Some(lab) = lab("nothing_changes_in_a_dry_run") else { return };
    write_files(&lab, UNITS);
    says(&lab, "systemctl start one; systemctl start broken; mkdir -p /var/cache/broken");
    let before = says(&lab, LOOK);
    assert!(before.0.contains("ActiveState=failed"), "{}", before.0);
    for command in CHANGES {
        let (said, status) =
            says(&lab, &format!("echo '[Service]' | $W --dry-run --no-ask-password {command}"));
        assert!(said.starts_with("would "), "{command}: {said}");
        assert_eq!(status, 0, "{command}: {said}");
        assert_eq!(says(&lab, LOOK), before, "{command}");
    }
}

#[test]
fn what_was_said_on_paper_is_what_comes() {
    let Some(lab) = lab("what_was_said_on_paper_is_what_comes") else { return };
    write_files(&lab, UNITS);
    for (command, mark, made) in [
        ("enable one", "the link ", "made the link "),
        ("disable one", "without the link ", "removed "),
        ("enable many@", "the link ", "made the link "),
        ("disable many@", "without the link ", "removed "),
        ("enable --runtime one", "the link ", "made the link "),
        ("disable --runtime one", "without the link ", "removed "),
        ("mask --runtime one", "the link ", "made the link "),
        ("unmask --runtime one", "without the link ", "removed "),
        ("link /opt/elsewhere.service", "the link ", "made the link "),
    ] {
        let (said, _) = says(
            &lab,
            &format!(
                "$W --dry-run {command} | sed -n 's/^  {mark}//p' | sort > /tmp/paper
                 $W {command} | sed -n 's/^{made}//p' | sort > /tmp/done
                 diff /tmp/paper /tmp/done && wc -l < /tmp/done"
            ),
        );
        assert!(["1\n", "2\n"].contains(&said.as_str()), "{command}: {said}");
    }
    let (said, _) = says(&lab, "$W --dry-run mask one; $W mask one");
    assert!(said.contains("it would be refused"), "{said}");
    assert!(said.contains("already exists"), "{said}");
}
