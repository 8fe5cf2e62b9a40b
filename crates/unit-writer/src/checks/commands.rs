//! Command lines: what systemd refuses, and what only a shell would understand.

use super::{Finding, Severity, Subject};
use crate::load::Machine;
use unit_file::directives::{Directive, Kind, has_word};
use unit_file::syntax::{Assignment, Span};
use unit_file::values::{Command, CommandLine, Prefix, Refused, Word};

/// The page that explains it all.
const MAN: &str = "systemd.service(5)";

pub(super) fn check(
    subject: &Subject<'_>,
    assignment: &Assignment,
    row: &Directive,
    findings: &mut Vec<Finding>,
) {
    if row.kind != Kind::Command || assignment.value.is_empty() {
        return;
    }
    let line = match CommandLine::parse(assignment.value.text(), subject.version) {
        Ok(line) => line,
        Err(refused) => {
            let finding = refused_finding(
                assignment,
                &refused,
                Severity::Error,
                "systemd refuses the unit; it does not load",
            );
            return findings.push(finding);
        }
    };
    if let Some(dropped) = &line.dropped {
        let effect = "systemd drops this command and the rest of the line";
        findings.push(refused_finding(assignment, dropped, Severity::Warning, effect));
    }
    for command in &line.commands {
        let context = Context { subject, assignment, command };
        findings.extend(context.program());
        findings.extend(context.arguments());
    }
}

fn refused_finding(
    assignment: &Assignment,
    refused: &Refused,
    severity: Severity,
    effect: &str,
) -> Finding {
    let value = assignment.value.text();
    let part = &value[refused.span.clone()];
    let finding = Finding::new(
        severity,
        "refused-command",
        assignment.value.span_of(refused.span.clone()),
        refused.reason.clone(),
    )
    .effect(effect)
    .man(MAN);
    if part.starts_with("~/") {
        finding.advice(
            "~ means nothing here; write the path out, or %h for the home of the manager's user",
        )
    } else if part.starts_with("./") || part.contains('/') && !part.starts_with('/') {
        finding.advice(
            "write the whole path, from / on; WorkingDirectory= does not count for the program",
        )
    } else if refused.reason.contains("quote") {
        finding.advice("close the quote, or write \\x27 for ' and \\x22 for \"")
    } else {
        finding
    }
}

/// A command and where it stands.
struct Context<'a> {
    subject: &'a Subject<'a>,
    assignment: &'a Assignment,
    command: &'a Command,
}

impl Context<'_> {
    fn span_of(&self, word: &Word) -> Span {
        self.assignment.value.span_of(word.span.clone())
    }

    fn finding(
        &self,
        severity: Severity,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
    ) -> Finding {
        Finding::new(severity, code, span, message).man(MAN)
    }

    /// The name of the program without its path.
    fn base_name(&self) -> &str {
        self.command.program.rsplit('/').next().unwrap_or_default()
    }

    fn program(&self) -> Option<Finding> {
        let program = self.command.program.as_str();
        let span = self.assignment.value.span_of(self.command.program_span.clone());
        if self.command.has(Prefix::LoginShell) {
            return None;
        }
        if program.contains('$') {
            let finding = self.finding(
                Severity::Error,
                "variable-program",
                span,
                "no variable is filled in in the program's name",
            );
            return Some(
                finding
                    .effect("systemd looks for a program of just this name, and the start fails")
                    .advice("write the path out, or run it through /bin/sh -c"),
            );
        }
        if matches!(self.base_name(), "sudo" | "su" | "runuser" | "doas") {
            let finding = self.finding(
                Severity::Warning,
                "sudo",
                span,
                format!("{} is not needed to change the user", self.base_name()),
            );
            return Some(finding.effect("systemd starts the service as root and the tool adds a process, a session and its own rules").advice("use User=, or the prefix + for full rights").man("systemd.exec(5)"));
        }
        self.missing_program(program, span)
    }

    /// On the machine, the program must be there and executable.
    fn missing_program(&self, program: &str, span: Span) -> Option<Finding> {
        let machine = self.subject.machine?;
        let sees_other_files = OTHER_ROOTS.split(' ').any(|key| self.subject.own(key).is_some());
        let is_there = match program.starts_with('/') {
            true => machine.is_program(program),
            false => machine.find_program(program).is_some(),
        };
        if is_there || program.contains('%') || sees_other_files || self.is_conditional(program) {
            return None;
        }
        let (message, advice) = why_missing(machine, program);
        let (severity, effect) = match self.command.has(Prefix::IgnoreFailure) {
            true => (Severity::Info, "the command fails, and the prefix - says that this is fine"),
            false => (Severity::Error, "the command fails with status 203/EXEC"),
        };
        Some(self.finding(severity, "no-such-program", span, message).effect(effect).advice(advice))
    }

    /// A unit that only starts where the program is has said so itself.
    fn is_conditional(&self, program: &str) -> bool {
        let keys = [
            "ConditionFileIsExecutable",
            "ConditionPathExists",
            "AssertFileIsExecutable",
            "AssertPathExists",
        ];
        let values = keys.iter().flat_map(|key| self.subject.effective.values("Unit", key));
        values
            .into_iter()
            .any(|entry| entry.assignment.value.text().trim_start_matches('|') == program)
    }

    fn arguments(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let words = &self.command.arguments;
        for word in words.iter().filter(|word| word.unknown_escape) {
            let finding = self.finding(
                Severity::Warning,
                "unknown-escape",
                self.span_of(word),
                "the word has an escape that systemd does not know",
            );
            findings.push(
                finding
                    .effect("systemd keeps the backslash as it is")
                    .advice("double the backslash: \\\\")
                    .man("systemd.syntax(7)"),
            );
        }
        if let Some(script) = self.shell_script() {
            findings.extend(self.unquoted_script(script));
            return findings;
        }
        let own_name = usize::from(!self.command.has(Prefix::SeparateName));
        for word in words.iter().skip(own_name.max(1)) {
            findings.extend(self.shell_syntax(word));
        }
        findings
    }

    /// The index of the script in `sh -c script`.
    fn shell_script(&self) -> Option<usize> {
        let is_shell = |name: &str| has_word(SHELLS, name);
        let words = &self.command.arguments;
        let shells = words
            .iter()
            .position(|word| is_shell(word.text().rsplit('/').next().unwrap_or_default()));
        let shell = if is_shell(self.base_name()) { 0 } else { shells? };
        let is_option = |word: &Word| {
            word.text().starts_with('-')
                && !word.text().starts_with("--")
                && word.text().ends_with('c')
        };
        let option = words.iter().skip(shell + 1).position(is_option)?;
        Some(shell + 1 + option + 1)
    }

    /// `sh -c echo hello` runs `echo`, and `hello` is the script's `$0`.
    fn unquoted_script(&self, script: usize) -> Option<Finding> {
        let words = &self.command.arguments;
        let (first, rest) = (words.get(script)?, words.get(script + 1..)?);
        let is_bare = |word: &Word| word.span.len() == word.bytes.len();
        let is_one_name =
            |word: &Word| !word.text().contains([' ', ';', '|', '$', '&', '%', '"', '\'']);
        if rest.is_empty() || !is_bare(first) || !is_one_name(first) {
            return None;
        }
        let finding = self.finding(
            Severity::Warning,
            "unquoted-script",
            self.span_of(first),
            format!(
                "the shell runs {:?} alone; the words behind it are not part of the script",
                first.text()
            ),
        );
        Some(
            finding
                .effect("the shell gets them as $0, $1 and so on")
                .advice("quote the whole script: sh -c '…'"),
        )
    }

    /// Words that a shell would act on, and that here are arguments like any other.
    fn shell_syntax(&self, word: &Word) -> Option<Finding> {
        let text = word.text();
        if word.span.len() != word.bytes.len() {
            return None; // quoted or escaped, so meant as it is
        }
        let what = shell_operator(&text).or_else(|| shell_expansion(&text, self.base_name()))?;
        let finding = self.finding(
            Severity::Warning,
            "shell-syntax",
            self.span_of(word),
            format!("{text:?} {what}"),
        );
        let finding =
            finding.effect("no shell runs the command: the program gets this as an argument");
        Some(finding.advice(match &*text {
            "&" => "take it away: systemd itself runs the service in the background",
            "&&" | ";" => "write one ExecStartPre= line for each command that comes first, or run them through /bin/sh -c",
            _ if text.contains('>') => "use StandardOutput=append:/path and StandardError=, or run it through /bin/sh -c",
            _ if text.starts_with('~') => "write the path out, or %h for the home of the manager's user",
            _ => "run it through /bin/sh -c '…', or write it out",
        }))
    }
}

/// Keys that give the command other files to see than the machine's.
const OTHER_ROOTS: &str = "RootDirectory RootImage ExecSearchPath BindPaths BindReadOnlyPaths MountImages ExtensionImages";
/// Commands that only a shell has.
const BUILTINS: &str = "cd source . export ulimit umask eval exec set if for while";
/// Programs that are mostly given the names of files.
const FILE_TOOLS: &str =
    "rm cp mv ls cat chmod chown tar gzip touch mkdir rmdir ln echo grep wc head tail sort";
const SHELLS: &str = "sh bash dash zsh ksh ash fish csh busybox";

fn why_missing(machine: &Machine, program: &str) -> (String, &'static str) {
    if has_word(BUILTINS, program) {
        let advice = "use WorkingDirectory=, Environment=, UMask= or a Limit…= key, or run it through /bin/sh -c";
        (format!("{program} is a command of the shell, not a program"), advice)
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

fn shell_operator(text: &str) -> Option<&'static str> {
    let redirects = [">", "<", "1>", "2>", "&>"];
    let redirected = |start: &str| {
        let target = text.strip_prefix(start);
        target.is_some_and(|target| target.is_empty() || target.starts_with(['/', '>', '&', '<']))
    };
    match text {
        "|" | "||" | "&&" | "&" | "|&" => Some("means something to a shell only"),
        _ if redirects.into_iter().any(redirected) => Some("redirects nothing here"),
        _ if text.ends_with(';') && text.len() > 1 && !text.ends_with("\\;") => {
            Some("ends no command; only a ; between blanks does")
        }
        _ if text.ends_with('&') && text.len() > 1 && !text.contains(['=', '?']) => {
            Some("means something to a shell only")
        }
        _ => None,
    }
}

fn shell_expansion(text: &str, program: &str) -> Option<&'static str> {
    let takes_files = has_word(FILE_TOOLS, program);
    let is_glob = text.contains(['*', '?'])
        && !text.starts_with('-')
        && (takes_files || (text.starts_with('/') && text.contains('*')));
    match () {
        () if text.contains("$(") || text.contains('`') => {
            Some("is not replaced by the output of a command")
        }
        () if text.contains("${")
            && [":-", ":=", ":+", ":?", "##", "%%"]
                .iter()
                .any(|operator| text.contains(operator)) =>
        {
            Some("uses an expansion that systemd does not know; only ${NAME} and $NAME")
        }
        () if text == "~" || text.starts_with("~/") => Some("does not become a home directory"),
        () if is_glob => Some("is not expanded to the names of files"),
        () => None,
    }
}
