//! From what was typed to the names of units; patterns fit units that are in memory, as with
//! systemctl(1).

use systemctl_wrapper::ListedUnit;
use systemd_types::{Globs, UnitType, mangle};

use super::context::Context;
use super::output::remark;

/// The names of units: a suffix is added where there is none, and patterns become what they fit of
/// what runs, has failed or has a job; with `--all`, of all that is in memory.
pub(crate) fn expand(
    context: &Context<'_>,
    typed: &[String],
    suffix: UnitType,
) -> anyhow::Result<Vec<String>> {
    let shown = |unit: &ListedUnit| context.options.all || unit.is_of_interest();
    expand_to(context, typed, suffix, &shown)
}

/// The same, with a say in which units a pattern may fit.
pub(crate) fn expand_to(
    context: &Context<'_>,
    typed: &[String],
    suffix: UnitType,
    shown: &dyn Fn(&ListedUnit) -> bool,
) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    let mut patterns = Vec::new();
    for text in typed {
        let name = mangled(context, text, suffix, Globs::Allowed)?;
        if is_pattern(&name) { patterns.push(name) } else { names.push(name) }
    }
    if !patterns.is_empty() {
        let borrowed: Vec<&str> = patterns.iter().map(String::as_str).collect();
        let units = context.manager()?.list_units(&borrowed)?;
        let fitting = units.into_iter().filter(shown).map(|unit| unit.name);
        let fitting: Vec<String> = fitting.collect();
        if fitting.is_empty() && context.is_loud() {
            remark!(
                "no unit in memory fits {}; of those on disk, list-unit-files tells",
                patterns.join(" ")
            );
        }
        names.extend(fitting);
    }
    Ok(names)
}

/// The names of unit files: no patterns; a path stays one, and begins where we are.
pub(crate) fn files(context: &Context<'_>, typed: &[String]) -> anyhow::Result<Vec<String>> {
    let name = |text: &String| {
        if text.contains('/') {
            return Ok(std::path::absolute(text)?.to_string_lossy().into_owned());
        }
        mangled(context, text, UnitType::Service, Globs::Refused)
    };
    typed.iter().map(name).collect()
}

fn mangled(
    context: &Context<'_>,
    text: &str,
    suffix: UnitType,
    globs: Globs,
) -> anyhow::Result<String> {
    let name = mangle(text, suffix, globs)?;
    let expected = [text.to_owned(), format!("{text}.{suffix}")];
    if !expected.contains(&name) && !text.starts_with('/') && context.is_loud() {
        remark!("{text:?} is no unit name; taken for {name}, as systemd-escape --mangle has it");
    }
    Ok(name)
}

pub(crate) fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '['])
}
