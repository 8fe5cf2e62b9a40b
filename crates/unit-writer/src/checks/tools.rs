//! What some common tools need of their unit: a $PATH, a $HOME, a name that is free.
//!
//! ```ini
//! [Service]
//! ExecStart=/home/app/.nvm/versions/node/v22.1.0/bin/npm start
//! ExecStart=/usr/local/go/bin/go run .
//! ExecStart=/usr/bin/docker run --name mail mailer
//! ```

use unit_file::directives::has_word;

use super::arguments::container_options;
use super::command_check::CommandCheck;
use super::finding::{Finding, Told};
use super::known_words::known_words;
use super::programs::{arguments, base_name};
use crate::load::Scope;

const MAN: &str = "systemd.exec(5)";

/// By the program's name, which tells most commands apart at once.
pub(super) fn check(check: &CommandCheck<'_, '_>, findings: &mut Vec<Finding>) {
    match base_name(&check.command.program) {
        "go" => findings.tell(without_home(check, "go", "GOCACHE")),
        "composer" => findings.tell(without_home(check, "composer", "COMPOSER_HOME")),
        "docker" | "podman" | "nerdctl" => findings.tell(name_is_taken(check)),
        name => findings.tell(far_from_node(check, name)),
    }
}

/// `npm` of nvm begins with `#!/usr/bin/env node`: it is started by its whole path, and its
/// interpreter is then looked for in the $PATH of the service, which nvm never touched.
fn far_from_node(check: &CommandCheck<'_, '_>, name: &str) -> Option<Finding> {
    let program = check.command.program.as_str();
    let (directory, _) = program.rsplit_once('/')?;
    let places = ["/.nvm/versions/", "/.nodenv/versions/", "/node-versions/", "/node-v"];
    let is_apart = places.iter().any(|place| directory.contains(place));
    if !is_apart || !has_word(known_words("PROGRAMS_OF_NODE"), name) || check.has_own_path() {
        return None;
    }
    // Another node is there, and may do.
    if check.subject.machine.is_some_and(|machine| machine.has_program("node")) {
        return None;
    }
    let message = format!("{name} looks for node in $PATH, and {directory} is not in it");
    let finding = Finding::warning("no-such-program", check.program_span(), message)
        .effect("it ends with status 127: \"env: 'node': No such file or directory\"")
        .advice(format!("add Environment=PATH={directory}:/usr/local/bin:/usr/bin:/bin"));
    Some(finding.man(MAN))
}

/// systemd sets $HOME for a service of the system only where `User=` is there, if it is root's.
fn without_home(check: &CommandCheck<'_, '_>, name: &str, instead: &str) -> Option<Finding> {
    let subject = check.subject;
    let brings_more = [
        "User",
        "DynamicUser",
        "PAMName",
        "EnvironmentFile",
        "PassEnvironment",
        "SetLoginEnvironment",
    ];
    let is_set = || {
        let lines = subject.effective.values("Service", "Environment");
        let names = ["HOME=", &format!("{instead}="), "XDG_CACHE_HOME="];
        lines.iter().any(|line| {
            let text = line.assignment.value.text();
            names.iter().any(|name| text.contains(name))
        })
    };
    let only_asks = arguments(check.command).any(|word| matches!(&*word, "version" | "--version"));
    if subject.scope == Scope::User
        || brings_more.iter().any(|key| subject.has(key))
        || only_asks
        || is_set()
    {
        return None;
    }
    let message = format!("{name} needs $HOME, and a service without User= has none");
    let finding = Finding::warning("unset-variable", check.program_span(), message)
        .effect(format!("{name} ends with an error, as it has no directory for what it keeps"))
        .advice(format!("add User=, or set Environment={instead}=…"));
    Some(finding.man(MAN))
}

/// A container that has ended keeps its name until it is removed, and a name is there once;
/// docker-run(1), `--rm`.
fn name_is_taken(check: &CommandCheck<'_, '_>) -> Option<Finding> {
    let runs =
        check.assignment.key == "ExecStart" && arguments(check.command).any(|word| word == "run");
    if !runs {
        return None;
    }
    let options = container_options(check.command);
    let has = |name: &str| {
        let is_it = |text: &str| {
            text.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        };
        options.iter().find(|word| is_it(&word.text()))
    };
    let word = has("--name").filter(|_| has("--rm").is_none() && has("--replace").is_none())?;
    let removes = |text: &str| text.split(' ').any(|word| word == "rm");
    let is_removed = check
        .subject
        .commands()
        .iter()
        .any(|run| run.command.arguments.iter().any(|word| removes(&word.text())));
    if is_removed {
        return None;
    }
    let message = "a container keeps its name after its end";
    let finding = Finding::info("name-taken", check.span_of(word), message)
        .effect("the next start fails: the name is in use already")
        .advice("add --rm, which removes the container when it has ended");
    Some(finding.man("docker-run(1)"))
}
