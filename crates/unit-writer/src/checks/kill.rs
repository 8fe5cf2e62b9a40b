//! `kill` in a unit: whom it reaches, and with which signal; kill(1).
//!
//! systemd sets $MAINPID for the commands of a service that runs, and stops a service by itself,
//! so most of these lines are not needed at all.
//!
//! ```ini
//! [Service]
//! ExecReload=/bin/kill -HUP
//! ExecStop=/bin/kill -9 $MAINPID
//! ```

use std::borrow::Cow;

use unit_file::syntax::Span;

use super::command_check::{CommandCheck, MAN};
use super::finding::{Finding, Told};
use super::known_words::is_signal;
use super::programs::{arguments, base_name};
use super::subject::Subject;

/// The words of the command, as kill reads them.
#[derive(Default)]
struct Kill<'w> {
    signal: Option<&'w str>,
    targets: Vec<&'w str>,
}

impl<'w> Kill<'w> {
    /// None of a call that asks for something, or that has signs of a shell in it, which are told
    /// by themselves.
    fn of(words: &'w [Cow<'w, str>]) -> Option<Kill<'w>> {
        let mut kill = Kill::default();
        let mut words = words.iter().map(|word| &**word);
        while let Some(word) = words.next() {
            match word {
                "-s" | "-n" | "--signal" => kill.signal = words.next(),
                "-q" | "--queue" | "--timeout" => drop(words.next()),
                "-l" | "-L" | "-p" | "-V" | "-h" => return None,
                "--" | "-a" => {}
                _ if word.starts_with("--") => kill.signal = word.split_once('=').map(|at| at.1),
                // A process group is a negative number, behind the signal.
                _ if kill.signal.is_none() && word.starts_with('-') => {
                    kill.signal = Some(&word[1..]);
                }
                _ if word.contains(['`', '(', '|', '>', '&', ';']) => return None,
                _ => kill.targets.push(word),
            }
        }
        Some(kill)
    }
}

/// What kill can't do, or what it does too well.
pub(super) fn check(check: &CommandCheck<'_, '_>, findings: &mut Vec<Finding>) {
    let name = base_name(&check.command.program);
    if !matches!(name, "kill" | "pkill" | "killall") {
        return;
    }
    let words: Vec<_> = arguments(check.command).collect();
    let Some(kill) = Kill::of(&words) else {
        return;
    };
    if name == "kill" {
        findings.tell(fails(check, &kill));
    }
    findings.tell(kills_at_once(check, &kill));
}

/// `kill -HUP` alone: a shell's user sees the usage text, and a service a control process that
/// fails. Who copies the line forgets $MAINPID, which systemd sets; systemd.service(5).
fn fails(check: &CommandCheck<'_, '_>, kill: &Kill<'_>) -> Option<Finding> {
    // The kill of procps takes signals in any case.
    let is_known = |signal: &str| {
        signal == "0" || signal.contains(['$', '%']) || is_signal(&signal.to_ascii_uppercase())
    };
    let message = match (kill.signal, &kill.targets[..]) {
        (Some(signal), []) if signal.contains('$') && !signal.contains("SIG") => {
            format!("kill takes {signal} for the name of the signal, and nobody is left to signal")
        }
        (_, []) => "kill is not told whom to signal".to_owned(),
        (Some(signal), _) if !is_known(signal) => format!("there is no signal {signal}"),
        (_, targets) => {
            let name = targets.iter().find(|target| is_name(target))?;
            if takes_names(check) {
                return None;
            }
            format!("kill takes the numbers of processes, and {name} is none")
        }
    };
    let finding = Finding::warning("kills-nobody", check.assignment.value.span(), message)
        .effect("it ends with an error, and nothing reaches the service")
        .advice("write kill -TERM $MAINPID, with the signal that you mean; systemd fills it in");
    Some(finding.man(MAN))
}

/// A name, or the path of a PID file.
fn is_name(target: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    !target.starts_with('-')
        && target.chars().all(is_part)
        && target.contains(|c: char| c.is_ascii_alphabetic())
}

/// The kill of util-linux takes names too, and Debian and Ubuntu have that of procps.
fn takes_names(check: &CommandCheck<'_, '_>) -> bool {
    check.subject.machine.is_some_and(|machine| machine.exists("/usr/bin/rpm"))
}

/// SIGKILL as the way to stop: nothing can be tidied up, and an end by SIGKILL is a failure.
///
/// systemd sends SIGTERM by itself, and SIGKILL to what is left after TimeoutStopSec=; so a line
/// that kills at once takes away what would be right without it. systemd.kill(5).
fn kills_at_once(check: &CommandCheck<'_, '_>, kill: &Kill<'_>) -> Option<Finding> {
    let subject = check.subject;
    if check.assignment.key != "ExecStop" || !kill.signal.is_some_and(is_kill) {
        return None;
    }
    // Behind another line, it is for what that one has left.
    let is_first = subject.effective.values("Service", "ExecStop").len() == 1;
    if !is_first { None } else { at_once(subject, check.assignment.value.span()) }
}

/// `KillSignal=SIGKILL`, the same without a command.
pub(super) fn first_signal(subject: &Subject<'_>) -> Option<Finding> {
    let line = subject.lines_of("KillSignal").last()?;
    let is_kill = is_kill(line.value.text()) && !subject.has("ExecStop");
    if is_kill { at_once(subject, line.value.span()) } else { None }
}

/// The signal that no program can catch, in each of the forms that kill(1) and systemd take.
fn is_kill(signal: &str) -> bool {
    matches!(signal, "9" | "KILL" | "SIGKILL")
}

/// systemd.service(5): a clean end is status 0, or one of SIGHUP, SIGINT, SIGTERM and SIGPIPE. A
/// oneshot is over before anybody stops it, so nothing of it is left to be killed.
fn at_once(subject: &Subject<'_>, span: Span) -> Option<Finding> {
    let statuses = subject.effective.words("Service", "SuccessExitStatus");
    let is_expected = statuses.iter().any(|status| matches!(*status, "KILL" | "SIGKILL"));
    if is_expected || subject.service_type() == "oneshot" {
        return None;
    }
    let message = "SIGKILL ends the program at once, and it can't tidy up";
    let finding = Finding::info("kills-at-once", span, message)
        .effect("each stop leaves the unit failed: an end by this signal is no clean one")
        .advice(
            "take the line away: systemd sends SIGTERM, and SIGKILL only if that does not help",
        );
    Some(finding.man("systemd.kill(5)"))
}
