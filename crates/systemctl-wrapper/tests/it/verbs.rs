//! What single verbs do and say, beside systemctl(1) where it has the same.

use crate::harness::{lab, says, write_files};

const UNITS: &str = "
== /etc/systemd/system/one.service
[Service]
Type=exec
ExecStart=/bin/sleep infinity
== /etc/systemd/system/two.service
[Service]
Type=exec
ExecStart=/bin/sleep infinity
== /etc/systemd/system-generators/made
#!/bin/sh
printf '[Service]\\nExecStart=/bin/sleep infinity\\n' > $1/made.service
";

#[test]
fn help_lists_the_verbs_and_each_verb_has_its_own() {
    let Some(lab) = lab("help_lists_the_verbs_and_each_verb_has_its_own") else { return };
    let (help, status) = says(&lab, "$W help");
    assert_eq!(status, 0);
    for other in ["--help", "-h", "help -q", "--user --help"] {
        assert_eq!(says(&lab, &format!("$W {other}")), (help.clone(), 0), "{other}");
    }
    let lines = help.lines().skip_while(|line| !line.starts_with("Verbs")).skip(1);
    let verbs: Vec<&str> = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(verbs.len() > 40 && verbs.contains(&"start"), "{verbs:?}");
    for verb in verbs {
        let (said, status) = says(&lab, &format!("$W {verb} --help"));
        assert!(said.contains(&format!("Usage: systemctl-wrapper {verb}")), "{said}");
        assert!(said.contains("Exit status:"), "{said}");
        assert_eq!((says(&lab, &format!("$W help {verb}")), status), ((said, 0), 0));
    }
}

#[test]
fn the_tree_of_all_processes_is_systemctls() {
    let Some(lab) = lab("the_tree_of_all_processes_is_systemctls") else { return };
    write_files(&lab, UNITS);
    // Of the services: beside them, each of the two sees itself.
    let (said, _) = says(
        &lab,
        "systemctl start one two
         systemctl status | sed -n '/─system.slice$/,$p' > /tmp/theirs
         $W status | sed -n '/─system.slice$/,$p' > /tmp/ours
         grep -c two.service /tmp/ours; diff /tmp/theirs /tmp/ours",
    );
    assert_eq!(said, "1\n");
}

#[test]
fn settings_are_set_as_systemctl_sets_them() {
    let Some(lab) = lab("settings_are_set_as_systemctl_sets_them") else { return };
    write_files(&lab, UNITS);
    for settings in [
        "TasksMax=10% MemoryMax=1G",
        "CPUWeight=idle CPUQuota=12.5%",
        "TasksMax= CPUQuota= MemoryHigh=infinity",
        "IOAccounting=yes DevicePolicy=strict ManagedOOMSwap=kill",
    ] {
        let (said, _) = says(
            &lab,
            &format!(
                "systemctl set-property one {settings}; $W -q set-property two {settings}
                 show() {{ systemctl show $1 | grep -E '^(Tasks|Memory|CPU|IO|Device|Managed)'; }}
                 show one > /tmp/theirs; show two > /tmp/ours
                 diff /tmp/theirs /tmp/ours"
            ),
        );
        assert_eq!(said, "", "{settings}");
    }
}

#[test]
fn what_changed_on_disk_is_told_setting_by_setting() {
    let Some(lab) = lab("what_changed_on_disk_is_told_setting_by_setting") else { return };
    write_files(&lab, UNITS);
    // The first drop-in of a unit is one that an old manager does not miss. Nice= is what the lab
    // was started with.
    let (nice, _) = says(&lab, "systemctl start one; systemctl show -P Nice one");
    let nice = format!("  -Nice={}", nice.trim());
    let (said, _) = says(
        &lab,
        "mkdir /etc/systemd/system/one.service.d
         printf '[Unit]\\nDescription=Other\\n[Service]\\nNice=3\\nUMask=0022\\nPrivateTmp=on\\n\
             Restart=no\\nTasksMax=50%%\\nIgnoreSIGPIPE=yes\\nStartLimitBurst=7\\n' \
             > /etc/systemd/system/one.service.d/new.conf
         $W start one 2>&1 > /dev/null",
    );
    let told = [
        "one.service has changed on disk since it was read: daemon-reload, or --reload, reads it again",
        "  new: /etc/systemd/system/one.service.d/new.conf",
        "  -Description=one.service",
        "  +Description=Other",
        &nice,
        "  +Nice=3",
        "  -PrivateTmp=no",
        "  +PrivateTmp=on",
        "  -StartLimitBurst=5",
        "  +StartLimitBurst=7",
        "",
    ];
    assert_eq!(said, told.join("\n"));
}

#[test]
fn each_question_is_explained_and_the_answer_stays_as_it_is() {
    let Some(lab) = lab("each_question_is_explained_and_the_answer_stays_as_it_is") else { return };
    for words in [
        "is-active dbus",
        "is-failed dbus",
        "is-system-running",
        "show -p Id dbus",
        "list-units",
        "list-unit-files",
        "list-jobs",
        "list-timers",
        "list-sockets",
        "list-dependencies dbus",
        "cat dbus",
        "get-default",
        "show-environment",
        "graph dbus",
        "blame",
    ] {
        let script = format!(
            "$W {words} > /tmp/plain; $W --explain {words} 2> /tmp/told > /tmp/explained
             cmp /tmp/plain /tmp/explained; head --lines=1 /tmp/told"
        );
        let (said, _) = says(&lab, &script);
        assert!(said.starts_with("D-Bus: org.freedesktop."), "{words}: {said}");
    }
}

#[test]
fn several_units_are_edited_at_once() {
    let Some(lab) = lab("several_units_are_edited_at_once") else { return };
    write_files(&lab, UNITS);
    let (said, status) =
        says(&lab, "printf '[Service]\\nNice=5\\n' | $W edit --stdin --drop-in=nice one two");
    assert!(said.contains("one.service.d/nice.conf") && said.contains("two.service"), "{said}");
    assert_eq!(status, 0);
    // The editor gets a file for each, and one that is left alone is not installed.
    let (said, status) = says(
        &lab,
        "printf '#!/bin/sh\\nprintf \"[Service]\\nNice=7\\n\" > $2\\n' > /tmp/editor
         chmod +x /tmp/editor; EDITOR=/tmp/editor $W edit one two
         systemctl show --property=Nice --value one two; ls /etc/systemd/system/*.service.d",
    );
    assert!(said.contains("nothing to change: /etc/systemd/system/one.service.d"), "{said}");
    assert!(said.contains("\n5\n\n7\n"), "{said}");
    assert!(!said.contains("edit-"), "{said}");
    assert_eq!(status, 0);
    // A template is none of them, and has a file and drop-ins all the same.
    let (said, status) = says(
        &lab,
        "printf '[Service]\\nExecStart=/bin/sleep %%i\\n' > /etc/systemd/system/many@.service
         printf '[Service]\\nNice=9\\n' | $W -q edit --stdin --drop-in=nice many@
         systemctl show --property=Nice --value many@1; $W cat many@ > /tmp/ours
         systemctl cat many@ | diff - /tmp/ours && grep -c '^#' /tmp/ours; $W cat nosuch@",
    );
    assert_eq!(said, "9\n2\nsystemctl-wrapper: there are no files for nosuch@.service\n");
    assert_eq!(status, 1);
    let (said, status) = says(&lab, "echo x | $W edit --stdin one nobody-knows-it");
    assert!(said.contains("there is no such unit"), "{said}");
    assert_eq!(status, 1);
}

#[test]
fn units_that_programs_made_are_called_so() {
    let Some(lab) = lab("units_that_programs_made_are_called_so") else { return };
    write_files(&lab, UNITS);
    let (said, _) = says(
        &lab,
        "chmod +x /etc/systemd/system-generators/made; systemctl daemon-reload
         systemd-run --quiet --unit=passing sleep infinity
         $W is-enabled -l made passing; $W enable made; $W enable passing; $W status passing",
    );
    assert!(said.contains("generated\n  a generator makes it at each boot"), "{said}");
    assert!(said.contains("transient\n  it was made over D-Bus"), "{said}");
    assert_eq!(said.matches("its file was made by a program").count(), 2, "{said}");
    assert!(said.contains("Transient: yes"), "{said}");
}

#[test]
fn an_isolation_on_paper_is_the_one_that_comes() {
    let Some(lab) = lab("an_isolation_on_paper_is_the_one_that_comes") else { return };
    write_files(
        &lab,
        &format!(
            "{UNITS}== /etc/systemd/system/alone.target
[Unit]
AllowIsolate=yes
Requires=basic.target
After=basic.target
Wants=two.service
"
        ),
    );
    let (said, _) = says(
        &lab,
        "systemctl start one two
         active() { systemctl list-units --plain --no-legend --state=active | cut -d' ' -f1 | sort; }
         $W isolate --dry-run alone.target | sed -n 's/^  stop //p' | sort > /tmp/paper
         active > /tmp/before; systemctl isolate alone.target; active > /tmp/after
         comm -23 /tmp/before /tmp/after > /tmp/stopped; diff /tmp/paper /tmp/stopped
         cat /tmp/stopped",
    );
    assert_eq!(said, "multi-user.target\none.service\n");
}

#[test]
fn jobs_say_for_which_others_they_wait() {
    let Some(lab) = lab("jobs_say_for_which_others_they_wait") else { return };
    write_files(
        &lab,
        "
== /etc/systemd/system/first.service
[Service]
Type=oneshot
ExecStart=/bin/sleep infinity
== /etc/systemd/system/second.service
[Unit]
After=first.service
[Service]
Type=oneshot
ExecStart=/bin/true
== /etc/systemd/system/third.service
[Unit]
After=first.service second.service
[Service]
Type=oneshot
ExecStart=/bin/true
",
    );
    // systemctl pads the lines with a tab and dashes, and has the jobs in no order.
    let (said, _) = says(
        &lab,
        "systemctl start --no-block first second third
         for words in --after --before '--after --before' '--before second.service'; do
             systemctl list-jobs $words | sed 's/\t//; s/ *- *-$//' | tr -s ' ' | sort > /tmp/theirs
             $W list-jobs $words | tr -s ' ' | sort > /tmp/ours
             grep -c 'for job\\|blocking job' /tmp/ours; diff /tmp/theirs /tmp/ours
         done
         $W list-jobs -o json --before third | tr -cs '[:alpha:]_' ' '",
    );
    let json = " job unit third service type start state waiting waiting_for job unit first service \
                type start state running job unit second service type start state waiting ";
    assert_eq!(said, format!("3\n3\n6\n1\n{json}"));
}

#[test]
fn is_system_running_waits_for_the_end_of_the_boot() {
    let Some(lab) = lab("is_system_running_waits_for_the_end_of_the_boot") else { return };
    // The boot of a user's manager can be held up as long as it takes.
    write_files(
        &lab,
        "
== /etc/systemd/user/held.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'read line < /tmp/held'
== /etc/systemd/user/default.target.d/held.conf
[Unit]
Wants=held.service
After=held.service
",
    );
    let (said, _) = says(
        &lab,
        "mkfifo -m 666 /tmp/held
         systemctl start user@0
         export XDG_RUNTIME_DIR=/run/user/0
         $W --user is-system-running
         timeout 40 $W --user is-system-running --wait > /tmp/waited & waiter=$!
         until busctl --user --list | grep -q systemctl-wrapp || ! kill -0 $waiter; do :; done
         cat /tmp/waited; echo go > /tmp/held; wait $waiter; echo $?; cat /tmp/waited",
    );
    assert_eq!(said, "starting\n0\nrunning\n");
}

#[test]
fn what_a_unit_wants_to_know_is_asked_on_the_terminal() {
    let Some(lab) = lab("what_a_unit_wants_to_know_is_asked_on_the_terminal") else { return };
    write_files(
        &lab,
        "
== /etc/systemd/system/asks.service
[Service]
Type=oneshot
ExecStart=sh -c 'systemd-ask-password --timeout=60 \"Which word?\" > /run/word'
",
    );
    // script(1) is the terminal; what is typed comes when the question has been asked.
    let (said, status) = says(
        &lab,
        "mkfifo /tmp/keys; touch /tmp/said
         script -qefc \"$W start asks\" /tmp/said < /tmp/keys > /dev/null & job=$!
         exec 3> /tmp/keys
         until grep -q 'Which word' /tmp/said; do kill -0 $job || exit 1; sleep 0.05; done
         echo sesame >&3; wait $job; status=$?; cat /run/word; exit $status",
    );
    assert_eq!((said.as_str(), status), ("sesame\n", 0));
}
