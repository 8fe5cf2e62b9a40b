//! A command on a terminal has one of the lab's own.

use std::io::Write;
use std::process::Command;

use lab::Mode;

use crate::support::terminal::Terminal;
use crate::support::{Place, modes};

/// `lab run COMMAND` on a terminal of 33 rows and 77 columns.
fn on_terminal(place: &Place, mode: Mode, command: &[&str]) -> Terminal {
    let mut lab: Command = place.lab();
    lab.args(["--mode", mode.word(), "run", "-q", "--"]).args(command).env("TERM", "xterm");
    Terminal::start(lab, 33, 77)
}

#[test]
fn on_a_terminal_the_command_has_one_of_its_own() {
    for mode in modes("on_a_terminal_the_command_has_one_of_its_own") {
        let place = Place::new(mode);
        let mut terminal = on_terminal(
            &place,
            mode,
            &[
                "sh",
                "-c",
                "tty; stty size; test -t 0 && test -t 1 && test -t 2 && echo all; echo $TERM; exit 5",
            ],
        );
        assert_eq!(terminal.finish().code(), Some(5));
        assert_eq!(terminal.seen, "/dev/pts/0\r\n33 77\r\nall\r\nxterm\r\n");
        place.assert_clean();
    }
}

#[test]
fn a_window_that_changes_its_size_is_followed() {
    for mode in modes("a_window_that_changes_its_size_is_followed") {
        let place = Place::new(mode);
        let mut terminal = on_terminal(
            &place,
            mode,
            &[
                "bash",
                "-c",
                "trap 'stty size' WINCH; trap 'exit 130' INT; echo ready; while :; do sleep 0.02; done",
            ],
        );
        terminal.expect("ready");
        terminal.resize(44, 99);
        terminal.expect("44 99");
        terminal.type_in("\x03");
        assert_eq!(terminal.finish().code(), Some(130), "{}", terminal.seen);
        place.assert_clean();
    }
}

#[test]
fn a_shell_has_job_control_and_ctrl_c_stays_inside() {
    for mode in modes("a_shell_has_job_control_and_ctrl_c_stays_inside") {
        let place = Place::new(mode);
        let mut command = place.lab();
        command.args(["--mode", mode.word(), "shell", "-q"]).env("TERM", "dumb");
        let mut terminal = Terminal::start(command, 24, 80);
        terminal.expect("# ");
        terminal.type_in("sleep 100\r");
        terminal.expect("sleep 100");
        // Until the sleep is the foreground job, the terminal's signal would go to the shell.
        std::thread::sleep(std::time::Duration::from_millis(300));
        terminal.type_in("\x1a");
        terminal.expect("Stopped");
        terminal.type_in("fg\r");
        terminal.expect("sleep 100");
        std::thread::sleep(std::time::Duration::from_millis(300));
        terminal.type_in("\x03");
        terminal.expect("# ");
        terminal.type_in("echo still $((40 + 2)); exit 3\r");
        terminal.expect("still 42");
        assert_eq!(terminal.finish().code(), Some(3), "{}", terminal.seen);
        place.assert_clean();
    }
}

#[test]
fn the_terminal_is_given_back_as_it_was() {
    for mode in modes("the_terminal_is_given_back_as_it_was") {
        let place = Place::new(mode);
        let mut bash = place.script(&format!("before=$(stty -a); $LAB --mode {} run -q -- true; [ \"$before\" = \"$(stty -a)\" ] && echo same", mode.word()));
        bash.env("TERM", "dumb");
        let mut terminal = Terminal::start(bash, 24, 80);
        terminal.finish();
        assert_eq!(terminal.seen, "same\r\n");
    }
}

#[test]
fn a_long_paste_does_not_choke_the_terminal() {
    for mode in modes("a_long_paste_does_not_choke_the_terminal") {
        let place = Place::new(mode);
        let mut terminal = on_terminal(
            &place,
            mode,
            &["sh", "-c", "stty raw -echo; echo ready; head -c 400000 | tee /dev/tty | cksum"],
        );
        terminal.expect("ready");
        let mut master = std::fs::File::from(terminal.descriptor());
        let typist = std::thread::spawn(move || master.write_all(&[b'x'; 400_000]));
        let status = terminal.finish();
        typist.join().expect("no panic").expect("all was taken");
        assert!(status.success(), "{status}");
        assert!(terminal.seen.len() > 400_000, "{} bytes were shown", terminal.seen.len());
        place.assert_clean();
    }
}
