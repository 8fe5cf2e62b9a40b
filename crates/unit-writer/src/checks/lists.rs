//! Values that are lists: each word is judged alone, and mostly a bad word costs only itself.
//!
//! The words of a list are separated by blanks, quotes group, and a line adds to the lines before
//! it. An empty line clears most lists.
//!
//! ```ini
//! [Service]
//! CapabilityBoundingSet=CAP_NET_RAW NET_ADMIN
//! RestrictAddressFamilies=AF_INET IPV6
//! ```

use systemd_types::{UnitName, UnitType};
use unit_file::directives::{Directive, has_word};
use unit_file::values::{
    Backslash, Invalid, Word, is_variable_name, parse_boolean, parse_integer, split,
};

use super::known_words::{is_signal, is_system_call, known_words};
use super::problem::{Cost, Problem, one};
use super::scalars::{interface, user_name};
use crate::suggest::{nearest, with_suffix};

/// Judges each word. systemd reads from left to right, so that an open quote costs only what
/// follows it.
pub(super) fn each(
    value: &str,
    backslash: Backslash,
    judge: impl Fn(&Word) -> Option<Problem>,
) -> Vec<Problem> {
    let split = split(value, backslash);
    let open = split.error.map(|error| {
        let reason = error.reason;
        // The word that the quote is in began before it.
        let start = value[..error.span.start].rfind([' ', '\t']).map_or(0, |blank| blank + 1);
        let problem = Problem::from(Invalid::at(start..value.len(), reason));
        problem.costs(if start == 0 { Cost::Line } else { Cost::Rest })
    });
    split.words.iter().filter_map(judge).chain(open).collect()
}

/// As [`each`], the words beginning behind a `~`, which stands for "all but these".
pub(super) fn each_behind_tilde(
    value: &str,
    judge: impl Fn(&Word) -> Option<Problem>,
) -> Vec<Problem> {
    let words = value.strip_prefix('~').unwrap_or(value);
    let shift = value.len() - words.len();
    let mut problems = each(words, Backslash::Stays, judge);
    for problem in &mut problems {
        let span = &mut problem.invalid.span;
        *span = span.start + shift..span.end + shift;
    }
    problems
}

/// As [`each`] for the few keys that are all or nothing: one bad word costs the line.
///
/// A half of such a set could allow more than was meant.
fn all_or_nothing(problems: Vec<Problem>) -> Vec<Problem> {
    problems.into_iter().map(|problem| problem.costs(Cost::Line)).collect()
}

/// A problem with one word.
pub(super) fn complain(word: &Word, reason: String) -> Option<Problem> {
    Some(Problem::from(Invalid::at(word.span.clone(), reason)).costs(Cost::Word))
}

/// A problem with a word that is not good, and the word of a list that was probably meant.
///
/// Kernel names are short and alike, so the nearest is offered and never put in unasked.
fn none_of(word: &Word, is_good: bool, what: &str, list: &str) -> Option<Problem> {
    let text = word.text();
    let problem = || complain(word, format!("{text:?} is {what}"));
    if is_good { None } else { problem().map(|problem| problem.meant(meant(&text, list))) }
}

/// The only word that begins so, or the one that is spelt nearly so.
fn meant(text: &str, list: &str) -> Option<String> {
    let is_longer = |known: &&str| {
        let begins = known.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text));
        begins && known[text.len()..].starts_with(['_', '-'])
    };
    let mut longer = list.split(' ').filter(is_longer);
    let only = longer.next().filter(|_| longer.next().is_none());
    only.or_else(|| nearest(text, list.split(' '))).map(str::to_owned)
}

/// systemd makes a set of flags of these, and some keys drop unknown words without a word.
///
/// The word is told with all words of the list, for most lists are short.
pub(super) fn words(value: &str, list: &[&str]) -> Vec<Problem> {
    each(value, Backslash::Stays, |word| {
        let is_good = list.contains(&&*word.text());
        none_of(word, is_good, &format!("none of {}", list.join(", ")), &list.join(" "))
    })
}

/// `Documentation=` is for programs that open the address, so it must have a scheme they know.
///
/// A sentence is one mistake, however many words it has.
pub(super) fn addresses(value: &str) -> Vec<Problem> {
    let known = ["http://", "https://", "file:/", "info:", "man:"];
    let is_sentence = value.contains(' ') && !known.iter().any(|scheme| value.contains(scheme));
    if is_sentence {
        let reason = "a text is no address; one begins with https:, http:, file:/, info: or man:";
        return vec![Problem::whole(value, reason)];
    }
    each(value, Backslash::Stays, |word| {
        let text = word.text();
        if known.iter().any(|prefix| text.starts_with(prefix) && text.len() > prefix.len()) {
            return None;
        }
        let meant = text.starts_with("www.").then(|| format!("https://{text}"));
        let reason = format!("{text:?} does not begin with https:, http:, file:/, info: or man:");
        complain(word, reason).map(|problem| problem.meant(meant))
    })
}

/// Those of [Install] are left to its own check: systemctl reads them, not the manager.
pub(super) fn units(row: &Directive, value: &str, unit_type: Option<UnitType>) -> Vec<Problem> {
    if row.is_in("Install") {
        return Vec::new();
    }
    each(value, Backslash::Stays, |word| {
        let text = word.text();
        match (UnitName::new(&text), unit_type) {
            (Err(error), _) => {
                let of_path = || UnitName::from_path(&text, type_of_path(&text)).ok();
                let meant = if text.starts_with('/') {
                    of_path().map(|name| name.to_string())
                } else {
                    with_suffix(&text)
                };
                complain(word, error.to_string()).map(|problem| problem.meant(meant))
            }
            (Ok(name), Some(unit_type)) if name.unit_type() != unit_type => {
                complain(word, format!("{text:?} is not a {unit_type} unit"))
            }
            _ => None,
        }
    })
}

/// A device or a mount: the units that are named after a path.
///
/// Other paths are mounts in nearly all dependencies; a swap is named by hand.
fn type_of_path(path: &str) -> UnitType {
    if path.starts_with("/dev/") { UnitType::Device } else { UnitType::Mount }
}

/// A service with fewer groups than it asked for may fail in ways that nobody understands, so
/// systemd gives up the unit.
pub(super) fn users(value: &str) -> Vec<Problem> {
    each(value, Backslash::Stays, |word| {
        let invalid = user_name(&word.text(), word.span.start).err()?;
        Some(Problem::from(invalid).costs(Cost::Unit))
    })
}

/// A name is all that is asked for: the value comes from the manager's own environment.
pub(super) fn variables(value: &str) -> Vec<Problem> {
    each(value, Backslash::Escapes, |word| {
        let text = word.text();
        let hint = if text.contains('=') { "; Environment= sets values" } else { "" };
        let problem = || complain(word, format!("{text:?} is not the name of a variable{hint}"));
        if is_variable_name(&text) { None } else { problem() }
    })
}

/// `NAME` takes a variable away whatever it holds, `NAME=value` only if it holds that.
pub(super) fn unset_variables(value: &str) -> Vec<Problem> {
    each(value, Backslash::Escapes, |word| {
        let text = word.text();
        let name = text.split('=').next().unwrap_or_default();
        let problem = || complain(word, format!("{name:?} is not the name of a variable"));
        if is_variable_name(name) { None } else { problem() }
    })
}

/// systemd.exec(5) has the names in "Process Exit Codes"; systemd-analyze exit-status prints
/// them. An unknown word is dropped, and the others count.
pub(super) fn statuses(value: &str) -> Vec<Problem> {
    each(value, Backslash::Stays, |word| {
        let text = word.text();
        let is_number = parse_integer(&text).map(|number| (0..=255).contains(&number));
        let is_name = || is_signal(&text) || has_word(known_words("EXIT_STATUSES"), &text);
        let what = "neither an exit status from 0 to 255 nor a signal";
        none_of(word, is_number.unwrap_or_else(|_| is_name()), what, known_words("EXIT_STATUSES"))
    })
}

/// Upper or lower case is the same, but the CAP_ must be there. A number is for kernels that are
/// newer than systemd.
pub(super) fn capabilities(value: &str) -> Vec<Problem> {
    let list = known_words("CAPABILITIES");
    each_behind_tilde(value, |word| {
        let text = word.text();
        let lower = text.to_ascii_lowercase();
        let name = lower.strip_prefix("cap_");
        let is_number = text.parse::<u8>().is_ok_and(|number| number < 63);
        if is_number || name.is_some_and(|name| has_word(list, name)) {
            return None;
        }
        let problem = complain(word, format!("{text:?} is not a capability"))?;
        let whole = |name: &str| format!("CAP_{}", name.to_ascii_uppercase());
        if has_word(list, &lower) {
            return Some(problem.surely(whole(&lower)));
        }
        let near = meant(name.unwrap_or(&lower), list);
        Some(problem.meant(near.as_deref().map(whole)))
    })
}

/// The names are those of all architectures together, so that one unit fits all. Groups are
/// systemd's own; systemd-analyze syscall-filter shows what is in them.
pub(super) fn system_calls(row: &Directive, value: &str) -> Vec<Problem> {
    let denies = value.starts_with('~') && row.key == "SystemCallFilter";
    each_behind_tilde(value, |word| {
        let text = word.text();
        let (name, error) = match text.split_once(':') {
            Some((name, error)) => (name, Some(error)),
            None => (&*text, None),
        };
        if error.is_some() && !denies {
            let reason = "only forbidden calls, behind a ~, have an error of their own";
            return complain(word, format!("{text:?}: {reason}"));
        }
        if name.starts_with('@') {
            let is_group = has_word(known_words("SYSTEM_CALL_GROUPS"), name);
            return none_of(
                word,
                is_group,
                "no group of system calls",
                known_words("SYSTEM_CALL_GROUPS"),
            );
        }
        none_of(word, is_system_call(name), "no system call", "")
    })
}

/// The words are the kernel's macros, in upper case; address_families(7).
pub(super) fn families(value: &str) -> Vec<Problem> {
    if value == "none" {
        return Vec::new();
    }
    let list = known_words("ADDRESS_FAMILIES");
    each_behind_tilde(value, |word| {
        let text = word.text();
        let problem = none_of(word, has_word(list, &text), "no family of addresses", list)?;
        let family = match text.to_ascii_lowercase().as_str() {
            "ip" | "ipv4" | "inet4" | "af_inet4" | "af_ipv4" => Some("AF_INET".to_owned()),
            "ipv6" | "af_ipv6" => Some("AF_INET6".to_owned()),
            lower => {
                let name = lower.strip_prefix("af_").unwrap_or(lower).to_ascii_uppercase();
                Some(format!("AF_{name}")).filter(|family| has_word(list, family))
            }
        };
        Some(match family {
            Some(family) => problem.surely(family),
            None => problem,
        })
    })
}

/// systemd makes one set of flags of all words, and takes none of them if it can't.
pub(super) fn namespaces(value: &str) -> Vec<Problem> {
    if parse_boolean(value).is_ok() {
        return Vec::new();
    }
    all_or_nothing(each_behind_tilde(value, |word| {
        none_of(
            word,
            has_word(known_words("NAMESPACES"), &word.text()),
            "no kind of namespace",
            known_words("NAMESPACES"),
        )
    }))
}

/// The names of the kernel and, behind bpf-, those that systemd makes of its own programs.
pub(super) fn controllers(value: &str, or_boolean: bool) -> Vec<Problem> {
    if or_boolean && parse_boolean(value).is_ok() {
        return Vec::new();
    }
    let problems = each(value, Backslash::Stays, |word| {
        none_of(
            word,
            has_word(known_words("CONTROLLERS"), &word.text()),
            "no controller",
            known_words("CONTROLLERS"),
        )
    });
    // Delegate= with a quote that is open delegates nothing at all.
    let is_open = problems.iter().any(|problem| problem.cost == Cost::Rest);
    if is_open && or_boolean { all_or_nothing(problems) } else { problems }
}

/// A ~ makes a list of those to be denied.
pub(super) fn interfaces(value: &str) -> Vec<Problem> {
    each_behind_tilde(value, |word| {
        let mut problems = one(interface(&word.text()));
        let invalid = problems.pop()?.invalid;
        complain(word, invalid.reason)
    })
}
