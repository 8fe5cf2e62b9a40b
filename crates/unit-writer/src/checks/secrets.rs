//! Secrets that everybody on the machine can read; systemd.exec(5), `Environment=` and
//! "Credentials".
//!
//! A unit is no secret: whoever may log in may ask the manager for every value of it.
//!
//! ```ini
//! [Service]
//! Environment=DB_PASSWORD=hunter2
//! SetCredential=db_password:hunter2
//! ExecStart=/usr/bin/app --password=hunter2
//! ```

use unit_file::syntax::Span;
use unit_file::values::parse_boolean;

use super::finding::{Finding, Told};
use super::subject::Subject;

const MAN: &str = "systemd.exec(5)";

/// A package has no secrets: what it ships is a default that everybody knows.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    if !subject.is_of_vendor() {
        findings.tell(in_arguments(subject));
        findings.tell(in_credential(subject));
    }
}

/// A variable goes to every process of the service as well, also to those that need no secret.
pub(super) fn in_environment(
    subject: &Subject<'_>,
    span: &Span,
    name: &str,
    value: &str,
) -> Option<Finding> {
    let is_told = names_secret(name) && is_secret(value) && !subject.is_of_vendor();
    is_told.then(|| secret(span.clone(), name, "with systemctl show"))
}

/// `--password=hunter2`; proc(5), /proc/pid/cmdline, is for everybody.
fn in_arguments(subject: &Subject<'_>) -> Option<Finding> {
    let mut runs = subject.own_commands("ExecStart");
    let (span, option) = runs.find_map(|run| {
        let mut words = run.command.arguments.iter().skip(1);
        words.find_map(|word| {
            let text = word.text();
            let (option, value) = text.split_once('=')?;
            let is_told = option.starts_with("--") && names_secret(option) && is_secret(value);
            let span = run.assignment.value.span_of(word.span.clone());
            is_told.then(|| (span, option.to_owned()))
        })
    })?;
    Some(secret(span, &option, "with systemctl show, and with ps while it runs"))
}

/// The other key, SetCredentialEncrypted=, has the value in a form that nobody else can read.
fn in_credential(subject: &Subject<'_>) -> Option<Finding> {
    let (line, name) = subject.lines_of("SetCredential").find_map(|line| {
        let (name, value) = line.value.text().split_once(':')?;
        (names_secret(name) && is_secret(value)).then_some((line, name))
    })?;
    Some(secret(line.value.span(), name, "with busctl"))
}

/// What is in a unit, systemd tells everybody who asks over D-Bus; only a file of its own can be
/// closed to others.
fn secret(span: Span, name: &str, how: &str) -> Finding {
    Finding::info("secret", span, format!("{name} is no secret here"))
        .effect(format!("everybody on the machine may read it, {how}"))
        .advice(
            "write it to a file that root alone may read, and name that in LoadCredential= or \
             EnvironmentFile=",
        )
        .man(MAN)
}

/// `DB_PASSWORD`, `--api-key`, `db_password`; not `PASSWORD_FILE`.
fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let ends = ["password", "passwd", "passphrase", "_secret", "_token"];
    let keys = ["_api_key", "_secret_key", "_private_key"];
    ends.iter().chain(&keys).any(|end| name.ends_with(end))
}

/// A path, a reference or a switch is no secret.
fn is_secret(value: &str) -> bool {
    value.len() > 3
        && !value.contains(['/', '$', '%', '<'])
        && parse_boolean(value).is_err()
        && !matches!(value, "none" | "null")
}
