//! Hundreds of commands, run by systemctl(1) in one lab and by the wrapper in another. After each
//! of them the exit status, the links on disk and the states of all units must be the same.

use std::time::{Duration, Instant};

use lab::Lab;

use crate::harness::{lab, program, says, sh, write_files};

const UNITS: &str = include_str!("cases/units.txt");
const COMMANDS: &str = include_str!("cases/commands.txt");
const ODD_COMMANDS: &str = include_str!("cases/odd-commands.txt");

/// How long two labs may take to come to rest alike: a service that dies does so when it likes.
const REST: Duration = Duration::from_secs(20);

/// Verbs that change nothing.
const READS: [&str; 6] = ["is-", "status", "show", "list-", "cat", "get-default"];

/// The names of the units of the list, and a few that come with them.
fn unit_names() -> String {
    let paths = UNITS.lines().filter_map(|line| line.strip_prefix("== "));
    let names = paths.filter_map(|path| path.rsplit('/').next());
    let names: Vec<&str> = names.filter(|name| !name.contains("@.")).collect();
    format!("{} many@1.service many@2.service many@7.service nowhere.service", names.join(" "))
}

/// A script that shows all that a command can have changed: links and files on disk, and states.
fn look(units: &str) -> String {
    format!(
        "find /etc/systemd /run/systemd/system /usr/local/lib/systemd /run/systemd/transient \
            /var/lib/dirs /var/cache/dirs /run/dirs \
            -not -type d -printf '%p -> %l\\n' 2> /dev/null; echo
         systemctl show --property=Id,LoadState,ActiveState,SubState,UnitFileState {units}"
    )
}

/// What a lab shows after a command: the command's words, its status, and the state.
fn after(lab: &Lab, command: &str, look: &str) -> (String, String, String) {
    let (text, _) = says(lab, &format!("{command} < /dev/null; echo \"@@$?\"; {look}"));
    let (words, rest) = text.rsplit_once("@@").unwrap();
    let (status, state) = rest.split_once('\n').unwrap_or((rest, ""));
    (words.trim_end().to_owned(), status.to_owned(), state.to_owned())
}

/// The lines that differ, marked with who has them.
fn difference(theirs: &str, ours: &str) -> String {
    // States stand in paragraphs, whose lines mean nothing alone.
    let pieces = |text: &str| -> Vec<String> {
        text.split("\n\n")
            .flat_map(|part| {
                if part.starts_with("Id=") {
                    vec![part.trim().replace('\n', " ")]
                } else {
                    part.lines().map(str::to_owned).collect()
                }
            })
            .collect()
    };
    let (theirs, ours) = (pieces(theirs), pieces(ours));
    let only = |mark: &str, a: &[String], b: &[String]| -> Vec<String> {
        a.iter()
            .filter(|piece| !b.contains(piece))
            .map(|piece| format!("    {mark} {piece}"))
            .collect()
    };
    [only("systemctl:", &theirs, &ours), only("wrapper:  ", &ours, &theirs)].concat().join("\n")
}

#[test]
fn the_wrapper_does_what_systemctl_does_after_each_of_hundreds_of_commands() {
    let promise = "the_wrapper_does_what_systemctl_does_after_each_of_hundreds_of_commands";
    check(promise, COMMANDS, 200);
}

#[test]
fn and_of_a_hundred_that_few_people_type() {
    check("and_of_a_hundred_that_few_people_type", ODD_COMMANDS, 100);
}

#[track_caller]
fn check(promise: &str, commands: &str, least: usize) {
    let Some((theirs, ours)) = lab(promise).zip(lab(promise)) else { return };
    for lab in [&theirs, &ours] {
        write_files(lab, UNITS);
    }
    let look = look(&unit_names());
    let program = program().display().to_string();
    let mut failures = Vec::new();
    let mut count = 0;
    let commands = commands.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    for command in commands {
        if let Some(both) = command.strip_prefix("~ ") {
            sh(&theirs, both);
            sh(&ours, both);
            continue;
        }
        count += 1;
        // After a question, the next command that changes something shows whether all is as it was.
        let asks = READS.iter().any(|verb| command.starts_with(verb));
        let look = if asks { "" } else { look.as_str() };
        let ask = |lab, command: String| after(lab, &command, look);
        let (ours_after, theirs_after) = std::thread::scope(|scope| {
            let theirs = scope.spawn(|| ask(&theirs, format!("systemctl {command}")));
            (ask(&ours, format!("{program} {command}")), theirs.join().unwrap())
        });
        if theirs_after.1 != ours_after.1 {
            failures.push(format!(
                "{command}: systemctl exits {}, the wrapper {}\n    \
                 systemctl: {}\n    wrapper:   {}",
                theirs_after.1, ours_after.1, theirs_after.0, ours_after.0
            ));
        }
        let mut difference_now = difference(&theirs_after.2, &ours_after.2);
        let deadline = Instant::now() + REST;
        while !difference_now.is_empty() {
            if Instant::now() > deadline {
                failures.push(format!("{command}:\n{difference_now}"));
                break;
            }
            let state = |lab| after(lab, "true", look).2;
            difference_now = difference(&state(&theirs), &state(&ours));
        }
    }
    assert!(count >= least, "{count}");
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
}
