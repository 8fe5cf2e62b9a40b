//! What the lab says, as texts that can be said in another language. The lab itself speaks English.
//!
//! Where the kernel or a program has the last word, that word stays as it is.

mod phrases;

use check_report::{Text, text};
use lab::{Finding, Works};

use self::phrases::{phrase, said};

/// What stands before the command of a cure.
const CURES: [&str; 15] = [
    "install it:",
    "let sudo need no password for a while:",
    "sudo has no terminal to ask for the password: run this on one (over ssh:",
    "give yourself ids:",
    "start your systemd, now and at each boot:",
    "start your bus:",
    "install it, and start your bus:",
    "let it be written to:",
    "give this shell a cgroup of its own:",
    "mount it:",
    "this machine forbids user namespaces (/proc/sys/user/max_user_namespaces is 0):",
    "this machine forbids user namespaces (/proc/sys/kernel/unprivileged_userns_clone is 0):",
    "this machine forbids user namespaces \
     (/proc/sys/kernel/apparmor_restrict_unprivileged_userns is 1):",
    "a part of /proc is hidden here:",
    "a plain container hides what a lab needs: start it with",
];

/// One line a step of a mode, and after the one that failed what mends it.
pub(crate) fn finding(finding: &Finding) -> Vec<Text> {
    let mode = Text::of(&finding.mode.to_string());
    let mut lines = vec![text!("{mode} (--mode {word})", mode, word = finding.mode.word())];
    let step = |step: &lab::Step| Text::of(&step.to_string());
    lines.extend(finding.passed.iter().map(|passed| text!("  ok    {step}", step = step(passed))));
    match &finding.result {
        Ok(works) => {
            let time = works.boot.as_millis();
            lines.push(text!("  ok    boot systemd in {time} ms", time));
            lines.push(text!("        {controllers}", controllers = controllers(works)));
        }
        Err(refusal) => {
            let (step, cause) = (step(&refusal.step), said(&refusal.to_string()));
            lines.push(text!("  FAIL  {step}: {cause}", step, cause));
        }
    }
    lines.extend(finding.cure.iter().map(|said| text!("        {cure}", cure = cure(said))));
    lines
}

fn controllers(works: &Works) -> Text {
    let english = works.to_string();
    match english.split_once(", so that these settings do nothing: ") {
        Some(("controllers: none", limits)) => {
            text!("controllers: none, so that these settings do nothing: {limits}", limits)
        }
        Some((given, limits)) => {
            let given = given.trim_start_matches("controllers: ");
            text!(
                "controllers: {given}, so that these settings do nothing: {limits}",
                given,
                limits
            )
        }
        None => text!("controllers: {given}", given = english.trim_start_matches("controllers: ")),
    }
}

/// A cure is a few words and a command between backticks, and says who may type it.
fn cure(english: &str) -> Text {
    let Some((words, command)) = english.split_once('`') else {
        return Text::of(english);
    };
    let command = format!("`{command}");
    let (words, is_for_root) = match words.strip_suffix("as root, ") {
        Some(words) => (words.trim_end().trim_end_matches(','), true),
        None => (words.trim_end(), false),
    };
    let known = CURES.into_iter().find(|known| *known == words);
    let words = known.map_or_else(|| Text::of(words), Text::from);
    if is_for_root {
        text!("{words} as root, {command}", words, command)
    } else {
        text!("{words} {command}", words, command)
    }
}

/// Why there is no lab, or why a command in it has no result.
pub(crate) fn error(error: &lab::Error) -> Text {
    match error {
        lab::Error::NoMode(tried) => {
            let mut all = Text::from("no lab can run here");
            for (mode, refusal) in tried {
                let mode = Text::of(&mode.to_string());
                let (step, cause) =
                    (Text::of(&refusal.step.to_string()), said(&refusal.to_string()));
                let line = text!("  {mode}: could not {step}: {cause}", mode, step, cause);
                all = text!("{before}\n{line}", before = all, line);
            }
            match tried.iter().find_map(|(_, refusal)| refusal.cure()) {
                Some(said) => text!("{before}\n    {cure}", before = all, cure = cure(&said)),
                None => all,
            }
        }
        lab::Error::BootTimeout(limit) => {
            text!("the lab did not boot within {limit}", limit = format!("{limit:?}"))
        }
        lab::Error::Gone(end) => text!("the lab is gone: {end}", end = phrase(&end.to_string())),
        lab::Error::Spawn { program, cause, .. } => {
            text!("cannot run {program} in the lab: {cause}", program, cause = phrase(cause))
        }
        lab::Error::TimedOut { program, limit, .. } => {
            text!("{program} did not end within {limit}", program, limit = format!("{limit:?}"))
        }
        lab::Error::Stopped { program, .. } => text!("{program} was stopped", program),
        lab::Error::TooMuchOutput { program, limit } => {
            text!("{program} printed more than {limit} bytes", program, limit)
        }
        // The course asks for none of these: they are for who types `lab`.
        lab::Error::OwnDirectory(_) | lab::Error::NoUser { .. } | lab::Error::Io(_) => {
            Text::verbatim(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{cure, finding};

    /// English is said as the lab says it.
    #[test]
    fn a_cure_keeps_its_command() {
        for english in [
            "install it: `apt-get install -y systemd`",
            "give yourself ids: as root, `usermod --add-subuids 1-2 x`",
            "a plain container hides what a lab needs: start it with `docker run --privileged`",
            "sudo has no terminal to ask for the password: run this on one (over ssh: `ssh -t`)",
        ] {
            assert_eq!(cure(english).english(), english);
        }
    }

    #[test]
    fn a_finding_is_said_as_the_lab_says_it() {
        for found in [lab::examine(lab::Mode::Root), lab::examine(lab::Mode::Single)] {
            let lines: Vec<String> = finding(&found).iter().map(|line| line.english()).collect();
            assert_eq!(lines.join("\n") + "\n", found.to_string());
        }
    }
}
