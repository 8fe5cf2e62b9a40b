//! What the lab tried and what stood in the way: a few words with a path or a name in them.

use check_report::{Text, Value, text};

/// The phrases with places for values. All others are said as they are.
const PHRASES: [&str; 24] = [
    "bind {source} to {target}",
    "make a cgroup in {path}",
    "make {path} read-only",
    "map the ids of the files in {path}",
    "mount {kind} on {target}",
    "open the mounts at {path}",
    "set the mounts at {path}",
    "set the propagation of / to {flags}",
    "use mode {mode}",
    "there is no bus at {path}",
    "user@{uid}.service does not run",
    "nothing within {limit}",
    "after a reboot, it could not {step}: {refusal}",
    "its systemd exited with status {status}",
    "its systemd was ended by {signal}",
    "its systemd ended ({how})",
    "{program} is not installed ({path} is missing)",
    "{file} has no {count} for {user} ({uid})",
    "{scope} was not started within {limit}",
    // The shortest come last: they would fit others, too.
    "link /{path}",
    "make /{path}",
    "mount /{path}",
    "run {program}",
    "write {file}",
];

/// What `english` says: one of the phrases with its values, or a text without any.
pub(super) fn phrase(english: &str) -> Text {
    let fitting = PHRASES.iter().find_map(|template| fit(template, english));
    fitting.unwrap_or_else(|| Text::of(english))
}

/// What was tried, and why it did not work. Where two ways were tried, each has its own.
pub(super) fn said(english: &str) -> Text {
    const BOTH: &str = ", and cannot ";
    let Some((what, why)) = english.strip_prefix("cannot ").and_then(|rest| rest.split_once(": "))
    else {
        return phrase(english);
    };
    let one = |why: &str| text!("cannot {what}: {why}", what = phrase(what), why = phrase(why));
    match why.split_once(BOTH) {
        Some((why, other)) => {
            text!("{one}, and {other}", one = one(why), other = said(&format!("cannot {other}")))
        }
        None => one(why),
    }
}

/// The template with the values that make it say `english`; none if it can't.
fn fit(template: &'static str, english: &str) -> Option<Text> {
    let mut parts = template.split('{');
    let mut rest = english.strip_prefix(parts.next()?)?;
    let mut text = Text::from(template);
    for part in parts {
        let (name, after) = part.split_once('}')?;
        let end = if after.is_empty() { rest.len() } else { rest.find(after)? };
        let (value, left) = (&rest[..end], &rest[end + after.len()..]);
        text.with.insert(name.into(), known(name, value));
        rest = left;
    }
    rest.is_empty().then_some(text)
}

/// A step of the boot and a refusal are texts themselves; a path and a name are what they are.
fn known(name: &str, value: &str) -> Value {
    match name {
        "step" => Value::from(&Text::of(value)),
        "refusal" => Value::from(&said(value)),
        _ => Value::Verbatim(value.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{PHRASES, phrase, said};
    use crate::language::{Language, Words, untranslated};

    #[test]
    fn a_phrase_keeps_its_values() {
        for english in [
            "make a cgroup in /sys/fs/cgroup/a: b",
            "systemd is not installed (/usr/lib/systemd/systemd is missing)",
            "/etc/subuid has no 65536 for \"ana\" (1000)",
            "after a reboot, it could not boot systemd: cannot run busctl: no",
            "what nobody has thought of {x}",
        ] {
            assert_eq!(phrase(english).english(), english);
        }
        assert_eq!(phrase("user@7.service does not run").with.len(), 1);
        assert!(phrase("user@7.service does not run, or so").with.is_empty());
    }

    #[test]
    fn two_causes_are_said_one_after_the_other() {
        let english = "cannot make a cgroup in /a: No such file or directory (os error 2), and \
                       cannot get a scope from systemd: user@7.service does not run";
        let text = said(english);
        assert_eq!(text.english(), english);
        assert_eq!(text.template, "{one}, and {other}");
    }

    /// Each thing that the lab tries can be said in Spanish when it fails.
    #[test]
    fn what_the_lab_tries_has_a_spanish_text() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let spanish = Words::of(Language::Spanish, Some(&root));
        let mut tried: Vec<String> =
            sources(&root.join("crates/lab/src")).iter().flat_map(|source| tried(source)).collect();
        assert!(tried.len() > 50, "{tried:?}");
        tried.extend(PHRASES.map(str::to_owned));
        let open: Vec<String> =
            tried.iter().flat_map(|english| untranslated(&phrase(english), &spanish)).collect();
        assert!(open.is_empty(), "no Spanish in crates/course/es.toml for {open:#?}");
    }

    fn sources(directory: &Path) -> Vec<String> {
        let mut texts = Vec::new();
        for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                texts.extend(sources(&path));
            } else {
                texts.push(fs::read_to_string(path).unwrap());
            }
        }
        texts
    }

    /// What a source says that it tries: after a step stands what, with a value in it or not.
    fn tried(source: &str) -> Vec<String> {
        let after = source.split("Step::").skip(1).filter_map(|rest| rest.split_once(',')).map(
            |(_, rest)| {
                let rest = rest.trim_start();
                rest.strip_prefix("format!(").unwrap_or(rest)
            },
        );
        let quoted = after.filter_map(|rest| rest.strip_prefix('"')?.split_once('"'));
        // The values are paths, whatever they are called.
        let path = |what: &str| match what.split_once('{') {
            Some((before, _)) => format!("{}/path", before.trim_end_matches('/')),
            None => what.to_owned(),
        };
        quoted.map(|(what, _)| path(what)).collect()
    }
}
