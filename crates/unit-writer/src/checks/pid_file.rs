//! The two places where the path of a PID file stands: in the unit, and in the daemon's options.
//!
//! ```ini
//! [Service]
//! Type=forking
//! PIDFile=/run/app.pid
//! ExecStart=/usr/sbin/appd --pidfile /run/app/appd.pid
//! ```

use super::command_check::MAN;
use super::finding::Finding;
use super::subject::Subject;

/// systemd reads the file after the first process has ended, and waits for it to appear.
///
/// A daemon that writes another one is running, and systemd ends it when the time is over.
pub(super) fn differs(subject: &Subject<'_>) -> Option<Finding> {
    let own = subject.own("PIDFile").filter(|_| subject.service_type() == "forking")?;
    let is_unknown = |path: &str| path.contains(['%', '$']);
    let own = below_run(own);
    if is_unknown(&own) {
        return None;
    }
    let mut other = None;
    for run in subject.own_commands("ExecStart") {
        for word in &run.command.arguments {
            let text = word.text();
            let paths = text.split([' ', '=', ',', '>', ';']);
            for path in paths.filter(|path| path.starts_with('/') && path.ends_with(".pid")) {
                if is_unknown(path) || below_run(path) == own {
                    return None;
                }
                let span = run.assignment.value.span_of(word.span.clone());
                other.get_or_insert((span, path.to_owned()));
            }
        }
    }
    let (span, path) = other?;
    let message = format!("the daemon is told to write {path}, and PIDFile= is {own}");
    let finding = Finding::warning("pid-file", span, message)
        .effect("systemd waits for PIDFile= until the start fails, and ends the daemon")
        .advice("write the same path in both");
    Some(finding.man(MAN))
}

/// The whole path: a relative one counts from /run, and /var/run is the same directory.
fn below_run(path: &str) -> String {
    let path = path.strip_prefix("/var/run/").or(path.strip_prefix("/run/")).unwrap_or(path);
    if path.starts_with('/') { path.to_owned() } else { format!("/run/{path}") }
}
