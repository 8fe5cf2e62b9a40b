//! Specifiers: a `%` where a percent sign was meant, and specifiers that mean nothing here.
//!
//! They are filled in when the unit is loaded, in nearly all values, inside quotes as well.
//!
//! ```ini
//! [Service]
//! ExecStart=/usr/bin/backup --name %Y-%m-%d
//! Environment=PASSWORD=50%d#x
//! ```

use unit_file::directives::Kind;
use unit_file::syntax::Assignment;
use unit_file::values::{Reader, Specifier, SpecifierUse, specifier_of, specifiers};

use super::files::is_made_for_unit;
use super::finding::{Edit, Finding, REFUSED, Severity, Told};
use super::line::Line;
use super::read_only::names_output;
use super::subject::Subject;
use crate::load::{Role, Scope};

/// Each % of a value in which systemd fills specifiers in; in other values, such as sizes and
/// booleans, a % is a letter like any other.
pub(super) fn check(line: &Line<'_, '_>, findings: &mut Vec<Finding>) {
    let Line { subject, assignment, row } = *line;
    let value = assignment.value.text();
    if !row.fills_in || !value.contains('%') {
        return;
    }
    let reader =
        if &*assignment.section == "Install" { Reader::Systemctl } else { Reader::Manager };
    let used: Vec<(usize, SpecifierUse)> = specifiers(value, reader, subject.version).collect();
    // A format is one mistake, and gets one finding. A letter that is no specifier is told by
    // itself: systemd ignores or refuses what has one.
    if looks_like_date_format(value) {
        findings.tell(date_format(assignment, &used));
        let unknown = used.iter().filter_map(|(at, used)| match used {
            SpecifierUse::Unknown(letter) => Some(unknown(line, *letter, *at)),
            _ => None,
        });
        findings.extend(unknown);
        return;
    }
    for (at, used) in used {
        findings.extend(match used {
            SpecifierUse::Unknown(letter) => Some(unknown(line, letter, at)),
            SpecifierUse::Known(known) => {
                let plain = matches!(known.letter, 'i' | 'I') && is_plain(subject);
                if plain {
                    Some(no_instance(line, known, at))
                } else {
                    of_manager(line, known, at).or_else(|| other_format(line, known, at))
                }
            }
            SpecifierUse::Percent | SpecifierUse::Literal => None,
        });
    }
    findings.tell(relative_instance(line));
}

/// A plain unit is one without an @ in its name. A drop-in may change a template, so nobody can
/// tell from it.
fn is_plain(subject: &Subject<'_>) -> bool {
    subject.role == Role::Unit && subject.name.is_some_and(|name| name.instance().is_none())
}

/// `+%Y-%m-%d` and its like, which date(1) would read.
///
/// Most letters of strftime(3) are specifiers too, so a format for date(1) loads and prints
/// nonsense: %Y is the directory of the unit file.
fn looks_like_date_format(value: &str) -> bool {
    let parts = [
        "%Y-%m", "%Y%m", "%Y/%m", "%H:%M", "%H%M", "%m-%d", "%d-%m", "%d/%m", "%d.%m", "%M:%S",
        "%Y_%m", "+%", "+\"%", "+'%",
    ];
    parts.iter().any(|part| value.contains(part))
}

/// What a specifier that systemd doesn't know costs: systemd fills in word by word, and drops what
/// it can't fill in.
fn unknown(line: &Line<'_, '_>, letter: char, at: usize) -> Finding {
    let Line { subject, assignment, row } = *line;
    let value = assignment.value.text();
    // A command that can't be read costs the unit, and so does the wrong user or directory.
    let is_strict = match row.kind {
        Kind::Command => !value.starts_with('-'),
        Kind::User | Kind::Users | Kind::Directory => true,
        _ => {
            let roots = ["RootDirectory", "RootImage", "RootVerity"];
            let labels = ["AppArmorProfile", "SELinuxContext", "SmackProcessLabel"];
            roots.contains(&row.key) || (labels.contains(&row.key) && !value.starts_with('-'))
        }
    };
    let is_one_value = matches!(row.key, "Documentation" | "ExecSearchPath");
    let others = "systemd ignores this word and takes the others".to_owned();
    let is_install = &*assignment.section == "Install";
    let (severity, effect) = if is_install {
        let effect = "systemctl enable fails: \"Invalid specifier\", and makes no link at all";
        (Severity::Error, effect.to_owned())
    } else if is_strict {
        (Severity::Error, REFUSED.to_owned())
    } else if row.is_list && !is_one_value && value.trim().contains([' ', '\t']) {
        (Severity::Warning, others)
    } else {
        (Severity::Warning, subject.when_ignored(assignment))
    };
    let message = match specifier_of(letter) {
        Some(known) if known.since > subject.version => {
            format!("%{letter} came with systemd {}, this is {}", known.since, subject.version)
        }
        // systemctl reads that section, and knows less than the manager does.
        Some(_) => format!("%{letter} is not filled in in [Install]"),
        None => format!("there is no specifier %{letter}"),
    };
    let span = assignment.value.span_of(at..at + 2);
    let finding = Finding::new(severity, "unknown-specifier", span.clone(), message);
    let finding = finding.effect(effect).man("systemd.unit(5)");
    if is_install && specifier_of(letter).is_some() {
        return finding.advice("write it out; %i, %n, %p, %u and %H work here too");
    }
    finding.suggest("write %% for a percent sign", span, format!("%%{letter}"))
}

/// %i and %I are the part of the name between @ and the suffix. A plain unit has none, and
/// systemd puts in nothing, without a word.
fn no_instance(line: &Line<'_, '_>, known: &Specifier, at: usize) -> Finding {
    let Line { assignment, row, .. } = *line;
    let span = assignment.value.span_of(at..at + 2);
    let filled = assignment.value.text().replace("%i", "").replace("%I", "");
    // Nobody's name is empty, and a directory begins with a slash; as without the specifier.
    let is_refused = match row.kind {
        Kind::User => filled.trim().is_empty(),
        Kind::Users => {
            let names = assignment.value.text().split_whitespace();
            names.into_iter().any(|name| matches!(name, "%i" | "%I"))
        }
        Kind::Directory => !filled.starts_with(['/', '~', '-', '%']),
        _ => false,
    };
    let (severity, effect) = if is_refused {
        (Severity::Error, REFUSED)
    } else {
        let effect = "only a template such as name@.service has instances; in a plain unit the \
                      specifier becomes nothing";
        (Severity::Warning, effect)
    };
    let message = format!("%{} is empty here: the unit is no template", known.letter);
    Finding::new(severity, "no-instance", span, message)
        .effect(effect)
        .advice("rename the file to a template, or write the value out; %% is a percent sign")
        .man("systemd.unit(5)")
}

/// One finding for all of them, as they belong together.
fn date_format(assignment: &Assignment, used: &[(usize, SpecifierUse)]) -> Option<Finding> {
    let known = |(at, used): &(usize, SpecifierUse)| match used {
        SpecifierUse::Known(known) => Some((*at, *known)),
        _ => None,
    };
    let known: Vec<(usize, &Specifier)> = used.iter().filter_map(known).collect();
    let (first, last) = (known.first()?, known.last()?);
    let becomes: Vec<String> = known
        .iter()
        .map(|(_, known)| format!("%{} becomes {}", known.letter, known.meaning))
        .collect();
    let edit = |(at, known): &(usize, &Specifier)| Edit {
        span: assignment.value.span_of(*at..at + 2),
        text: format!("%%{}", known.letter),
    };
    let span = assignment.value.span_of(first.0..last.0 + 2);
    let message = "systemd fills this in before the program sees it";
    let finding = Finding::warning("date-format", span, message)
        .effect(becomes.join(", "))
        .mend("write %% for each percent sign", known.iter().map(edit).collect())
        .man("systemd.unit(5)");
    Some(finding)
}

/// `%h` and `%u` are those of the manager, which for the system is root, whatever User= says.
fn of_manager(line: &Line<'_, '_>, known: &Specifier, at: usize) -> Option<Finding> {
    let Line { subject, assignment, .. } = *line;
    let becomes = match known.letter {
        'h' => "/root",
        'u' | 'g' => "root",
        'U' | 'G' => "0",
        't' if is_own_runtime(line, at) => "/run",
        _ => return None,
    };
    // A user's manager is the user, and so the specifiers are right there. Elsewhere than in
    // [Service] there is no User= that somebody could have meant.
    let has_user = subject.other_user().is_some();
    if subject.scope == Scope::User || !has_user || &*assignment.section != "Service" {
        return None;
    }
    let span = assignment.value.span_of(at..at + 2);
    let letter = known.letter;
    let message = format!("%{letter} is {becomes} here, not that of User=");
    let finding = Finding::warning("manager-specifier", span, message).effect(format!(
        "the specifiers speak of the manager's user: systemd puts {becomes} there"
    ));
    let advice = match letter {
        'h' => "write the path out; WorkingDirectory=~ and $HOME are those of User=",
        't' => "add RuntimeDirectory=NAME, and use %t/NAME",
        _ => "write it out",
    };
    Some(finding.advice(advice).man("systemd.unit(5)"))
}

/// Whether %t was meant for a directory of the service's own: in a user's unit it is one, and here
/// it is /run, where only root makes anything.
///
/// Much there belongs to others and is there to be read, so only what is written counts.
fn is_own_runtime(line: &Line<'_, '_>, at: usize) -> bool {
    let Line { subject, assignment, row } = *line;
    let value = assignment.value.text();
    let (before, path) = (&value[..at], &value[at + 2..]);
    let path = path.split([' ', '\t', '"', '\'']).next().filter(|path| path.starts_with('/'));
    if row.kind == Kind::Environment {
        return before.ends_with("XDG_RUNTIME_DIR=") && path.is_none();
    }
    let Some(path) = path else {
        return false;
    };
    let option = before.split([' ', '\t']).rfind(|word| !word.is_empty()).unwrap_or_default();
    let option = option.trim_end_matches('=');
    row.kind == Kind::Command
        && !before.starts_with(['+', '!'])
        && names_output(option)
        // A directory there may have been made at boot, by tmpfiles.d(5).
        && !path[1..].contains('/')
        && !is_made_for_unit(subject, &format!("/run{path}"))
}

/// A specifier that systemd knows, where another program's format or a password was meant: `%s` of
/// printf(3), `%p` of java's file names, `%d` inside a word.
///
/// systemd has 42 specifiers by now and gets more, so that % in a value is a specifier more often
/// than not.
fn other_format(line: &Line<'_, '_>, known: &Specifier, at: usize) -> Option<Finding> {
    let Line { assignment, row, .. } = *line;
    let value = assignment.value.text();
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let follows_word = is_word(value[..at].chars().next_back());
    let before_word = is_word(value[at + 2..].chars().next());
    let is_suspect = match (row.kind, known.letter) {
        // Nobody needs the path of a shell in an argument.
        (Kind::Command | Kind::Environment, 's') => at > 0,
        // Where units use these, a path begins or goes on with a slash.
        (Kind::Command | Kind::Environment, 'd') => {
            follows_word || before_word || is_quoted_format(value, at)
        }
        (Kind::Command | Kind::Environment, 'p') => follows_word,
        (Kind::Command | Kind::Environment, 'c' | 'f' | 'h' | 'S' | 'H' | 'm' | 'u' | 'g') => {
            follows_word && before_word
        }
        _ => false,
    };
    if !is_suspect {
        return None;
    }
    let span = assignment.value.span_of(at..at + 2);
    let letter = known.letter;
    let finding = Finding::warning("percent", span.clone(), format!("%{letter} is a specifier"))
        .effect(format!("systemd puts {} there before the program sees it", known.meaning))
        .suggest("write %% if a percent sign is meant", span, format!("%%{letter}"))
        .man("systemd.unit(5)");
    Some(finding)
}

/// `"%d\n"`: quotes before, and a backslash behind, as printf(1) has its formats. A path would go
/// on with a slash.
fn is_quoted_format(value: &str, at: usize) -> bool {
    value[..at].ends_with(['"', '\'']) && value[at + 2..].starts_with('\\')
}

/// `%I` gives the instance back with its slashes, but without one at the beginning; `%f` has it.
/// The other names of a unit have no slash at all.
fn relative_instance(line: &Line<'_, '_>) -> Option<Finding> {
    let Line { subject, assignment, row } = *line;
    let value = assignment.value.text();
    let path = value.trim_start_matches(['-', '|', '!']);
    let letter = ['I', 'i', 'n', 'N', 'p', 'j']
        .into_iter()
        .find(|letter| path.strip_prefix('%').is_some_and(|rest| rest.starts_with(*letter)))?;
    // Of a plain unit, no_instance() has said it.
    if matches!(letter, 'i' | 'I') && is_plain(subject) {
        return None;
    }
    let effect = match row.kind {
        Kind::Directory => "systemd refuses the unit".to_owned(),
        Kind::ConditionPath | Kind::EnvironmentFile => subject.when_ignored(assignment),
        _ => return None,
    };
    let at = value.len() - path.len();
    let span = assignment.value.span_of(at..at + 2);
    let unless = if letter == 'I' { ", unless the instance's name begins with a dash" } else { "" };
    let finding = Finding::warning(
        "relative-instance",
        span.clone(),
        format!("%{letter} is no absolute path"),
    )
    .effect(format!("{effect}{unless}"))
    .suggest("write %f, the instance as an absolute path", span, "%f")
    .man("systemd.unit(5)");
    Some(finding)
}
