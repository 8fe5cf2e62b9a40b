//! `Type=` against the program: systemd must know when the service has started, and which of its
//! processes is the main one; systemd.service(5).
//!
//! The wrong type shows late: after a time-out, or when the service is gone although its program
//! runs.
//!
//! ```ini
//! [Service]
//! Type=forking
//! ExecStart=/usr/sbin/nginx -g "daemon off;"
//! ```

use unit_file::directives::has_word;
use unit_file::values::Command;

use super::command_check::MAN;
use super::finding::{Finding, Severity, Told};
use super::known_words::known_words;
use super::programs::{
    background_word, base_name, foreground_word, is_interpreter, is_shell, never_returns,
    stays_by_default,
};
use super::scripts::script_text;
use super::subject::{RunCommand, Subject};

/// Of each command that this file sets, the one question that its type asks: does it fork, does it
/// stay, does it speak, does it end?
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    findings.tell(stop_at_once(subject));
    findings.tell(unread_pid_file(subject));
    findings.tell(nobody_heard(subject));
    let kind = subject.service_type();
    for run in subject.own_commands("ExecStart") {
        let finding = match kind {
            "forking" => never_forks(subject, run),
            "simple" | "exec" | "idle" => {
                goes_to_background(subject, run).or_else(|| ends_at_once(subject, run))
            }
            "notify" | "notify-reload" => never_notifies(subject, run),
            "oneshot" => never_ends(run).or_else(|| killed_at_the_end(subject, run)),
            _ => None,
        };
        findings.extend(finding);
    }
}

/// Of the types whose first process is the service, systemd knows the main process without a file.
fn unread_pid_file(subject: &Subject<'_>) -> Option<Finding> {
    let kind = subject.service_type();
    let line = subject.lines_of("PIDFile").last().filter(|_| kind != "forking")?;
    let message = format!("the file is read for Type=forking alone, this is Type={kind}");
    let finding = Finding::info("pid-file", line.key_span.clone(), message)
        .effect("systemd only removes the file when the service stops");
    let advice = "take the line away; or if the program is a daemon that forks, use Type=forking";
    Some(finding.advice(advice).man(MAN))
}

/// A service that says when it is ready must be heard, so systemd overrules the none.
fn nobody_heard(subject: &Subject<'_>) -> Option<Finding> {
    let speaks = matches!(subject.service_type(), "notify" | "notify-reload");
    let line = subject.lines_of("NotifyAccess").last().filter(|_| speaks)?;
    if line.value.text() != "none" {
        return None;
    }
    let finding = Finding::info("notify-access", line.value.span(), "Type=notify must be heard")
        .effect("systemd takes NotifyAccess=main instead");
    Some(finding.advice("take the line away").man(MAN))
}

/// With Type=forking systemd waits for the first process to end.
///
/// The old way to become a daemon: fork, let the first process end when all is ready, and go on
/// in the second; daemon(7), "SysV Daemons". systemd then looks for the second one, with PIDFile=
/// or by guessing.
fn never_forks(subject: &Subject<'_>, run: &RunCommand<'_>) -> Option<Finding> {
    let command = &run.command;
    let why = match (foreground_word(command), script_text(command)) {
        (Some(word), _) => format!("{word} keeps the program in the foreground"),
        // A script may put its last command into the background itself.
        (None, Some(script)) if has_background(&script) || background_word(command).is_some() => {
            return None;
        }
        (None, Some(script)) if is_plain_script(&script) => {
            "the shell stays in the foreground".to_owned()
        }
        (None, None) if stays_by_default(command) => {
            format!("{} stays in the foreground by itself", base_name(&command.program))
        }
        (None, None) if stays_in_foreground(command) => {
            format!("{} runs its script in the foreground", base_name(&command.program))
        }
        _ => return None,
    };
    let message = format!("Type=forking, and {why}");
    let span = program_span(run);
    let effect = "systemd waits until the first process has forked and ended; after \
                  TimeoutStartSec= it kills the service";
    let advice = if subject.has("PIDFile") {
        "take Type=forking and PIDFile= away: the default is for programs in the foreground"
    } else {
        "take Type=forking away: the default is for programs that stay in the foreground"
    };
    Some(Finding::warning("never-forks", span, message).effect(effect).advice(advice).man(MAN))
}

/// An interpreter of a script, unless a word asks it for a daemon.
///
/// A word such as start or daemon among the arguments says that the script is a launcher.
fn stays_in_foreground(command: &Command) -> bool {
    let runs_script = is_interpreter(&command.program) || base_name(&command.program) == "java";
    let starts_daemon = command.arguments.iter().any(|word| {
        let text = word.text();
        text.contains("daemon") || matches!(&*text, "start" | "-d" | "-D" | "multi")
    });
    runs_script && !starts_daemon && background_word(command).is_none()
}

/// A script that starts no daemon of another program.
///
/// Scripts that start something else are left alone; what they start may well go to the
/// background.
fn is_plain_script(script: &str) -> bool {
    let starts = ["start", "daemon", "-d ", "nohup", "setsid", "-D"];
    !starts.iter().any(|word| script.contains(word))
}

/// With Type=oneshot the service counts as starting until its process has ended, and nothing limits
/// that by default.
fn never_ends(run: &RunCommand<'_>) -> Option<Finding> {
    let command = &run.command;
    let name = base_name(&command.program);
    let has = |word: &str| command.arguments.iter().any(|argument| argument.text() == word);
    // These also do things that end: npm run build, docker run --rm backup.
    let may_end = matches!(name, "tail" | "flask" | "consul" | "vault")
        || matches!(name, "npm" | "yarn" | "pnpm") && !has("start")
        || name == "sleep" && !has("infinity")
        || stays_by_default(command) && has("run");
    let loops = ["while true", "while :", "sleep infinity"];
    let script = script_text(command).unwrap_or_default();
    let goes_on = stays_by_default(command) && !may_end
        || never_returns(command)
        || foreground_word(command).is_some()
        || loops.iter().any(|part| script.contains(part));
    if !goes_on {
        return None;
    }
    let message = "Type=oneshot, and the program goes on running";
    let finding = Finding::warning("never-ends", program_span(run), message)
        .effect(
            "the start never finishes: the unit stays \"activating\", and what waits for it waits",
        )
        .advice("take Type=oneshot away: the default is for programs that go on running");
    Some(finding.man(MAN))
}

/// A oneshot is over when its command ends, and then systemd kills what it has left.
fn killed_at_the_end(subject: &Subject<'_>, run: &RunCommand<'_>) -> Option<Finding> {
    let keeps = subject.own("KillMode").is_some_and(|mode| matches!(mode, "process" | "none"));
    // The containers of docker are no children of its command.
    let name = base_name(&run.command.program);
    let is_client = has_word("docker podman nerdctl docker-compose", name);
    if keeps || is_client || subject.is_yes("RemainAfterExit") || subject.is_of_vendor() {
        return None;
    }
    let message = format!("Type=oneshot, and {}", background(run)?);
    let finding = Finding::warning("goes-to-background", program_span(run), message)
        .effect("the service is over when its command ends, and systemd kills what it left")
        .advice("use Type=forking, or keep the program in the foreground with Type=exec");
    Some(finding.man(MAN))
}

/// How a command leaves something behind that goes on without it.
fn background(run: &RunCommand<'_>) -> Option<String> {
    match (background_word(&run.command), script_text(&run.command)) {
        (Some(word), _) => Some(format!("{word} sends the program to the background, as a daemon")),
        (None, Some(script)) if ends_in_background(&script) => {
            Some("the script leaves its command in the background and ends".to_owned())
        }
        _ => None,
    }
}

/// With Type=simple the first process is the service: when it ends, the service does, and systemd
/// kills what is left of it.
///
/// The other slip with the same two kinds of programs. A option such as --daemon was right for an
/// init script, where nobody waited for the program.
fn goes_to_background(subject: &Subject<'_>, run: &RunCommand<'_>) -> Option<Finding> {
    let why = background(run)?;
    // Whoever keeps the unit and its processes alive knows what happens.
    if subject.own("KillMode").is_some_and(|mode| matches!(mode, "process" | "none"))
        || subject.own("ExitType") == Some("cgroup")
        || subject.is_yes("RemainAfterExit")
    {
        return None;
    }
    let name = base_name(&run.command.program);
    let (effect, advice) = if has_word("docker podman docker-compose nerdctl", name) {
        (
            "the command ends at once, so systemd takes the service for ended, and runs ExecStop=",
            "take the option for the background away (of start: add --attach); or use Type=oneshot \
             with RemainAfterExit=yes",
        )
    } else {
        (
            "the first process ends, so systemd takes the service for ended, and kills what it left",
            "keep it in the foreground, or use Type=forking; for a command that only starts \
             something, Type=oneshot with RemainAfterExit=yes",
        )
    };
    let message = format!("Type={}, and {why}", subject.service_type());
    let finding = Finding::warning("goes-to-background", program_span(run), message);
    Some(finding.effect(effect).advice(advice).man(MAN))
}

/// A tool that does its work and ends is no daemon: what hangs on the end of the service comes at
/// once.
fn ends_at_once(subject: &Subject<'_>, run: &RunCommand<'_>) -> Option<Finding> {
    let name = base_name(&run.command.program);
    if !has_word(known_words("QUICK_TOOLS"), name) || subject.is_yes("RemainAfterExit") {
        return None;
    }
    // With another command behind it, the line is refused anyway.
    if subject.own_commands("ExecStart").count() > 1 {
        return None;
    }
    let is_vendor = subject.is_of_vendor();
    let (severity, effect) = if subject.has("ExecStop") {
        let effect = "systemd takes the service for ended, and runs ExecStop= right behind it";
        (Severity::Warning, effect)
    } else if matches!(subject.own("Restart"), Some("always" | "on-success")) {
        let effect = "systemd takes the service for ended, and starts it again and again";
        (Severity::Warning, effect)
    } else if is_vendor {
        return None;
    } else {
        (Severity::Info, "the unit is shown as inactive afterwards, and no other waits for its end")
    };
    let message = format!("Type={}, and {name} ends when its work is done", subject.service_type());
    let finding = Finding::new(severity, "ends-at-once", program_span(run), message);
    let advice = "use Type=oneshot with RemainAfterExit=yes, or run the daemon itself";
    Some(finding.effect(effect).advice(advice).man(MAN))
}

/// A single & that is no part of && and of no redirection.
///
/// sh(1): & alone ends a command and leaves it in the background; && and >& mean other things.
fn has_background(script: &str) -> bool {
    let bytes = script.as_bytes();
    let is_joined = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'&' | b'>' | b'<'));
    bytes.iter().enumerate().any(|(at, byte)| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        *byte == b'&' && !is_joined(before) && !is_joined(bytes.get(at + 1))
    })
}

/// `foo &` at the end, and no wait behind it.
///
/// With a wait behind it, the shell stays as long as what it has started.
pub(super) fn ends_in_background(script: &str) -> bool {
    let script = script.trim_end().trim_end_matches([';', ' ']);
    script.ends_with('&') && !script.ends_with("&&")
}

/// With Type=notify systemd waits for READY=1, by default from the main process alone.
fn never_notifies(subject: &Subject<'_>, run: &RunCommand<'_>) -> Option<Finding> {
    let script = script_text(&run.command);
    let span = program_span(run);
    let is_silent = script.as_deref().is_some_and(is_silent);
    let name = base_name(&run.command.program);
    let is_told = run.command.arguments.iter().any(|word| word.text().contains("NOTIFY"));
    let is_deaf = has_word(known_words("NEVER_NOTIFIES"), name) || never_returns(&run.command);
    let is_deaf_tool = is_deaf && !is_told;
    if is_deaf_tool || is_silent {
        let message = "Type=notify, and nothing says READY=1";
        let finding = Finding::warning("never-notifies", span, message)
            .effect("systemd waits for it; after TimeoutStartSec= it kills the service")
            .advice("take Type=notify away, or let the program say so; sd_notify(3)");
        return Some(finding.man(MAN));
    }
    let calls_tool = script.is_some_and(|script| script.contains("systemd-notify"));
    let is_script_file = run.command.program.ends_with(".sh") || is_shell(&run.command.program);
    let listens = subject.own("NotifyAccess").is_some_and(|who| matches!(who, "all" | "exec"));
    // As root, systemd-notify can speak in its parent's name; systemd-notify(1).
    let speaks_for_parent = !subject.runs_as_other_user();
    let is_deaf = calls_tool || (is_script_file && script_text(&run.command).is_none());
    if !is_deaf || listens || speaks_for_parent {
        return None;
    }
    let message = "systemd-notify is a process of its own, and NotifyAccess= is main";
    let finding = Finding::warning("notify-access", span, message)
        .effect("systemd hears the main process alone, drops the message, and the start times out")
        .advice("add NotifyAccess=all");
    Some(finding.man(MAN))
}

/// A script that neither notifies nor runs a program that might.
///
/// A script that runs another program by its path may leave the saying to that one.
fn is_silent(script: &str) -> bool {
    let may_speak = ["notify", "NOTIFY", "exec ", "/", "READY"];
    !may_speak.iter().any(|word| script.contains(word))
}

/// ExecStop= is run as soon as the service is over, and a oneshot is over when its command ends.
///
/// ExecStop= is not only for systemctl stop: systemd.service(5) says that it is run whenever the
/// service ends by itself after it was started well. With Type=oneshot that is at once.
fn stop_at_once(subject: &Subject<'_>) -> Option<Finding> {
    if subject.service_type() != "oneshot"
        || subject.is_yes("RemainAfterExit")
        || !subject.has("ExecStart")
    {
        return None;
    }
    let span = subject.key_span("ExecStop")?;
    let message = "a oneshot without RemainAfterExit=yes stops as soon as it has started";
    let finding = Finding::warning("stops-at-once", span, message)
        .effect("systemd runs ExecStop= right behind ExecStart=")
        .advice("add RemainAfterExit=yes, or use ExecStartPost= if that is meant");
    Some(finding.man(MAN))
}

/// Where the command names its program: what is wrong with a type's main process is shown there,
/// and not at Type=, which may be right.
fn program_span(run: &RunCommand<'_>) -> unit_file::syntax::Span {
    run.assignment.value.span_of(run.command.program_span.clone())
}
