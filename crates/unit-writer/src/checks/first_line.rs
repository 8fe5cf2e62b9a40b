//! The first line of a script that is run as a program: `#!` and the interpreter; execve(2).
//!
//! A shell runs a script without that line all the same, so it is missed only here.
//!
//! ```ini
//! [Service]
//! ExecStart=/srv/app/run.sh
//! ```

use super::command_check::{CommandCheck, MAN};
use super::finding::{Finding, Severity};
use super::programs::base_name;
use crate::load::Machine;

/// Of a machine at hand, the file is looked at; what packages installed there works.
pub(super) fn check(check: &CommandCheck<'_, '_>) -> Option<Finding> {
    let program = check.command.program.as_str();
    let machine = check.subject.machine.filter(|machine| !machine.is_of_vendor());
    let machine = machine.filter(|_| program.starts_with('/') && !program.contains('%'));
    let bytes = machine.and_then(|machine| machine.beginning(program));
    let (Some(machine), Some(bytes)) = (machine, bytes) else {
        return jar(check, program);
    };
    // Machine code, and formats that the kernel may have been taught; see binfmt.d(5).
    if bytes.contains(&0) && !bytes.starts_with(b"#!") || bytes.starts_with(b"\x7fELF") {
        return jar(check, program);
    }
    if check.sees_other_files() {
        return None;
    }
    let (message, effect, advice) = fault(check, machine, &String::from_utf8_lossy(&bytes))?;
    let severity = if check.may_fail() { Severity::Info } else { Severity::Error };
    let message = format!("{program}: {message}");
    let finding = Finding::new(severity, "first-line", check.program_span(), message);
    Some(finding.effect(effect).advice(advice).man("execve(2)"))
}

const NOT_RUN: &str = "the kernel does not run it: the command fails with status 203/EXEC";

/// What is wrong with the first line of a text, what that costs, and what to do.
fn fault(
    check: &CommandCheck<'_, '_>,
    machine: &Machine,
    text: &str,
) -> Option<(String, &'static str, &'static str)> {
    let line = text.split('\n').next().unwrap_or_default();
    let interpreter = line.strip_prefix("#!").unwrap_or_default().trim_start_matches([' ', '\t']);
    let mut words = interpreter.split([' ', '\t']);
    let path = words.next().unwrap_or_default();
    if path.trim().is_empty() {
        let message = "the first line names no interpreter, as #!/bin/sh does".to_owned();
        return Some((message, NOT_RUN, "begin the file with #! and the interpreter's path"));
    }
    if line.ends_with('\r') {
        let message = "the first line ends as on Windows, with a carriage return".to_owned();
        let effect = "it is taken for a part of the interpreter's name or option, and the command \
                      fails";
        return Some((message, effect, "take the carriage returns away: sed -i 's/\\r$//' FILE"));
    }
    if path.starts_with('/') && !machine.is_program(path) {
        let message = format!("there is no interpreter {path} on this machine");
        return Some((message, NOT_RUN, "mend the first line, or install the interpreter"));
    }
    let name = words.next().filter(|name| base_name(path) == "env" && !name.starts_with('-'))?;
    let is_there = name.contains(['/', '=']) || machine.has_program(name);
    if is_there || check.has_own_path() {
        return None;
    }
    let message = format!("env finds no {name} in the directories that it looks into");
    let effect = "env ends with status 127; a service has no $PATH of a login shell";
    Some((message, effect, "write the interpreter's whole path, or set Environment=PATH=…"))
}

/// An archive of Java is a program only where a script was put before it, as Spring Boot can do it,
/// or where the kernel was taught to run it.
fn jar(check: &CommandCheck<'_, '_>, program: &str) -> Option<Finding> {
    if !program.ends_with(".jar") {
        return None;
    }
    let message = "a .jar is an archive, and no program by itself";
    let finding = Finding::info("jar-as-program", check.program_span(), message)
        .effect("unless it was built to be executable, the command fails with status 203/EXEC")
        .advice(format!("write /usr/bin/java -jar {program}"));
    Some(finding.man(MAN))
}
