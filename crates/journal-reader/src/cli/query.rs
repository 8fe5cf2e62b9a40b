//! From options to a filter: which entries, and which part of them.

use anyhow::{Context, bail};
use journal_reader::{Filter, Id128, Journal, Test, boot_filter, discover, is_glob};
use regex::bytes::{Regex, RegexBuilder};
use systemd_types::{Globs, Priority, UnitType, mangle};

use crate::cli::args::{Args, Boot};
use crate::cli::output::is_field_name;

/// The filter of the options; sets the journal's filter on the way.
pub(crate) fn filter(args: &Args, journal: &mut Journal) -> anyhow::Result<Filter> {
    let mut all = Vec::new();
    all.extend(boot(args, journal)?);
    if args.dmesg {
        all.push(is("_TRANSPORT", "kernel"));
    }
    all.extend(units(args, journal)?);
    if !args.identifiers.is_empty() {
        let identifier = |name: &String| value_or_glob("SYSLOG_IDENTIFIER", name);
        all.push(Filter::Any(args.identifiers.iter().map(identifier).collect()));
    }
    for unit in &args.exclude_units {
        all.push(Filter::Not(Box::new(of_unit(&unit_name(unit)?))));
    }
    if let Some(text) = &args.priority {
        all.extend(priorities(text)?);
    }
    all.extend(matches(&args.matches)?);
    Ok(match all.len() {
        1 => all.swap_remove(0),
        _ => Filter::All(all),
    })
}

fn is(field: &str, value: &str) -> Filter {
    Filter::Is(format!("{field}={value}").into_bytes())
}

fn value_or_glob(field: &str, value: &str) -> Filter {
    if is_glob(value) {
        Filter::Field(field.into(), Test::Glob(value.into()))
    } else {
        is(field, value)
    }
}

/// Which boot. The running one needs no look into the files.
fn boot(args: &Args, journal: &mut Journal) -> anyhow::Result<Option<Filter>> {
    let implied = args.dmesg || args.pager_end || (args.follow && !args.merge);
    let text = match &args.boot {
        Some(text) => text.as_str(),
        None if implied => "0",
        None => return Ok(None),
    };
    let Some(boot) = Boot::parse(text) else {
        bail!("{text:?} is no boot: use 0, an offset as -1, an id from --list-boots, or all");
    };
    let Boot::One(id, offset) = boot else { return Ok(None) };
    let elsewhere = args.directory.is_some() || !args.file.is_empty();
    if id.is_none() && offset == 0 && !elsewhere {
        return Ok(Some(boot_filter(discover::boot_id())));
    }
    match find_boot(journal, id, offset) {
        Some(id) => Ok(Some(boot_filter(id))),
        None if id.is_some() && offset == 0 => {
            bail!("no entry of boot {text}; --list-boots shows which there are")
        }
        None => bail!("no such boot in the journal: {text}; --list-boots shows which there are"),
    }
}

/// Counts from a boot, or from the newest one with 0 and below, from the oldest one with 1 and
/// above.
fn find_boot(journal: &mut Journal, id: Option<Id128>, offset: i32) -> Option<Id128> {
    let boots = journal.boots();
    let start = match id {
        Some(id) => boots.iter().position(|boot| boot.id == id)?,
        None if offset <= 0 => boots.len().checked_sub(1)?,
        // The first boot is number 1.
        None => return boots.get(usize::try_from(offset).ok()? - 1).map(|boot| boot.id),
    };
    let at = start.checked_add_signed(isize::try_from(offset).ok()?)?;
    boots.get(at).map(|boot| boot.id)
}

fn unit_name(typed: &str) -> anyhow::Result<String> {
    mangle(typed, UnitType::Service, Globs::Allowed)
        .with_context(|| format!("{typed:?} is no unit name"))
}

/// The fields that can name a unit, in its own messages and in those about it.
const UNIT_FIELDS: [&str; 5] =
    ["_SYSTEMD_UNIT", "COREDUMP_UNIT", "UNIT", "OBJECT_SYSTEMD_UNIT", "_SYSTEMD_SLICE"];
const USER_UNIT_FIELDS: [&str; 5] = [
    "_SYSTEMD_USER_UNIT",
    "USER_UNIT",
    "COREDUMP_USER_UNIT",
    "OBJECT_SYSTEMD_USER_UNIT",
    "_SYSTEMD_USER_SLICE",
];

fn units(args: &Args, journal: &Journal) -> anyhow::Result<Option<Filter>> {
    if args.units.is_empty() && args.user_units.is_empty() {
        return Ok(None);
    }
    let mut any = Vec::new();
    for (typed, fields, of) in [
        (&args.units, UNIT_FIELDS, of_unit as fn(&str) -> Filter),
        (&args.user_units, USER_UNIT_FIELDS, of_user_unit),
    ] {
        for name in typed {
            let name = unit_name(name)?;
            if !is_glob(&name) {
                any.push(of(&name));
                continue;
            }
            // A pattern means each unit that the journal knows and that matches.
            let mut known: Vec<Vec<u8>> =
                fields.iter().flat_map(|field| journal.unique_values(field)).collect();
            known.retain(|unit| journal_reader::glob_matches(name.as_bytes(), unit));
            known.sort();
            known.dedup();
            any.extend(known.iter().map(|unit| of(&String::from_utf8_lossy(unit))));
        }
    }
    if any.is_empty() {
        bail!("no unit in the journal matches; -F _SYSTEMD_UNIT shows which there are");
    }
    Ok(Some(Filter::Any(any)))
}

/// What `-u` means. A field without an underscore can be forged, so who wrote it counts: the
/// manager about its units, root about a crash or an object.
fn of_unit(unit: &str) -> Filter {
    if is_glob(unit) {
        let glob = |field: &str| value_or_glob(field, unit);
        let by = |who: Filter, field| Filter::All(vec![who, glob(field)]);
        return Filter::Any(vec![
            glob("_SYSTEMD_UNIT"),
            by(is("_PID", "1"), "UNIT"),
            by(is("_UID", "0"), "OBJECT_SYSTEMD_UNIT"),
        ]);
    }
    let mut any = vec![
        is("_SYSTEMD_UNIT", unit),
        Filter::All(vec![
            is("MESSAGE_ID", "fc2e22bc6ee647b6b90729ab34a250b1"),
            is("_UID", "0"),
            is("COREDUMP_UNIT", unit),
        ]),
        Filter::All(vec![is("_PID", "1"), is("UNIT", unit)]),
        Filter::All(vec![is("_UID", "0"), is("OBJECT_SYSTEMD_UNIT", unit)]),
    ];
    if unit.ends_with(".slice") {
        any.push(is("_SYSTEMD_SLICE", unit));
    }
    Filter::Any(any)
}

/// What `--user-unit` means: the same for the user's own manager.
fn of_user_unit(unit: &str) -> Filter {
    let user = nix::unistd::getuid().to_string();
    let own = |field| Filter::All(vec![is(field, unit), is("_UID", &user)]);
    // journalctl adds both users to one term: either may have written it.
    let or_root = |field| {
        let who = Filter::Any(vec![is("_UID", &user), is("_UID", "0")]);
        Filter::All(vec![is(field, unit), who])
    };
    let mut any = vec![
        own("_SYSTEMD_USER_UNIT"),
        own("USER_UNIT"),
        or_root("COREDUMP_USER_UNIT"),
        or_root("OBJECT_SYSTEMD_USER_UNIT"),
    ];
    if unit.ends_with(".slice") {
        any.push(own("_SYSTEMD_USER_SLICE"));
    }
    Filter::Any(any)
}

/// One priority means itself and what is more urgent; `a..b` a range. All of them are no filter:
/// an entry without a priority passes.
fn priorities(text: &str) -> anyhow::Result<Option<Filter>> {
    let one = |text: &str| -> anyhow::Result<u8> { Ok(text.parse::<Priority>()?.number()) };
    let (from, to) = match text.split_once("..") {
        Some((from, to)) => (one(from)?, one(to)?),
        None => (0, one(text)?),
    };
    let range = from.min(to)..=from.max(to);
    let all = range.len() == 8;
    let any = range.map(|number| is("PRIORITY", &number.to_string()));
    Ok((!all).then(|| Filter::Any(any.collect())))
}

/// The matches at the end of the command line.
fn matches(terms: &[String]) -> anyhow::Result<Option<Filter>> {
    if terms.is_empty() {
        return Ok(None);
    }
    let groups: Vec<&[String]> = terms.split(|term| term == "+").collect();
    if groups.iter().any(|group| group.is_empty()) {
        bail!("\"+\" can only be used between terms");
    }
    let groups: Result<Vec<Filter>, _> = groups.into_iter().map(group).collect();
    Ok(Some(Filter::Any(groups?)))
}

/// Terms of the same field mean OR, those of different fields AND. What a field must not be is
/// always AND.
fn group(terms: &[String]) -> anyhow::Result<Filter> {
    let mut fields: Vec<(String, Vec<Filter>)> = Vec::new();
    let mut all = Vec::new();
    for term in terms {
        for (field, filter) in term_filters(term)? {
            if matches!(filter, Filter::Not(_)) {
                all.push(filter);
                continue;
            }
            match fields.iter_mut().find(|(name, _)| *name == field) {
                Some((_, any)) => any.push(filter),
                None => fields.push((field, vec![filter])),
            }
        }
    }
    all.extend(fields.into_iter().map(|(_, any)| Filter::Any(any)));
    Ok(Filter::All(all))
}

fn term_filters(term: &str) -> anyhow::Result<Vec<(String, Filter)>> {
    if term.starts_with('/') {
        return program(term);
    }
    let end = term.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
    let end = end.unwrap_or(term.len());
    let (name, rest) = term.split_at(end);
    if !is_field_name(name.as_bytes()) || !rest.starts_with(['=', '!', '~']) {
        bail!(
            "{term:?} is no match: column {}: expected FIELD=VALUE, FIELD!=VALUE or FIELD~REGEX, \
             with a field of capital letters, digits and underscores, or the path of a program",
            end + 1
        );
    }
    if name.starts_with("__") {
        bail!(
            "{term:?} is no match: column 1: a name with __ is none of the entry's fields; use \
             --cursor for a cursor, --since for a time"
        );
    }
    let filter = if let Some(value) = rest.strip_prefix('=') {
        is(name, value)
    } else if let Some(value) = rest.strip_prefix("!=") {
        Filter::Not(Box::new(is(name, value)))
    } else if let Some(pattern) = rest.strip_prefix('~') {
        Filter::Field(name.into(), Test::Regex(regex(pattern, Some(true))?))
    } else {
        bail!("{term:?} is no match: column {}: expected = behind the !", end + 2);
    };
    Ok(vec![(name.to_owned(), filter)])
}

/// A program by its path: `_EXE=`, or for a script `_COMM=` and its interpreter.
fn program(path: &str) -> anyhow::Result<Vec<(String, Filter)>> {
    let real = std::fs::canonicalize(path).with_context(|| format!("cannot look at {path}"))?;
    let mut start = [0; 128];
    let length = std::fs::File::open(&real)
        .and_then(|mut file| std::io::Read::read(&mut file, &mut start))
        .unwrap_or(0);
    let real_text = real.to_string_lossy().into_owned();
    let field = |name: &str, value: &str| (name.to_owned(), is(name, value));
    let Some(line) = start[..length].strip_prefix(b"#!") else {
        return Ok(vec![field("_EXE", &real_text)]);
    };
    let line = String::from_utf8_lossy(line.split(|byte| *byte == b'\n').next().unwrap_or(line));
    let interpreter = line.split_whitespace().next().unwrap_or_default().to_owned();
    let name = real.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let comm: String = name.chars().take(15).collect();
    let mut all = vec![field("_COMM", &comm)];
    if std::fs::symlink_metadata(&interpreter).is_ok_and(|it| !it.is_symlink()) {
        all.push(field("_EXE", &interpreter));
    }
    Ok(all)
}

/// Compiles a pattern; without a word on case, one without capital letters ignores it.
pub(crate) fn regex(pattern: &str, case_sensitive: Option<bool>) -> anyhow::Result<Regex> {
    let sensitive =
        case_sensitive.unwrap_or_else(|| pattern.bytes().any(|byte| byte.is_ascii_uppercase()));
    // PCRE2, which journalctl uses, knows no Unicode unless it is told; neither does \w here.
    let build = |unicode: bool| {
        let mut builder = RegexBuilder::new(pattern);
        builder.case_insensitive(!sensitive).unicode(unicode).size_limit(8 << 20).build()
    };
    let unicode = !pattern.is_ascii();
    build(unicode).map_err(|error| {
        let text = error.to_string();
        let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
        let column = text.lines().find_map(|line| line.find('^')).map_or(1, |at| at.max(4) - 3);
        anyhow::anyhow!("{pattern:?} is no regular expression: column {column}: {reason}")
    })
}
