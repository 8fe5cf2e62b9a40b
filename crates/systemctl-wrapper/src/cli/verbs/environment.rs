//! `show-environment`, `set-environment`, `unset-environment`: variables that all new processes
//! get.

use std::collections::BTreeMap;

use crate::cli::context::Context;
use crate::cli::output::plain;
use crate::cli::verb::{ANY, Verb, WORKS_OR_NOT};

pub(crate) const SHOW: Verb = Verb {
    name: "show-environment",
    aliases: &[],
    arguments: "",
    counts: (0, 0),
    summary: "Print the variables that the manager gives to new processes",
    details: "Quoted as a shell needs them.",
    statuses: WORKS_OR_NOT,
    run: show,
};

pub(crate) const SET: Verb = Verb {
    name: "set-environment",
    aliases: &[],
    arguments: "NAME=VALUE…",
    counts: (1, ANY),
    summary: "Set variables for new processes of all units",
    details: "What runs already does not see them.",
    statuses: WORKS_OR_NOT,
    run: set,
};

pub(crate) const UNSET: Verb = Verb {
    name: "unset-environment",
    aliases: &[],
    arguments: "NAME…",
    counts: (1, ANY),
    summary: "Take variables away again",
    details: "",
    statuses: WORKS_OR_NOT,
    run: unset,
};

fn show(context: &mut Context<'_>, _: &[String]) -> anyhow::Result<u8> {
    context.page();
    let properties = context.manager()?.manager_properties()?;
    let assignments = properties.texts("Environment").into_iter();
    let pairs = assignments.map(|text| text.split_once('=').unwrap_or((text, "")));
    if context.options.is_json() {
        let object: BTreeMap<&str, &str> = pairs.collect();
        writeln!(context.out, "{}", serde_json::to_string(&object)?)?;
        return Ok(0);
    }
    for (name, value) in pairs {
        writeln!(context.out, "{name}={}", quoted(value))?;
    }
    Ok(0)
}

/// As bash(1) reads it back: plain, or in `$'…'`.
fn quoted(value: &str) -> String {
    let needs = |c: char| c.is_control() || " \t\"\\`$*?['()<>|&;!#~{}".contains(c);
    if !value.contains(needs) {
        return plain(value).into_owned();
    }
    let mut quoted = String::from("$'");
    for c in value.chars() {
        match c {
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\'' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted + "'"
}

fn set(context: &mut Context<'_>, args: &[String]) -> anyhow::Result<u8> {
    context.manager_to_change()?;
    let assignments: Vec<&str> = args.iter().map(String::as_str).collect();
    if context.may_call(&format!("SetEnvironment({args:?})"))? {
        context.manager()?.set_environment(&assignments)?;
    }
    Ok(0)
}

fn unset(context: &mut Context<'_>, args: &[String]) -> anyhow::Result<u8> {
    context.manager_to_change()?;
    let names: Vec<&str> = args.iter().map(String::as_str).collect();
    if context.may_call(&format!("UnsetEnvironment({args:?})"))? {
        context.manager()?.unset_environment(&names)?;
    }
    Ok(0)
}
