//! The library: reboots, power-offs, users, time-outs, and what happens to commands meanwhile; in
//! each mode.

mod support;

use std::os::unix::process::ExitStatusExt;
use std::process::Output;
use std::time::{Duration, Instant};

use lab::{COMMAND_TIMEOUT, Error, Lab, Mode, Options};
use support::terminal::Terminal;
use support::{PATIENCE, Place, can, eventually, in_place, said};

const HELLO: &str = "printf '[Service]\\nExecStart=sleep 1000\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/hello.service; systemctl daemon-reload";

fn boot(mode: Mode) -> Lab {
    let options = Options { mode: Some(mode), ..Options::default() };
    Lab::boot(&options).unwrap_or_else(|error| panic!("{error}"))
}

/// What `script` prints in `lab`, where it must succeed.
#[track_caller]
fn sh(lab: &Lab, script: &str) -> String {
    let output = try_sh(lab, script).unwrap_or_else(|error| panic!("{error}"));
    assert!(output.status.success(), "{script}: {}", said(&output));
    String::from_utf8(output.stdout).expect("a script here prints UTF-8")
}

fn try_sh(lab: &Lab, script: &str) -> Result<Output, Error> {
    lab.command("bash").args(["-ec", script]).output(COMMAND_TIMEOUT)
}

/// One test a promise and mode.
macro_rules! promises {
    ($($name:ident($lab:ident) $body:block)*) => {
        $(fn $name($lab: &Lab) $body)*
        promises!(in root Root $($name)*);
        promises!(in subuid Subuid $($name)*);
        promises!(in single Single $($name)*);
    };
    (in $module:ident $mode:ident $($name:ident)*) => {
        mod $module {
            $(
                #[test]
                fn $name() {
                    let mode = lab::Mode::$mode;
                    super::in_place(mode, concat!(stringify!($module), "::", stringify!($name)), || super::$name(&super::boot(mode)));
                }
            )*
        }
    };
}

promises! {
    what_is_enabled_survives_a_reboot(lab) {
        sh(lab, HELLO);
        sh(lab, "systemctl enable hello; touch /var/lib/stays /run/goes /tmp/goes; ! systemctl is-active hello");
        let first = sh(lab, "cat /proc/sys/kernel/random/boot_id");
        assert_eq!(lab.boots(), 1);
        lab.reboot().expect("it reboots");
        assert_eq!(lab.boots(), 2);
        sh(lab, "systemctl is-active hello; [ -e /var/lib/stays ]; [ ! -e /run/goes ]; [ ! -e /tmp/goes ]; systemctl is-system-running");
        assert_ne!(sh(lab, "cat /proc/sys/kernel/random/boot_id"), first);
    }

    the_journal_knows_each_boot(lab) {
        sh(lab, "logger -t mark before; journalctl --sync");
        let first = sh(lab, "tr -d - < /proc/sys/kernel/random/boot_id");
        lab.reboot().expect("it reboots");
        sh(lab, "logger -t mark after; journalctl --sync");
        assert_eq!(sh(lab, "journalctl -q -t mark -o cat -b -1"), "before\n");
        assert_eq!(sh(lab, "journalctl -q -t mark -o cat -b"), "after\n");
        let boots = sh(lab, "journalctl -q --list-boots --no-pager | grep -o -E '[0-9a-f]{32}'");
        assert_eq!(boots, first + &sh(lab, "tr -d - < /proc/sys/kernel/random/boot_id"));
    }

    five_reboots_in_a_row(lab) {
        for _ in 0..5 {
            lab.reboot().expect("it reboots");
        }
        assert_eq!(lab.boots(), 6);
        assert_eq!(sh(lab, "journalctl -q --list-boots --no-pager | grep -c -E '[0-9a-f]{32}'"), "6\n");
    }

    poweroff_is_the_end(lab) {
        let _ = try_sh(lab, "systemctl poweroff; sleep 100");
        let error = lab.wait_for_boot(2, PATIENCE).expect_err("it is off");
        assert_eq!(error.to_string(), "the lab is gone: it was powered off");
        let error = try_sh(lab, "true").expect_err("nothing runs there");
        assert!(matches!(error, Error::Gone(_)), "{error}");
        assert!(matches!(lab.reboot(), Err(Error::Gone(_))));
    }

    a_command_ends_with_the_boot_that_it_ran_in(lab) {
        let status = try_sh(lab, "systemctl reboot; sleep 100").expect("it is told").status;
        assert!(matches!(status.signal(), Some(15 | 9)), "{status}");
        lab.wait_for_boot(2, PATIENCE).expect("it came back");
        sh(lab, "true");
    }

    commands_during_a_reboot_run_or_are_ended_but_never_fail(lab) {
        sh(lab, "systemctl --no-block reboot");
        let mut ended = 0;
        while lab.boots() < 2 {
            let output = try_sh(lab, "exit 9").expect("it runs or is ended");
            match output.status.code() {
                Some(code) => assert_eq!(code, 9, "{}", said(&output)),
                None => ended += 1,
            }
        }
        assert!(ended < 100, "{ended} commands were ended");
        sh(lab, "true");
    }

    a_thread_can_wait_while_another_commands(lab) {
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| lab.wait_for_boot(2, PATIENCE));
            for _ in 0..5 {
                sh(lab, "true");
            }
            // Had the commands waited for it, it would hear of no boot.
            lab.reboot().expect("it reboots");
            waiting.join().expect("no panic").expect("it heard of the boot");
        });
    }

    a_reload_or_reexec_is_no_boot(lab) {
        sh(lab, "systemctl daemon-reload; systemctl daemon-reexec; systemctl is-system-running");
        assert_eq!(lab.boots(), 1);
    }

    a_command_that_takes_too_long_is_ended_with_its_children(lab) {
        let begin = Instant::now();
        let error = lab
            .command("bash")
            .args(["-c", "echo before; sleep 1001 & sleep 1001"])
            .output(Duration::from_millis(300))
            .expect_err("it takes too long");
        let Error::TimedOut { printed, .. } = &error else { panic!("{error}") };
        assert_eq!(printed, b"before\n");
        assert_eq!(error.to_string(), "bash did not end within 300ms");
        assert!(begin.elapsed() < PATIENCE);
        let ended = || !sh(lab, "cat /proc/*/cmdline 2> /dev/null | tr '\\0' ' ' || true").contains("sleep 1001");
        assert!(eventually(ended));
    }

    a_command_that_prints_too_much_is_ended(lab) {
        for program in ["yes", "exec yes >&2"] {
            let error = lab.command("sh").args(["-c", program]).output(COMMAND_TIMEOUT).expect_err("it prints too much");
            assert!(matches!(error, Error::TooMuchOutput { .. }), "{error}");
            assert_eq!(error.to_string(), "sh printed more than 1048576 bytes");
        }
        let ended = || sh(lab, "cat /proc/*/comm 2> /dev/null || true").lines().all(|name| name != "yes");
        assert!(eventually(ended));
    }

    what_a_command_leaves_running_does_not_hold_it(lab) {
        let begin = Instant::now();
        assert_eq!(sh(lab, "echo mine; sleep 1000 &"), "mine\n");
        assert!(begin.elapsed() < PATIENCE);
    }

    a_command_has_nothing_to_read_and_a_directory(lab) {
        let mut command = lab.command("sh");
        let output = command.args(["-c", "cat; pwd; echo $A"]).env("A", "b c").current_dir("/var/lib").output(COMMAND_TIMEOUT);
        assert_eq!(said(&output.expect("it runs")), "/var/lib\nb c\n");
        let error = lab.command("true").current_dir("/nowhere").output(COMMAND_TIMEOUT).expect_err("there is no such directory");
        assert_eq!(error.to_string(), "cannot run true in the lab: there is no directory /nowhere");
    }

    no_zombie_stays_inside(lab) {
        for _ in 0..10 {
            sh(lab, "(true &) ; true");
        }
        let none = || !sh(lab, "cat /proc/[0-9]*/stat 2> /dev/null || true").lines().any(|line| line.contains(") Z "));
        assert!(eventually(none), "{}", sh(lab, "cat /proc/[0-9]*/stat"));
    }

    a_crashed_systemd_can_still_be_torn_down(lab) {
        let _ = try_sh(lab, "kill -SEGV 1");
        // It freezes; the place is looked at when this lab has been dropped.
    }

    root_reaches_the_learners_manager_by_su_and_by_machine(lab) {
        const PROMISE: &str = "root_reaches_the_learners_manager_by_su_and_by_machine";
        if !lab.mode().has_users() {
            return;
        }
        if sh(lab, "find /usr/lib /lib -name pam_systemd.so 2> /dev/null || true").is_empty() {
            return lab::not_proved(PROMISE, "pam_systemd is not installed (Debian: libpam-systemd)");
        }
        let answer = sh(lab, "su - learner -c 'systemctl --user is-system-running --wait; echo $XDG_RUNTIME_DIR'");
        assert_eq!(answer, "running\n/run/user/1000\n");
        assert_eq!(sh(lab, "systemctl --user -M learner@ is-system-running --wait"), "running\n");
        // Nobody else becomes somebody else.
        sh(lab, "! su learner -c 'su root -c true' 2> /dev/null; systemctl is-system-running");
    }

    learner_has_a_manager_and_a_journal(lab) {
        if !lab.mode().has_users() {
            assert!(matches!(lab.command("id").user("learner"), Err(Error::NoUser { .. })));
            return;
        }
        let script = r#"
            mkdir -p ~/.config/systemd/user; cd ~/.config/systemd/user
            printf '[Service]\nExecStart=sh -c "echo mine; exec sleep 1000"\n[Install]\nWantedBy=default.target\n' > mine.service
            systemctl --user daemon-reload; systemctl --user enable --now mine; systemctl --user is-active mine
            for i in {1..200}; do journalctl -q --user -u mine -o cat | grep -x mine && break; sleep 0.02; done; id -un; pwd"#;
        let mut command = lab.command("bash");
        let output = command.args(["-ec", script]).user("learner").expect("there is a learner").output(COMMAND_TIMEOUT).expect("it runs");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "active\nmine\nlearner\n/home/learner/.config/systemd/user\n", "{}", said(&output));
    }
}

#[test]
fn a_lab_outlives_the_thread_that_booted_it() {
    in_place(Mode::Root, "a_lab_outlives_the_thread_that_booted_it", || {
        let lab = std::thread::spawn(|| boot(Mode::Root)).join().expect("no panic");
        std::thread::sleep(Duration::from_millis(50));
        sh(&lab, "systemctl is-system-running");
        lab.reboot().expect("it reboots");
        sh(&lab, "systemctl is-system-running");
    });
}

#[test]
fn labs_of_many_threads_end_each_by_itself() {
    in_place(Mode::Root, "labs_of_many_threads_end_each_by_itself", || {
        std::thread::scope(|scope| {
            let booting: Vec<_> = (0..6)
                .map(|number| {
                    scope.spawn(move || {
                        let lab = boot(Mode::Root);
                        sh(&lab, &format!("echo {number} > /etc/number"));
                        (number, lab)
                    })
                })
                .collect();
            let mut labs: Vec<_> =
                booting.into_iter().map(|thread| thread.join().expect("it boots")).collect();
            // Each ends while those before it stay: one that another held on to could not.
            while let Some((number, lab)) = labs.pop() {
                assert_eq!(sh(&lab, "cat /etc/number"), format!("{number}\n"));
                let ending = scope.spawn(move || drop(lab));
                assert!(eventually(|| ending.is_finished()), "another lab held on to this one");
            }
        });
    });
}

#[test]
fn a_systemd_that_is_killed_is_told() {
    if !can(Mode::Root, "a_systemd_that_is_killed_is_told") {
        return;
    }
    in_place(Mode::Root, "a_systemd_that_is_killed_is_told", || {
        let lab = boot(Mode::Root);
        let own = support::own_cgroup().expect("it is in the place");
        let scopes: Vec<_> = std::fs::read_dir(own)
            .expect("it can be read")
            .flatten()
            .map(|entry| entry.path().join("lab/init.scope/cgroup.procs"))
            .collect();
        let text = scopes
            .iter()
            .find_map(|path| std::fs::read_to_string(path).ok())
            .expect("the lab is here");
        let pid1: i32 =
            text.lines().next().expect("there is a PID 1").parse().expect("it is a number");
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid1), nix::sys::signal::Signal::SIGKILL)
            .expect("root may");
        let error = lab.wait_for_boot(2, PATIENCE).expect_err("it is gone");
        assert_eq!(error.to_string(), "the lab is gone: its systemd was ended by SIGKILL");
    });
}

fn shell(place: &Place, mode: Mode) -> Terminal {
    let mut command = place.lab();
    command.args(["--mode", mode.word(), "shell"]).env("TERM", "dumb");
    let mut terminal = Terminal::start(command, 24, 80);
    terminal.expect("# ");
    terminal
}

#[test]
fn a_shell_comes_back_after_a_reboot_and_ends_at_poweroff() {
    for mode in support::modes("a_shell_comes_back_after_a_reboot_and_ends_at_poweroff") {
        let place = Place::new(mode);
        let mut terminal = shell(&place, mode);
        terminal.type_in("systemctl reboot\r");
        terminal.expect("lab: rebooted");
        terminal.expect("# ");
        terminal.type_in("systemctl poweroff\r");
        terminal.expect("lab: it was powered off");
        assert_eq!(terminal.finish().code(), Some(0), "{}", terminal.seen);
        place.assert_clean();
    }
}
