//! Command lines: what systemd refuses, and programs that it can't run.
//!
//! The man page is systemd.service(5), "Command lines". What the words behind the program mean to
//! a shell is judged in `arguments.rs`, variables in `variables.rs`, scripts in `scripts.rs`.
//!
//! ```ini
//! [Service]
//! ExecStart=./run.sh
//! ExecStart=NODE_ENV=production /usr/bin/node app.js
//! ExecStart=sudo -u app /usr/bin/app
//! ```

use systemd_types::UnitName;
use unit_file::directives::{Kind, has_word};
use unit_file::syntax::{Assignment, Span};
use unit_file::values::{CommandLine, Invalid, Prefix};

use super::command_check::{CommandCheck, MAN};
use super::finding::{Finding, REFUSED, Severity};
use super::known_words::known_words;
use super::line::Line;
use super::programs::base_name;
use super::shell::setting_for;
use super::{arguments, first_line, other_user, scripts, tools, variables};
use crate::load::Machine;
use crate::load::Scope;

/// systemd reads the whole line before it looks for any program: what it can't read costs the unit,
/// and what it can read is judged command by command.
pub(super) fn check(line: &Line<'_, '_>, findings: &mut Vec<Finding>) {
    let Line { subject, assignment, row } = *line;
    if row.kind != Kind::Command || assignment.value.is_empty() {
        return;
    }
    let line = match CommandLine::parse(assignment.value.text(), subject.version) {
        Ok(line) => line,
        Err(invalid) => {
            return findings.push(refused(assignment, &invalid, Severity::Error, REFUSED));
        }
    };
    if let Some(dropped) = &line.dropped {
        let effect = "systemd drops this command and the rest of the line";
        findings.push(refused(assignment, dropped, Severity::Warning, effect));
    }
    for command in &line.commands {
        let check = CommandCheck { subject, assignment, command };
        findings.extend(check.program());
        arguments::check(&check, findings);
        variables::check(&check, findings);
        scripts::check(&check, findings);
        other_user::check(&check, findings);
        tools::check(&check, findings);
    }
}

/// The unit is lost because a service without its command is another service: systemd rather runs
/// nothing. The prefix - says that the failure of the command does not matter, and systemd takes
/// that for the line too.
fn refused(
    assignment: &Assignment,
    invalid: &Invalid,
    severity: Severity,
    effect: &str,
) -> Finding {
    let part = &assignment.value.text()[invalid.span.clone()];
    let span = assignment.value.span_of(invalid.span.clone());
    if part.contains('$') && !part.starts_with(['"', '\'']) {
        return Finding::new(severity, "variable-program", span, NO_VARIABLE)
            .effect(effect)
            .advice("write the path out, or run it through /bin/sh -c")
            .man(MAN);
    }
    let is_dot = part == ".";
    let reason = if is_dot {
        format!("{part} is a command of the shell, not a program")
    } else {
        invalid.reason.clone()
    };
    let finding = Finding::new(severity, "refused-command", span, reason).effect(effect).man(MAN);
    if is_dot {
        finding.advice(instead_of(part))
    } else if part.starts_with("~/") {
        finding.advice(
            "~ means nothing here; write the path out, or %h for the home of the manager's user",
        )
    } else if is_assignment(part) {
        finding.advice("a variable is set with Environment=, on a line of its own")
    } else if part.starts_with(['"', '\'']) {
        finding.advice("close the quote, or write \\x27 for ' and \\x22 for \"")
    } else if part.starts_with(['+', '!', '@', ':']) {
        finding.advice("take the second prefix away")
    } else if part.contains('/') && !part.starts_with('/') {
        finding.advice(
            "write the whole path, from / on; WorkingDirectory= does not count for the program",
        )
    } else {
        finding
    }
}

/// `NODE_ENV=production`, which a shell would take for a variable of the command.
///
/// `execve(2)` has the environment in a list of its own, so a word with a = in it is just the
/// name of a program.
fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(is_part)
}

impl CommandCheck<'_, '_> {
    pub(super) fn program_span(&self) -> Span {
        self.assignment.value.span_of(self.command.program_span.clone())
    }

    /// The program is looked up before any variable is known: systemd checks it when it loads the
    /// unit, and the environment belongs to the start.
    fn program(&self) -> Option<Finding> {
        let program = self.command.program.as_str();
        let span = self.program_span();
        if self.command.has(Prefix::LoginShell) {
            return None;
        }
        if program.contains('$') {
            let finding = Finding::error("variable-program", span, NO_VARIABLE)
                .effect("systemd looks for a program of just this name, and the start fails")
                .advice("write the path out, or run it through /bin/sh -c");
            return Some(finding.man(MAN));
        }
        let name = base_name(program);
        if matches!(name, "sudo" | "su" | "runuser" | "doas") {
            return Some(self.changes_user(name, span));
        }
        self.missing_program(program, span).or_else(|| first_line::check(self))
    }

    /// systemd changes the user itself, without a password, a session or rules of its own.
    fn changes_user(&self, name: &str, span: Span) -> Finding {
        let user = self.subject.other_user();
        let (effect, advice) = match (self.subject.scope, user) {
            (Scope::User, _) => (
                format!("the service runs as the user, and {name} may ask for a password"),
                "make it a unit of the system, which starts as root",
            ),
            (Scope::System, Some(user)) => (
                format!("the service runs as {user}, and {name} may ask for a password"),
                "put + before the command for full rights, or take User= away",
            ),
            (Scope::System, None) => (
                "systemd starts the service as root, and the tool adds a process, a session and \
                 its own rules"
                    .to_owned(),
                "use User=, or the prefix + for full rights",
            ),
        };
        Finding::warning("sudo", span, format!("{name} is not needed to change the user"))
            .effect(effect)
            .advice(advice)
            .man("systemd.exec(5)")
    }

    /// On the machine, the program must be there and executable.
    ///
    /// status 203 is what the forked process ends with when execve(2) fails; systemd.exec(5),
    /// "Process Exit Codes". A bare name is looked for in directories that are compiled into
    /// systemd, whatever $PATH says.
    fn missing_program(&self, program: &str, span: Span) -> Option<Finding> {
        let Some(machine) = self.subject.machine else {
            return self.never_a_program(program, span);
        };
        if machine.has_program(program)
            || program.contains('%')
            || self.sees_other_files()
            || self.is_conditional(program)
        {
            return None;
        }
        let (message, advice) = why_missing(machine, program);
        let (severity, effect) = if self.command.has(Prefix::IgnoreFailure) {
            (Severity::Info, "the command fails, and the prefix - says that this is fine")
        } else {
            (Severity::Error, "the command fails with status 203/EXEC")
        };
        let finding = Finding::new(severity, "no-such-program", span, message);
        Some(finding.effect(effect).advice(advice).man(MAN))
    }

    /// Words that name a program on no machine, so that nobody has to look.
    ///
    /// Without the facts of a machine, these are sure all the same.
    fn never_a_program(&self, program: &str, span: Span) -> Option<Finding> {
        let message = if has_word(known_words("SHELL_BUILTINS"), program) {
            format!("{program} is a command of the shell, not a program")
        } else if is_assignment(program) {
            format!("{program} is a variable as a shell would set it, not a program")
        } else if is_unit_file(program) {
            format!("{program} is a unit file, not a program")
        } else if is_whole_command(program) {
            format!("{program:?} is one word, blanks included")
        } else {
            return None;
        };
        let finding = Finding::error("no-such-program", span, message)
            .effect("the command fails with status 203/EXEC")
            .advice(instead_of(program));
        Some(finding.man(MAN))
    }
}

/// What there is for a word that is no program.
fn instead_of(word: &str) -> &'static str {
    setting_for(word)
        .unwrap_or("use Environment= or WorkingDirectory=, or run it through /bin/sh -c")
}

/// `"/usr/bin/python3 /srv/app.py"` in one pair of quotes; of /opt/My App/run nobody can say.
///
/// systemd takes quotes off before it looks for the program, and blanks are legal in a path.
fn is_whole_command(program: &str) -> bool {
    let has_argument = [" /", " -"].iter().any(|start| program.contains(start));
    program.contains(' ') && (!program.starts_with('/') || has_argument)
}

/// The path of a unit where that of its program belongs.
fn is_unit_file(program: &str) -> bool {
    program.contains("/systemd/") && UnitName::new(base_name(program)).is_ok()
}

/// The program is looked up before the environment is known.
const NO_VARIABLE: &str = "no variable is filled in in the program's name";

/// The reasons in the order in which they explain most: a word of the shell, a variable, a quoted
/// command, a directory, a file without the x bit, and at last nothing at all.
fn why_missing(machine: &Machine, program: &str) -> (String, &'static str) {
    if has_word(known_words("SHELL_BUILTINS"), program) {
        (format!("{program} is a command of the shell, not a program"), instead_of(program))
    } else if is_assignment(program) {
        let advice = "a variable is set with Environment=, on a line of its own";
        (format!("{program} is a variable as a shell would set it, not a program"), advice)
    } else if is_unit_file(program) {
        (format!("{program} is a unit file, not a program"), "name the program that is to run")
    } else if program.contains(' ') {
        let advice = "quotes make one word of it: quote the arguments alone, or nothing";
        (format!("there is no program {program:?}, blanks included"), advice)
    } else if machine.is_directory(program) {
        (format!("{program} is a directory"), "name the program in it")
    } else if machine.exists(program) {
        (format!("{program} is not executable"), "make it executable: chmod +x")
    } else if program.starts_with('/') {
        (format!("there is no program {program} on this machine"), "install it, or mend the path")
    } else {
        let message =
            format!("there is no program {program} in the directories that systemd looks into");
        (message, "write the whole path; $PATH does not count here")
    }
}
