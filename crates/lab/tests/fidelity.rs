//! What lessons rely on, each tried in a lab of its own, in each mode. Where a mode cannot, the
//! test proves that too.

mod support;

use lab::Mode;
use support::{Place, can, run, said};

/// Words that the scripts below use.
const WORDS: &str = r#"
set -euo pipefail
export SYSTEMD_PAGER= SYSTEMD_COLORS=0
unit() { cat > "/etc/systemd/system/$1"; systemctl daemon-reload; }
hello() { printf '[Service]\nExecStart=sh -c "echo hello from unit; exec sleep 1000"\n[Install]\nWantedBy=multi-user.target\n' | unit hello.service; }
eventually() { for _ in {1..400}; do "$@" > /tmp/said 2>&1 && return; sleep 0.02; done; echo "never: $*"; cat /tmp/said; return 1; }
logged() { journalctl -u "$1" -o cat | grep -E "$2"; }
not() { if "$@"; then echo "it did: $*"; return 1; fi; }
shows() { systemctl show -P "$2" "$1" | grep -x "$3"; }
"#;

/// Why a check cannot pass in `mode` here; `None` when it must.
type Cannot = fn(Mode) -> Option<&'static str>;

fn always_can(_: Mode) -> Option<&'static str> {
    None
}

fn one_id(mode: Mode) -> Option<&'static str> {
    (!mode.has_users()).then_some("a lab with one id has no second user")
}

fn no_autofs(_: Mode) -> Option<&'static str> {
    Some("the kernel mounts autofs for the host alone, and a lab has no /dev/autofs")
}

fn no_controllers(_: Mode) -> Option<&'static str> {
    let here = support::own_cgroup()
        .and_then(|directory| std::fs::read_to_string(directory.join("cgroup.controllers")).ok());
    let has =
        |controller| here.iter().any(|here| here.split_whitespace().any(|word| word == controller));
    (!has("memory") || !has("pids"))
        .then_some("the memory and pids controllers are not on this machine's cgroup v2")
}

#[track_caller]
fn check(mode: Mode, name: &str, script: &str, cannot: Cannot) {
    if !can(mode, name) {
        return;
    }
    let place = Place::new(mode);
    let script = format!("{WORDS}\n{script}");
    let output = run(&place, mode, &["bash", "-c", &script]);
    match cannot(mode) {
        None => assert!(output.status.success(), "{}:\n{}", output.status, said(&output)),
        Some(reason) => {
            assert!(
                !output.status.success(),
                "it can, though this was said of it: {reason}\n{}",
                said(&output)
            );
            lab::not_proved(&format!("{name} ({})", mode.word()), reason);
        }
    }
    place.assert_clean();
}

/// One test a row and mode: its name, the script that must succeed, and where it cannot.
macro_rules! fidelity {
    ($($name:ident: $script:literal $(unless $cannot:ident)?;)*) => {
        fidelity!(mode root Root $($name: $script, [$($cannot)?];)*);
        fidelity!(mode subuid Subuid $($name: $script, [$($cannot)?];)*);
        fidelity!(mode single Single $($name: $script, [$($cannot)?];)*);
    };
    (mode $module:ident $mode:ident $($name:ident: $script:literal, $cannot:tt;)*) => {
        mod $module {
            $(
                #[test]
                fn $name() {
                    super::check(lab::Mode::$mode, stringify!($name), $script, fidelity!(cannot $cannot));
                }
            )*
        }
    };
    (cannot []) => { super::always_can };
    (cannot [$cannot:ident]) => { super::$cannot };
}

fidelity! {
    // The verbs of the first lesson.
    daemon_reload_reads_a_new_unit: "hello; shows hello LoadState loaded";
    enable_now_enables_and_starts: "hello; systemctl enable --now hello; systemctl is-active hello; systemctl is-enabled hello";
    is_active_tells_active_from_inactive: "hello; not systemctl is-active hello; systemctl start hello; systemctl is-active hello";
    is_enabled_tells_enabled_from_disabled: "hello; not systemctl is-enabled hello; systemctl enable hello; systemctl is-enabled hello";
    enable_makes_a_link_in_wants: r#"
        hello; systemctl enable hello
        [ "$(readlink -f /etc/systemd/system/multi-user.target.wants/hello.service)" = /etc/systemd/system/hello.service ]"#;
    // A line that is older than the moment when systemd took note of the start is not shown; so
    // this one comes again.
    status_shows_the_process_and_the_log: r#"
        printf '[Service]\nExecStart=sh -c "while sleep 0.02; do echo hello from unit; done"\n' | unit talks.service; systemctl start talks
        eventually sh -c "systemctl status talks | grep 'hello from unit'"
        systemctl status talks | grep 'Main PID: [0-9]* (sh)'"#;
    journalctl_finds_the_lines_of_a_unit: "hello; systemctl start hello; eventually logged hello '^hello from unit$'";
    journal_entries_know_their_unit: r#"
        hello; systemctl start hello; eventually logged hello 'hello from unit'
        journalctl -o json _SYSTEMD_UNIT=hello.service | grep '"_SYSTEMD_UNIT":"hello.service"'"#;
    restart_makes_a_new_invocation: r#"
        hello; systemctl start hello; first=$(systemctl show -P InvocationID hello)
        systemctl restart hello; [ "$first" != "$(systemctl show -P InvocationID hello)" ]"#;
    stop_ends_the_process: r#"
        hello; systemctl start hello; pid=$(systemctl show -P MainPID hello); kill -0 "$pid"
        systemctl stop hello; not kill -0 "$pid"; shows hello ActiveState inactive"#;
    disable_removes_the_link: "hello; systemctl enable hello; systemctl disable hello; [ ! -e /etc/systemd/system/multi-user.target.wants/hello.service ]";
    a_failed_service_is_listed: r#"
        printf '[Service]\nExecStart=false\n' | unit fails.service; systemctl start fails
        eventually systemctl is-failed fails; systemctl --failed | grep fails.service"#;
    restart_on_failure_restarts: r#"
        printf '[Unit]\nStartLimitBurst=0\n[Service]\nExecStart=false\nRestart=on-failure\nRestartSec=20ms\n' | unit again.service
        systemctl start again; eventually shows again NRestarts '[2-9].*'"#;

    // Users and the sandbox.
    user_learner: r#"
        printf '[Service]\nType=oneshot\nUser=learner\nExecStart=id\n' | unit who.service
        systemctl start who; eventually logged who 'uid=1000\(learner\)'"# unless one_id;
    user_nobody: r#"
        printf '[Service]\nType=oneshot\nUser=nobody\nExecStart=id\n' | unit who.service
        systemctl start who; eventually logged who 'uid=65534\(nobody\)'"# unless one_id;
    dynamic_user_with_state_directory: r#"
        printf '[Service]\nType=oneshot\nDynamicUser=yes\nStateDirectory=dyn\nExecStart=sh -c "id; touch /var/lib/dyn/x"\n' | unit dyn.service
        systemctl start dyn; eventually logged dyn 'uid=6[1-5][0-9]{3}'; [ -e /var/lib/private/dyn/x ]"# unless one_id;
    protect_and_private_settings_confine: r#"
        touch /tmp/mine; printf '[Service]\nType=oneshot\nPrivateTmp=yes\nProtectSystem=strict\nProtectHome=yes\nPrivateDevices=yes
        NoNewPrivileges=yes\nProtectKernelTunables=yes\nProtectControlGroups=yes
        ExecStart=sh -c "touch /etc/x || echo etc refused; ls /tmp/mine || echo tmp private; ls /home/learner || echo home hidden"\n' | unit confined.service
        systemctl start confined; eventually logged confined 'etc refused'; logged confined 'tmp private'; logged confined 'home hidden'"#;
    system_call_filter_refuses: r#"
        printf '[Service]\nType=oneshot\nSystemCallFilter=@system-service\nSystemCallFilter=~@privileged\nSystemCallErrorNumber=EPERM
        ExecStart=sh -c "chroot / true || echo filtered"\n' | unit filtered.service
        systemctl start filtered; eventually logged filtered '^filtered$'"#;
    private_network_has_a_loopback_alone: r#"
        printf '[Service]\nType=oneshot\nPrivateNetwork=yes\nExecStart=sh -c "readlink /proc/self/ns/net"\n' | unit net.service
        systemctl start net; eventually logged net 'net:'; not logged net "$(readlink /proc/self/ns/net | tr -dc 0-9)""#;
    private_users_map_root_alone: r#"
        printf '[Service]\nType=oneshot\nPrivateUsers=yes\nExecStart=sh -c "readlink /proc/self/ns/user"\n' | unit users.service
        systemctl start users; eventually logged users 'user:'; not logged users "$(readlink /proc/self/ns/user | tr -dc 0-9)""#;
    ambient_capabilities_reach_a_user: r#"
        printf '[Service]\nType=oneshot\nUser=learner\nAmbientCapabilities=CAP_NET_BIND_SERVICE\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE
        ExecStart=grep CapEff /proc/self/status\n' | unit caps.service
        systemctl start caps; eventually logged caps 'CapEff:.0000000000000400'"# unless one_id;
    limits_nice_umask_directory_and_environment: r#"
        printf '[Service]\nType=oneshot\nLimitNOFILE=1234\nNice=15\nUMask=0077\nWorkingDirectory=/tmp\nEnvironment=A=b
        ExecStart=sh -c "echo $$(ulimit -n) $$(nice) $$(umask) $$PWD $$A"\n' | unit set.service
        systemctl start set; eventually logged set '^1234 15 0077 /tmp b$'"#;

    // The other kinds of unit.
    a_socket_activates_a_service: r#"
        printf '[Service]\nExecStart=cat\nStandardInput=socket\n' | unit echo@.service
        printf '[Socket]\nListenStream=127.0.0.1:8080\nAccept=yes\n' | unit echo.socket; systemctl start echo.socket
        exec 3<>/dev/tcp/127.0.0.1/8080; echo ping >&3; read -t 10 -u 3 answer; [ "$answer" = ping ]"#;
    a_timer_starts_a_service: r#"
        printf '[Service]\nType=oneshot\nExecStart=echo ticked\n' | unit tick.service
        printf '[Timer]\nOnActiveSec=50ms\nAccuracySec=1ms\n' | unit tick.timer; systemctl start tick.timer
        eventually logged tick '^ticked$'; systemctl list-timers --all | grep tick.timer"#;
    a_path_unit_sees_a_file: r#"
        printf '[Service]\nType=oneshot\nExecStart=sh -c "echo seen; rm /tmp/trigger"\n' | unit watch.service
        printf '[Path]\nPathExists=/tmp/trigger\n' | unit watch.path; systemctl start watch.path
        touch /tmp/trigger; eventually logged watch '^seen$'"#;
    a_mount_unit_mounts: r#"
        printf '[Mount]\nWhat=tmpfs\nWhere=/mnt/data\nType=tmpfs\n' | unit mnt-data.mount
        systemctl start mnt-data.mount; findmnt -n -o FSTYPE /mnt/data | grep -x tmpfs; systemctl stop mnt-data.mount; not findmnt /mnt/data"#;
    an_automount_unit_mounts_on_access: r#"
        printf '[Mount]\nWhat=tmpfs\nWhere=/mnt/data\nType=tmpfs\n' | unit mnt-data.mount
        printf '[Automount]\nWhere=/mnt/data\n' | unit mnt-data.automount
        systemctl start mnt-data.automount; ls /mnt/data/.; findmnt -n -t tmpfs /mnt/data"# unless no_autofs;
    cgroup_limits_are_set: r#"
        printf '[Service]\nExecStart=sleep 100\nMemoryMax=20M\nTasksMax=5\n' | unit small.service; systemctl start small
        [ "$(cat /sys/fs/cgroup/system.slice/small.service/memory.max)" = 20971520 ]
        [ "$(cat /sys/fs/cgroup/system.slice/small.service/pids.max)" = 5 ]"# unless no_controllers;
    a_template_knows_its_instance: r#"
        printf '[Service]\nType=oneshot\nExecStart=echo instance=%%i\n' | unit tmpl@.service
        systemctl start tmpl@x; eventually logged tmpl@x '^instance=x$'"#;
    a_drop_in_changes_a_unit: r#"
        hello; mkdir /etc/systemd/system/hello.service.d; printf '[Service]\nEnvironment=X=1\n' | unit hello.service.d/10.conf
        systemctl cat hello | grep X=1; shows hello Environment X=1"#;
    an_edited_unit_asks_for_a_reload: "hello; systemctl start hello; touch -d +1min /etc/systemd/system/hello.service; shows hello NeedDaemonReload yes";
    systemd_run_waits_and_pipes: r#"[ "$(echo ping | systemd-run -q --wait --pipe cat)" = ping ]; not systemd-run -q --wait --pipe false"#;
    systemd_run_makes_a_scope: r#"systemd-run -q --scope -- sh -c 'grep -E "^0::/system.slice/run-.*\.scope$" /proc/self/cgroup'"#;
    a_masked_unit_does_not_start: r#"
        systemctl mask later.service; not systemctl start later 2> /tmp/said; grep masked /tmp/said
        systemctl unmask later.service; printf '[Service]\nExecStart=sleep 9\n' | unit later.service; systemctl start later"#;

    // The tools around them.
    systemd_analyze_verify_finds_a_missing_program: r#"
        printf '[Service]\nExecStart=/nonexistent\n' > /tmp/bad.service; not systemd-analyze verify /tmp/bad.service 2> /tmp/said; grep nonexistent /tmp/said"#;
    systemd_analyze_security_gives_a_mark: "hello; systemd-analyze security --no-pager hello.service | grep 'Overall exposure level for hello.service'";
    systemd_analyze_calendar_explains: "systemd-analyze calendar daily | grep 'Normalized form: \\*-\\*-\\* 00:00:00'";
    systemctl_kill_ends_a_service_with_a_signal: "hello; systemctl start hello; systemctl kill -s KILL hello; eventually shows hello Result signal";
    type_notify_waits_for_ready: r#"
        printf '[Service]\nType=notify\nNotifyAccess=all\nExecStart=sh -c "sleep 0.1; systemd-notify --ready --status=up; sleep 100"\n' | unit ready.service
        systemctl start ready; shows ready StatusText up; shows ready SubState running"#;
    a_silent_watchdog_fails_the_service: r#"
        printf '[Service]\nType=notify\nNotifyAccess=all\nWatchdogSec=100ms\nWatchdogSignal=SIGKILL\nExecStart=sh -c "systemd-notify --ready; sleep 100"\n' | unit dog.service
        systemctl start dog; eventually shows dog Result watchdog"#;
    credentials_are_set_and_loaded: r#"
        echo from file > /etc/secret
        printf '[Service]\nType=oneshot\nSetCredential=a:set here\nLoadCredential=b:/etc/secret\nExecStart=sh -c "cd $$CREDENTIALS_DIRECTORY; cat a; echo; cat b"\n' | unit cred.service
        systemctl start cred; eventually logged cred '^set here$'; eventually logged cred '^from file$'"#;
    runtime_logs_and_cache_directories_are_made: r#"
        printf '[Service]\nType=oneshot\nRuntimeDirectory=foo\nLogsDirectory=foo\nCacheDirectory=foo\nExecStart=ls -d /run/foo /var/log/foo /var/cache/foo\n' | unit dirs.service
        systemctl start dirs; [ -d /var/log/foo ]; [ -d /var/cache/foo ]; eventually [ ! -e /run/foo ]"#;
    systemd_tmpfiles_makes_a_directory: "echo 'd /run/tf 0750 root root -' > /tmp/x.conf; systemd-tmpfiles --create /tmp/x.conf; [ \"$(stat -c %a /run/tf)\" = 750 ]";
    busctl_talks_to_the_manager: r#"
        busctl get-property org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager Version | grep '^s "'
        busctl list | grep org.freedesktop.systemd1"#;
    logger_writes_to_the_journal: "logger -t me -p user.warning hi; eventually sh -c 'journalctl -t me -p warning -o cat | grep -x hi'";
    a_log_namespace_has_a_journal_of_its_own: r#"
        printf '[Service]\nType=oneshot\nLogNamespace=talk\nExecStart=echo in there\n' | unit talks.service
        systemctl start talks; eventually sh -c 'journalctl --namespace=talk -o cat | grep -x "in there"'; not logged talks 'in there'"# unless one_id;
    journalctl_knows_its_disk_usage: "journalctl --disk-usage | grep -E 'take up [0-9.]+M'; ls /var/log/journal/*/system.journal";
    systemd_cgls_shows_the_tree: "hello; systemctl start hello; systemd-cgls --no-pager | grep 'hello.service'";
    a_crash_hands_no_core_to_the_host: r#"
        printf '[Service]\nExecStart=sh -c "kill -SEGV $$$$"\n' | unit crash.service; systemctl start crash
        eventually shows crash Result signal; grep 'Max core file size *1 *1 ' /proc/self/limits
        shows crash ExecMainCode 2; shows crash LimitCORE 1"#;
    systemd_detect_virt_says_container: "systemd-detect-virt -c | grep -x container-other";
    the_host_name_is_lab: "[ \"$(hostname)\" = lab ]; getent hosts lab";
    isolate_goes_down_and_up_again: r#"
        printf '[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n' | unit calm.target
        hello; systemctl enable --now hello; systemctl isolate calm.target; not systemctl is-active hello
        systemctl isolate multi-user.target; systemctl is-active hello"#;
    daemon_reexec_keeps_services_running: r#"
        hello; systemctl start hello; pid=$(systemctl show -P MainPID hello); systemctl daemon-reexec
        [ "$pid" = "$(systemctl show -P MainPID hello)" ]; systemctl is-active hello"#;
    the_loopback_is_up: "grep -x 0x9 /sys/class/net/lo/flags; exec 3<>/dev/udp/127.0.0.1/9; echo lost >&3";
    writing_to_proc_sys_is_refused: "not sh -c 'echo 1 > /proc/sys/kernel/panic'; not sysctl -w vm.swappiness=1";
    a_device_cannot_be_made_and_used: "not sh -c 'mknod /tmp/disk b 8 0 && cat /tmp/disk'; not sh -c 'mknod /dev/shm/mem c 1 1 && cat /dev/shm/mem'";
    the_project_directory_is_here_and_writable: "[ \"$PWD\" != / ]; echo kept > \"$PWD/written-inside\"; findmnt -n -o TARGET --target . | grep -x \"$PWD\"";
}
