//! What a unit is to run, and nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use check::{Explain, Failure, Result, text};

use super::settings::Written;
use super::shown::Settings;

impl Written<'_> {
    /// Fails if it runs anything but `program` with `arguments`: what runs here is the exercise's
    /// to choose.
    ///
    /// A script may be run through its shell as well. What ExecReload= says is not run here.
    pub(crate) fn runs_only(self, program: &str, arguments: &str) -> Result {
        let settings = Settings::of(self.unit)?;
        let commands: Vec<&(String, String)> = settings.commands().iter().collect();
        let fits = |command: &&(String, String)| {
            let (path, given) = (command.0.as_str(), command.1.as_str());
            is_program(path, program) && given == arguments
                || is_shell(path) && format!("{program} {arguments}").trim_end() == given
        };
        if !commands.is_empty() && commands.iter().all(fits) {
            return Ok(());
        }
        let got = match commands.iter().find(|command| !fits(command)) {
            None => "nothing to run".into(),
            Some((path, given)) => text!("{path} {given}", path, given),
        };
        let is_comment = commands.iter().any(|(_, given)| given.starts_with('#'));
        let say = if is_comment {
            "there are no comments at the end of a line: what follows the program are its arguments"
        } else {
            "systemd itself should run the program, and no other: then it sees how the program \
             ends, and can act on it"
        };
        let command = format!("{program} {arguments}");
        let expected = text!("{command}, and nothing else to run", command = command.trim_end());
        Err(Failure::new(expected, got)
            .say(say)
            .man("systemd.service(5), ExecStart=")
            .at_setting(self.file, "Exec"))
    }
}

/// Whether systemd finds `program` where a unit says `path`: it looks up a bare name.
fn is_program(path: &str, program: &str) -> bool {
    if path.contains('/') {
        real(path) == real(program)
    } else {
        Path::new(program).file_name().is_some_and(|name| name == path)
    }
}

fn is_shell(path: &str) -> bool {
    path.contains('/') && ["/bin/sh", "/bin/bash"].iter().any(|shell| real(path) == real(shell))
}

/// `/bin` is a link to `/usr/bin` on most machines.
fn real(path: &str) -> Option<PathBuf> {
    fs::canonicalize(path).ok()
}
